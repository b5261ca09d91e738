"""What a file of cases gives: its columns, and its rows in batches, each as it stands there.

Formats that hold text (CSV, JSON Lines, workbooks) give texts, and beside each row its place and what is
wrong with it: a row that is none (too few cells, no JSON, a name twice) is kept as it was. Whether the
texts are answers is not known here.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from expert.backends.frames import nw, pl
from expert.consultation.case import ROW
from expert.io.problems import CaseError, Problem, listed, shorten
from expert.language.model import CHOICES, Term

BATCH = 50_000  # rows
FIRED_LIST = "fired"  # of results in files of text, the column of all that fired
LINE, WRONG, RAW = "line.", "wrong.", "raw."  # the columns of a row's place, its fault, and the row itself
LOST = "\udc80", "\udcff"  # stand for bytes that are no text in the file's encoding
ALIKE = 0.85  # from here on two names are one, misspelt
CELL_SEPARATORS = ",;\t|"  # what separates cells, if nothing else is said
LINE_ENDS = "\0\v\f\x1c\x1d\x1e\x85\u2028\u2029"  # that end lines elsewhere, and stand in no name
MARK = "\ufeff"  # a mark of an encoding, as a character
PANIC = pl.exceptions.PanicException  # a mistake of Polars itself, which is no Exception
ENGINE = (pl.exceptions.PolarsError, PANIC, nw.exceptions.NarwhalsError)  # what engines raise
MOST = 20_000  # columns
WIDEST = 38  # digits of the longest decimals that are read
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


def check_name(path: Path) -> None:
    """Raises CaseError if engines cannot take the name of a file."""
    if not is_text(str(path)):
        raise refused(path, "has a name that is not UTF-8 text", "give it another")


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
    if len(names) > MOST:
        raise refused(path, f"has {len(names):,} columns, and no more than {MOST:,} are read")
    problems = []
    for name, times in Counter(names).items():
        if times > 1:
            problems.append(Problem(f"`{path}` has two columns `{shorten(name)}`"))
        if not is_text(name):
            help = "`--encoding` says which encoding it is in, such as latin-1 or utf-16"
            problems.append(
                Problem(f"a column of `{path}` has a name that is not text: `{shorten(name)}`", None, help)
            )
        elif odd := next((c for c in name if c in LINE_ENDS), ""):
            message = f"a column of `{path}` has U+{ord(odd):04X} in its name: `{shorten(name)}`"
            problems.append(Problem(message, None, "write another: some programs end lines with it"))
    if problems:
        raise CaseError(problems)
    return names


def _check_names(path: Path, names: list[str], attributes: Attributes, reading: ReadAs) -> None:
    """Raises CaseError if no column is an attribute, if one could be an attribute that has a column, or if
    one that may be absent seems to be misspelt."""
    if not attributes:
        return
    _check_once(path, names, attributes)
    missing = [term.name for term in attributes.values() if not _has_column(term, names)]
    alike = {name: near for name in missing if (near := column_like(name, names, attributes))}
    if len(missing) == len(attributes):
        hints = [f"`{column}` seems to be `{name}`" for name, column in alike.items()]
        hint = f"{', '.join(hints)}; " if hints else ""
        own = listed([shorten(name) for name in names]) if names else "none"
        help = f"{hint}its columns: {own}; attributes: {listed(attributes)}"
        raise refused(path, "has no column that is an attribute", help)
    if reading.absent and alike:
        help = "write the attribute's name as it is, or give the column another"
        raise CaseError([
            Problem(f"column `{shorten(column)}` of `{path}` seems to be the attribute `{name}`", None, help)
            for name, column in alike.items()
        ])  # fmt: skip


def _check_once(path: Path, names: list[str], attributes: Attributes) -> None:
    """Raises CaseError if a column is called as an attribute that has one, but for case and blanks."""
    taken = {_folded(name): name for name in names if name in attributes}
    problems = []
    for column in names:
        name = taken.get(_folded(column), column)
        if column not in attributes and name != column:
            message = f"column `{shorten(column)}` of `{path}` seems to be the attribute `{name}` too"
            problems.append(Problem(message, None, "leave out the one or the other, or give it another name"))
    if problems:
        raise CaseError(problems)


def column_like(name: str, columns: Collection[str], attributes: Attributes) -> str | None:
    """The column that was probably meant to be an attribute for which there is none."""
    others = {_letters(column): column for column in columns if column not in attributes}
    for column in others.values():  # several cells that were taken for one
        cells = re.split(f"[{re.escape(CELL_SEPARATORS)}]", column)
        if len(cells) > 1 and _letters(name) in map(_letters, cells):
            return column
    near = difflib.get_close_matches(_letters(name), others, n=1, cutoff=ALIKE)
    return others[near[0]] if near else None


def _folded(name: str) -> str:
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())


def _letters(name: str) -> str:
    """What is left of a name without quotes, blanks and the like."""
    return "".join(c for c in name.casefold() if c.isalnum()) or name


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


class Headers:
    """Notices headers that stand among the rows of a file, as where tables were put together.

    The first again is no row. Below another one no row is understood, until the first stands there again.
    """

    def __init__(self, header: Iterable[str | None], attributes: Attributes) -> None:
        self.header, self.attributes = [name or "" for name in header], attributes
        self.names = {*self.header, *attributes}
        asked = [place for place, name in enumerate(self.header) if name in attributes]
        self.place = asked[0] if asked else len(self.header)  # where most rows show that they are none
        self.other = 0  # the line of the other header that was last

    def fault(self, row: TextRow) -> str | None:
        """What is wrong with a row because it is a header, or stands below another one."""
        cells = row.cells
        if self.place < len(cells) and (cells[self.place] or "").lstrip(MARK) in self.names:
            texts = [(cell or "").lstrip(MARK) for cell in cells]
            if self._is_header(texts):
                self.other = 0 if texts == self.header else row.line
                return (
                    f"{'another' if self.other else 'the'} header stands here{'' if self.other else ' again'}"
                )
        return f"it stands below another header, that of line {self.other}" if self.other else None

    def _is_header(self, cells: list[str]) -> bool:
        """Whether an attribute's column has its name, or all cells are names; what is an answer is none."""
        odd = []
        for name, cell in zip(self.header, cells, strict=False):
            if name in self.attributes and cell not in self.attributes[name].values:
                odd.append(name == cell)
        return any(odd) or (bool(odd) and self.names.issuperset(cells) and len({*cells}) == len(cells) > 1)


