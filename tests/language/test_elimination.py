"""What comparisons cut from one number, against every number; and what is left when one is eliminated."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from expert.language.elimination import cuts, eliminated
from expert.language.limits import NotDecided
from expert.language.polynomials import Atom, constant, indeterminate, positive


@pytest.mark.parametrize("seed", range(200))
def test_the_cuts_of_one_number(seed: int) -> None:
    random = Random(seed)
    factors = [random.randint(-20, 20) for _ in range(random.randint(0, 6))]
    low = random.randint(-30, 10)
    high = low + random.randint(0, 50)

    def above(n: int) -> bool:
        return sum(factor * n**power for power, factor in enumerate(factors)) > 0

    assert cuts(factors, low, high) == [n for n in range(low, high) if above(n) != above(n + 1)]


def test_the_cuts_of_a_large_square() -> None:
    """x * x > 10**40, over all numbers of 25 digits."""
    assert cuts([-(10**40), 0, 1], -(10**25), 10**25) == [-(10**20) - 1, 10**20]


def atom(factors: dict[str, int], number: int) -> Atom | None:
    """That the sum of some numbers, each so many times, is above another; None if that is always the same."""
    total = constant(-number)
    for name, factor in factors.items():
        total += constant(factor) * indeterminate(name)
    comparison = positive(total)
    return None if isinstance(comparison, bool) else comparison.atom


@pytest.mark.parametrize("seed", range(20))
def test_what_is_left_decides_what_the_eliminated_number_can_choose_between(seed: int) -> None:
    random = Random(seed)
    ranges = dict.fromkeys("xyz", (-4, 4))
    made = [atom({n: random.choice((-1, 0, 1)) for n in "xyz"}, random.randint(-3, 3)) for _ in range(3)]
    atoms = {each for each in made if each is not None}
    try:
        left = sorted(eliminated(atoms, "x", ranges), key=lambda each: (each.form.terms, each.limit))
    except NotDecided:
        return
    reached: dict[tuple[bool, ...], set[frozenset[tuple[bool, ...]]]] = {}
    for y, z in product(range(-4, 5), repeat=2):
        beside = tuple(form.value({"y": y, "z": z}) > limit for form, limit in left)
        ways = [tuple(form.value({"x": x, "y": y, "z": z}) > n for form, n in atoms) for x in range(-4, 5)]
        reached.setdefault(beside, set()).add(frozenset(ways))
    assert all(len(choices) == 1 for choices in reached.values())
