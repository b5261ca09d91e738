"""The shell against the naive evaluator of `oracle.py`, on two unrelated knowledge bases."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from oracle import OracleKB, evaluate

from expert import trace
from expert.case import parse_pairs
from expert.inference import infer
from expert.lint import load
from expert.rules import RuleBase

HERE = Path(__file__).parent
BASES = {"acne": HERE.parent, "bicycle": HERE / "data" / "bicycle"}
NUMBERS = {  # at and around what the rules compare with
    "scar_count": "1 2 3 11 12 13 120",
    "budget": "0 50 99.99 600 600.01 5999.99 6000 6000.01 999999999999999",
    "stretch": "0.49 0.50 0.51 0.75 0.80",
    "distance": "499 500 1999 2000 2001",
    "spokes": "0 1 2 3 36",
    "pressure": "0 4 4.5 4.6 5",
    "limit": "0 4.5 4.7 5 5.1",
    "saved": "0 10 10.01 35.50 61 90.01 100 100.01",
    "tool": "0 0.01 5 12.75 50 100",
}
CASES = 1000
Bases = tuple[RuleBase, OracleKB]


@pytest.fixture(scope="module", params=BASES)
def bases(request: pytest.FixtureRequest) -> Bases:
    directory = BASES[request.param]
    return load(directory), OracleKB(directory)


def choices(kb: OracleKB) -> dict[str, list[str]]:
    """Answers to try for each attribute, `unknown` not among them."""
    yes_no = {"yes": "", "no": ""}
    return {
        name: NUMBERS[name].split() if name in NUMBERS else list(term.get("values", yes_no))
        for name, term in kb.attributes.items()
    }


def exact(value: trace.Plain | None) -> str | Fraction | None:
    """A recorded value, numbers as they were meant before they were floats."""
    return value if isinstance(value, str) or value is None else Fraction(str(value))


def summary(c: trace.Consultation) -> dict[str, Any]:
    """A consultation in the oracle's terms."""
    advised = c.recommendations
    return {
        "fired": [(f.rule, f.option) for f in c.firings],
        "findings": {(f.finding, f.option, exact(f.value)) for f in c.findings},
        "verdicts": {r.option: r.verdict for r in advised},
        "targets": {r.option: r.targets for r in advised},
        "waits": {r.option: list(r.waits_for) for r in advised},
        "timing": {r.option: r.timing for r in advised},
        "flags": {r.option: list(r.flags) for r in advised},
        "cost": {r.option: (exact(r.cost.low), exact(r.cost.high)) if r.cost else None for r in advised},
        "plan": [step.step for step in c.plan],
        "advice": {(a.kind, a.id, a.option) for a in c.advice},
        "not_fired": {(n.rule, n.option): n.reason for n in c.not_fired},
    }


def consult(base: RuleBase, answers: dict[str, str]) -> dict[str, Any]:
    pairs = [f"{name}={value}" for name, value in answers.items()]
    return summary(infer(base, parse_pairs(pairs, base.knowledge)))


def check(bases: Bases, answers: dict[str, str]) -> dict[str, Any]:
    """Both evaluators say the same of a case; what they say."""
    base, kb = bases
    found, expected = consult(base, answers), evaluate(kb, answers)
    for part, value in expected.items():
        assert found[part] == value, f"{part} of {answers}"
    return expected


def test_every_answer_alone_and_every_pair(bases: Bases) -> None:
    options = choices(bases[1])
    check(bases, {})
    for name, values in options.items():
        for value in values:
            check(bases, {name: value})
    for one, other in combinations(options, 2):
        for value in options[one]:
            for second in options[other]:
                check(bases, {one: value, other: second})


def test_random_cases(bases: Bases) -> None:
    """Whole cases; every rule fires in some of them, and fails in every way in others."""
    random, options = Random(20), choices(bases[1])
    reasons: set[str] = set()
    fired: set[tuple[str, str | None]] = set()
    for _ in range(CASES):
        known = {n for n in options if random.random() < 0.8}
        said = {n for n in options if random.random() < 0.5 and n not in known}  # or else left out
        answers = {**{n: random.choice(options[n]) for n in sorted(known)}, **dict.fromkeys(said, "unknown")}
        expected = check(bases, answers)
        fired |= set(expected["fired"])
        reasons |= set(expected["not_fired"].values())
    assert {rule for rule, _ in fired} == {rule.id for rule in bases[0].rules}
    assert reasons == {"denied", "unknown", "no-evidence"}


def test_an_unanswered_attribute_is_an_unknown_one(bases: Bases) -> None:
    base, kb = bases
    assert consult(base, {}) == consult(base, dict.fromkeys(kb.attributes, "unknown"))


def test_strata_and_instances_agree(bases: Bases) -> None:
    """Both spell out the same instances, and would fire them in the same order."""
    base, kb = bases
    assert [(i.rule.id, i.option or None) for i in base.instances] == [i.key for i in kb.order]
