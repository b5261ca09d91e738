"""Dates that are compared with each other: held against all of some days."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from expert.io.dates import day_after, number_of_days
from expert.language.days import Days, System
from expert.language.limits import NotDecided
from expert.language.polynomials import Atom, Comparison, constant, divided, indeterminate, positive

RANGES = [(20240226, 20240302), (20230226, 20230301), (20231230, 20240102), (20280228, 20280301)]


def days(ends: tuple[int, int]) -> list[int]:
    found = [day_after(ends[0], n) for n in range(number_of_days(*ends))]
    return [day for day in found if day is not None]


def some_atoms(names: list[str], ranges: dict[str, tuple[int, int]], random: Random) -> set[Atom]:
    atoms = set()
    for _ in range(random.randint(2, 5)):
        one, other = random.sample(names, 2)
        kind = random.choice(("date", "before", "years"))
        polynomial = indeterminate(one) - constant(random.choice(days(ranges[one])))
        if kind == "before":
            polynomial = indeterminate(one) - indeterminate(other) + constant(random.choice((0, 1)))
        if kind == "years":
            apart = random.choice(days(ranges[one])) // 10_000 - random.choice(days(ranges[other])) // 10_000
            years = divided(indeterminate(one) - indeterminate(other) + constant(10**8), 10_000) - constant(
                10**4
            )
            polynomial = years - constant(apart + random.choice((0, 0, -1)))
        comparison = positive(polynomial)
        if isinstance(comparison, Comparison):
            atoms.add(comparison.atom)
    return atoms


@pytest.mark.parametrize("seed", range(30))
def test_all_cells_and_all_choices_between_them(seed: int) -> None:
    random = Random(seed)
    names = ["a", "b", "c"][: random.choice((2, 2, 3))]
    ranges = {name: random.choice(RANGES) for name in names}
    group = Days(ranges, some_atoms(names, ranges, random), 20_000, names)
    there: dict[tuple[int, ...], int] = {}
    for values in product(*([None, *days(ranges[name])] for name in names)):
        case = dict(zip(names, values, strict=True))
        number = group.cell(case)  # fails if it has none
        there.setdefault((number,), number)
        known = {name: value for name, value in case.items() if value is not None}
        for form, place in zip(group.limits, group.cells[number].places, strict=True):
            if form.names <= known.keys():
                assert sum(form.value(known) > limit for limit in group.limits[form]) == place
    assert {number for (number,) in there} == set(range(len(group.cells)))
    for name in names:
        others = [other for other in names if other != name]
        pairs = set()
        for values in product(*([None, *days(ranges[other])] for other in others)):
            case = dict(zip(others, values, strict=True))
            cells = {group.cell({**case, name: value}) for value in [None, *days(ranges[name])]}
            pairs |= {frozenset(pair) for pair in product(cells, cells)}
        choices = group.choices(name)
        assert choices is not None
        assert {choice for choice in pairs if len(choice) == 2} == {c for c in choices if len(c) == 2}


def test_changes_lead_into_their_cells() -> None:
    atom = positive(indeterminate("to") - indeterminate("since") - constant(180_000) + constant(1))
    assert isinstance(atom, Comparison)
    group = Days({"since": (10101, 99991231), "to": (10101, 99991231)}, {atom.atom}, 2_000, ("since", "to"))
    given = {"since": 20040229, "to": 20220228}
    changes = group.changes(given, ())
    assert len(changes) == 2  # nothing becomes unknown
    [reached] = [ways for cell, ways in changes.items() if group.cell({**given, "to": 20220301}) == cell]
    assert {"to": 20220301} in reached
    assert {"since": 20040228} in reached


def test_what_cannot_be_is_seen_at_once() -> None:
    system = System({"a": (10101, 99991231), "b": (10101, 99991231)})
    atoms = [
        positive(indeterminate("a") - indeterminate("b")),
        positive(indeterminate("b") - indeterminate("a")),
    ]
    group = Days(system.ranges, {each.atom for each in atoms if isinstance(each, Comparison)}, 500, "ab")
    assert len(group.cells) == 6  # before, the same, after; one of them alone; none


def test_what_is_no_difference_is_not_decided() -> None:
    sum_of_dates = positive(indeterminate("a") + indeterminate("b") - constant(5))
    assert isinstance(sum_of_dates, Comparison)
    with pytest.raises(NotDecided):
        Days({"a": (10101, 99991231), "b": (10101, 99991231)}, {sum_of_dates.atom}, 100, "ab")