# --- columns of any type -------------------------------------------------------------------------
def parts_of_type(type: pl.DataType) -> list[Any]:
    """A type, and the types of what it is made of."""
    parts: list[Any] = [type]
    for part in parts:
        if isinstance(part, pl.Struct):
            parts += [field.dtype for field in part.fields]
        elif hasattr(part, "inner"):
            parts.append(part.inner)
        elif hasattr(part, "key"):
            parts += [part.key, part.value]
        elif is_extension(part):
            parts.append(part.ext_storage())
    return parts


def is_extension(type: Any) -> bool:
    """Whether it is a type that a file has made of another one."""
    return hasattr(type, "ext_storage")


def cells_of(column: pl.Series) -> list[Any]:
    """The cells of a column as Python has them; a time that it does not have, as a text of what is stored."""
    if not any(part.is_temporal() for part in parts_of_type(column.dtype)):
        return column.to_list()
    try:
        cells = column.to_list()
    except (OverflowError, ValueError, PANIC):
        cells = [_cell_of(column[place : place + 1]) for place in range(len(column))]
    if getattr(column.dtype, "time_unit", "") == "ns" or column.dtype == pl.Time:
        for place, stored in enumerate(column.to_physical()):
            if stored is not None and stored % 1000 and not isinstance(cells[place], str):
                cells[place] = f"{cells[place]} and {stored % 1000} ns"
    return cells


def _cell_of(one: pl.Series) -> Any:
    try:
        return one.item()
    except (OverflowError, ValueError, PANIC):
        return f"{one.to_physical().item()} as {one.dtype}"


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
