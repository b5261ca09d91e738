"""The cells of linked numbers, against going through every case of small ranges."""

from __future__ import annotations

from itertools import pairwise, product
from random import Random
from typing import Any

import pytest

from expert.language import elimination
from expert.language.cells import Group
from expert.language.limits import NotDecided, TooLarge
from expert.language.polynomials import Atom, Polynomial, constant, indeterminate, positive

SOME, ALL = 15, 400


def a_polynomial(names: list[str], random: Random) -> Polynomial:
    kind = random.choice(("difference", "difference", "sum", "square", "product", "alone"))
    some = {name: indeterminate(name) for name in names}
    a, b = random.sample(names, 2)
    number = constant(random.randint(-12, 12))
    if kind == "difference":
        return some[a] - some[b] + number
    if kind == "sum":
        return constant(random.randint(-3, 3)) * some[a] + constant(random.randint(-3, 3)) * some[b] + number
    if kind == "square":
        beside = some[b] if random.random() < 0.4 else constant(0)
        return some[a] * some[a] - constant(random.randint(1, 6)) * some[a] - beside + number
    return some[a] * some[b] + number if kind == "product" else some[a] + number


def some_atoms(names: list[str], random: Random) -> set[Atom]:
    found = set()
    for _ in range(random.randint(1, 5)):
        comparison = positive(a_polynomial(names, random))
        if not isinstance(comparison, bool):
            found.add(comparison.atom)
    return found


class Gone:
    """Every case of a group gone through: in which cell it is."""

    def __init__(self, group: Group) -> None:
        self.group, self.names = group, group.names
        axes = [[None, *range(low, high + 1)] for low, high in group.ranges.values()]
        self.keys = {values: self.key(values) for values in product(*axes)}

    def key(self, values: tuple[int | None, ...]) -> Any:
        known = {name: v for name, v in zip(self.names, values, strict=True) if v is not None}
        places = []
        for form, limits in self.group.limits.items():
            if form.names <= known.keys():
                amount = sum(factor * times(monomial, known) for monomial, factor in form.terms)
                places.append(sum(amount > limit for limit in limits))
            else:
                places.append(-1)
        return tuple(places), frozenset(known)

    def choices(self, n: int) -> set[frozenset[int]]:
        fibers: dict[Any, set[int]] = {}
        for values, key in self.keys.items():
            fibers.setdefault(values[:n] + values[n + 1 :], set()).add(self.group.numbered[key])
        return {frozenset(some) for some in fibers.values()}

    def changes(self, given: dict[str, int | None], fixed: list[str]) -> dict[int, set[tuple[str, ...]]]:
        found: dict[int, set[tuple[str, ...]]] = {}
        for values, key in self.keys.items():
            moved = {n: v for n, v in zip(self.names, values, strict=True) if v != given[n]}
            if None not in moved.values() and not moved.keys() & set(fixed):
                found.setdefault(self.group.numbered[key], set()).add(tuple(moved))
        return {c: {w for w in ways if len(w) == min(map(len, ways))} for c, ways in found.items()}


def times(monomial: tuple[str, ...], values: dict[str, int]) -> int:
    total = 1
    for name in monomial:
        total *= values[name]
    return total


@pytest.mark.parametrize("one_by_one", [True, False])
@pytest.mark.parametrize(
    "seed", [*range(SOME), *(pytest.param(n, marks=pytest.mark.long) for n in range(SOME, ALL))]
)
def test_every_cell(seed: int, one_by_one: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cells are those that there are, with their sizes; and what one number, or changes, lead to."""
    if not one_by_one:
        monkeypatch.setattr(elimination, "SMALL", 0)
    random = Random(seed)
    names = ["x", "y", "z"][: random.choice((2, 2, 3))]
    high = 30 if len(names) == 2 else 8
    ranges = {name: (random.choice((0, -high // 2)), high) for name in names}
    try:
        group = Group(ranges, some_atoms(names, random))
    except NotDecided:
        return
    gone = Gone(group)
    assert set(gone.keys.values()) == group.numbered.keys()
    for key, number in group.numbered.items():
        assert gone.key(tuple(group.cells[number].values.values())) == key
        assert group.cell(group.cells[number].values) == number
    try:
        sizes = [list(gone.keys.values()).count(key) for key in group.numbered]
        assert [group.sizes[number] for number in group.numbered.values()] == sizes
    except NotDecided:
        pass
    for n, name in enumerate(names):
        really, choices = gone.choices(n), group.choices(name)
        assert choices is None or set(choices) == really
        assert all(any(some <= whole for whole in really) for some in group.some_choices(name))
    given = {name: random.choice([None, *range(low, top + 1)]) for name, (low, top) in ranges.items()}
    fixed = [name for name in names if random.random() < 0.2]
    try:
        changed = group.changes(given, fixed)
    except NotDecided:
        return
    assert {cell: {tuple(way) for way in ways} for cell, ways in changed.items()} == gone.changes(
        given, fixed
    )


def test_differences_are_always_decided() -> None:
    """Four numbers of fifteen digits, each near to the next; and how many cases there are."""
    names = [f"n{n}" for n in range(4)]
    ranges = dict.fromkeys(names, (-(10**15), 10**15))
    atoms = set()
    for before, after in pairwise(names):
        for number in (0, 3):
            comparison = positive(indeterminate(before) - indeterminate(after) - constant(number))
            assert not isinstance(comparison, bool)
            atoms.add(comparison.atom)
    group = Group(ranges, atoms)
    known = [cell for cell in group.cells if None not in cell.values.values()]
    assert len(known) == 27  # each is over, up to three below, or further below the one before
    assert sum(group.sizes) == (2 * 10**15 + 2) ** 4
    assert all(group.choices(name) is not None for name in names)


def test_what_is_not_decided_says_what() -> None:
    """A product of two open numbers of fifteen digits."""
    ranges = dict.fromkeys(("x", "y"), (1, 10**15))
    comparisons = [positive(indeterminate("x") * indeterminate("y") - constant(n)) for n in (1000, 1001)]
    atoms = {comparison.atom for comparison in comparisons if not isinstance(comparison, bool)}
    with pytest.raises(NotDecided, match=r"x \* y > 100"):
        Group(ranges, atoms)
    with pytest.raises(TooLarge):
        Group(ranges, {Atom(indeterminate("x"), n) for n in range(5000)}, steps=100)
