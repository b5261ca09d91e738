"""Results of a population, read again: rows, the knowledge that made them, and one row explained."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from expert.backends.columns import COST, FIRED, SIDES, TIMING, VERDICT, option_column
from expert.backends.frames import pl
from expert.consultation.case import ROW, Case, cell_answer, make_case
from expert.consultation.engine import infer
from expert.consultation.result import Consultation, name_of
from expert.io.problems import CaseError, KnowledgeError, Problem
from expert.knowledge.load import open_files
from expert.language.policy import NOW, VERDICTS
from expert.language.rules import RuleBase
from expert.population.inputs import cannot_be_read
from expert.population.run import legend_path
from expert.population.tables import ENGINE, FIRED_LIST, check_name


class Results(NamedTuple):
    """An output of `population run`: its knowledge, its legend, and its rows as a lazy frame.

    The frame has truths for the rules that fired and texts for names, whatever the kind of file. `doubts` say
    of columns, by their names, where they hold what no output does.
    """

    path: Path
    base: RuleBase
    legend: dict[str, Any]
    frame: pl.LazyFrame
    doubts: dict[str, pl.Expr]


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say of which file it is that an engine gives up on it. Raises CaseError."""
    try:
        yield
    except (OSError, *ENGINE) as error:
        raise cannot_be_read(path, error) from None


def open_results(path: Path) -> Results:
    """The results in a file (or a directory of Parquet files). Raises CaseError, KnowledgeError."""
    legend = _legend(path)
    base, problems = open_files(legend["files"], f"{legend_path(path)}: ")
    if problems or base.knowledge.hash != legend["knowledge"]["hash"]:
        changed = Problem(f"`{legend_path(path)}` was changed: its knowledge is not what its hash says")
        raise KnowledgeError(problems or [changed])
    with reading(path):
        frame = _scanned(path)
        types = dict(frame.collect_schema())
    if missing := [name for name in _needed(base, types) if name not in types]:
        raise CaseError(f"`{path}` is no output of `population run`: no column `{missing[0]}`")
    return Results(path, base, legend, _uniform(frame, [*types], base), _doubts(types, base))


def _needed(base: RuleBase, types: Collection[str]) -> Iterator[str]:
    """The columns that every output of a knowledge base has."""
    yield from (ROW, *base.knowledge.attributes)
    for option in base.knowledge.options:
        yield from (option_column(option, VERDICT), option_column(option, TIMING))
    if FIRED_LIST not in types:
        yield from (FIRED + instance.id for instance in base.instances)


def _doubts(types: dict[str, Any], base: RuleBase) -> dict[str, pl.Expr]:
    """By column, where a cell is none that an output has, as in one that was changed; null says nothing."""
    knowledge = base.knowledge
    names = {name: list(term.values) for name, term in knowledge.attributes.items() if not term.ordered}
    numbers = [name for name, term in knowledge.attributes.items() if term.numeric]
    for option in knowledge.options:
        names[option_column(option, VERDICT)] = list(VERDICTS)
        names[option_column(option, TIMING)] = [NOW, *knowledge.steps]
        numbers += [option_column(option, COST, side) for side in SIDES]
    doubts = {ROW: pl.col(ROW).is_null()}
    for name, values in names.items():
        type = types[name]
        if not (isinstance(type, pl.Enum) and {*type.categories} <= {*values}):
            doubts[name] = ~pl.col(name).cast(pl.String).is_in(values)
    for name in numbers:
        if name in types and not types[name].is_numeric():
            doubts[name] = (
                pl.col(name).cast(pl.Decimal(38, 6), strict=False).is_null() & pl.col(name).is_not_null()
            )
    for name, term in knowledge.attributes.items():
        if term.is_date and types[name] != pl.Date:
            day = pl.col(name).cast(pl.String).str.to_date("%Y-%m-%d", strict=False)
            doubts[name] = day.is_null() & pl.col(name).is_not_null()
    return doubts


