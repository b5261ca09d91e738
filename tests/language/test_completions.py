"""The algebra of completions: its variables, and what it says in words."""

from __future__ import annotations

import pytest

from expert.language.completions import Cells, Choice, Completions, Loose
from expert.language.conditions import AllOf, Arithmetic, Compare, Condition, Is, Ref
from expert.language.limits import NotDecided
from expert.language.meaning import Reading
from expert.language.model import Term
from expert.language.survey import Survey

LIGHT = Term(
    "light", "attribute", "choice", "the light", values={v: v for v in ("dim", "bright", "sun", "no")}
)
HAVE = Term("have", "attribute", "count", "the number at hand", low=0)
NEED = Term("need", "attribute", "count", "the number needed", low=0)
PRICE = Term("price", "attribute", "money", "the price", decimals=2)
TERMS = {term.name: term for term in (LIGHT, HAVE, NEED, PRICE)}


def ref(name: str) -> Ref:
    return Ref("attribute", name)


def completions(condition: Condition, answers: dict[str, str | int | None] | None = None) -> Completions:
    survey = Survey(TERMS, answers or {})
    Reading(survey).holds(condition)
    return Completions(survey, list(TERMS))


def test_values_that_no_rule_names_are_one_branch() -> None:
    found = completions(Is(ref("light"), ("dim", "no")))
    [light] = found.variables
    assert isinstance(light, Choice)
    assert light.branches == (("dim",), ("bright", "sun"), ("no",), (None,))
    truth = Reading(found).holds(Is(ref("light"), ("dim", "no")))
    assert (found.count(truth), found.count(found.true)) == (2, 5)
    assert list(found.pieces(truth)) == [{"light": ["dim", "no"]}]
    assert list(found.pieces(~truth)) == [{"light": ["bright", "sun", "unknown"]}]
    assert found.changes(~truth, {"light": "no"}) == [{"light": "bright"}, {"light": "sun"}]
    assert found.changes(~truth, {"light": "no"}, fixed=["light"]) == []


def test_numbers_are_ranges_between_thresholds() -> None:
    condition = Compare(ref("price"), "at-least", 1250)
    found = completions(condition)
    truth = Reading(found).holds(condition)
    low, high = PRICE.bounds
    assert found.count(truth) == high - 1250 + 1
    assert list(found.pieces(truth)) == [{"price": ["12.5 to 999999999999999.99"]}]
    assert found.smallest(truth) == {"price": 1250}
    assert found.changes(truth, {"price": 1000}) == [{"price": 1250}]
    assert found.changes(~truth, {"price": 1300}) == [{"price": 1249}]
    assert found.at(truth, {"price": 1250}) and not found.at(truth, {"price": 1249})
    assert low == -high


def test_what_is_answered_is_cut_away() -> None:
    parts = (Is(ref("light"), ("dim",)), Compare(ref("have"), "at-least", ref("need")))
    condition = AllOf(parts)
    found = completions(condition, {"light": "dim", "need": 3})
    [have] = found.variables
    assert isinstance(have, Cells)
    assert have.names == ("have",)
    assert found.changing(Reading(found).holds(condition)) == {"have": True}
    denied = completions(condition, {"light": "sun"})
    assert Reading(denied).holds(condition).never
    unknown = completions(condition, {"need": None})
    assert Reading(unknown).holds(condition).never


def test_what_is_not_decided_is_not_said() -> None:
    """The product of two open numbers: it may matter, and what does not rest on it is still certain."""
    product = Compare(Arithmetic("times", (ref("have"), ref("need"))), "more-than", 1000)
    less = Compare(Arithmetic("times", (ref("have"), ref("need"))), "less-than", 1002)
    condition = AllOf((product, less, Is(ref("light"), ("dim",))))
    found = completions(condition)
    assert [type(variable) for variable in found.variables].count(Loose) == 1
    truth = Reading(found).holds(condition)
    assert found.undecided
    assert found.possible(truth) is None
    assert found.changing(truth) == {"light": False, "have": False, "need": False}
    for ask in (found.smallest, found.count, lambda t: found.changes(t, {}), lambda t: list(found.pieces(t))):
        with pytest.raises(NotDecided, match=r"have \* need"):
            ask(truth)
    dim = found.equals("light", "dim")
    assert found.is_decided(dim)
    assert found.possible(truth & ~dim) is False
    # with one of them known, the other is decided: 1001 is 7 * 143, and no multiple of 8
    for need, changing in ((7, {"light": True, "have": True}), (8, {})):
        known = completions(condition, {"need": need})
        assert known.changing(Reading(known).holds(condition)) == changing
