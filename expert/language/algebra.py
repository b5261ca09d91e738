"""Algebras: what an engine supplies, and how numbers are put together in any of them.

A truth value answers to `& | ~` and says where something is so; a number answers to `+ - * > >=`. What
can have several values is written as all of them, each with where it has it: *amounts* of numbers, and
*intervals* between a lowest and a highest one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, Protocol, Self, TypeVar, assert_never

from expert.language.conditions import PRODUCTS, Arithmetic, Factor, Quantity, Ref, Several
from expert.language.model import Value


class Truth(Protocol):
    """Where something is so."""

    def __and__(self, other: Self, /) -> Self: ...
    def __or__(self, other: Self, /) -> Self: ...
    def __invert__(self) -> Self: ...


T = TypeVar("T", bound=Truth)
T_co = TypeVar("T_co", bound=Truth, covariant=True)


class Number(Protocol[T_co]):
    """A number in each case; compared, it says where."""

    def __add__(self, other: Self, /) -> Self: ...
    def __sub__(self, other: Self, /) -> Self: ...
    def __mul__(self, other: Self, /) -> Self: ...
    def __gt__(self, other: Self, /) -> T_co: ...
    def __ge__(self, other: Self, /) -> T_co: ...


N = TypeVar("N", bound=Number[Any])
N_co = TypeVar("N_co", bound=Number[Any], covariant=True)


class Algebra(Protocol[T_co, N_co]):
    """What a translation into another engine has to supply."""

    @property
    def true(self) -> T_co: ...
    @property
    def false(self) -> T_co: ...
    def known(self, attribute: str, /) -> T_co: ...
    def equals(self, attribute: str, value: Value, /) -> T_co: ...
    def number(self, attribute: str, /) -> N_co: ...
    def constant(self, value: int, /) -> N_co: ...
    @property
    def splits(self) -> bool:
        """Whether a number that depends on a truth is written as several, each with where it is."""
        ...

    def choose(self, where: Any, one: Any, other: Any, /) -> N_co:
        """The one number where something is so, the other elsewhere; not where numbers are split."""
        ...

    def extremes(self, amounts: list[tuple[Any, Any]], /) -> list[tuple[Any, Any]]:
        """Of a number's values those on which a comparison depends: the least and the greatest.

        Each with where it has it, as the values themselves; there is one at least.
        """
        ...

    def spanned(self, intervals: list[Any], /) -> list[Any]:
        """What takes the place of the many intervals between which a sum lies, where fewer say as much."""
        ...

    def divided(self, number: Any, divisor: int, /) -> N_co:
        """The whole part of a number that is not below 0, divided by one above it."""
        ...

    def within(self, sure: Any, possible: Any, /) -> T_co:
        """What is sure of numbers between their bounds; where cases are open, with what is possible."""
        ...

    def between(self, low: Any, high: Any, /) -> N_co:
        """The number that has these bounds, where they meet."""
        ...

    def unchanging(self, truth: Any, /) -> T_co:
        """Where something is so whatever is still answered."""
        ...


# --- whole numbers ---------------------------------------------------------------------------
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "more-than": lambda a, b: a > b,
    "at-least": lambda a, b: a >= b,
    "less-than": lambda a, b: b > a,
    "at-most": lambda a, b: b >= a,
    "times": lambda a, b: a * b,
    "plus": lambda a, b: a + b,
    "minus": lambda a, b: a - b,
    "percent": lambda a, b: a * b,  # with two decimals more than its factors
    "scaled": lambda a, b: a * b,
}

YEAR = 10_000  # in a date as the whole number YYYYMMDD
AGES = YEAR * YEAR  # above all differences of dates
MANY = 8  # values of a number that is compared, before only the least and the greatest are kept


def amount(quantity: Quantity, values: Mapping[str, int]) -> int:
    """What a quantity comes to, of the values of its terms by name."""
    match quantity:
        case int():
            return quantity
        case Factor(value, _):
            return value
        case Ref():
            return values[quantity.name]
        case Several():
            raise TypeError(f"not one number: {quantity!r}")
        case Arithmetic(operator, parts):
            first, *rest = [amount(part, values) for part in parts]
            for more in rest:
                first = together(operator, first, more)
            return first
        case _:
            assert_never(quantity)


def together(operator: str, one: int, other: int) -> int:
    """Two numbers put together."""
    match operator:
        case "min" | "max":
            return min(one, other) if operator == "min" else max(one, other)
        case "years-between":
            return (other - one + AGES) // YEAR - YEAR
        case "rounded":  # halves away from nought
            whole = (abs(one) + other // 2) // other
            return whole if one >= 0 else -whole
        case _:
            combined: int = OPERATORS[operator](one, other)
            return combined


# --- truths ----------------------------------------------------------------------------------
def union(false: T, truths: Iterable[T]) -> T:
    """Where one of the truths is so."""
    so = None
    for where in truths:
        so = where if so is None else so | where
    return false if so is None else so


def intersection(true: T, truths: Iterable[T]) -> T:
    """Where all of the truths are so."""
    so = None
    for where in truths:
        so = where if so is None else so & where
    return true if so is None else so


def at_least(number: int, truths: list[T], true: T, false: T) -> T:
    """Where so many truths are so: of the first i, n are where n of those before are, or n - 1 and it."""
    if number > len(truths):
        return false
    so = [true, *[false] * max(number, 0)]  # so many of those looked at
    for looked, truth in enumerate(truths, 1):
        for n in range(min(number, looked), 0, -1):
            so[n] = so[n] | (so[n - 1] & truth)
    return so[max(number, 0)]


# --- numbers ---------------------------------------------------------------------------------
X = TypeVar("X")
Amounts = list[tuple[T, N]]  # the values of a number, each with where it has it
Ends = tuple[N, N]  # the lowest and the highest value
Intervals = list[tuple[T, Ends[N]]]  # those between which a number lies, each with where it does


class Calculator(Generic[T, N]):
    """Numbers put together in an algebra: operators on amounts, and interval arithmetic.

    Numbers that are the same in every case are known by which object they are (`id`), for `==` and hashes of
    an algebra's numbers say nothing of values: two terms of Z3 give a third, and a step is equal to itself
    alone. `_constants` holds each as long as this lasts, so that no other object comes to have its `id`.
    """

    def __init__(self, algebra: Algebra[T, N]) -> None:
        self.algebra, self.splits = algebra, algebra.splits
        self._constants: dict[int, N] = {}  # each number that is the same in every case, made once
        self._fixed: dict[int, int] = {}  # the value of each, by its `id`

    def constant(self, value: int) -> N:
        """The same number in every case; asked for again, the same object."""
        number = self._constants.get(value)
        if number is None:
            number = self._constants[value] = self.algebra.constant(value)
            self._fixed[id(number)] = value
        return number

    def _value(self, number: object) -> int | None:
        """What `constant` made a number of; None of any other."""
        return self._fixed.get(id(number))

    def merged(self, values: list[tuple[T, X]]) -> list[tuple[T, X]]:
        """The same, where numbers are split: each value once, and without those that are nowhere.

        Where they are not, of many values those that are the same in every case are there once.
        """
        if not self.splits:
            return values if len(values) <= MANY else self._merged_constants(values)
        places: dict[X, T] = {}
        for where, value in values:
            if where != self.algebra.false:
                places[value] = places[value] | where if value in places else where
        return [(where, value) for value, where in places.items()]

    def _merged_constants(self, values: list[tuple[T, X]]) -> list[tuple[T, X]]:
        places: dict[int, int] = {}  # of each constant among what is kept, by its value
        kept: list[tuple[T, X]] = []
        for where, number in values:
            value = self._value(number)
            if value is None:
                kept.append((where, number))
            elif value in places:
                place = places[value]
                kept[place] = kept[place][0] | where, number
            else:
                places[value] = len(kept)
                kept.append((where, number))
        return kept

    # --- of amounts
    def thinned(self, amounts: Amounts[T, N]) -> Amounts[T, N]:
        """What takes the place of a number's values where they are only compared, once they are many.

        Each mention of a number has each of its values, whatever the others have. So some of all that can
        come together is more than a limit exactly where the greatest is: and as sums, products, shares,
        years between, least and greatest are greatest (and least) for some of the least and the greatest
        of their parts, no other values are needed of these.
        """
        return amounts if len(amounts) <= MANY else self.algebra.extremes(amounts)

    def combined(self, operator: str, some: Amounts[T, N], others: Amounts[T, N]) -> Amounts[T, N]:
        """An operator applied to two amounts: to each value of the one with each of the other."""
        results: Amounts[T, N] = []
        many = not self.splits and len(some) * len(others) > MANY
        for there, one in some:
            for where, other in others:
                both = there & where
                values = (self._value(one), self._value(other)) if many else (None, None)
                if values[0] is not None and values[1] is not None:
                    results.append((both, self.constant(together(operator, values[0], values[1]))))
                elif operator in OPERATORS:
                    results.append((both, OPERATORS[operator](one, other)))
                else:
                    results += [(both & so, number) for so, number in self.applied(operator, one, other)]
        return self.merged(results)

    def applied(self, operator: str, one: N, other: N) -> Amounts[T, N]:
        """An operator that is no sum, difference or product, applied to two numbers."""
        constant = self.algebra.constant
        match operator:
            case "min" | "max":
                return self.extreme([one, other], operator == "max")
            case "years-between":
                years = self.algebra.divided(other - one + constant(AGES), YEAR)
                return [(self.algebra.true, years - constant(YEAR))]
            case _:
                raise TypeError(f"no operator: {operator}")

    def extreme(self, numbers: list[N], greatest: bool) -> Amounts[T, N]:
        """The least or the greatest of some numbers."""
        extremes: Amounts[T, N] = [(self.algebra.true, numbers[0])]
        for number in numbers[1:]:
            further: Amounts[T, N] = []
            for where, best in extremes:
                better = (number > best) if greatest else (best > number)
                if self.splits:
                    further += [(where & better, number), (where & ~better, best)]
                else:
                    further.append((where, self.algebra.choose(better, number, best)))
            extremes = further
        return extremes

    def rounded(self, amounts: Amounts[T, N], divisor: int) -> Amounts[T, N]:
        """Amounts divided by a power of ten, to the nearest whole number; halves away from nought."""
        if divisor == 1:
            return amounts
        results: Amounts[T, N] = []
        for there, exact in amounts:
            value = None if self.splits else self._value(exact)
            if value is not None:
                results.append((there, self.constant(together("rounded", value, divisor))))
                continue
            results += [(there & where, number) for where, number in self._rounded(exact, divisor)]
        return self.merged(results)

    def _rounded(self, number: N, divisor: int) -> Amounts[T, N]:
        constant, divided = self.algebra.constant, self.algebra.divided
        half, nought = constant(divisor // 2), constant(0)
        above, below = divided(number + half, divisor), nought - divided(half - number, divisor)
        is_above = number >= nought
        if self.splits:
            return [(is_above, above), (~is_above, below)]
        return [(self.algebra.true, self.algebra.choose(is_above, above, below))]

    # --- of intervals
    def exactly(self, number: N) -> Intervals[T, N]:
        """The interval of one number alone."""
        return [(self.algebra.true, (number, number))]

    def between(self, lows: Amounts[T, N], highs: Amounts[T, N]) -> Intervals[T, N]:
        """The intervals from a lowest to a highest number."""
        return [(there & where, (low, high)) for there, low in lows for where, high in highs]

    def combined_intervals(
        self, operator: str, some: Intervals[T, N], others: Intervals[T, N]
    ) -> Intervals[T, N]:
        """An operator applied to what lies between bounds: to each interval with each."""
        results: Intervals[T, N] = []
        for there, one in some:
            for where, other in others:
                applied = self._applied_to_intervals(operator, one, other)
                results += [(there & where & so, interval) for so, interval in applied]
        merged = self.merged(results)
        return merged if len(merged) <= MANY else self.algebra.spanned(merged)

    def _applied_to_intervals(self, operator: str, one: Ends[N], other: Ends[N]) -> Intervals[T, N]:
        (a, b), (c, d) = one, other
        if operator in ("min", "max"):
            return self.between(self.applied(operator, a, c), self.applied(operator, b, d))
        if operator == "years-between":
            return self.between(self.applied(operator, b, c), self.applied(operator, a, d))
        apply = OPERATORS[operator]
        if operator in PRODUCTS:
            products = [apply(a, c), apply(a, d), apply(b, c), apply(b, d)]
            return self.between(self.extreme(products, False), self.extreme(products, True))
        ends = (apply(a, d), apply(b, c)) if operator == "minus" else (apply(a, c), apply(b, d))
        return [(self.algebra.true, ends)]

    def widened(self, intervals: Intervals[T, N], number: N) -> Intervals[T, N]:
        """Intervals made so wide that a number lies in them."""
        wider: Intervals[T, N] = []
        for where, (low, high) in intervals:
            reach = self.between(self.extreme([low, number], False), self.extreme([high, number], True))
            wider += [(where & so, interval) for so, interval in reach]
        return wider

    def either(self, so: T, one: Intervals[T, N], other: Intervals[T, N]) -> Intervals[T, N]:
        """The one intervals where something is so, the other elsewhere."""
        if self.splits:
            there = [(so & where, interval) for where, interval in one]
            return self.merged([*there, *((~so & where, interval) for where, interval in other)])
        [(_, (low, high))], [(_, (least, most))] = one, other
        choose = self.algebra.choose
        return [(self.algebra.true, (choose(so, low, least), choose(so, high, most)))]

    def met(self, intervals: Intervals[T, N]) -> Amounts[T, N]:
        """The one number that each interval has, where its ends meet."""
        return [(self._meeting(where, ends), self.algebra.between(*ends)) for where, ends in intervals]

    def is_met(self, intervals: Intervals[T, N]) -> T:
        """Where the ends of one of the intervals meet."""
        return union(self.algebra.false, [self._meeting(where, ends) for where, ends in intervals])

    def _meeting(self, where: T, ends: Ends[N]) -> T:
        low, high = ends
        return where & self.algebra.within(low >= high, self.algebra.true)
