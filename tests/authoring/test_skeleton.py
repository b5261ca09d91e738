"""From an empty directory to a knowledge base that loads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.plants import DOCUMENT, edit, kb
from support.shell import cicatrix
from support.text import joined

from expert.authoring.skeleton import title_from
from expert.io.problems import KnowledgeError
from expert.knowledge.document import coverage, fingerprint, sentences
from expert.knowledge.load import load


def test_a_new_knowledge_base_loads_answers_and_passes_its_case(plants: Path) -> None:
    base = load(plants)
    assert [*base.knowledge.claims] == ["p1s1", "p2s1", "p2s2", "p3s1", "p3s2", "p4s1"]
    assert base.knowledge.title == "Plants"
    assert base.rules[0].claims == ("p2s1",)  # the first sentence that is no heading
    tested = kb("test", "--kb", plants)
    assert tested.exit_code == 0 and "1 pass, 0 fail" in tested.stdout
    assert kb("lint", "--strict", "--kb", plants).exit_code == 1
    asked = cicatrix("consult", "first_question=yes", "--kb", str(plants.resolve()), "--no-save")
    assert asked.code == 0 and "TODO" in asked.stdout
    assert asked.stderr.startswith("Next: ") and joined(asked.stderr).count("\n") == 1
    assert kb("fmt", "--check", "--kb", plants).exit_code == 0


def test_places_and_fingerprints_are_those_of_coverage(plants: Path) -> None:
    found = sentences(DOCUMENT)
    claims = load(plants).knowledge.claims
    assert {id: fingerprint(text) for id, text in found.items()} == {
        id: claim.fingerprint for id, claim in claims.items()
    }
    places = coverage(load(plants), DOCUMENT)
    assert {place.status for place in places} == {"todo"}
    shown = kb("coverage", "--document", "plants.txt", "--kb", plants)
    assert shown.exit_code == 1
    assert "p2s1 is still to be written: first-rule rest on it" in shown.stdout
    assert "0 of 6 sentences accounted for (0 %), fingerprints checked." in shown.stdout


def test_only_the_worksheet_holds_the_sentences(plants: Path) -> None:
    for path in plants.rglob("*"):
        if path.is_file():
            held = [text for text in sentences(DOCUMENT).values() if text in path.read_text()]
            assert len(held) == (6 if path.name == "worksheet.txt" else 0), path
    assert (plants / ".gitignore").read_text() == "/worksheet.txt\n"
    assert "p2s2  In bright light it may burn.\n\np3s1  A cactus" in (plants / "worksheet.txt").read_text()


@pytest.mark.parametrize(
    ("prepare", "words", "says"),
    [
        (lambda: Path("there").mkdir() or Path("there/x").touch(), "there", "holds something already"),
        (lambda: Path("there").touch(), "there", "is not a directory"),
        (lambda: Path("there").symlink_to("nowhere"), "there", "is not a directory"),
        (lambda: None, "there --document no.txt", "`no.txt` is missing"),
        (lambda: Path("e.txt").write_text(" \n\n"), "there --document e.txt", "holds no sentence"),
        (lambda: Path("e.txt").write_bytes(b"\xff"), "there --document e.txt", "not UTF-8"),
        (lambda: Path("e.txt").write_text("So it is. " * 5001), "there --document e.txt", "is too long"),
        (lambda: None, "there --title \x07", "cannot be printed"),
        (lambda: Path("f").touch(), "f/there", "cannot be made"),
    ],
)
def test_what_cannot_be_begun(
    prepare: Callable[[], object], words: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plants.txt").write_text(DOCUMENT)
    prepare()
    given = words.split(" ")
    named = [] if "--document" in given else ["--document", "plants.txt"]
    result = kb("new", *named, *given)
    assert result.exit_code == 2, result.output
    assert says in result.stderr and "Traceback" not in result.output
    assert not Path("there/kb").exists()


def test_an_empty_directory_will_do_and_odd_titles_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number, title in enumerate(['no: "it" {is} #not', "yes", "Ü", "'", "\\", "- a", "12"]):
        Path(f"d{number}").mkdir()
        Path(f"my {title[:1]}.txt").write_text("Just a line\n")
        result = kb("new", f"d{number}", "--document", f"my {title[:1]}.txt", "--title", title)
        assert result.exit_code == 0, result.output
        assert load(Path(f"d{number}")).knowledge.title == title
    assert title_from("two-plants_for.a room") == "Two plants for a room"


def test_problems_of_a_new_knowledge_base_are_told_as_ever(plants: Path) -> None:
    edit(plants / "kb" / "claims.yaml", "hedge: todo # one", "hedge: sure # one")
    with pytest.raises(KnowledgeError):
        load(plants)
    for words in (["lint"], ["coverage"], ["test"], ["fmt"]):
        result = kb(*words, "--kb", plants)
        assert result.exit_code == 3 and "unknown hedge `sure`" in result.stderr
        assert "Next:" not in result.output
