"""Knowledge bases that are kept: the same as they were read, and whatever is wrong with what is kept."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support.shell import ROOT, cicatrix
from support.sizes import some_or_all

from expert.io.problems import KnowledgeError
from expert.knowledge import cache
from expert.knowledge.cache import MOST_CACHED, cache_place, load_cached, open_cached
from expert.knowledge.directories import read_files
from expert.knowledge.load import load, open_files

HEATING = ROOT / "examples" / "heating"
BASES = [ROOT, HEATING, ROOT / "docs" / "reference" / "plants"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "knowledge"


@pytest.mark.parametrize("directory", BASES, ids=lambda path: path.name)
def test_what_is_kept_is_what_was_read(directory: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = load(directory)
    assert load_cached(directory, place) == read
    [file] = place.iterdir()
    assert (place.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    monkeypatch.setattr(cache, "_read", None)  # it is not read again
    again = load_cached(directory, place)
    assert (again, repr(again)) == (read, repr(read))
    kinds, values = json.loads(file.read_text().partition("\n")[2])
    assert {module.rpartition(".")[0] for module, _ in kinds} == {"expert.language", "expert.io"}
    types = {type(value) for value in values}
    assert types <= {list, str, int, bool, type(None)}


@pytest.mark.parametrize("step", some_or_all(12_007, 97, more=3001))
def test_what_is_damaged_is_passed_over(place: Path, step: int) -> None:
    read = load_cached(ROOT, place)
    [file] = place.iterdir()
    whole = file.read_bytes()
    for at in range(0, len(whole), step):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert load_cached(ROOT, place) == read
        assert file.read_bytes() == whole  # it is kept anew
    for wrong in (b"", whole[:100], b"\xff" * 100):
        file.write_bytes(wrong)
        assert load_cached(ROOT, place) == read


def test_another_text_place_or_program_is_another(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for directory in BASES[:2]:
        load_cached(directory, place)
    assert len([*place.iterdir()]) == 2
    monkeypatch.setattr(cache, "_made_by", lambda: "another program")
    load_cached(ROOT, place)
    assert len([*place.iterdir()]) == 3
    with pytest.raises(KnowledgeError):
        load_cached(place, place)  # no knowledge base: nothing is kept of it
    assert len([*place.iterdir()]) == 3
    for n in range(MOST_CACHED):
        (place / str(n)).write_text("old")
    file = next(path for path in place.iterdir() if len(path.name) == 64)
    file.unlink()
    for directory in BASES[:2]:
        load_cached(directory, place)
    assert len([*place.iterdir()]) == MOST_CACHED


@pytest.mark.parametrize("firsts", [False, True])
def test_recorded_knowledge_is_kept_as_well(
    place: Path, monkeypatch: pytest.MonkeyPatch, firsts: bool
) -> None:
    files, _ = read_files(HEATING)
    read, _ = open_files(files, firsts=firsts)
    assert open_cached(files, firsts, None) == read and not place.exists()
    assert open_cached(files, firsts, place) == read
    monkeypatch.setattr(cache, "_open", None)  # it is not read again
    assert repr(open_cached(files, firsts, place)) == repr(read)
    monkeypatch.undo()
    assert open_cached(files, not firsts, place) != read
    load_cached(HEATING, place)
    assert len([*place.iterdir()]) == 3
    with pytest.raises(KnowledgeError):
        open_cached({**files, "kb/options.yaml": "no: options"}, firsts, place)
    assert len([*place.iterdir()]) == 3


def test_links_and_what_others_may_write_are_passed_over(place: Path, tmp_path: Path) -> None:
    read = load_cached(ROOT, place)
    [file] = place.iterdir()
    elsewhere = tmp_path / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    kept_then = elsewhere.read_bytes()
    assert load_cached(ROOT, place) == read
    assert not file.is_symlink() and elsewhere.read_bytes() == kept_then
    linked = tmp_path / "linked"
    linked.symlink_to(place)
    file.unlink()
    assert load_cached(ROOT, linked) == read and not file.exists()
    os.chmod(place, 0o777)
    assert load_cached(ROOT, place) == read and not file.exists()
    (tmp_path / "file").write_text("")
    assert load_cached(ROOT, tmp_path / "file") == read  # nor need there be a place at all


def test_it_can_be_gone_without(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("consult", "scar_depth=deep", "--no-save", "--full")
    plain = cicatrix("--no-cache", *words, CICATRIX_CACHE=str(place))
    assert plain.code == 0 and not place.exists()
    for _ in range(2):
        assert cicatrix(*words, CICATRIX_CACHE=str(place)) == plain
        assert place.exists()
    for word in ("no", "off"):
        monkeypatch.setenv("CICATRIX_CACHE", word)
        assert cache_place() is None
