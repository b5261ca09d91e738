"""Conditions made ready to be asked of many cases: the algebra in which a truth is a function of the case.

What a condition means is read once (`meaning.py`), and not again for each case. What computes with findings
is asked of the case's own reading: of those there are as many as were concluded.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import assert_never

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
    Ref,
    Unless,
    refs,
)
from expert.language.grids import Whole
from expert.language.meaning import Evaluation, Reading
from expert.language.model import SCORE, Value

Test = Callable[[Evaluation], bool]


class Askable:
    """Whether something is so of a case."""

    __slots__ = ("test",)

    def __init__(self, test: Test) -> None:
        self.test = test

    def __and__(self, other: Askable) -> Askable:
        if self is FALSE or other is TRUE:
            return self
        if self is TRUE or other is FALSE:
            return other
        one, two = self.test, other.test
        return Askable(lambda case: one(case) and two(case))

    def __or__(self, other: Askable) -> Askable:
        if self is TRUE or other is FALSE:
            return self
        if self is FALSE or other is TRUE:
            return other
        one, two = self.test, other.test
        return Askable(lambda case: one(case) or two(case))

    def __invert__(self) -> Askable:
        if self is TRUE or self is FALSE:
            return FALSE if self is TRUE else TRUE
        test = self.test
        return Askable(lambda case: not test(case))


class OneOf(Askable):
    """That an attribute has one of some values."""

    __slots__ = ("name", "values")

    def __init__(self, name: str, values: frozenset[Value]) -> None:
        super().__init__(lambda case: case.answers.get(name) in values)
        self.name, self.values = name, values

    def __or__(self, other: Askable) -> Askable:
        if isinstance(other, OneOf) and other.name == self.name:
            return OneOf(self.name, self.values | other.values)
        return super().__or__(other)


class AskableNumber:
    """A number in a case; where an attribute is not known, any."""

    __slots__ = ("of",)

    def __init__(self, of: Callable[[Evaluation], int]) -> None:
        self.of = of

    def __add__(self, other: AskableNumber) -> AskableNumber:
        one, two = self.of, other.of
        return AskableNumber(lambda case: one(case) + two(case))

    def __sub__(self, other: AskableNumber) -> AskableNumber:
        one, two = self.of, other.of
        return AskableNumber(lambda case: one(case) - two(case))

    def __mul__(self, other: AskableNumber) -> AskableNumber:
        one, two = self.of, other.of
        return AskableNumber(lambda case: one(case) * two(case))

    def __floordiv__(self, divisor: int) -> AskableNumber:
        number = self.of
        return AskableNumber(lambda case: number(case) // divisor)

    def __gt__(self, other: AskableNumber) -> Askable:
        one, two = self.of, other.of
        return Askable(lambda case: one(case) > two(case))

    def __ge__(self, other: AskableNumber) -> Askable:
        one, two = self.of, other.of
        return Askable(lambda case: one(case) >= two(case))


def _answered(attribute: str) -> Callable[[Evaluation], int]:
    def number(case: Evaluation) -> int:
        value = case.answers.get(attribute)
        return value if isinstance(value, int) else 0

    return number


TRUE, FALSE = Askable(lambda case: True), Askable(lambda case: False)


class OfCases(Whole):
    """The algebra."""

    true, false = TRUE, FALSE

    def known(self, attribute: str) -> Askable:
        return Askable(lambda case: case.answers.get(attribute) is not None)

    def equals(self, attribute: str, value: Value) -> Askable:
        return OneOf(attribute, frozenset([value]))

    def number(self, attribute: str) -> AskableNumber:
        return AskableNumber(_answered(attribute))

    def constant(self, value: int) -> AskableNumber:
        return AskableNumber(lambda case: value)

    def choose(self, where: Askable, one: AskableNumber, other: AskableNumber) -> AskableNumber:
        test, first, second = where.test, one.of, other.of
        return AskableNumber(lambda case: first(case) if test(case) else second(case))


class Asking(Reading[Askable, AskableNumber]):
    """Conditions read as functions of a case."""

    def pair(self, condition: Condition) -> tuple[Askable, Askable]:
        if _needs_case(condition):
            held = Askable(lambda case: case.test(condition))
            return held, Askable(lambda case: case.denies(condition))
        return super().pair(condition)

    def _known(self, ref: Ref) -> Askable:
        if ref.kind == "attribute":
            return super()._known(ref)
        key = ref.key

        def known(case: Evaluation) -> bool:
            words, numbers = case.findings.get(key, {}), case.numbers.get(key, ())
            return any(where & 1 for where in words.values()) or any(where & 1 for where, _ in numbers)

        return Askable(known)

    def _is(self, condition: Is) -> tuple[Askable, Askable]:
        if condition.ref.kind == "attribute":
            return super()._is(condition)
        key, values = condition.ref.key, frozenset(condition.values)

        def held(case: Evaluation) -> bool:
            concluded = case.findings.get(key)
            if concluded is not None:
                for value, where in concluded.items():
                    if where & 1 and value in values:
                        return True
            return False

        def denied(case: Evaluation) -> bool:
            concluded = case.findings.get(key, {})
            return any(where & 1 for value, where in concluded.items() if value not in values)

        return Askable(held), Askable(denied) if condition.ref.role else FALSE


def _needs_case(condition: Condition) -> bool:
    """Whether it computes with findings, counts or may be answered: it is asked of the case's own reading."""
    match condition:
        case Count():
            return True
        case Compare() | Determined():
            return any(ref.kind == "finding" for ref, _ in refs(condition))
        case Is(ref) | Known(ref):
            if ref.kind != "finding":
                return False
            numbers = isinstance(condition, Is) and any(isinstance(value, int) for value in condition.values)
            return ref.role == SCORE or numbers or bool(ref.replies)
        case AllOf() | AnyOf() | Not() | Unless() | OptionIs() | Given():
            return False
        case _:
            assert_never(condition)


ASKING = Asking(OfCases())
KEPT = 4096  # conditions: what a rule says of many options, or many rules say, is made ready once


@lru_cache(KEPT)
def compiled(condition: Condition) -> tuple[Test, Test]:
    """Whether a condition holds, and whether it is denied, as functions of a case's reading."""
    held, denied = ASKING.pair(condition)
    return held.test, denied.test
