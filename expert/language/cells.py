"""Cells: the finitely many kinds of cases into which comparisons cut the numbers that are answered.

A `Group` holds the numbers that are compared with each other, directly or by way of others. Two cases lie
in one *cell* of it if the same of its numbers are known and every comparison comes out the same. Whatever
rules say of all cases, they say of all cells. Which cells there are is found by `elimination`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from math import prod
from typing import NamedTuple

from expert.io.dates import ANCHOR, number_of_days
from expert.language.elimination import (
    Cutter,
    Numbers,
    counted,
    fibers_of,
    nearest,
    place_of,
    points_of,
    smallness,
    subsets,
)
from expert.language.limits import Budget, NotDecided
from expert.language.polynomials import Atom, Polynomial, Range

TRIED = 4_000  # cases looked at for what one number can choose between, before all are
Values = dict[str, int | None]  # None: not known


class NumberCell(NamedTuple):
    """One cell: how each form stands to its limits (how many it exceeds; -1: not known), and a small case.

    Of a number alone, `piece` is all of the cell.
    """

    places: tuple[int, ...]
    values: Values
    piece: Range | None


class Group:
    """Numbers that are compared with each other, and the cells that the comparisons cut.

    Raises NotDecided.
    """

    def __init__(
        self,
        ranges: dict[str, Range],
        atoms: Collection[Atom],
        steps: int = 100_000,
        dates: Collection[str] = (),
    ) -> None:
        self.ranges, self.atoms = ranges, frozenset(atoms)
        self.dates = frozenset(dates)
        self.names = tuple(ranges)
        self.steps = steps
        limits: dict[Polynomial, list[int]] = {}
        for form, limit in sorted(atoms, key=place_of):
            limits.setdefault(form, []).append(limit)
        self.limits = limits
        self._limits = [(form, form.names, some) for form, some in limits.items()]
        self.cells: list[NumberCell] = []
        self.numbered: dict[tuple[tuple[int, ...], frozenset[str]], int] = {}
        if len(self.names) == 1:
            self._cut_one(self.names[0])
        else:
            for known in self.known:
                for values in self._points(known, {}, {}):
                    self._add(values, None)

    @property
    def known(self) -> list[tuple[str, ...]]:
        """Which of the numbers can be known together, from none to all."""
        return subsets(self.names)

    def _numbers(self, known: Iterable[str], near: Mapping[str, int] | None = None) -> Numbers:
        """The comparisons among some of the numbers, the others not being known."""
        ranges = {name: self.ranges[name] for name in known}
        atoms = frozenset(atom for atom in self.atoms if atom.form.names <= ranges.keys())
        return Numbers(
            atoms,
            ranges,
            near or {},
            Budget(self.steps, f"the numbers {', '.join(self.names)}"),
            self.dates & ranges.keys(),
        )

    def _cut_one(self, name: str) -> None:
        is_date = name in self.dates
        for piece in Cutter(self.atoms, name, self.ranges[name], is_date).pieces({}):
            self._add({name: nearest(piece, ANCHOR if is_date else 0)}, piece)
        self._add({}, None)

    def _add(self, values: Mapping[str, int], piece: Range | None) -> None:
        places = self._places(values)
        key = places, frozenset(values)
        cell = NumberCell(places, {name: values.get(name) for name in self.names}, piece)
        number = None if piece else self.numbered.get(key)  # a form of a higher degree comes back to a place
        if number is None:
            self.numbered.setdefault(key, len(self.cells))
            self.cells.append(cell)
        elif self._smallness(cell.values) < self._smallness(self.cells[number].values):
            self.cells[number] = cell

    def _smallness(self, values: Values) -> list[tuple[int, bool]]:
        return [smallness(v, name in self.dates) for name, v in values.items() if v is not None]

    def _places(self, values: Mapping[str, int]) -> tuple[int, ...]:
        places = []
        for form, names, limits in self._limits:
            if names <= values.keys():
                amount = form.value(values)
                places.append(bisect_left(limits, amount))
            else:
                places.append(-1)
        return tuple(places)

    def cell(self, values: Mapping[str, int | None]) -> int:
        """The cell in which a case lies."""
        known = {name: value for name in self.names if (value := values.get(name)) is not None}
        if len(self.names) == 1 and known:
            value = known[self.names[0]]
            return next(n for n, cell in enumerate(self.cells) if cell.piece and value <= cell.piece[1])
        return self.numbered[self._places(known), frozenset(known)]

    def exceeding(self, atom: Atom) -> list[bool]:
        """Of each cell, whether a comparison holds there; not where a number of it is not known."""
        place = list(self.limits).index(atom.form)
        count = self.limits[atom.form].index(atom.limit)
        return [cell.places[place] > count for cell in self.cells]

    def knowing(self, name: str) -> list[bool]:
        """Of each cell, whether a number is known there."""
        return [cell.values[name] is not None for cell in self.cells]

    def telling(self, known: Collection[str], kinds: Sequence[object]) -> set[Atom]:
        """Comparisons that are enough to tell apart, where these numbers are known, cells of other kinds."""
        rows: dict[int, object] = {}  # what holds there, a bit for each comparison -> the kind
        atoms = enumerate(sorted(self.atoms, key=place_of))
        told = [(n, atom) for n, atom in atoms if atom.form.names <= {*known}]
        exceeding = {n: self.exceeding(atom) for n, atom in told}
        for number, cell in enumerate(self.cells):
            if {name for name, value in cell.values.items() if value is not None} == {*known}:
                rows[sum(exceeding[n][number] << n for n, _ in told)] = kinds[number]
        kept = set()
        for n, atom in told:
            fewer: dict[int, object] = {}
            if all(fewer.setdefault(bits & ~(1 << n), kind) == kind for bits, kind in rows.items()):
                rows = fewer
            else:
                kept.add(atom)
        return kept

    # --- one number at a time --------------------------------------------------------------------
    @cached_property
    def _choices(self) -> dict[str, list[frozenset[int]] | None]:
        return {}

    def choices(self, name: str) -> list[frozenset[int]] | None:
        """The sets of cells that one case can choose between by this number alone; None: not decided."""
        if name not in self._choices:
            try:
                self._choices[name] = self._all_choices(name)
            except NotDecided:
                self._choices[name] = None
        return self._choices[name]

    def _all_choices(self, name: str) -> list[frozenset[int]]:
        if len(self.names) == 1:
            return [frozenset(range(len(self.cells)))]
        others = [other for other in self.names if other != name]
        choices: dict[frozenset[int], None] = {}
        for known in subsets(others):
            for values, cut in fibers_of(self._numbers([*known, name]), name):
                cells = {self.cell(values)}  # the number not being known
                cells.update(self.cell({**values, name: piece[0]}) for piece in cut)
                choices[frozenset(cells)] = None
        return list(choices)

    def some_choices(self, name: str) -> Iterator[frozenset[int]]:
        """Such sets, though perhaps not all: around the cases known of each cell."""
        tried = sorted({n for cell in self.cells if (n := cell.values[name]) is not None})
        for cell in self.cells[: TRIED // len(tried) + 1]:
            yield frozenset(self.cell({**cell.values, name: n}) for n in [None, *tried])

    # --- numbers that are not known yet ------------------------------------------------------------
    @cached_property
    def completed(self) -> list[list[int]]:
        """The cells to which the case known of each cell can be completed, and itself: answer by answer."""
        completed = []
        for number in range(len(self.cells)):
            reached, waiting = {number}, [number]
            while waiting:
                cell = waiting.pop()
                further = {other for by_cell in self.answered.values() for other in by_cell[cell]} - reached
                reached |= further
                waiting += further
            completed.append(sorted(reached))
        return completed

    @cached_property
    def answered(self) -> dict[str, list[list[int]]]:
        """The cells to which an answer for a number leads, of each cell in which it is not known."""
        answered: dict[str, list[list[int]]] = {name: [] for name in self.names}
        for cell in self.cells:
            for name, value in cell.values.items():
                changes = self._changed(cell.values, (name,)) if value is None else []
                reached = [self.cell({**cell.values, **change}) for change in changes]
                answered[name].append(list(dict.fromkeys(reached)))
        return answered

    # --- from a given case -----------------------------------------------------------------------
    def changes(self, given: Values, fixed: Collection[str]) -> dict[int, list[dict[str, int]]]:
        """For each cell, the smallest sets of numbers to give or to change so as to come into it.

        Each with the numbers to change to, near to those given: of one number, the nearest; of
        several, one after another as near as it can be. Raises NotDecided.
        """
        by_cell: dict[int, list[dict[str, int]]] = {self.cell(given): [{}]}
        free = [name for name in self.names if name not in fixed]
        for size in range(1, len(free) + 1):
            at_this_size: dict[int, list[dict[str, int]]] = {}
            for names in combinations(free, size):
                for change in self._changed(given, names):
                    cell = self.cell({**given, **change})
                    if cell not in by_cell:
                        at_this_size.setdefault(cell, []).append(change)
            for cell, ways in at_this_size.items():
                by_cell[cell] = self._nearest_ways(given, ways)
        return by_cell

    def _changed(self, given: Values, names: tuple[str, ...]) -> list[dict[str, int]]:
        kept = {n: v for n, v in given.items() if v is not None and n not in names and n in self.ranges}
        near = {name: value for name in names if (value := given.get(name)) is not None}
        return self._points([*kept, *names], near, kept)

    def _points(
        self, known: Iterable[str], near: Mapping[str, int], kept: Mapping[str, int]
    ) -> list[dict[str, int]]:
        """At least one case out of every cell in which some numbers are known: those that are not kept.

        Raises NotDecided.
        """
        return points_of(self._numbers(known, near).given(kept) if kept else self._numbers(known, near))

    def _nearest_ways(self, given: Values, ways: list[dict[str, int]]) -> list[dict[str, int]]:
        """Of changes of the same numbers, the nearest."""
        best: dict[tuple[str, ...], dict[str, int]] = {}
        for way in ways:
            change = {name: way[name] for name in self.names if name in way}
            names = tuple(change)
            if names not in best or distance(change, given) < distance(best[names], given):
                best[names] = change
        return list(best.values())

    # --- how many ----------------------------------------------------------------------------------
    @property
    def total(self) -> int:
        """How many cases there are."""
        sizes = [self._size(name, ends) for name, ends in self.ranges.items()]
        return prod(size + 1 for size in sizes)  # one without an answer

    def _size(self, name: str, ends: Range) -> int:
        return number_of_days(*ends) if name in self.dates else ends[1] - ends[0] + 1

    @cached_property
    def sizes(self) -> list[int]:
        """How many cases each cell has. Raises NotDecided."""
        if len(self.names) == 1:
            return [self._size(self.names[0], cell.piece) if cell.piece else 1 for cell in self.cells]
        sizes = [0] * len(self.cells)
        for known in self.known:
            for key, count in counted(self._numbers(known), self._places).items():
                sizes[self.numbered[key, frozenset(known)]] += count
        return sizes


def distance(change: Mapping[str, int], given: Values) -> int:
    """How far numbers are from those given, or from 0."""
    return sum(abs(value - (given.get(name) or 0)) for name, value in change.items())
