"""What a survey writes down of the answers that are open."""

from __future__ import annotations

from itertools import product

import pytest
from support.compare import ROOT

from expert.knowledge.load import load
from expert.language.meaning import Reading
from expert.language.polynomials import Atom, constant, indeterminate, spelled
from expert.language.rules import passes
from expert.language.survey import ALWAYS, DEPENDS, NEVER, Survey, linked


def test_what_depends_is_not_taken_for_anything_else() -> None:
    truths = {ALWAYS: {True}, NEVER: {False}, DEPENDS: {True, False}}
    for one, other in product(truths, repeat=2):
        pairs = [*product(truths[one], truths[other])]
        assert truths[one & other] == {a and b for a, b in pairs}
        assert truths[one | other] == {a or b for a, b in pairs}
        assert truths[~one] == {not a for a in truths[one]}


def test_what_rules_ask_of_open_answers_is_written_down() -> None:
    base = load(ROOT / "examples" / "curb65")
    survey = Survey(base.knowledge.attributes, {"age": 70, "urea": None})
    Reading(survey).derive(passes(base.instances))
    assert survey.named == {"confusion": {"yes"}}
    assert survey.numbers == {"breaths", "systolic", "diastolic"}
    limits = {"breaths > 29", "systolic > 89", "diastolic > 60"}
    assert {spelled(atom) for atom in survey.atoms} == limits


def test_numbers_that_are_compared_with_each_other_are_linked() -> None:
    a, b, c, d = map(indeterminate, "abcd")
    atoms = [Atom(a - b, 0), Atom(b - c, 2), Atom(d, 5)]
    assert linked("dcba", atoms) == [(["d"], atoms[2:]), (["c", "b", "a"], atoms[:2])]


def test_of_fixed_numbers_no_polynomial_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    survey = Survey({}, {})
    expected = {
        (a, b): (survey.positive(constant(a - b)), survey.positive(constant(a - b + 1)))
        for a, b in product(range(-2, 3), repeat=2)
    }
    monkeypatch.setattr(Survey, "positive", None)
    for (a, b), answers in expected.items():
        one, other = survey.constant(a), survey.constant(b)
        assert (one > other, one >= other) == answers
