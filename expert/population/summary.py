"""What a population amounts to: verdicts, rules, costs, and the questions that would settle most.

A case is *undecided* where answers that are not known could still change the verdict on some option,
whatever the others are; a question *settles* it where every answer to it, alone, would leave no
verdict undecided. Both are read off grids of every combination of the answers that a verdict rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod
from typing import Any, NamedTuple

from expert.analysis.shown import computes
from expert.backends.columns import COST, FIRED, TIMING, VERDICT, result_column
from expert.backends.frames import pl
from expert.consultation.case import Case
from expert.consultation.relevance import GRID_LIMIT, Reach
from expert.language.grids import Grid
from expert.language.policy import NOW, VERDICTS
from expert.language.rules import RuleBase
from expert.population.results import Results


class Share(NamedTuple):
    """Of how many cases something is so."""

    name: str
    value: str
    cases: int


class Question(NamedTuple):
    """Of how many cases an answer is not known, and how many undecided ones it would settle."""

    attribute: str
    unknown: int
    settles: int


class Spread(NamedTuple):
    """An option's least or greatest cost: of how many cases, in all, and by quarters of the cases.

    Amounts are texts of exact decimal numbers.
    """

    option: str
    side: str
    cases: int
    total: str
    quarters: tuple[str, ...]


class PopulationSummary(NamedTuple):
    """A population in numbers. `uncounted`: options too complex to tell undecided cases."""

    cases: int
    verdicts: tuple[Share, ...]
    timings: tuple[Share, ...]
    fired: tuple[Share, ...]
    undecided: tuple[Share, ...]
    undecided_cases: int
    questions: tuple[Question, ...]
    costs: tuple[Spread, ...]
    uncounted: tuple[str, ...]


def summarize(results: Results) -> PopulationSummary:
    """The summary of an output of `population run`."""
    frame, base = results.frame, results.base
    knowledge = base.knowledge
    columns = frame.collect_schema().names()
    unknown = [pl.col(name).is_null().sum().alias(f"unknown.{name}") for name in knowledge.attributes]
    instances: dict[str, list[str]] = {}
    for instance in base.instances:
        instances.setdefault(instance.rule.id, []).append(FIRED + instance.id)
    rules = [pl.any_horizontal(ids).sum().alias(FIRED + rule) for rule, ids in instances.items()]
    totals = frame.select(pl.len().alias("cases"), *unknown, *rules).collect(engine="streaming")
    counted = totals.row(0, named=True)
    undecided, undecided_cases, settles, uncounted = _undecided(results)
    questions = [
        Question(name, counted[f"unknown.{name}"], settles.get(name, 0)) for name in knowledge.attributes
    ]
    costs = [result_column(option, COST, side) for option in knowledge.options for side in ("low", "high")]
    return PopulationSummary(
        cases=counted["cases"],
        verdicts=tuple(_shares(frame, knowledge.options, VERDICT, VERDICTS)),
        timings=tuple(_shares(frame, knowledge.options, TIMING, (NOW, *knowledge.steps))),
        fired=tuple(Share(n.removeprefix(FIRED), "", c) for n, c in counted.items() if n.startswith(FIRED)),
        undecided=tuple(undecided),
        undecided_cases=undecided_cases,
        questions=tuple(sorted(questions, key=lambda q: -q.settles)),
        costs=tuple(spread for name in costs if name in columns and (spread := _spread(frame, name))),
        uncounted=tuple(uncounted),
    )


def _shares(frame: pl.LazyFrame, options: Iterable[str], what: str, order: Iterable[str]) -> Iterator[Share]:
    for option in options:
        column = pl.col(result_column(option, what)).alias(what)
        lengths = frame.group_by(column).len().collect(engine="streaming")
        counts = dict(lengths.iter_rows())
        yield from (Share(option, value, counts[value]) for value in order if value in counts)


def _spread(frame: pl.LazyFrame, name: str) -> Spread | None:
    """Exact: of decimal numbers in their order, none made between two of them."""
    column = frame.select(pl.col(name).cast(pl.Decimal(38, 6)).drop_nulls().sort()).collect()[name]
    if column.is_empty():
        return None
    option, _, side = name.split(".")
    last = len(column) - 1
    quarters = tuple(_plain(column[last * n // 4]) for n in range(5))
    return Spread(option, side, len(column), _plain(column.sum()), quarters)


def _plain(amount: object) -> str:
    """Without decimals that say nothing."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- which questions settle most -------------------------------------------------------------------
