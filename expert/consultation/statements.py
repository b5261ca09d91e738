"""What explanations state, as data: a condition, and how it stands in the case.

Words are made of conditions elsewhere (see `english`); the data is what a program, or a test, evaluates.
"""

from __future__ import annotations

import json
from typing import assert_never

from expert.consultation.result import ScoreBounds, Statement
from expert.language.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Count,
    Determined,
    Given,
    Is,
    Known,
    Not,
    OptionIs,
    Quantity,
    Ref,
    Unless,
    compared,
    quantity_refs,
    unscaled,
)
from expert.language.english import Phrases
from expert.language.keys import exception_of
from expert.language.model import Term


def lies_between(score: ScoreBounds) -> Statement:
    """That a score lies between its bounds, as data."""
    ends = [("at-least", score.low), ("at-most", score.high)]
    parts = [Statement("finding", score.finding, score.option, each, (), str(limit)) for each, limit in ends]
    return Statement("all", stands="holds", parts=tuple(parts))


def states(condition: Condition, phrases: Phrases, stands: str = "") -> Statement:
    """A condition as data."""
    match condition:
        case Is(ref, _) if exception_of(ref.name):
            return Statement("rule", exception_of(ref.name), ref.option or None, "applies", stands=stands)
        case Is(ref, values):
            term = phrases.term(ref)
            shown = tuple(term.plain(value) for value in values)
            return Statement(ref.kind, ref.name, ref.option or None, "is", shown, stands=stands)
        case Known(ref, wanted):
            operator = "known" if wanted else "unknown"
            return Statement(ref.kind, ref.name, ref.option or None, operator, stands=stands)
        case Compare():
            return _comparison(condition.written or condition, phrases, stands)
        case OptionIs(ids):
            return Statement("option", "", None, "is", ids, stands=stands)
        case Determined(quantity):
            parts = [Statement("finding", r.name, r.option or None, "known") for r in quantity_refs(quantity)]
            return Statement("determined", stands=stands, parts=tuple(parts))
        case Given():
            return _given(condition, phrases, stands)
        case AllOf(parts):
            return Statement("all", stands=stands, parts=tuple(states(part, phrases) for part in parts))
        case AnyOf(parts):
            return Statement("any", stands=stands, parts=tuple(states(part, phrases) for part in parts))
        case Count(operator, number, parts):
            inside = tuple(states(part, phrases) for part in parts)
            return Statement("count", "", None, operator, (number,), stands=stands, parts=inside)
        case Not(part):
            return Statement("not", stands=stands, parts=(states(part, phrases),))
        case Unless(part):
            return Statement("unless", stands=stands, parts=(states(part, phrases),))
        case _:
            assert_never(condition)


def _given(condition: Given, phrases: Phrases, stands: str) -> Statement:
    if condition.written is None:
        return Statement("all" if condition.truth else "any", stands=stands)  # of nothing: always, never
    statement = states(condition.written, phrases, stands)
    return statement._replace(option=condition.option)


def _comparison(condition: Compare, phrases: Phrases, stands: str) -> Statement:
    ref, _ = unscaled(condition.left)
    if not isinstance(ref, Ref):
        raise TypeError(f"compares no term: {condition!r}")
    of = spelled(condition.right, phrases, phrases.term(ref))
    option = next((each.option for each in compared(condition) if each.option), None)
    return Statement(ref.kind, ref.name, option, condition.operator, (), of, stands=stands)


def spelled(quantity: Quantity, phrases: Phrases, term: Term) -> str:
    """A quantity measured as a term is, as the rule language writes it; JSON if it is computed."""
    words = phrases.spelled(quantity, term)
    return words if isinstance(words, str) else json.dumps(words)
