"""Cases in workbooks (.xlsx), by openpyxl, which tells errors and formulas that were never calculated.

A cell is text as one would type it; dates are as ISO 8601 has them.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import datetime, time
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any
from xml.parsers.expat import ParserCreate
from zipfile import ZipFile

from expert.backends.frames import pl
from expert.io.problems import CaseError, listed, not_installed, shorten
from expert.population.tables import (
    BATCH,
    NO_CELL,
    Attributes,
    Headers,
    ReadAs,
    TableFile,
    TextRow,
    columns_of,
    refused,
    text_frame,
    texts,
)

COMPOUND = b"\xd0\xcf\x11\xe0"  # how files begin that hold others, as before .xlsx, or encrypted ones
LARGEST = 4_000_000_000  # bytes that a workbook may unfold to
SURE = 10**15  # whole numbers below it are told apart
MIDNIGHT = time()
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # a character that XML has no place for
ROWS = 1_048_576  # the most that a sheet has
COLUMNS = 16_384  # and the most columns
PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
CALCULATED = "str"  # the type of a formula's text, also of an empty one


def open_workbook(path: Path, attributes: Attributes, reading: ReadAs) -> TableFile:
    """A sheet of a workbook: the only one with anything in it, or the one named. Raises CaseError."""
    with _sheets(path) as (values, _):
        title = _title(path, values, reading.sheet)
        merged = _Places().read(path, values[title]._worksheet_path)
    if merged:
        what = f"has merged cells in sheet `{title}`: {merged}"
        raise refused(path, what, "their value stands in the first of them only: undo the merging")
    header = next(_rows(path, title, 0), None)
    if header is None:
        raise refused(path, "has no header")
    if header.wrong:
        raise refused(path, f"has no header that can be read: {header.wrong}")
    names = columns_of(path, header.cells, attributes, reading)
    return TableFile(path, texts(names), None, lambda: _batches(path, title, names, attributes))


def _batches(path: Path, title: str, names: list[str], attributes: Attributes) -> Iterator[pl.DataFrame]:
    rows = _rows(path, title, len(names))
    header = next(rows, None)
    headers = Headers(header.cells if header else (), attributes)
    while batch := list(islice(rows, BATCH)):
        yield text_frame(names, [row._replace(wrong=row.wrong or headers.fault(row)) for row in batch])


@contextmanager
def _sheets(path: Path) -> Iterator[tuple[Any, Any]]:
    """A workbook twice: the values of its cells, and their formulas. Raises CaseError, OSError."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise not_installed("population", "openpyxl", "population") from None
    try:
        with path.open("rb") as stream:
            if stream.read(len(COMPOUND)) == COMPOUND:
                raise refused(
                    path, "is an old workbook (.xls), or locked with a password", "save it as .xlsx"
                )
        with ZipFile(path) as inside:
            if sum(part.file_size for part in inside.infolist()) > LARGEST:
                raise refused(path, f"unfolds to more than {LARGEST:,} bytes")
        with warnings.catch_warnings(), redirect_stdout(StringIO()):  # it tells of what is not about cells
            warnings.simplefilter("ignore")
            books = load_workbook(path, read_only=True, data_only=True), load_workbook(path, read_only=True)
            try:
                yield books
            finally:
                for book in books:
                    book.close()
    except (CaseError, OSError, GeneratorExit):
        raise
    except Exception as error:  # a workbook can be broken in as many ways as XML and ZIP, and more
        told = not isinstance(error, (AttributeError, TypeError, IndexError)) and str(error)
        reason = shorten(told or "what stands in it is not as workbooks have it", 200)
        help = "save it as .xlsx, without a password, and not as Strict Open XML"
        raise refused(path, f"is no workbook that can be read: {reason}", help) from None


def _title(path: Path, book: Any, wanted: str) -> str:
    titles: list[str] = [sheet.title for sheet in book.worksheets]
    if wanted:
        if wanted not in titles:
            raise refused(path, f"has no sheet `{shorten(wanted)}`", f"its sheets: {listed(titles)}")
        return wanted
    filled: list[str] = [sheet.title for sheet in book.worksheets if any(map(_is_filled, _cells(sheet)))]
    if len(filled) > 1:
        raise refused(path, f"has several sheets: {listed(filled)}", "`--sheet` says which")
    return (filled or titles or [""])[0]


class _Places:
    """What a sheet says of places. openpyxl passes over rows that stand out of order, over all but one cell
    of a place, and, of a sheet that it streams, over merged cells."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.merged = ""

    def read(self, path: Path, part: str) -> str:
        """The first range of merged cells. Raises ValueError if rows or cells are not in order."""
        parser = ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        with ZipFile(path) as book, book.open(part) as stream:
            parser.ParseFile(stream)
        return self.merged

    def _start(self, tag: str, said: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "row":
            self._row(said.get("r", ""))
        elif name == "c":
            self._cell(said.get("r", ""))
        elif name == "mergeCell":
            self.merged = self.merged or said.get("ref", "?")

    def _row(self, number: str) -> None:
        row = int(number) if number.isascii() and number.isdecimal() else 0 if number else self.row + 1
        if not self.row < row <= ROWS:
            raise ValueError(f"a row `{shorten(number)}` comes after row {self.row}")
        self.row, self.column = row, 0

    def _cell(self, place: str) -> None:
        column = self.column + 1
        if place:
            found = PLACE.fullmatch(place)
            column = sum(26**n * (ord(c) - 64) for n, c in enumerate(reversed(found[1]))) if found else 0
            if not found or int(found[2]) != self.row:
                raise ValueError(f"a cell `{shorten(place)}` stands in row {self.row}")
        if not self.column < column <= COLUMNS:
            raise ValueError(f"a cell `{shorten(place)}` comes after another of column {self.column}")
        self.column = column


def _rows(path: Path, title: str, width: int) -> Iterator[TextRow]:
    """The rows of a sheet that have anything in them, as wide as the header at least."""
    with _sheets(path) as (values, formulas):
        both = zip(_cells(values[title]), _cells(formulas[title]), strict=True)
        for number, (row, entered) in enumerate(both, 1):
            if _is_filled(entered):
                yield _text_row(number, row, entered, width)


def _cells(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what a file says of its size need not be so
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(max_row=ROWS)
    return rows


def _is_filled(row: tuple[Any, ...]) -> bool:
    return any(cell.value not in (None, "") for cell in row)


def _text_row(number: int, row: tuple[Any, ...], entered: tuple[Any, ...], width: int) -> TextRow:
    wrong = None
    for cell, formula in zip(row, entered, strict=True):
        if cell.data_type == "e":
            wrong = wrong or f"cell {cell.coordinate} is the error {cell.value}"
        elif formula.data_type == "f" and cell.value is None and cell.data_type != CALCULATED:
            wrong = wrong or f"cell {formula.coordinate} is a formula that was never calculated"
    cells = [_text(cell.value) for cell in row]
    if not any(cell and cell.strip() for cell in cells):
        wrong = wrong or NO_CELL
    while len(cells) > width and not cells[-1]:
        cells.pop()
    cells += [None] * (width - len(cells))
    return TextRow(number, cells, cells, wrong)


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < SURE:
        return str(int(value))
    if isinstance(value, datetime):
        return str(value.date() if value.time() == MIDNIGHT else value)
    return str(value)
