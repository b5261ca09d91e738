"""Invariants: the file, and what breaks them."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from support import sizes
from support.proving import BAD, ROOT, copy_of, drop, edit, proof_of, report_of

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.io.problems import KnowledgeError
from expert.knowledge.load import load
from expert.language.rules import RuleBase
from expert.proof.invariants import load_invariants, read_invariants

BREAKS = {
    "laser-is-never-preferred": [
        (
            "rules/4-treatments.yaml",
            "{unsure: effectiveness, target",
            "{for: effectiveness, strength: strong, target",
        )
    ],
    "nothing-now-while-acne-is-active": [("rules/2-acne.yaml", "active-acne-comes-first", "")],
    "nothing-now-while-acne-is-not-ruled-out": [("rules/2-acne.yaml", "acne-must-be-ruled-out", "")],
    "surface-methods-are-not-for-scars-that-are-only-deep": [
        (
            "rules/4-treatments.yaml",
            "{against: effectiveness, target: deep}",
            "{unsure: effectiveness, target: deep}",
        )
    ],
    "surface-methods-are-not-for-deep-scars": [
        (
            "rules/4-treatments.yaml",
            "{for: effectiveness, target: shallow}",
            "{for: effectiveness, target: deep}",
        )
    ],
    "never-for-and-excluded-at-once": [
        ("rules/4-treatments.yaml", "{for: effectiveness, target: light}", "{for: effectiveness}")
    ],
    "nothing-depth-specific-while-depth-is-unknown": [
        ("rules/1-depth.yaml", "{scar_depth: [deep, both]}", "{unless: {scar_depth: shallow}}")
    ],
    "more-scars-never-cost-less": [
        (
            "rules/5-cost.yaml",
            "option.least_cost: {times: [scar_count, option.price_per_scar]}\n",
            "option.least_cost: {minus: [50000, {times: [scar_count, option.price_per_scar]}]}\n",
        )
    ],
    "every-recommendation-rests-on-a-claim": [
        (
            "rules/4-treatments.yaml",
            "claims: [p12s1, p12s3]\n  basis: stated",
            "claims: [p12s1, p12s3]\n  reason: ours\n  basis: added",
        )
    ],
    "every-case-gets-a-next-step": [("rules/1-depth.yaml", "treat-the-shallow-scars", "")],
    "over-and-within-the-budget-exclude-each-other": [
        ("rules/5-cost.yaml", "{at-most: budget}", "{more-than: budget}")
    ],
}


SOME, MORE = (
    ("nothing-now-while-acne-is-active",),
    ("more-scars-never-cost-less", "every-case-gets-a-next-step"),
)


def marks(invariant: str) -> list[pytest.MarkDecorator]:
    return [] if invariant in SOME else sizes.MORE if invariant in MORE else sizes.LONG


@pytest.mark.parametrize("invariant", [pytest.param(n, marks=marks(n)) for n in BREAKS])
def test_a_broken_rule_is_found_with_a_case_that_shows_it(invariant: str, tmp_path: Path) -> None:
    """The line given runs, is what the engine was seen to do, and is small."""
    directory = copy_of(ROOT, tmp_path / "kb copy")
    for file, old, new in BREAKS[invariant]:
        if new:
            edit(directory, file, old, new)
        else:
            drop(directory, file, old)
    report = report_of(directory)
    proof = proof_of(report, invariant)
    assert proof.status == "counterexample", report
    assert not report.holds
    assert {each.diagrams for each in report.proofs} <= {"agree", ""} and report.proofs[0].diagrams == "agree"
    for witness in proof.witnesses:
        assert witness.confirmed
        words = shlex.split(witness.command)
        assert words[:2] == ["cicatrix", "consult"]
        assert words[-2:] == ["--kb", str(directory)]
        broken = load(directory)
        case = parse_pairs(words[2:-2], broken.knowledge)
        assert 1 <= len(case.answers) <= 4
        assert witness.firings == infer(broken, case).firings
    if proof_of(report, "more-scars-never-cost-less") == proof:
        assert len(proof.witnesses) == 2


def test_all_problems_of_the_file_at_once(base: RuleBase) -> None:
    with pytest.raises(KnowledgeError) as caught:
        read_invariants(base, BAD, "kb/invariants.yaml")
    text = str(caught.value)
    for near in ("scar_depth", "option.timing", "preferred", "laser-may-or-may-not-work", "masked"):
        assert f"did you mean `{near}`?" in text
    for words in (
        "duplicate invariant `one`",
        "exactly one of",
        "unknown claim `p99s1`",
        "no use for `more`",
    ):
        assert words in text
    assert "kb/invariants.yaml:4:12: unknown attribute or finding `scar_dpth`" in text
    assert "`not` over the finding `verdict`" in text
    assert len(caught.value.problems) >= 13


@pytest.mark.parametrize(
    "text", ["", "[]", "a", "{invariants: {a: b}}", "invariants: [1, [2], {}]", "\x00", "a: *b"]
)
def test_any_text_is_refused_with_a_place(base: RuleBase, text: str) -> None:
    if text == "[]":
        text = "[1]"
    with pytest.raises(KnowledgeError) as caught:
        read_invariants(base, text)
    assert all(problem.span for problem in caught.value.problems)


def test_without_a_file_there_are_none(tmp_path: Path, base: RuleBase) -> None:
    assert load_invariants(base, tmp_path).invariants == ()
