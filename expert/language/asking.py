"""Conditions made ready to be asked of many cases: the algebra in which a truth is a function of the case.

What a condition means is read once (`meaning.py`), and not again for each case. What has numbers in it is
asked of the case's own reading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from expert.language.conditions import Compare, Condition, Count, Determined, Is, Known, Ref
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


TRUE, FALSE = Askable(lambda case: True), Askable(lambda case: False)


class OfCases(Whole):
    """The algebra."""

    true, false = TRUE, FALSE

    def known(self, attribute: str) -> Askable:
        return Askable(lambda case: case.answers.get(attribute) is not None)

    def equals(self, attribute: str, value: Value) -> Askable:
        return OneOf(attribute, frozenset([value]))

    def number(self, attribute: str) -> Any:
        raise TypeError(f"asked of the case: {attribute}")

    def constant(self, value: int) -> Any:
        raise TypeError(f"asked of the case: {value}")

    def choose(self, where: Askable, one: Any, other: Any) -> Any:
        raise TypeError("asked of the case")


class Asking(Reading[Askable, Any]):
    """Conditions read as functions of a case."""

    def pair(self, condition: Condition) -> tuple[Askable, Askable]:
        if _needs_case(condition):
            held = Askable(lambda case: bool(case.pair(condition)[0] & 1))
            return held, Askable(lambda case: bool(case.pair(condition)[1] & 1))
        return super().pair(condition)

    def _is(self, condition: Is) -> tuple[Askable, Askable]:
        if condition.ref.kind == "attribute":
            return super()._is(condition)
        key, values = condition.ref.key, frozenset(condition.values)

        def held(case: Evaluation) -> bool:
            found = case.findings.get(key)
            if found is not None:
                for value, where in found.items():
                    if where & 1 and value in values:
                        return True
            return False

        def denied(case: Evaluation) -> bool:
            found = case.findings.get(key, {})
            return any(where & 1 for value, where in found.items() if value not in values)

        return Askable(held), Askable(denied) if condition.ref.role else FALSE


def _needs_case(condition: Condition) -> bool:
    """Whether a condition has numbers in it, counts or may be answered: it is asked of the case's reading."""
    if isinstance(condition, (Compare, Determined, Count)):
        return True
    if not isinstance(condition, (Is, Known)) or condition.ref.kind == "attribute":
        return False
    ref: Ref = condition.ref
    words = isinstance(condition, Is) and all(isinstance(value, str) for value in condition.values)
    return ref.role == SCORE or not words or bool(ref.replies)


ASKING = Asking(OfCases())


def compiled(condition: Condition) -> tuple[Test, Test]:
    """Whether a condition holds, and whether it is denied, as functions of a case's reading."""
    held, denied = ASKING.pair(condition)
    return held.test, denied.test
