"""Dates that are compared with each other, exactly: not every whole number YYYYMMDD is one.

Comparisons of dates, and of the years between them, bound a date, or the difference of two as whole numbers:
*a - b <= h* or *a - b > l*. Each says that one date is at most some number that grows with the other, or is a
constant. Solutions of such constraints have a greatest one (of two, the later dates together are a solution
again), and it is found from the last day that there is, by lowering what is too late to the last day that is
not, until nothing is; and from the first day, the least. So whether there is any is always decided, and with
it which cells there are, and between which of them one date can choose.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import combinations, count
from typing import NamedTuple

from expert.io.dates import ANCHOR, day_after, days_within
from expert.language.cells import Group, NumberCell
from expert.language.limits import Budget, NotDecided
from expert.language.polynomials import Atom, Polynomial, Range, spelled

ROUNDS = 4_000  # of lowering dates
APART = 800  # days that are tried around one that does not do
PAIRED = 20_000  # pairs of cells that are looked at for what one date can choose between


class Distance(NamedTuple):
    """least < one - other <= most, as whole numbers; None: no bound."""

    one: str
    other: str
    least: int | None
    most: int | None


class System(NamedTuple):
    """Days between bounds, and differences of them between bounds."""

    ranges: dict[str, Range]
    differences: tuple[Distance, ...] = ()

    def kept(self, values: Mapping[str, int]) -> System:
        """The same where some days are known."""
        known = {name: (value, value) for name, value in values.items()}
        return self._replace(ranges={**self.ranges, **known})

    def greatest(self) -> dict[str, int] | None:
        """The latest days that meet all bounds; None if none do. Raises NotDecided."""
        latest: dict[str, int] = {}
        for name, ends in self.ranges.items():
            if not (within := days_within(*ends)):
                return None
            latest[name] = within[1]
        if self._is_circular():
            return None
        edges = self._edges()
        for _ in range(ROUNDS):
            lowered = dict(latest)
            for start, end, length in edges:
                lowered[end] = min(lowered[end], lowered[start] + length)
            for name, (low, _) in self.ranges.items():
                if not (within := days_within(low, lowered[name])):
                    return None
                lowered[name] = within[1]
            if lowered == latest:
                return latest
            latest = lowered
        raise NotDecided(f"the dates {', '.join(self.ranges)}")

    def least(self) -> dict[str, int] | None:
        """The earliest days that meet all bounds; None if none do. Raises NotDecided."""
        if self.greatest() is None:
            return None
        edges = self._edges()
        earliest = {name: within[0] for name, ends in self.ranges.items() if (within := days_within(*ends))}
        for _ in range(ROUNDS):
            raised = dict(earliest)
            for start, end, length in edges:
                raised[start] = max(raised[start], raised[end] - length)
            for name, (_, high) in self.ranges.items():
                if not (within := days_within(raised[name], high)):
                    return None
                raised[name] = within[0]
            if raised == earliest:
                return earliest
            earliest = raised
        raise NotDecided(f"the dates {', '.join(self.ranges)}")

    def _edges(self) -> list[tuple[str, str, int]]:
        """The bounds of differences as start, end, length: the end is at most the start and the length."""
        edges = []
        for one, other, least, most in self.differences:
            if most is not None:
                edges.append((other, one, most))
            if least is not None:
                edges.append((one, other, -least - 1))
        return edges

    def _is_circular(self) -> bool:
        """Whether differences contradict each other whatever the days are (Bellman and Ford)."""
        above, edges = dict.fromkeys(self.ranges, 0), self._edges()
        for _ in self.ranges:
            changed = False
            for start, end, length in edges:
                if above[start] + length < above[end]:
                    above[end], changed = above[start] + length, True
            if not changed:
                return False
        return bool(edges)

    def near(self, wanted: Mapping[str, int]) -> dict[str, int] | None:
        """Days that meet all bounds, one after another as near to those wanted as it can be.

        Raises NotDecided.
        """
        system, chosen = self, dict[str, int]()
        for name in self.ranges:
            latest, earliest = system.greatest(), system.least()
            if latest is None or earliest is None:
                return None
            start = min(max(wanted.get(name, ANCHOR), earliest[name]), latest[name])
            for day in _around(start):
                if earliest[name] <= day <= latest[name] and system.kept({name: day}).greatest():
                    chosen[name] = day
                    break
            else:
                chosen[name] = latest[name]
            system = system.kept({name: chosen[name]})
        return chosen


def _around(day: int) -> Iterable[int]:
    """Days, from one on, by how far they are from it."""
    yield day
    for apart in count(1):
        if apart > APART:
            return
        for days in (apart, -apart):
            if (near := day_after(day, days)) is not None:
                yield near


class Days(Group):
    """Dates that are compared with each other, and the cells that the comparisons cut. Raises NotDecided."""

    def __init__(
        self, ranges: dict[str, Range], atoms: Collection[Atom], steps: int, dates: Collection[str]
    ) -> None:
        forms = {atom.form for atom in atoms}
        self._difference_of = {form: _difference(form) for form in forms}
        super().__init__(ranges, atoms, steps, dates)

    def _points(
        self, known: Iterable[str], near: Mapping[str, int], kept: Mapping[str, int]
    ) -> list[dict[str, int]]:
        names = [*known]
        system = System({name: self.ranges[name] for name in names}).kept(kept)
        forms = [form for form in self.limits if form.names <= {*names}]
        budget = Budget(self.steps, f"the dates {', '.join(self.names)}")
        points = []
        for cell in self._cells_of(system, forms, budget):
            values = cell.near(near)
            assert values is not None
            points.append({name: value for name, value in values.items() if name not in kept})
        return points

    def _cells_of(self, system: System, forms: list[Polynomial], budget: Budget) -> list[System]:
        """The systems of all ways in which forms can stand to their limits."""
        systems = [system] if system.greatest() is not None else []
        for form in forms:
            further = []
            for before in systems:
                for place in range(len(self.limits[form]) + 1):
                    budget.spend(len(system.ranges))
                    there = self._placed(before, form, place)
                    if there.greatest() is not None:
                        further.append(there)
            systems = further
        return systems

    def _placed(self, system: System, form: Polynomial, place: int, other: Mapping[str, str] = {}) -> System:
        """The system where a form exceeds so many of its limits; some of its dates go by another name."""
        limits = self.limits[form]
        least = limits[place - 1] if place else None
        most = limits[place] if place < len(limits) else None
        one, subtracted = self._difference_of[form]
        one = other.get(one, one)
        if subtracted:
            difference = Distance(one, other.get(subtracted, subtracted), least, most)
            return system._replace(differences=(*system.differences, difference))
        low, high = system.ranges[one]
        ends = low if least is None else max(low, least + 1), high if most is None else min(high, most)
        return system._replace(ranges={**system.ranges, one: ends})

    def _all_choices(self, name: str) -> list[frozenset[int]]:
        """Pairs of cells, for what can change at all changes between two."""
        choices: dict[frozenset[int], None] = {}
        alike: dict[tuple[object, ...], list[int]] = {}
        forms = [*self.limits]
        for number, cell in enumerate(self.cells):
            if cell.values[name] is None:
                continue
            without = {other: v for other, v in cell.values.items() if other != name and v is not None}
            places = tuple(
                place if name not in form.names else -1
                for form, place in zip(forms, cell.places, strict=True)
            )
            choices[frozenset({number, self.numbered[places, frozenset(without)]})] = None
            alike.setdefault((places, frozenset(without)), []).append(number)
        budget = Budget(PAIRED, "pairs of cells")
        for numbers in alike.values():
            for one, other in combinations(numbers, 2):
                budget.spend()
                if self._can_choose(name, self.cells[one], self.cells[other]):
                    choices[frozenset({one, other})] = None
        return list(choices)

    def _can_choose(self, name: str, one: NumberCell, other: NumberCell) -> bool:
        """Whether there are other dates with which this one can lead into either of two cells."""
        twin = name + "'"
        known = {n: self.ranges[n] for n, value in one.values.items() if value is not None}
        system = System({**known, twin: self.ranges[name]})
        for form, here, there in zip(self.limits, one.places, other.places, strict=True):
            if here >= 0:
                system = self._placed(system, form, here)
            if there >= 0 and name in form.names:
                system = self._placed(system, form, there, {name: twin})
        return system.greatest() is not None


def _difference(form: Polynomial) -> tuple[str, str]:
    """The dates of which a form is the difference, or one alone. Raises NotDecided if it is neither."""
    factors = dict(form.terms)
    names = {factor: monomial[0] for monomial, factor in factors.items() if len(monomial) == 1}
    if form.quotients or len(factors) > 2 or len(names) != len(factors) or not names.keys() <= {1, -1}:
        raise NotDecided(spelled(Atom(form, 0)))
    return names[1], names.get(-1, "")
