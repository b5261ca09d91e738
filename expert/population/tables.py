"""What a file of cases gives: its columns, and its rows in batches, each as it stands there.

Formats that hold text (CSV, JSON Lines, workbooks) give texts, and beside each row its place and what is
wrong with it: a row that is none (too few cells, no JSON, a name twice) is kept as it was. Whether the
texts are answers is not known here.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from expert.backends.frames import pl
from expert.consultation.case import ROW
from expert.io.problems import CaseError, Problem, listed, shorten
from expert.language.model import CHOICES, Term

BATCH = 50_000  # rows
FIRED_LIST = "fired"  # of results in files of text, the column of all that fired
LINE, WRONG, RAW = "line.", "wrong.", "raw."  # the columns of a row's place, its fault, and the row itself
LOST = "\udc80", "\udcff"  # stand for bytes that are no text in the file's encoding
ALIKE = 0.85  # from here on two names are one, misspelt
NO_CELL = "every cell is empty; `unknown` in one of them says that nothing is known"


class ReadAs(NamedTuple):
    """How files are read: `absent` says whether columns may be missing; the others, what is not detected."""

    absent: bool = False
    encoding: str = ""  # UTF-8, if nothing is said
    separator: str = ""
    decimal_comma: bool = False
    sheet: str = ""


class TableFile(NamedTuple):
    """One file: its columns with their types, how many rows it has (None: unknown), and its rows.

    Batches of text have the columns LINE, WRONG and RAW too; rows of others are placed by counting.
    """

    path: Path
    columns: dict[str, pl.DataType]
    rows: int | None
    batches: Callable[[], Iterator[pl.DataFrame]]


class TextRow(NamedTuple):
    """A row of text: where it stands, its cells, the row as it was, and what is wrong with it."""

    line: int
    cells: list[str | None]
    raw: Any
    wrong: str | None = None


Attributes = dict[str, Term]
Opener = Callable[[Path, Attributes, ReadAs], TableFile]


def refused(path: Path, what: str, help: str = "") -> CaseError:
    """The error of a file that cannot be read as it is."""
    return CaseError(f"`{path}` {what}", help)


# --- names of columns ----------------------------------------------------------------------------
def of_result(name: str) -> bool:
    """Whether a column of a result tells what follows, and nothing of the case."""
    return name in (ROW, FIRED_LIST) or "." in name


def texts(names: list[str]) -> dict[str, pl.DataType]:
    """Columns of text."""
    return {name: pl.String() for name in names}


def columns_of(
    path: Path, header: Iterable[str | None], attributes: Attributes, reading: ReadAs
) -> list[str]:
    """The columns of a file: each with a name, and attributes among them. Raises CaseError."""
    names = _named(path, header)
    _check_names(path, names, attributes, reading)
    return names


def _named(path: Path, header: Iterable[str | None]) -> list[str]:
    """The columns of a header, those without a name named by their place. Raises CaseError."""
    names = [name or f"column {place}" for place, name in enumerate(header, 1)]
    problems = []
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            problems.append(Problem(f"`{path}` has two columns `{shorten(name)}`"))
        if not is_text(name):
            help = "`--encoding` says which encoding it is in, such as latin-1 or utf-16"
            problems.append(
                Problem(f"a column of `{path}` has a name that is not text: `{shorten(name)}`", None, help)
            )
    if problems:
        raise CaseError(problems)
    return names


def _check_names(path: Path, names: list[str], attributes: Attributes, reading: ReadAs) -> None:
    """Raises CaseError if no column is an attribute, or if one that may be absent seems to be misspelt."""
    if not attributes:
        return
    missing = [term.name for term in attributes.values() if not _has_column(term, names)]
    alike = {name: near for name in missing if (near := column_like(name, names, attributes))}
    if len(missing) == len(attributes):
        hints = [f"`{column}` seems to be `{name}`" for name, column in alike.items()]
        hint = f"{', '.join(hints)}; " if hints else ""
        raise refused(path, "has no column that is an attribute", f"{hint}attributes: {listed(attributes)}")
    if reading.absent and alike:
        help = "write the attribute's name as it is, or give the column another"
        raise CaseError([
            Problem(f"column `{shorten(column)}` of `{path}` seems to be the attribute `{name}`", None, help)
            for name, column in alike.items()
        ])  # fmt: skip


def column_like(name: str, columns: Collection[str], attributes: Attributes) -> str | None:
    """The column that was probably meant to be an attribute for which there is none."""
    others = {_folded(column): column for column in columns if column not in attributes}
    near = difflib.get_close_matches(_folded(name), others, n=1, cutoff=ALIKE)
    return others[near[0]] if near else None


def _folded(name: str) -> str:
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())


def absences(columns: Collection[str], attributes: Attributes) -> list[str]:
    """What is said of each row of a file that lacks columns."""
    told = []
    for name, term in attributes.items():
        if not _has_column(term, columns) and not _told_with(term, columns, attributes):
            near = column_like(name, columns, attributes)
            hint = f"; is `{shorten(near)}` meant to be it?" if near else ""
            told.append(f"there is no column `{name}`{hint}")
    return told


def _has_column(term: Term, columns: Collection[str]) -> bool:
    """Whether what is asked has a column; several answers may have one together, or one for each value."""
    if term.type == CHOICES:
        return term.name in columns or any(part in columns for part in term.parts)
    return term.name in columns or term.among in columns


def _told_with(term: Term, columns: Collection[str], attributes: Attributes) -> bool:
    """Whether it is said of the question that a value of it has no column."""
    return bool(term.among) and not _has_column(attributes[term.among], columns)


# --- rows of text --------------------------------------------------------------------------------
def is_text(text: str) -> bool:
    """Whether it holds no half of a character, and no byte that is no text."""
    return text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)


def text_frame(names: list[str], rows: list[TextRow]) -> pl.DataFrame:
    """Rows as columns of text (an empty cell says nothing), with their places and what is wrong with them."""
    told = [row.wrong or _width_fault(row.cells, len(names)) for row in rows]
    try:
        columns = _columns(names, rows, told)
    except UnicodeEncodeError:
        told = [wrong or _text_fault(row.cells) for row, wrong in zip(rows, told, strict=True)]
        columns = _columns(names, rows, told)
    kept = [None if wrong is None else json.dumps(row.raw) for row, wrong in zip(rows, told, strict=True)]
    columns.append(pl.Series(LINE, [row.line for row in rows], pl.Int64))
    columns += [pl.Series(WRONG, told, pl.String), pl.Series(RAW, kept, pl.String)]
    return pl.DataFrame(columns)


def _columns(names: list[str], rows: list[TextRow], wrong: list[str | None]) -> list[pl.Series]:
    nothing: list[str | None] = [None] * len(names)
    cells = [nothing if told else row.cells for row, told in zip(rows, wrong, strict=True)]
    columns = []
    for name, column in zip(names, zip(*cells, strict=True), strict=True):
        columns.append(pl.Series(name, column, pl.String).replace("", None))
    return columns


def _width_fault(cells: list[str | None], width: int) -> str | None:
    found = f"{len(cells)} cell{'s' * (len(cells) != 1)}"
    return None if len(cells) == width else f"{found}, and the header has {width}"


def _text_fault(cells: list[str | None]) -> str | None:
    """What is no text in a row."""
    broken = [cell for cell in cells if cell and not is_text(cell)]
    if not broken:
        return None
    if any(LOST[0] <= c <= LOST[1] for cell in broken for c in cell):
        return "not text in its encoding (UTF-8, if `--encoding` does not say which)"
    return "half of a character (a lone surrogate) is no text"
