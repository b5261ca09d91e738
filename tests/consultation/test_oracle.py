"""The shell against the naive evaluator of `oracle.py`, on two unrelated knowledge bases."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any

import pytest
from support.compare import BASES, choices, consult
from support.oracle import OracleKB, evaluate
from support.sizes import some_or_all

from expert.knowledge.load import load
from expert.language.rules import RuleBase

Bases = tuple[RuleBase, OracleKB]


@pytest.fixture(scope="module", params=BASES)
def bases(request: pytest.FixtureRequest) -> Bases:
    directory = BASES[request.param]
    return load(directory), OracleKB(directory)


def check(bases: Bases, answers: dict[str, str]) -> dict[str, Any]:
    """Both evaluators say the same of a case; what they say."""
    base, kb = bases
    found, expected = consult(base, answers), evaluate(kb, answers)
    for part, value in expected.items():
        assert found[part] == value, f"{part} of {answers}"
    return expected


@pytest.mark.parametrize("step", some_or_all(400, 1, more=25))
def test_every_answer_alone_and_every_pair(bases: Bases, step: int) -> None:
    """Of the pairs, the short suite takes one of four hundred."""
    options = choices(bases[1])
    check(bases, {})
    for name, values in options.items():
        for value in values:
            check(bases, {name: value})
    pairs = [
        {one: value, other: second}
        for one, other in combinations(options, 2)
        for value in options[one]
        for second in options[other]
    ]
    for answers in pairs[::step]:
        check(bases, answers)


@pytest.mark.parametrize("count", some_or_all(36, 1000, more=180))
def test_random_cases(bases: Bases, count: int) -> None:
    """Whole cases; every rule fires in some of them, and fails in every way in others."""
    random, options = Random(35), choices(bases[1])
    reasons: set[str] = set()
    fired: set[tuple[str, str | None]] = set()
    for _ in range(count):
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
