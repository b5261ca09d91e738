"""Files of cases: CSV, JSON Lines and Parquet, read in batches, each row as it stands there.

CSV and JSON Lines give texts; a row that is not one (too few cells, no JSON, a name twice) is
kept as it was, with what is wrong with it. Whether the texts are answers is not known here.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Collection, Iterator
from glob import glob, has_magic
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from expert.backends.frames import pl
from expert.io.problems import CaseError, Problem, listed

TextCells = list[Any]  # of text or None
BATCH = 100_000  # rows
WRONG, RAW = "wrong.", "raw."  # the columns of what is wrong with a row, and of the row itself
LOST = "\udc80", "\udcff"  # stand for bytes that are no UTF-8


class TableFile(NamedTuple):
    """One file: its columns with their types, how many rows it has (None: unknown), and its rows."""

    path: Path
    columns: dict[str, pl.DataType]
    rows: int | None
    batches: Callable[[], Iterator[pl.DataFrame]]


def sources(words: list[str], names: Collection[str], optional: bool = False) -> list[TableFile]:
    """The files that paths and patterns mean, patterns in order of names. Raises CaseError.

    `names` are the columns that every JSON row has to have, unless they are `optional`.
    """
    problems: list[Problem] = []
    files: dict[Path, TableFile] = {}
    for word in words:
        paths = sorted(glob(word, recursive=True)) if has_magic(word) else [word]
        if not paths:
            problems.append(Problem(f"no file matches `{word}`"))
        for path in map(Path, paths):
            try:
                files.setdefault(path, _open(path, names, optional))
            except CaseError as error:
                problems += error.problems
            except (OSError, pl.exceptions.PolarsError) as error:
                reason = getattr(error, "strerror", None) or str(error).split("\n")[0]
                problems.append(Problem(f"`{path}` cannot be read: {reason}"))
    if problems:
        raise CaseError(problems)
    return list(files.values())


def _open(path: Path, names: Collection[str], optional: bool) -> TableFile:
    if path.suffix not in READERS:
        raise CaseError(
            [Problem(f"`{path}` is of no kind that can be read", None, f"kinds: {listed(READERS)}")]
        )
    with path.open("rb"):  # a clear reason if it cannot be
        return READERS[path.suffix](path, names, optional)


def _parquet(path: Path, *_: object) -> TableFile:
    frame = pl.scan_parquet(path, glob=False)
    rows = frame.select(pl.len()).collect().item()
    return TableFile(
        path, dict(frame.collect_schema()), rows, lambda: frame.collect_batches(chunk_size=BATCH)
    )


# --- text ----------------------------------------------------------------------------------------
def _csv(path: Path, *_: object) -> TableFile:
    with _text(path) as stream:
        header = next(csv.reader(stream), [])
    twice = {name for name in header if header.count(name) > 1}
    if twice or not header:
        what = f"has two columns `{sorted(twice)[0]}`" if twice else "has no header"
        raise CaseError([Problem(f"`{path}` {what}")])
    return TableFile(path, _texts(header), None, lambda: _csv_batches(path, header))


def _text(path: Path) -> Any:
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _texts(names: list[str]) -> dict[str, pl.DataType]:
    return {name: pl.String() for name in names}


def _csv_batches(path: Path, header: list[str]) -> Iterator[pl.DataFrame]:
    with _text(path) as stream:
        rows = csv.reader(stream, strict=True)
        try:
            next(rows)
            filled: Iterator[TextCells] = (row for row in rows if row)  # an empty line is no row
            while batch := list(islice(filled, BATCH)):
                # an empty cell says nothing
                yield _frame(header, batch, [None] * len(batch), batch).with_columns(
                    pl.all().replace("", None)
                )
        except csv.Error as error:
            raise CaseError([Problem(f"`{path}`, line {rows.line_num}: {error}")]) from None


def _frame(names: list[str], rows: list[TextCells], wrong: list[str | None], raw: list[Any]) -> pl.DataFrame:
    """Rows as columns of text, with what is wrong with them; of a wrong row, the row itself as JSON."""
    width = len(names)
    kept: list[str | None] = [None] * len(rows)
    if set(map(len, rows)) != {width}:
        told = [f"{len(row)} cells, and the header has {width}" for row in rows]
        wrong = [w or (None if len(row) == width else t) for w, row, t in zip(wrong, rows, told, strict=True)]
    if any(wrong):
        kept = [json.dumps(r) if w else None for w, r in zip(wrong, raw, strict=True)]
        rows = [[None] * width if w else row for w, row in zip(wrong, rows, strict=True)]
    try:
        columns = [pl.Series(n, c, pl.String) for n, c in zip(names, zip(*rows, strict=True), strict=True)]
    except UnicodeEncodeError:
        broken = ["not UTF-8 text" if _broken(row) else w for w, row in zip(wrong, rows, strict=True)]
        return _frame(names, rows, broken, raw)
    return pl.DataFrame([*columns, pl.Series(WRONG, wrong, pl.String), pl.Series(RAW, kept, pl.String)])


def _broken(row: TextCells) -> bool:
    """Whether there were bytes that are no UTF-8."""
    return any(LOST[0] <= c <= LOST[1] for cell in row if cell for c in cell)


def _json_lines(path: Path, names: Collection[str], optional: bool) -> TableFile:
    with _text(path) as stream:
        first = next((line for line in stream if line.strip()), "{}")
    try:
        columns = list(dict.fromkeys([*_record(first), *names]))
    except ValueError as error:
        raise CaseError([Problem(f"the first line of `{path}` does not give the columns: {error}")]) from None
    absent = set(names) if optional else set()
    return TableFile(path, _texts(columns), None, lambda: _json_batches(path, columns, absent))


def _record(line: str) -> dict[str, Any]:
    """A line as an object, its numbers as they are written. Raises ValueError."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(pairs) != len(dict(pairs)):
            raise ValueError("a name is given twice")
        return dict(pairs)

    try:
        record = json.loads(line, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} (column {error.colno})") from None
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    return record


def _json_batches(path: Path, names: list[str], optional: set[str]) -> Iterator[pl.DataFrame]:
    with _text(path) as stream:
        lines = (line for line in stream if line.strip())
        while batch := list(islice(lines, BATCH)):
            read = [_cells(line, names, optional) for line in batch]
            rows, wrong = [cells for cells, _ in read], [problem for _, problem in read]
            yield _frame(names, rows, wrong, [line.rstrip("\n") for line in batch])


def _cells(line: str, names: list[str], optional: set[str]) -> tuple[TextCells, str | None]:
    try:
        record = _record(line)
    except ValueError as error:
        return [], str(error)
    if missing := [name for name in names if name not in record and name not in optional]:
        return [], f"no column {listed(missing)}"
    if extra := [name for name in record if name not in names]:
        return [], f"unexpected column {listed(extra)}: the first row does not have it"
    cells = [record.get(name) for name in names]
    return [cell if cell is None or isinstance(cell, str) else json.dumps(cell) for cell in cells], None


Opener = Callable[[Path, Collection[str], bool], TableFile]

READERS: dict[str, Opener] = {
    ".csv": _csv,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".parquet": _parquet,
}