def _undecided(results: Results) -> tuple[list[Share], int, dict[str, int], list[str]]:
    """Undecided cases by option and in all, the cases that each question settles, options not counted."""
    reach = Reach(results.base)
    rested = [o for o in results.base.knowledge.options if reach.cones.support(reach.deciding(o))]
    tables = {option: _table(reach, option) for option in rested}
    known = {option: table for option, table in tables.items() if table is not None}
    uncounted = [option for option in tables if option not in known]
    support = dict.fromkeys(name for axes, _ in known.values() for name in axes)
    if not support:
        return [], 0, {}, uncounted
    groups = results.frame.select(_bucket(reach, name) for name in support).group_by(*support).len()
    joined = groups.collect(engine="streaming")
    for option, (axes, table) in known.items():
        named = table.rename({name: f"{option} {name}" for name in table.columns if name not in axes})
        joined = joined.join(named, on=list(axes), how="left", nulls_equal=True)
    shares = [Share(o, "undecided", _count(joined, pl.col(f"{o} undecided"))) for o in known]
    anywhere = pl.any_horizontal(f"{option} undecided" for option in known)
    settles = {}
    for name in support:
        each = [
            ~pl.col(f"{option} undecided") | (pl.col(f"{option} {name}?") if name in axes else pl.lit(False))
            for option, (axes, _) in known.items()
        ]
        settles[name] = _count(joined, anywhere & pl.all_horizontal(each))
    return shares, _count(joined, anywhere), settles, uncounted


def _count(groups: pl.DataFrame, where: pl.Expr) -> int:
    return int(groups.filter(where)["len"].sum())


Axes = dict[str, tuple[str | int | None, ...]]


def _table(reach: Reach, option: str) -> tuple[Axes, pl.DataFrame] | None:
    """For every combination of the answers behind a verdict: is it undecided, and what settles it?"""
    deciding = reach.deciding(option)
    support = reach.cones.support(deciding)
    axes = reach.grid(Case({}), support)
    if prod(map(len, axes.values())) > GRID_LIMIT or any(map(computes, reach.cones.upstream(deciding))):
        return None
    grid = Grid(axes)
    masks = reach.verdict_masks(option, grid)
    can_be = {verdict: _closed(masks[verdict] & grid.full, grid) for verdict in VERDICTS}
    once = twice = 0
    for mask in can_be.values():
        once, twice = once | mask, twice | (once & mask)
    columns = {"undecided": twice, **{f"{name}?": twice & _settled(twice, name, grid) for name in axes}}
    cells: dict[str, list[Any]] = {}
    for name, values in axes.items():
        indexes = [place // grid.strides[name] % len(values) for place in range(grid.size)]
        cells[name] = [_cell(values, index) for index in indexes]
    for name, mask in columns.items():
        cells[name] = [bool(mask >> place & 1) for place in range(grid.size)]
    types = {name: _cell_type(reach.base, name) for name in axes}
    return axes, pl.DataFrame(cells, schema_overrides=types)


def _cell(values: tuple[str | int | None, ...], index: int) -> str | int | None:
    """A choice by its name, a number by its place among the numbers that tell cases apart."""
    return index if isinstance(values[index], int) else values[index]


def _cell_type(base: RuleBase, name: str) -> pl.DataType:
    return pl.Int64() if base.knowledge.attributes[name].numeric else pl.String()


def _closed(mask: int, grid: Grid) -> int:
    """Where a verdict can still be had: what holds for some answer holds for no answer too."""
    for name, values in grid.axes.items():
        stride, last = grid.strides[name], len(values) - 1  # unknown comes last
        for index in range(last):
            mask |= (mask & grid.where(name, index)) << ((last - index) * stride)
    return mask


def _settled(undecided: int, name: str, grid: Grid) -> int:
    """Where the answer is not known, and any answer would leave the verdict settled."""
    stride, last = grid.strides[name], len(grid.axes[name]) - 1
    settled = grid.where(name, last)
    for index in range(last):
        settled &= ~((undecided & grid.where(name, index)) << ((last - index) * stride))
    return settled


def _bucket(reach: Reach, name: str) -> pl.Expr:
    """An attribute's answer as it stands in a table."""
    term = reach.base.knowledge.attributes[name]
    if not term.numeric:
        return pl.col(name)
    scaled = pl.col(name).cast(pl.Decimal(38, 6)) * 10**term.decimals
    numbers = [n for n in reach.candidates(name, Case({})) if isinstance(n, int)]
    reached = [(scaled >= n).cast(pl.Int64) for n in numbers[1:]]
    place = pl.sum_horizontal(pl.lit(0, pl.Int64), *reached)
    return pl.when(pl.col(name).is_not_null()).then(place).alias(name)
