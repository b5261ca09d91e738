"""Approvals: what waits, what they are of, when they lapse."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from support.approving import MINIMAL, approve_all, edit, kb, waiting
from support.shell import ROOT, cicatrix

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.io.json import canonical, digest
from expert.knowledge.load import load, open_files
from expert.language.rules import RuleBase, cited
from expert.review.approvals import (
    FILE,
    Approval,
    Hashes,
    Pair,
    load_reviews,
    pairs,
    standing,
    strays,
    unreviewed,
)


@pytest.mark.parametrize("directory", [ROOT, MINIMAL], ids=["built-in", "minimal"])
def test_every_citation_is_a_pair(directory: Path) -> None:
    base = load(directory)
    found = {(name, claim) for _, name, claim in pairs(base)}
    assert found == {(name, claim) for claim, names in cited(base).items() for name in names}
    assert {kind for kind, _, _ in pairs(base)} == {"rule", "data"}


def test_nobody_has_reviewed_the_built_in_knowledge(base: RuleBase) -> None:
    assert not (ROOT / FILE).exists()
    assert all(pair.status == "never" for pair in standing(base, load_reviews(ROOT)))


def test_hashes_as_documented() -> None:
    """docs/review.md says enough to compute them without this program."""
    hashes = Hashes(load(MINIMAL))
    rule = {
        "id": "a-shady-place",
        "claims": "p1s1",
        "basis": "inferred",
        "when": {"light": ["dim"]},
        "then": {"conclude": {"place": "shady"}},
        "because": "The light is dim.",
    }
    assert hashes.citing("rule", "a-shady-place") == digest(canonical(rule))[:16]
    data = {"option": "fern", "property": "likes", "data": [["shade", "p1s1", "p1s2"]]}
    assert hashes.citing("data", "fern.likes") == digest(canonical(data))[:16]
    claim = {
        "id": "p1s2",
        "says": "A fern costs 5 dollars.",
        "fingerprint": "0123456789abcde0",
        "context": "",
        "hedge": ["may", "it may be"],
    }
    assert hashes.claim("p1s2") == digest(canonical(claim))[:16]


def approval(pair: Pair) -> Approval:
    return Approval(*pair[:5], "Ann", "2026-01-31")


CHANGES = {
    "because": ("rules/1-place.yaml", "The light is dim.", "The light is dim!", {"a-shady-place": "rule"}),
    "when": ("rules/1-place.yaml", "[dim]", "[dim, bright]", {"a-shady-place": "rule"}),
    "basis": ("rules/1-place.yaml", "basis: inferred", "basis: stated", {"a-shady-place": "rule"}),
    "reason": ("rules/2-options.yaml", "To have", "To show", {"ferns-like-shade": "rule"}),
    "salience": ("rules/2-options.yaml", "salience: 5", "salience: 6", {"what-it-costs": "rule"}),
    "unless": ("rules/2-options.yaml", "- not:", "- unless:", {"too-dear": "rule"}),
    "then": ("rules/2-options.yaml", "flag: dear, plan", "plan", {"too-dear": "rule"}),
    "says": ("kb/claims.yaml", "wants light", "likes light", dict.fromkeys(
        ("a-sunny-place", "a-shady-place", "ferns-like-shade", "fern.likes"), "claim")),
    "hedge": ("kb/claims.yaml", "hedge: may", "hedge: asserts", dict.fromkeys(
        ("what-it-costs", "too-dear", "fern.fee", "fern.likes"), "claim")),
    "hedge words": ("kb/claims.yaml", "it may be", "perhaps", dict.fromkeys(
        ("what-it-costs", "too-dear", "fern.fee", "fern.likes"), "claim")),
    "fingerprint": ("kb/claims.yaml", "9abcde0", "9abcde9", dict.fromkeys(
        ("what-it-costs", "too-dear", "fern.fee", "fern.likes"), "claim")),
    "value": ("kb/options.yaml", "value: 5", "value: 6", {"fern.fee": "data"}),
    "more claims": ("kb/options.yaml", "[p1s1, p1s2]", "[p1s1]", {"fern.likes": "data"}),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_lapses_and_nothing_else(plant: Path, change: str) -> None:
    place, old, new, lapsed = CHANGES[change]
    approve_all(plant)
    edit(plant / place, old, new)
    found = waiting(plant)
    assert {name: pair.changed for (name, _), pair in found.items()} == {n: (w,) for n, w in lapsed.items()}
    assert {pair.status for pair in found.values()} == {"lapsed"}
    result = kb("review", "--kb", plant)
    assert result.exit_code == 1
    assert "after Ann approved it on" in " ".join(result.output.split())
    changed = (plant / place).read_text()
    shutil.copy(MINIMAL / place, plant / place)
    assert not waiting(plant)  # changed back, it holds again
    (plant / place).write_text(changed)
    approve_all(plant, "Bob")
    assert not waiting(plant)


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("rules/1-place.yaml", "- id: a-shady-place", "# a remark\n\n- id: a-shady-place"),
        ("rules/1-place.yaml", "because: The light is dim.", "because: >-\n    The light\n    is dim."),
        ("rules/1-place.yaml", "when: {light: [dim]}", "when:\n    light:\n      - dim"),
        ("rules/1-place.yaml", "  basis: inferred\n", ""),
        ("kb/claims.yaml", "says: A plant wants light.", "says: 'A plant   wants light.'"),
        ("kb/vocabulary.yaml", "question: How light is it?", "question: Is it light?"),
        ("kb/document.yaml", 'version: "1"', 'version: "2"'),
    ],
)
def test_layout_changes_nothing(plant: Path, place: str, old: str, new: str) -> None:
    approve_all(plant)
    edit(plant / place, old, new)
    if not new:  # elsewhere in the rule
        edit(plant / place, "because: The light is dim.", "because: The light is dim.\n  basis: inferred")
    assert not waiting(plant)


def test_both_changed(plant: Path) -> None:
    approve_all(plant)
    edit(plant / "rules/1-place.yaml", "The light is dim.", "It is dim.")
    edit(plant / "kb/claims.yaml", "wants light", "likes light")
    assert waiting(plant)["a-shady-place", "p1s1"].changed == ("claim", "rule")
    result = kb("review", "a-shady-place", "--kb", plant)
    shown = " ".join(line[41:].strip() for line in result.output.splitlines())
    assert "lapsed: the claim and the rule changed after Ann approved it" in shown


def test_what_is_left_over_is_a_warning(plant: Path) -> None:
    approve_all(plant)
    edit(plant / "rules/1-place.yaml", "id: a-shady-place", "id: a-shadow-place")
    edit(plant / "kb/options.yaml", "[p1s1, p1s2]", "[p1s2]")
    text = (plant / FILE).read_text()
    (plant / FILE).write_text(text + text[text.index("- rule") :].split("\n-")[0].replace("p1s1", "p7s7"))
    found = strays(load(plant), load_reviews(plant))
    assert [problem.message for problem in found] == [
        "approval of the rule `a-shady-place`, which there is not",
        "approval of `fern.likes` for claim `p1s1`, which it does not cite",
        "approval of the claim `p7s7`, which there is not",
    ]
    assert found[0].help == "did you mean `a-shadow-place`?"
    result = kb("review", "--kb", plant)
    assert result.exit_code == 1 and result.output.count("warning: ") == 3
    assert cicatrix("consult", "light=dim", "--no-save", "--kb", str(plant)).code == 0
    approve_all(plant)
    assert kb("review", "--kb", plant).exit_code == 0


def test_unreviewed_agrees_with_standing(plant: Path) -> None:
    """The short way that a consultation takes, against the long one of `kb review`."""
    base, dice = load(plant), random.Random(4)
    everything = [Approval(*pair[:5], "Ann", "2026-01-31") for pair in standing(base, ())]
    everything += [a._replace(citing_hash="0" * 16) for a in everything]
    found = infer(base, parse_pairs(["light=dim", "pots=3", "budget=4"], base.knowledge))
    fired = {firing.rule for firing in found.firings}
    for _ in range(200):
        reviews = tuple(dice.sample(everything, dice.randint(0, len(everything))))
        open_ = {pair.citing for pair in standing(base, reviews) if pair.waits}
        assert set(unreviewed(base, reviews, found)) == fired & open_


def test_the_hash_of_the_knowledge_stays(plant: Path) -> None:
    before = load(plant).knowledge.hash
    approve_all(plant)
    assert load(plant).knowledge.hash == before


def test_a_contradiction_is_reviewed_as_it_is_declared(base: RuleBase) -> None:
    """It is a rule that stands in no file of rules."""
    ids = {contradiction.id for contradiction in base.knowledge.contradictions}
    assert ids and ids <= {pair.citing for pair in standing(base, load_reviews(ROOT))}
    some = sorted(ids)[0]
    changed = dict(base.knowledge.files)
    head, found, tail = changed["kb/vocabulary.yaml"].partition(f"  {some}:\n")
    changed["kb/vocabulary.yaml"] = head + found + tail.replace("because: ", "because: Indeed ", 1)
    other, problems = open_files(changed)
    assert not problems
    assert Hashes(other).citing("rule", some) != Hashes(base).citing("rule", some)
