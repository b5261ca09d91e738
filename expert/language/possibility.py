"""What may still hold: any algebra, read from two sides.

A case leaves answers open. What is said of it now can be said with every completion of it in mind:
something *must* hold if it holds whatever those answers turn out to be, and *may* hold if nothing
that is known rules it out. `Possibilities` is the algebra whose truth values are such pairs over
the truth values of another one, so that the meaning of conditions (`meaning.py`) is not written a
second time, and every engine that has an algebra has both sides of it.

The reading goes part by part, as the meaning does (the interval form of Kleene's logic): that two
parts exclude each other is not seen. So what must hold does hold in every completion, and what
cannot hold does so in none; what may hold is allowed to hold in none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, NamedTuple

from expert.language.algebra import Algebra, N, T, union
from expert.language.model import Value


class Bounds(NamedTuple, Generic[T]):
    """A truth value from below and from above: where it must hold, and where it may."""

    must: T
    may: T

    @property
    def unsettled(self) -> T:
        """Where it may hold, and need not."""
        return self.may & ~self.must

    def __and__(self, other: Bounds[T], /) -> Bounds[T]:
        return Bounds(self.must & other.must, self.may & other.may)

    def __or__(self, other: Bounds[T], /) -> Bounds[T]:
        return Bounds(self.must | other.must, self.may | other.may)

    def __invert__(self) -> Bounds[T]:
        return Bounds(~self.may, ~self.must)


class Estimate(Generic[T, N]):
    """A number, and where it is certain; elsewhere it may be any."""

    __slots__ = ("certain", "number")

    def __init__(self, number: N, certain: T) -> None:
        self.number, self.certain = number, certain

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Estimate) and (self.number, self.certain) == (other.number, other.certain)

    def __hash__(self) -> int:
        return hash((self.number, self.certain))

    def __add__(self, other: Estimate[T, N], /) -> Estimate[T, N]:
        return Estimate(self.number + other.number, self.certain & other.certain)

    def __sub__(self, other: Estimate[T, N], /) -> Estimate[T, N]:
        return Estimate(self.number - other.number, self.certain & other.certain)

    def __mul__(self, other: Estimate[T, N], /) -> Estimate[T, N]:
        return Estimate(self.number * other.number, self.certain & other.certain)

    def __gt__(self, other: Estimate[T, N], /) -> Bounds[T]:
        return self._compared(other, self.number > other.number)

    def __ge__(self, other: Estimate[T, N], /) -> Bounds[T]:
        return self._compared(other, self.number >= other.number)

    def _compared(self, other: Estimate[T, N], so: T) -> Bounds[T]:
        certain = self.certain & other.certain
        return Bounds(certain & so, ~certain | so)


def _none(attribute: str) -> tuple[Any, ...]:
    return ()


class Possibilities(Generic[T, N]):
    """The algebra of what must and what may hold, over the truth values of another algebra.

    `left_out` says where an answer is left out of account: there it is as if it were not given.
    """

    def __init__(self, algebra: Algebra[T, N], left_out: Callable[[str], Iterable[T]] = _none) -> None:
        self.algebra, self.left_out = algebra, left_out
        self._answers: dict[str, tuple[T, list[T]]] = {}
        self._equals: dict[tuple[str, Value], Bounds[T]] = {}  # many rules ask for the same
        self.true = Bounds(algebra.true, algebra.true)
        self.false = Bounds(algebra.false, algebra.false)

    @property
    def splits(self) -> bool:
        return self.algebra.splits

    def choose(self, where: Bounds[T], one: Estimate[T, N], other: Estimate[T, N], /) -> Estimate[T, N]:
        """The one number where something must be so; it is certain where that is the last word."""
        number = self.algebra.choose(where.must, one.number, other.number)
        return Estimate(number, (where.must & one.certain) | (~where.may & other.certain))

    def extremes(
        self, amounts: list[tuple[Bounds[T], Estimate[T, N]]], /
    ) -> list[tuple[Bounds[T], Estimate[T, N]]]:
        """Those of the values that must be had, and those of the values that may be.

        What may be any number is one more of these, whichever it may be now.
        """
        if self.splits:
            return amounts
        true, false = self.algebra.true, self.algebra.false
        had = [(where.must & estimate.certain, estimate.number) for where, estimate in amounts]
        others = [(where.may & estimate.certain, estimate.number) for where, estimate in amounts]
        uncertain = union(false, [where.may & ~estimate.certain for where, estimate in amounts])
        kept = [(Bounds(there, there), Estimate(n, true)) for there, n in self.algebra.extremes(had)]
        kept += [(Bounds(false, there), Estimate(n, true)) for there, n in self.algebra.extremes(others)]
        return [*kept, (Bounds(false, uncertain), Estimate(amounts[0][1].number, false))]

    def spanned(self, intervals: list[Any], /) -> list[Any]:
        """As the other algebra has it, of what may be: of its fewer intervals, none must be had."""
        possible = [(where.may, (low.number, high.number)) for where, (low, high) in intervals]
        spanned = self.algebra.spanned(possible)
        if spanned is possible:
            return intervals
        false, true = self.algebra.false, self.algebra.true
        return [
            (Bounds(false, so), (Estimate(low, true), Estimate(high, true))) for so, (low, high) in spanned
        ]

    def divided(self, number: Estimate[T, N], divisor: int, /) -> Estimate[T, N]:
        """The whole part of a number divided by another."""
        return Estimate(self.algebra.divided(number.number, divisor), number.certain)

    def within(self, sure: Bounds[T], possible: Bounds[T], /) -> Bounds[T]:
        """What must be so of every number between two bounds, and what may be of one; none lies beyond."""
        return Bounds(sure.must, possible.may)

    def between(self, low: Estimate[T, N], high: Estimate[T, N], /) -> Estimate[T, N]:
        """Certain where the bounds meet now: if they do later, it may be any number between them."""
        return Estimate(low.number, (low >= high).must)

    def unchanging(self, truth: Bounds[T], /) -> Bounds[T]:
        """Where something must be so: bounds are made of that, and do not widen."""
        return Bounds(truth.must, truth.must)

    def known(self, attribute: str, /) -> Bounds[T]:
        """What is not answered may be answered yet."""
        return Bounds(self.counts(attribute), self.algebra.true)

    def equals(self, attribute: str, value: Value, /) -> Bounds[T]:
        """Where that is the answer, and where it may be yet."""
        found = self._equals.get((attribute, value))
        if found is None:
            must = held = self.algebra.equals(attribute, value)
            counts, left_out = self._answer(attribute)
            for where in left_out:
                must = must & ~where
            found = self._equals[attribute, value] = Bounds(must, held | ~counts)
        return found

    def number(self, attribute: str, /) -> Estimate[T, N]:
        """The answer, where there is one."""
        return Estimate(self.algebra.number(attribute), self.counts(attribute))

    def counts(self, attribute: str) -> T:
        """Where there is an answer that is not left out of account."""
        return self._answer(attribute)[0]

    def _answer(self, attribute: str) -> tuple[T, list[T]]:
        """Where there is an answer that counts, and where it is left out of account."""
        answer = self._answers.get(attribute)
        if answer is None:
            counts, left_out = self.algebra.known(attribute), [*self.left_out(attribute)]
            for where in left_out:
                counts = counts & ~where
            answer = self._answers[attribute] = counts, left_out
        return answer

    def constant(self, value: int, /) -> Estimate[T, N]:
        """The same number whatever the case."""
        return Estimate(self.algebra.constant(value), self.algebra.true)
