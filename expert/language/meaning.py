"""The translation: what conditions and rules mean, written once over Python's own operators.

`Reading` turns conditions into pairs (holds, denied) in whatever algebra it is given; an
algebra supplies truth values that answer to `& | ~` and numbers that answer to `+ - * > >=`.
`Grid` is the algebra over plain Python: bit n of a truth value is case n, so that one reading
decides a whole grid of cases at once, and a grid of one is an ordinary evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from expert.language.conditions import (
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Given,
    Is,
    Known,
    Not,
    Quantity,
    Ref,
    Unless,
)
from expert.language.grids import Grid
from expert.language.model import Value
from expert.language.rules import Conclusion, Instance, reads, writes

Truth = Any  # answers to & | ~


Number = Any  # answers to + - * and comparisons, which give a Truth


class Algebra(Protocol):
    """What a translation into another engine has to supply."""

    true: Truth
    false: Truth

    def known(self, attribute: str) -> Truth: ...
    def equals(self, attribute: str, value: Value) -> Truth: ...
    def number(self, attribute: str) -> Number: ...
    def constant(self, value: int) -> Number: ...


OPERATORS: dict[str, Callable[[Number, Number], Any]] = {
    "more-than": lambda a, b: a > b,
    "at-least": lambda a, b: a >= b,
    "less-than": lambda a, b: b > a,
    "at-most": lambda a, b: b >= a,
    "times": lambda a, b: a * b,
    "plus": lambda a, b: a + b,
    "minus": lambda a, b: a - b,
}


class Reading:
    """Conditions read in one algebra, over the findings concluded so far."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self.findings: dict[str, dict[Value, Truth]] = {}
        self.numbers: dict[str, list[tuple[Truth, Number]]] = {}

    def holds(self, condition: Condition) -> Truth:
        return self.pair(condition)[0]

    def pair(self, condition: Condition) -> tuple[Truth, Truth]:
        """Where the condition holds, and where it is denied (Kleene's strong connectives)."""
        true, false = self.algebra.true, self.algebra.false
        if isinstance(condition, Is):
            return self._is(condition)
        if isinstance(condition, Compare):
            return self._compare(condition)
        if isinstance(condition, Known):
            known = self._known(condition.ref)
            return (known, ~known) if condition.wanted else (~known, known)
        if isinstance(condition, Given):
            return (true, false) if condition.truth else (false, true)
        if isinstance(condition, AllOf):
            pairs = [self.pair(part) for part in condition.parts]
            return _fold_and(true, [h for h, _ in pairs]), _fold_or(false, [d for _, d in pairs])
        if isinstance(condition, AnyOf):
            pairs = [self.pair(part) for part in condition.parts]
            return _fold_or(false, [h for h, _ in pairs]), _fold_and(true, [d for _, d in pairs])
        if isinstance(condition, Not):
            held, denied = self.pair(condition.part)
            return denied, held
        if isinstance(condition, Unless):
            held = self.holds(condition.part)
            return ~held, held
        raise TypeError(f"not grounded: {condition!r}")

    def _known(self, ref: Ref) -> Truth:
        if ref.kind == "attribute":
            return self.algebra.known(ref.name)
        concluded = [*self.findings.get(ref.key, {}).values(), *(g for g, _ in self.numbers.get(ref.key, ()))]
        return _fold_or(self.algebra.false, concluded)

    def _is(self, condition: Is) -> tuple[Truth, Truth]:
        ref, false = condition.ref, self.algebra.false
        if ref.kind == "attribute":
            held = _fold_or(false, [self.algebra.equals(ref.name, value) for value in condition.values])
            return held, self.algebra.known(ref.name) & ~held
        if ref.key in self.numbers:
            wanted = [self.algebra.constant(value) for value in condition.values if isinstance(value, int)]
            return _fold_or(
                false, [g & (n >= w) & (w >= n) for g, n in self.numbers[ref.key] for w in wanted]
            ), false
        concluded = self.findings.get(ref.key, {})
        return _fold_or(false, [concluded[value] for value in condition.values if value in concluded]), false

    def _compare(self, condition: Compare) -> tuple[Truth, Truth]:
        operator = OPERATORS[condition.operator]
        held = denied = self.algebra.false
        for known_left, left in self.amounts(condition.left):
            for known_right, right in self.amounts(condition.right):
                known, true_there = known_left & known_right, operator(left, right)
                held, denied = held | (known & true_there), denied | (known & ~true_there)
        return held, denied & ~held

    def amounts(self, quantity: Quantity) -> list[tuple[Truth, Number]]:
        """The quantity's values, each with where it has that value."""
        if isinstance(quantity, int):
            return [(self.algebra.true, self.algebra.constant(quantity))]
        if isinstance(quantity, Ref):
            if quantity.kind == "finding":
                return self.numbers.get(quantity.key, [])
            return [(self.algebra.known(quantity.name), self.algebra.number(quantity.name))]
        first, *rest = [self.amounts(part) for part in quantity.parts]
        operator = OPERATORS[quantity.operator]
        for more in rest:
            first = [(g & h, operator(a, b)) for g, a in first for h, b in more]
        return first

    def conclude(self, conclusion: Conclusion, where: Truth) -> None:
        """Take a finding into account; other conclusions are nobody's premises."""
        if conclusion.kind != "finding":
            return
        if isinstance(conclusion.value, (Ref, Arithmetic)):
            self.add_numbers(conclusion.key, [(where & g, n) for g, n in self.amounts(conclusion.value)])
        elif isinstance(conclusion.value, int):
            self.add_numbers(conclusion.key, [(where, self.algebra.constant(conclusion.value))])
        elif conclusion.value is not None:
            values = self.findings.setdefault(conclusion.key, {})
            values[conclusion.value] = values.get(conclusion.value, self.algebra.false) | where

    def add_numbers(self, key: str, amounts: list[tuple[Truth, Number]]) -> None:
        self.numbers.setdefault(key, []).extend(amounts)

    def derive(self, instances: Iterable[Instance]) -> dict[str, Truth]:
        """Run instances in an order from `passes`; where each of them fires, by id."""
        fired: dict[str, Truth] = {}
        for instance in instances:
            where = self.holds(instance.when)
            fired[instance.id] = where
            for conclusion in instance.then:
                self.conclude(conclusion, where)
        return fired


