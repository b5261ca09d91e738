"""The difference between two knowledge bases: what was edited, and for which cases it matters.

Each thing that a consultation shows (an option's verdict, its timing, its costs, each step of
the plan, ...) is compared over all combinations of the answers that it depends on in either
base, unknown included, numbers by their thresholds: the values at and beside every place where
a comparison turns. The comparison is not exhaustive where that is too many (the attributes with
the most values are then left unanswered), and where edited rules compute with several numbers,
whose thresholds depend on each other.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from expert.analysis.edits import Edit, edits
from expert.analysis.shown import computes, difference, largest_grid, shown, smallest, value_at
from expert.consultation.case import Case
from expert.consultation.relevance import GRID_LIMIT, Reach
from expert.language.rules import Instance, RuleBase

LESS = 1 << 13  # cases compared for what is neither a verdict nor a timing


class Thing(NamedTuple):
    """Something shown: of an option (of an argument, its topic), or a single step or advice."""

    kind: str
    about: str
    value: str


class Change(NamedTuple):
    """In how many of the cases compared a thing is shown differently, and the smallest of them."""

    thing: Thing
    cases: int
    of: int
    exhaustive: bool
    example: Case | None
    before: str
    after: str


class Differences(NamedTuple):
    """All differences; verdicts and timings of every option are there, other things if they differ."""

    edits: tuple[Edit, ...]
    changes: tuple[Change, ...]
    exhaustive: bool  # everything was compared for all cases

    @property
    def same(self) -> bool:
        """Whether nothing was seen to be shown differently."""
        return not any(change.cases for change in self.changes)


# --- for which cases it matters --------------------------------------------------------------------
def compare(old: RuleBase, new: RuleBase) -> Differences:
    """All differences between two knowledge bases."""
    reaches = [Reach(old), Reach(new)]
    behind = [_behind(reach) for reach in reaches]
    options = dict.fromkeys([*old.knowledge.options, *new.knowledge.options])
    always = [Thing(kind, option, "") for option in options for kind in ("verdict", "timing")]
    changes, exhaustive = [], True
    for thing in dict.fromkeys([*always, *behind[0], *behind[1]]):
        change = _compared(thing, reaches, [things.get(thing, []) for things in behind])
        exhaustive &= change.exhaustive
        if change.cases or thing in always:
            changes.append(change)
    return Differences(tuple(edits(old, new)), tuple(changes), exhaustive)


def _behind(reach: Reach) -> dict[Thing, list[Instance]]:
    """The instances behind each thing that is shown."""
    return {Thing(*part): instances for part, instances in reach.behind.items()}


def _compared(thing: Thing, reaches: list[Reach], behind: list[list[Instance]]) -> Change:
    ordered = [reach.cones.upstream(part) for reach, part in zip(reaches, behind, strict=True)]
    if _told(ordered[0]) == _told(ordered[1]):  # the same rules say the same
        return Change(thing, 0, 0, True, None, "", "")
    supports = [reach.cones.support(part) for reach, part in zip(reaches, behind, strict=True)]
    limit = GRID_LIMIT if thing.kind in ("verdict", "timing") else LESS
    grid, whole = largest_grid(reaches, supports, limit)
    key = (thing.kind, thing.about)
    tables = []
    for reach, read in zip(reaches, ordered, strict=True):
        table = shown(reach.base.knowledge, read, grid).get(key, {})
        tables.append({v: where for v, where in table.items() if thing.value in ("", v)})
    where = difference({key: tables[0]}, {key: tables[1]}) & grid.full
    attributes = {**reaches[0].base.knowledge.attributes, **reaches[1].base.knowledge.attributes}
    case = smallest(grid, where, reaches[1].base.knowledge._replace(attributes=attributes))
    said = [value_at(table, grid, case) if case else "" for table in tables]
    exhaustive = whole and not any(computes(instance) for read in ordered for instance in read)
    return Change(thing, where.bit_count(), grid.size, exhaustive, case, *said)


def _told(instances: list[Instance]) -> Counter[object]:
    return Counter((i.id, i.when, i.then) for i in instances)