def _legend(path: Path) -> dict[str, Any]:
    where = legend_path(path)
    try:
        legend: dict[str, Any] = json.loads(where.read_text("utf-8"))
        counts = all(isinstance(legend[name], int) for name in ("read", "accepted"))
        if counts and isinstance(legend["files"], dict) and isinstance(legend["knowledge"]["hash"], str):
            return legend
    except OSError as error:
        help = "`population run` writes it beside its output; keep the two together"
        message = f"`{where}`, the legend of `{path}`, cannot be read: {error.strerror}"
        raise CaseError(message, help) from None
    except (ValueError, KeyError, TypeError):
        pass
    raise CaseError(f"`{where}` is not the legend of an output of `population run`")


def _scanned(path: Path) -> pl.LazyFrame:
    check_name(path)
    if path.is_dir():
        return pl.scan_parquet(sorted(path.glob("*.parquet")), glob=False)
    kind = path.suffix.lower()
    if kind == ".parquet":
        return pl.scan_parquet(path, glob=False)
    if kind == ".csv":
        return pl.scan_csv(path, infer_schema=False, glob=False)
    if not path.stat().st_size:
        raise CaseError(f"`{path}` has no rows: every row was rejected")
    with path.open("rb") as stream:  # Polars has no way to be told that a name is none of its patterns
        return pl.scan_ndjson(stream, infer_schema_length=None)


def _uniform(frame: pl.LazyFrame, names: list[str], base: RuleBase) -> pl.LazyFrame:
    """Names as text, truths as truths, row numbers as numbers."""
    made = [pl.col(ROW).cast(pl.Int64, strict=False)]
    if FIRED_LIST in names:
        padded = pl.format(" {} ", pl.col(FIRED_LIST).fill_null(""))
        made += [padded.str.contains(f" {i.id} ", literal=True).alias(FIRED + i.id) for i in base.instances]
    return frame.with_columns(pl.col(pl.Enum, pl.Categorical, pl.Null).cast(pl.String)).with_columns(made)


def explained(results: Results, row: int) -> tuple[Case, Consultation]:
    """The case of a row, and everything that follows from it, as `consult` gives it.

    Raises CaseError if there is no such row, or if it says something else than its knowledge.
    """
    with reading(results.path):
        rows = results.frame.filter(pl.col(ROW) == row).collect()
    if len(rows) > 1:
        raise CaseError(f"`{results.path}` was changed: it has row {row} {len(rows)} times")
    if rows.is_empty():
        help = "rejected rows are in the rejects file" if 0 < row <= results.legend["read"] else ""
        raise CaseError(f"`{results.path}` has no row {row}", help)
    cells = rows.row(0, named=True)
    try:
        attributes = results.base.knowledge.attributes
        answers = {n: cell_answer(cells[n], term) for n, term in attributes.items() if cells[n] is not None}
    except ValueError as error:
        raise CaseError(f"row {row} of `{results.path}` was changed: {error}") from None
    case = make_case(answers, results.base.knowledge)
    consultation = infer(results.base, case)
    if wrong := _differing(cells, consultation, results.base):
        help = "the file was changed after `population run`, or one of the two is wrong"
        message = f"row {row} of `{results.path}` does not say what its knowledge says: {wrong}"
        raise CaseError(message, help)
    return case, consultation


def _differing(cells: dict[str, Any], consultation: Consultation, base: RuleBase) -> str:
    """The first column that is not as in the consultation."""
    fired = {name_of(firing) for firing in consultation.firings}
    said: dict[str, object] = {FIRED + i.id: i.id in fired for i in base.instances}
    for r in consultation.recommendations:
        said[option_column(r.option, VERDICT)] = r.verdict
        said[option_column(r.option, TIMING)] = r.timing
        for target, verdict in r.targets.items():
            said[option_column(r.option, VERDICT, target)] = verdict
    return next((name for name, value in said.items() if cells.get(name) != value), "")
