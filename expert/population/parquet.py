"""Rows of Parquet: read in batches, in the types that the file has."""

from __future__ import annotations

from pathlib import Path

from expert.backends.frames import pl
from expert.io.problems import CaseError, Problem, shorten
from expert.population.tables import (
    BATCH,
    WIDEST,
    Attributes,
    ReadAs,
    TableFile,
    check_name,
    columns_of,
    is_extension,
    parts_of_type,
)


def open_parquet(path: Path, attributes: Attributes, reading: ReadAs) -> TableFile:
    """A Parquet file. Raises CaseError, PolarsError."""
    check_name(path)
    frame = pl.scan_parquet(path, glob=False)
    schema = dict(frame.collect_schema())
    names = columns_of(path, schema, attributes, reading)
    frame = frame.rename(dict(zip(schema, names, strict=True)))
    columns = dict(zip(names, schema.values(), strict=True))
    check_widths(path, columns)
    # answers are what a type of the file's own is made of
    made = [name for name, type in columns.items() if name in attributes and is_extension(type)]
    if made:
        frame = frame.with_columns(pl.col(name).ext.storage() for name in made)
        columns = dict(frame.collect_schema())
    rows = frame.select(pl.len()).collect().item()
    return TableFile(path, columns, rows, lambda: frame.collect_batches(chunk_size=BATCH))


def check_widths(path: Path, columns: dict[str, pl.DataType]) -> None:
    """Raises CaseError if decimals are longer than any that are read."""
    problems = []
    for name, type in columns.items():
        wide = [part for part in parts_of_type(type) if isinstance(part, pl.Decimal)]
        if any((part.precision or 0) > WIDEST for part in wide):
            message = (
                f"column `{shorten(name)}` of `{path}` ({type}) has decimals of more than {WIDEST} digits"
            )
            problems.append(Problem(message, None, "leave it out, or write it as text"))
    if problems:
        raise CaseError(problems)
