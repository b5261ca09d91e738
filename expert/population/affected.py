"""Whom an edit touches: the same cases under two knowledge bases, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from expert.backends.columns import COST, FIRED, TIMING, VERDICT, option_column, result_column
from expert.backends.frames import pl
from expert.consultation.case import ROW
from expert.io.interruption import listen
from expert.language.edits import edits
from expert.language.keys import name_and_option
from expert.language.rules import RuleBase
from expert.population.run import Counts, Job, RowsSeen, run
from expert.population.tables import ReadAs

ALIKE = (VERDICT, TIMING, result_column(COST, "low"), result_column(COST, "high"))
EXAMPLES = 3
NOT_THERE = "(none)"


class Responsible(NamedTuple):
    """A rule behind a change: it fires for other cases than before, or was edited and fires."""

    rule: str
    claims: tuple[str, ...]
    before: int  # for how many cases it fired, of the changed ones or of all compared
    after: int
    edited: bool


class Moved(NamedTuple):
    """The cases in which something about an option is another, with the first of them."""

    option: str
    what: str  # verdict, timing, cost.low, cost.high
    before: str
    after: str
    cases: int
    rows: tuple[int, ...]
    responsible: tuple[Responsible, ...]


class Affected(NamedTuple):
    """The difference between two knowledge bases for some cases."""

    old: Counts
    new: Counts
    compared: int  # cases that both accept
    touched: int  # of them, in which anything is another, if only which rules fire
    moved: tuple[Moved, ...]
    rules: tuple[Responsible, ...]  # that fire for other cases than before


def affected(
    bases: list[RuleBase], words: list[str], reading: ReadAs, seen: RowsSeen | None = None
) -> Affected:
    """Run both knowledge bases on the same files and compare what they say. Raises CaseError."""
    with TemporaryDirectory(prefix="population-") as folder:
        paths = [Path(folder) / name for name in ("old.parquet", "new.parquet")]
        rejects = Path(folder) / "rejects.jsonl"
        counts = [
            run(base, Job(words, path, rejects, reading), seen)
            for base, path in zip(bases, paths, strict=True)
        ]
        frames = [pl.scan_parquet(path) for path in paths]
        return _compared(bases, counts, frames)


def _compared(bases: list[RuleBase], counts: list[Counts], frames: list[pl.LazyFrame]) -> Affected:
    types = [_types(frame) for frame in frames]
    texts = [frame.with_columns(pl.col(pl.Enum).cast(pl.String)) for frame in frames]
    kept = [frame.select(ROW, *columns) for frame, columns in zip(texts, types, strict=True)]
    after = {name: f"{name}'" if name in types[0] else name for name in types[1]}
    joined = kept[0].join(kept[1], on=ROW, suffix="'", maintain_order="left")
    differs = [pl.lit(False)]
    for name in dict.fromkeys([*types[0], *types[1]]):
        if name in types[0] and name in types[1]:
            differs.append(pl.col(name).ne_missing(pl.col(after[name])))
        else:  # only one of them can say it: in the cases in which it does
            type = types[0].get(name) or types[1][name]
            differs.append(pl.col(name) if type == pl.Boolean else pl.col(name).is_not_null())
    fired = _fired_by_rule(bases, types, after)
    total = joined.select(pl.len(), pl.any_horizontal(differs).sum().alias("touched"), *fired)
    row = total.collect(engine="streaming").row(0, named=True)
    rules = tuple(_responsible(bases, row))
    return Affected(
        counts[0], counts[1], row["len"], row["touched"], tuple(_moved(bases, joined, types, after)), rules
    )


Types = list[dict[str, pl.DataType]]


def _types(frame: pl.LazyFrame) -> dict[str, pl.DataType]:
    """Of the columns of what follows; those of the input have no dot in their names."""
    return {name: type for name, type in frame.collect_schema().items() if "." in name}


def _fired_by_rule(bases: list[RuleBase], types: Types, after: dict[str, str]) -> list[pl.Expr]:
    """For each rule, the cases in which it fires under one knowledge base and not under the other."""
    counts = []
    for id in dict.fromkeys(rule.id for base in bases for rule in base.rules):
        mine = [name for columns in types for name in columns if _of_rule(name, id)]
        old = pl.any_horizontal(pl.lit(False), *(name for name in dict.fromkeys(mine) if name in types[0]))
        new = pl.any_horizontal(
            pl.lit(False), *(after[name] for name in dict.fromkeys(mine) if name in after)
        )
        counts += [(old & ~new).sum().alias(f"old {FIRED}{id}"), (new & ~old).sum().alias(f"new {FIRED}{id}")]
    return counts


def _of_rule(name: str, rule: str) -> bool:
    return name.startswith(FIRED) and name_and_option(name.removeprefix(FIRED))[0] == rule


def _moved(
    bases: list[RuleBase], joined: pl.LazyFrame, types: Types, after: dict[str, str]
) -> Iterator[Moved]:
    options = dict.fromkeys([*bases[0].knowledge.options, *bases[1].knowledge.options])
    for option in options:
        for what in ALIKE:
            listen()
            name = option_column(option, what)
            if name not in types[0] and name not in types[1]:
                continue
            old = pl.col(name).cast(pl.String) if name in types[0] else pl.lit(None, pl.String)
            new = pl.col(after[name]).cast(pl.String) if name in after else pl.lit(None, pl.String)
            changed = joined.filter(old.ne_missing(new)).with_columns(old.alias("old.'"), new.alias("new.'"))
            yield from _grouped(bases, changed, (option, what), types, after)


def _grouped(
    bases: list[RuleBase],
    changed: pl.LazyFrame,
    about: tuple[str, str],
    types: Types,
    after: dict[str, str],
) -> Iterator[Moved]:
    fired = [
        *(pl.col(n).sum().alias(f"old {n}") for n in types[0] if _concerns(n, about[0])),
        *(pl.col(after[n]).sum().alias(f"new {n}") for n in types[1] if _concerns(n, about[0])),
    ]
    rows = pl.col(ROW).sort().head(EXAMPLES)
    groups = changed.group_by("old.'", "new.'").agg(pl.len(), rows, *fired).collect(engine="streaming")
    for group in groups.sort("len", "old.'", "new.'", descending=[True, False, False]).iter_rows(named=True):
        before, now = group["old.'"] or NOT_THERE, group["new.'"] or NOT_THERE
        responsible = tuple(_responsible(bases, group))
        yield Moved(*about, before, now, group["len"], tuple(group[ROW]), responsible)


def _concerns(name: str, option: str) -> bool:
    """Whether a column tells of a rule that may have to do with an option."""
    return name.startswith(FIRED) and name_and_option(name)[1] in ("", option)


def _responsible(bases: list[RuleBase], group: dict[str, int]) -> Iterator[Responsible]:
    edited = {edit.id for edit in edits(*bases) if edit.kind == "rule"}
    claims: dict[str, dict[str, None]] = {}  # of a rule under either knowledge base, each once
    for base in bases:
        for rule in base.rules:
            claims.setdefault(rule.id, {}).update(dict.fromkeys(rule.cites))
    for id, cited in claims.items():
        before, after = _fired(group, f"old {FIRED}{id}"), _fired(group, f"new {FIRED}{id}")
        if before != after or (id in edited and (before or after)):
            yield Responsible(id, tuple(cited), before, after, id in edited)


def _fired(group: dict[str, int], rule: str) -> int:
    """How many cases of a group all instances of a rule fired for, added up."""
    return sum(cases for name, cases in group.items() if name_and_option(name)[0] == rule)
