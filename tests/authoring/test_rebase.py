"""A knowledge base carried over to another edition: places, fingerprints and approvals, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.program import invoked
from support.shell import ROOT

from expert.authoring.rebase import carried_over
from expert.io.problems import CaseError
from expert.knowledge.document import coverage, sentences
from expert.knowledge.editions import edition
from expert.knowledge.load import load
from expert.proof.invariants import load_invariants
from expert.review.approvals import load_reviews, standing

HEATING = ROOT / "examples" / "heating"
TOP = "Revised in spring"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for part in ("kb", "rules"):
        shutil.copytree(HEATING / part, tmp_path / "it" / part)
    return tmp_path / "it"


@pytest.fixture(scope="module")
def text() -> str:
    return (HEATING / "document.txt").read_text("utf-8")


def rebased(directory: Path, text: str, *words: str) -> str:
    new = directory.parent / "new.txt"
    new.write_text(text, "utf-8")
    result = invoked("kb", "rebase", "--document", str(new), "--kb", str(directory), "--write", *words)
    assert result.exit_code == 0, result.output
    return result.stdout


def lines(directory: Path) -> dict[str, list[str]]:
    return {
        str(p.relative_to(directory)): p.read_text("utf-8").split("\n") for p in directory.rglob("*.yaml")
    }


def test_a_line_at_the_top_renumbers_and_changes_nothing_else(copy: Path, text: str) -> None:
    before, old = load(copy), lines(copy)
    rebased(copy, f"{TOP}\n\n{text}", "--edition", "spring")
    after, new = load(copy), lines(copy)
    assert after.knowledge.edition == "spring"
    assert [(rule.id, rule.when, rule.then) for rule in after.rules] == [
        (rule.id, rule.when, rule.then) for rule in before.rules
    ]
    moved = {id: f"p{c.paragraph + 1}s{c.sentence}" for id, c in before.knowledge.claims.items()}
    for one, other in zip(before.rules, after.rules, strict=True):
        assert other.claims == tuple(moved[id] for id in one.claims)
    for one, other in zip(
        load_invariants(before, HEATING).invariants, load_invariants(after, copy).invariants, strict=True
    ):
        assert other.claims == tuple(moved[id] for id in one.claims)
    for name, was in old.items():  # line for line, but for what is new
        added = {"kb/claims.yaml": 5 + 1, "kb/document.yaml": 1}.get(name, 0)
        assert len(new[name]) == len(was) + added, name
        comments = [line for line in was if line.strip().startswith("#") and "paragraph" not in line]
        assert len([line for line in new[name] if line.strip().startswith("#")]) >= len(comments)
    statuses = {place.id: place.status for place in coverage(after, f"{TOP}\n\n{text}")}
    assert statuses.pop("p1s1") == "todo" and set(statuses.values()) <= {"encoded", "context"}


def test_rebased_and_back_is_what_it_was(copy: Path, text: str) -> None:
    old = lines(copy)
    paragraphs = [line for line in text.splitlines() if line.strip()]
    rebased(copy, "\n\n".join([paragraphs[0], *reversed(paragraphs[1:])]))
    assert lines(copy) != old
    rebased(copy, text)
    new = lines(copy)
    new["kb/document.yaml"] = [line for line in new["kb/document.yaml"] if not line.startswith("edition:")]
    assert new == old


def test_an_approval_of_what_moved_holds_and_of_what_was_edited_lapses(copy: Path, text: str) -> None:
    approved = invoked("kb", "approve", "--all", "--by", "Ann", "--kb", str(copy))
    assert approved.exit_code == 0, approved.output
    edited = sentences(text)["p5s3"]
    rebased(copy, f"{TOP}\n\n{text.replace(edited, edited.replace('bar', 'full bar'))}")
    base = load(copy)
    pairs = standing(base, load_reviews(copy))
    lapsed = {pair.claim: pair.changed for pair in pairs if pair.waits}
    assert lapsed == {"p6s3": ("claim",)}
    assert sum(not pair.waits for pair in pairs) > 60


def test_a_sentence_that_is_gone_and_cited_is_named_and_nothing_is_written(copy: Path, text: str) -> None:
    old = lines(copy)
    without = text.replace(sentences(text)["p4s1"], "")
    (copy.parent / "new.txt").write_text(without, "utf-8")
    words = ["kb", "rebase", "--document", str(copy.parent / "new.txt"), "--kb", str(copy)]
    seen = invoked(*words)
    assert seen.exit_code == 0 and "gone    p4s1" in seen.stdout and "Nothing was written" in seen.stdout
    refused = invoked(*words, "--write")
    assert (
        refused.exit_code == 2 and "claim `p4s1` is gone" in refused.stderr and "--as p4s1=" in refused.stderr
    )
    assert lines(copy) == old


def test_context_that_is_gone_goes(copy: Path, text: str) -> None:
    without = "\n".join(text.splitlines()[1:])  # the title
    rebased(copy, without)
    base = load(copy)
    assert len(base.knowledge.claims) == 41
    assert {place.status for place in coverage(base, without)} <= {"encoded", "context"}


def test_new_sentences_stand_in_their_places_as_the_others_are_written(copy: Path, text: str) -> None:
    claims = copy / "kb" / "claims.yaml"
    claims.write_text(claims.read_text().replace("\n", "\r\n"), newline="")
    after = sentences(text)["p4s2"]
    rebased(copy, text.replace(after, f"{after} Ghosts do not gurgle in radiators at all."))
    assert b"\r\n" in claims.read_bytes() and b"\n" not in claims.read_bytes().replace(b"\r\n", b"")
    written = [line.strip() for line in claims.read_text().splitlines()]
    assert written.index("p4s2:") < written.index("p4s3:") < written.index("p4s4:")
    base = load(copy)
    assert base.knowledge.claims["p4s3"].says == "TODO" and base.knowledge.hedges["todo"] == "TODO"


def test_claims_that_share_one_line_are_refused(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests" / "data" / "minimal", tmp_path / "it")
    path = tmp_path / "it" / "kb" / "claims.yaml"
    one = '{says: So., hedge: asserts, fingerprint: "0123456789abcdef"}'
    two = '{says: So., hedge: may, fingerprint: "0123456789abcde0"}'
    three = '{says: So., hedge: may, fingerprint: "0123456789abcde1", context: so}'
    path.write_text(
        f"hedges: {{asserts: so, may: may}}\nclaims: {{p1s1: {one}, p1s2: {two}, p2s1: {three}}}\n"
    )
    base = load(tmp_path / "it")
    found = edition(
        base, "One so. Two so.\n\nThree so.", {}, {"p1s1": "p1s1", "p1s2": "p1s2", "p2s1": "p2s1"}
    )
    with pytest.raises(CaseError, match="stand in braces"):
        carried_over(base, tmp_path / "it", found, "new")
