"""The ledger: what is forgotten is gone, and the file is private."""

from __future__ import annotations

import json
import os
import random
import stat
from pathlib import Path

import pytest
from support.ledger_make import bytes_kept, contents_kept, packed_contents, parts, small, verified
from support.ledger_worker import FILES, HEADER, content
from support.shell import cicatrix
from support.sizes import MORE

from expert.io.json import canonical
from expert.io.problems import LedgerError
from expert.ledger import store as ledger_module
from expert.ledger.store import Ledger
from expert.ledger.trust.verification import verify

# --- forgetting ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 300, 3_000, pytest.param(30_000, marks=MORE)])
def test_what_is_forgotten_is_gone_from_every_file(path: Path, size: int) -> None:
    """In whatever order, and whatever else shares its pages; the others stay."""
    choose = random.Random(size)
    with Ledger(path, write=True) as ledger:
        ids = []
        for n in range(40):
            secret = f"{choose.getrandbits(4 * size + 256):x}"
            ids.append(ledger.append(HEADER, content(f"secret {n}", more=secret), FILES).id)
        packed = parts(packed_contents(path))
        left = sorted(ids)
        choose.shuffle(left)
        assert contents_kept(path, packed) == {*ids}
        while len(left) > 5:
            ledger.forget(left.pop(), "asked to")
            assert contents_kept(path, packed) == {*left}, f"{40 - len(left)} forgotten"
        found = verify(ledger)
    assert found.fault is None and found.erased == 35
    assert {e.id for e in found.erasures} == {*ids} - {*left}


def test_forgetting_says_if_another_program_keeps_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CICATRIX_LEDGER_PATIENCE", "0.05")
    with Ledger(path, write=True) as ledger, Ledger(path) as reader:
        id = ledger.append(HEADER, content("secret"), FILES).id
        with reader.view():
            assert reader.head()[0] == 1
            with pytest.raises(LedgerError, match="is erased, but another program still reads"):
                ledger.forget(id, "")
        assert verify(ledger).erased == 1


def test_drafts_leave_nothing(path: Path) -> None:
    with Ledger(path, write=True) as ledger:
        id = ledger.save_draft({"answers": ["a_secret=" + "deep" * 500]})
        assert [row[0] for row in ledger.draft_rows()] == [id]
        ledger.drop_draft(id)
        assert ledger.draft_rows() == []
    assert not bytes_kept(path, "a_secret", "deepdeep")


# --- the file --------------------------------------------------------------------------------


def test_file_and_folder_are_private(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        path = tmp_path / "made" / "here" / "ledger.sqlite"
        small(path)
        with Ledger(path, write=True) as ledger:
            ledger.append(HEADER, content("open"), FILES)
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert len(modes) == 3 and set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


ANSWERS = ("consult", "scar_depth=deep", "--json")


def test_where_the_ledger_is(tmp_path: Path) -> None:
    home, given, named = tmp_path / "home", tmp_path / "given.sqlite", tmp_path / "named.sqlite"
    home.mkdir()
    at_home = {"CICATRIX_LEDGER": "", "HOME": str(home), "XDG_DATA_HOME": ""}
    assert cicatrix(*ANSWERS, **at_home).code == 0
    found = list(home.rglob("ledger.sqlite"))
    assert len(found) == 1 and found[0].parent.name == "cicatrix"
    assert stat.S_IMODE(found[0].parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(found[0].stat().st_mode) == 0o600
    if os.name == "posix" and os.uname().sysname == "Linux":
        assert found[0] == home / ".local/share/cicatrix/ledger.sqlite"
        assert cicatrix(*ANSWERS, **{**at_home, "XDG_DATA_HOME": str(tmp_path / "xdg")}).code == 0
        assert verified(tmp_path / "xdg/cicatrix/ledger.sqlite").entries == 1
    assert cicatrix(*ANSWERS, CICATRIX_LEDGER=str(given)).code == 0
    assert cicatrix(*ANSWERS, "--ledger", str(named), CICATRIX_LEDGER=str(given)).code == 0
    assert cicatrix(*ANSWERS, "--no-save", CICATRIX_LEDGER=str(given)).code == 0
    assert [verified(p).entries for p in (found[0], given, named)] == [1, 1, 1]
    listed = cicatrix("audit", "list", "--json", CICATRIX_LEDGER=str(given))
    assert len(json.loads(listed.stdout)) == 1


def test_reading_makes_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "none" / "ledger.sqlite"
    for words in (("list",), ("show", "last"), ("verify",), ("forget", "last", "--yes"), ("export",)):
        result = cicatrix("audit", *words, "--ledger", str(path))
        assert result.code == 4 and "there is no ledger" in result.stderr
    assert not path.parent.exists()


def test_ids_can_be_typed(path: Path) -> None:
    with Ledger(path, write=True) as ledger:
        ids = [ledger._new_id() for _ in range(500)]
        entry = ledger.append(HEADER, content("one"), FILES)
        assert ledger.entry(entry.id.upper()).hash == ledger.entry("last").hash == entry.hash
        with pytest.raises(LedgerError, match="no record `nope1`"):
            ledger.entry("nope1")
    assert all(len(id) == 5 and set(id) <= set(ledger_module.ID_LETTERS) for id in ids)
    assert all(any(c.isdigit() for c in id) and any(c.isalpha() for c in id) for id in ids)


def test_stored_as_hashed(path: Path) -> None:
    """The texts are canonical JSON, and each content has a salt of its own."""
    small(path)
    with Ledger(path) as ledger:
        rows = list(ledger.rows())
    salts = set()
    for _, _, header, text, _ in rows:
        assert canonical(json.loads(header)) == header
        if text:
            assert canonical(json.loads(text)) == text
            salts.add(json.loads(text)["salt"])
    assert len(salts) == 2 and all(len(salt) == 32 for salt in salts)
