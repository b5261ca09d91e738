"""Grids of cases: the algebra over plain Python, in which bit n of a truth value is case n."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from expert.language.model import Value


class Whole:
    """What an algebra has where every truth is the last word: nothing is answered after it is read."""

    @property
    def splits(self) -> bool:
        return False

    def divided(self, number: Any, divisor: int, /) -> Any:
        """The whole part of a number that is not below 0, divided by one above it."""
        return number // divisor

    def within(self, sure: Any, possible: Any, /) -> Any:
        """What is so of every number between two bounds."""
        return sure

    def between(self, low: Any, high: Any, /) -> Any:
        return low

    def unchanging(self, truth: Any, /) -> Any:
        return truth

    def spanned(self, intervals: list[Any], /) -> list[Any]:
        return intervals

    def choose(self, where: Any, one: Any, other: Any, /) -> Any:
        """The one number where something is so, the other elsewhere."""
        raise NotImplementedError

    def extremes(self, amounts: list[tuple[Any, Any]], /) -> list[tuple[Any, Any]]:
        """The least and the greatest of a number's values, each where there is any."""
        waiting = [(where, number, number) for where, number in amounts]
        while len(waiting) > 1:  # two by two, so that no choice rests on a long line of choices
            odd = waiting[len(waiting) & ~1 :]
            pairs = zip(waiting[::2], waiting[1::2], strict=False)
            waiting = [self._extremes_of_both(one, other) for one, other in pairs] + odd
        [(there, least, greatest)] = waiting
        return [(there, least), (there, greatest)]

    def _extremes_of_both(
        self, one: tuple[Any, Any, Any], other: tuple[Any, Any, Any]
    ) -> tuple[Any, Any, Any]:
        (there, low, high), (where, least, greatest) = one, other
        low = self.choose(where & (~there | (low > least)), least, low)
        high = self.choose(where & (~there | (greatest > high)), greatest, high)
        return there | where, low, high


# --- plain Python: grids of cases ---------------------------------------------------------
class CaseNumbers:
    """A number for each case of a grid; comparisons give truth values."""

    __slots__ = ("values",)

    def __init__(self, values: tuple[int, ...]) -> None:
        self.values = values

    def __add__(self, other: CaseNumbers) -> CaseNumbers:
        return CaseNumbers(tuple(a + b for a, b in zip(self.values, other.values, strict=True)))

    def __sub__(self, other: CaseNumbers) -> CaseNumbers:
        return CaseNumbers(tuple(a - b for a, b in zip(self.values, other.values, strict=True)))

    def __mul__(self, other: CaseNumbers) -> CaseNumbers:
        return CaseNumbers(tuple(a * b for a, b in zip(self.values, other.values, strict=True)))

    def __floordiv__(self, divisor: int) -> CaseNumbers:
        return CaseNumbers(tuple(a // divisor for a in self.values))

    def __gt__(self, other: CaseNumbers) -> int:
        return _mask(a > b for a, b in zip(self.values, other.values, strict=True))

    def __ge__(self, other: CaseNumbers) -> int:
        return _mask(a >= b for a, b in zip(self.values, other.values, strict=True))


def chosen(where: int, one: CaseNumbers, other: CaseNumbers) -> CaseNumbers:
    """Of two rows the one in the cases where something is so, the other in the others."""
    pairs = enumerate(zip(one.values, other.values, strict=True))
    return CaseNumbers(tuple(a if where >> n & 1 else b for n, (a, b) in pairs))


def _mask(bits: Iterator[bool]) -> int:
    return sum(1 << place for place, bit in enumerate(bits) if bit)


class Grid(Whole):
    """Every combination of the values given for each attribute (None: unknown)."""

    true, false = -1, 0  # as bit sets without end; `full` cuts them to the grid

    def __init__(self, axes: dict[str, tuple[Value | None, ...]]) -> None:
        self.axes = axes
        self.size = prod(len(values) for values in axes.values())
        self.full = (1 << self.size) - 1
        self.strides: dict[str, int] = {}
        stride = 1
        for name, values in axes.items():
            self.strides[name] = stride
            stride *= len(values)

    def where(self, name: str, index: int) -> int:
        """The cases in which an attribute has the value with this index."""
        stride, count = self.strides[name], len(self.axes[name])
        block = ((1 << stride) - 1) << (index * stride)
        return block * (self.full // ((1 << (stride * count)) - 1))

    def equals(self, attribute: str, value: Value) -> int:
        values = self.axes.get(attribute, (None,))
        return self.where(attribute, values.index(value)) if value in values else 0

    def known(self, attribute: str) -> int:
        values = self.axes.get(attribute, (None,))
        if None not in values:
            return self.full
        return self.full & ~self.where(attribute, values.index(None)) if len(values) > 1 else 0

    def choose(self, where: int, one: CaseNumbers, other: CaseNumbers) -> CaseNumbers:
        """The one number where something is so, the other elsewhere."""
        return chosen(where, one, other)

    def number(self, attribute: str) -> CaseNumbers:
        values, stride = self.axes.get(attribute, (None,)), self.strides.get(attribute, 1)
        numbers = [value if isinstance(value, int) else 0 for value in values]
        return CaseNumbers(tuple(numbers[place // stride % len(numbers)] for place in range(self.size)))

    def constant(self, value: int) -> CaseNumbers:
        return CaseNumbers((value,) * self.size)

    def varies(self, truth: int, attribute: str) -> bool:
        """Whether changing this attribute alone ever changes the truth value."""
        stride, count = self.strides[attribute], len(self.axes[attribute])
        first = self.where(attribute, 0) & truth
        return any((self.where(attribute, i) & truth) >> (i * stride) != first for i in range(1, count))