class Evaluation(Reading):
    """The reading of one case in plain Python: bit 0 of every truth value."""

    def __init__(self, answers: dict[str, Value | None]) -> None:
        super().__init__(Grid({name: (value,) for name, value in answers.items()}))

    def test(self, condition: Condition) -> bool:
        """Whether the condition holds."""
        return bool(self.holds(condition) & 1)

    def denies(self, condition: Condition) -> bool:
        """Whether the case says otherwise."""
        return bool(self.pair(condition)[1] & 1)


def _fold_and(start: Truth, values: Iterable[Truth]) -> Truth:
    for value in values:
        start = start & value
    return start


def _fold_or(start: Truth, values: Iterable[Truth]) -> Truth:
    for value in values:
        start = start | value
    return start


def passes(instances: Iterable[Instance]) -> list[Instance]:
    """The instances in an order in which one reading settles everything.

    Within a stratum a rule comes after those that conclude what it reads. Rules that support
    each other in a circle (never through negation or computation) are repeated as often as
    there are rules in the circle: a fixed point, written out as straight-line logic.
    """
    strata: dict[int, list[Instance]] = {}
    for instance in instances:
        strata.setdefault(instance.stratum, []).append(instance)
    ordered: list[Instance] = []
    for _, waiting in sorted(strata.items()):
        while waiting:
            unsettled = {key for instance in waiting for key in writes(instance)}
            ready = [i for i in waiting if unsettled.isdisjoint(_needed(i))]
            if not ready:
                ordered += waiting * len(waiting)
                break
            ordered += ready
            waiting = [i for i in waiting if not unsettled.isdisjoint(_needed(i))]
    return ordered


def _needed(instance: Instance) -> set[str]:
    return {ref.key for ref, _ in reads(instance) if ref.kind == "finding"}
