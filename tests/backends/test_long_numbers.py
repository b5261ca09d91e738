"""Between which numbers quantities lie, and which of them CLIPS can compare."""

from __future__ import annotations

from itertools import product

import pytest
from support.compare import BASES

from expert.backends.long_numbers import LONG, Between, combined, comparable, too_long
from expert.knowledge.load import load
from expert.language.algebra import together


@pytest.mark.parametrize("operator", ["plus", "minus", "times", "percent", "min", "max"])
def test_what_two_quantities_come_to_lies_between_the_bounds(operator: str) -> None:
    for low, high, least, most in product((-3, 1), (1, 4), (-2, 0), (0, 3)):
        found = combined(operator, Between(low, high), Between(least, most))
        results = [together(operator, a, b) for a in range(low, high + 1) for b in range(least, most + 1)]
        assert (found.low, found.high, found.sound) == (min(results), max(results), True)


def test_what_is_rounded_lies_between_what_the_bounds_are_rounded_to() -> None:
    assert combined("rounded", Between(-149, 150), Between(100, 100)) == Between(-1, 2)
    assert not combined("rounded", Between(0, 10**30), Between(10, 10)).sound


def test_two_numbers_are_comparable_where_one_is_short_and_both_are_sound() -> None:
    short, long, unsound = Between(0, 9), Between(0, 10 * LONG), Between(0, 10 * LONG, sound=False)
    assert comparable(short, short) and comparable(short, long)
    assert not comparable(long, long) and not comparable(short, unsound)


@pytest.mark.parametrize("name", BASES)
def test_real_knowledge_has_no_such_numbers(name: str) -> None:
    assert too_long(load(BASES[name])) == []
