"""Truths and numbers put together in any algebra: here in that of plain Python."""

from __future__ import annotations

from itertools import product

import pytest

from expert.language.algebra import Calculator, Intervals, at_least, intersection, together, union
from expert.language.grids import CaseNumbers, Grid

CALCULATOR: Calculator[int, CaseNumbers] = Calculator(Grid({}))


def interval(low: int, high: int) -> Intervals[int, CaseNumbers]:
    constant = CALCULATOR.algebra.constant
    return [(Grid.true, (constant(low), constant(high)))]


def ends(intervals: Intervals[int, CaseNumbers]) -> tuple[int, int]:
    [(where, (low, high))] = intervals
    assert where & 1
    return low.values[0], high.values[0]


def test_union_and_intersection() -> None:
    assert union(0, []) == 0 and union(0, [1, 4]) == 5
    assert intersection(-1, []) == -1 and intersection(-1, [3, 6]) == 2


@pytest.mark.parametrize("number", range(-1, 5))
def test_so_many_truths_are_so(number: int) -> None:
    for truths in product((0, 1), repeat=3):
        assert at_least(number, [*truths], 1, 0) == (sum(truths) >= number)


@pytest.mark.parametrize("operator", ["plus", "minus", "times", "min", "max"])
def test_intervals_hold_exactly_what_their_numbers_come_to(operator: str) -> None:
    for low, high, least, most in product((-3, 2), (2, 4), (-1, 0), (0, 5)):
        combined = CALCULATOR.combined_intervals(operator, interval(low, high), interval(least, most))
        results = [together(operator, a, b) for a in range(low, high + 1) for b in range(least, most + 1)]
        assert ends(combined) == (min(results), max(results))


def test_intervals_are_widened_and_met() -> None:
    seven = CALCULATOR.algebra.constant(7)
    assert ends(CALCULATOR.widened(interval(1, 3), seven)) == (1, 7)
    assert not CALCULATOR.is_met(interval(1, 3)) & 1
    [(where, number)] = CALCULATOR.met(CALCULATOR.exactly(seven))
    assert where & 1 and number.values[0] == 7


@pytest.mark.parametrize(("number", "whole"), [(149, 1), (150, 2), (-149, -1), (-150, -2), (0, 0)])
def test_halves_are_rounded_away_from_nought(number: int, whole: int) -> None:
    [(_, rounded)] = CALCULATOR.rounded([(Grid.true, CALCULATOR.algebra.constant(number))], 100)
    assert rounded.values[0] == together("rounded", number, 100) == whole
