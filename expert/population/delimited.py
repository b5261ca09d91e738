"""Cases in delimited text: CSV and its kin, whatever separates the cells.

Every row is read by itself: a quote that opens and is not closed costs the line on which it opened, and
no other.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from expert.backends.frames import pl
from expert.io.problems import shorten
from expert.population.encodings import text_lines
from expert.population.tables import (
    BATCH,
    CELL_SEPARATORS,
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

SEP_LINE = re.compile(r'"?sep=(.*)', re.IGNORECASE)  # a first line that spreadsheets write
SEP_VALUE = re.compile(r'([^"\w \r\n])"?\1*')  # what it says that is understood
QUOTED = 1_000  # lines that a quoted cell may have
UNCLOSED = "a quote opens here, and none closes it"


def open_delimited(path: Path, attributes: Attributes, reading: ReadAs) -> TableFile:
    """A file of delimited text. Raises CaseError."""
    separator = reading.separator or _separator(path, attributes, reading)
    with closing(_Records(path, separator, attributes, reading)) as records:
        header = next(iter(records), None)
    if header is None:
        raise refused(path, "has no header")
    if header.wrong:
        raise refused(path, f"has no header that can be read: line {header.line}: {header.wrong}")
    names = columns_of(path, header.cells, attributes, reading)
    return TableFile(path, texts(names), None, lambda: _batches(path, names, separator, attributes, reading))


def _separator(path: Path, attributes: Attributes, reading: ReadAs) -> str:
    """What separates the cells: what the file says, or what finds most attributes in its header."""
    with closing(text_lines(path, reading.encoding)) as lines:
        for number, line in enumerate(lines, 1):
            if says := SEP_LINE.fullmatch(line.strip("\r\n")):
                if said := SEP_VALUE.fullmatch(says[1]):
                    return said[1]
                what = f"says what separates cells, and is not understood: line {number}: "
                help = "one character, as in `sep=;`; `--separator` says it too"
                raise refused(path, f"{what}`{shorten(line.rstrip())}`", help)
            if any(cell.strip(' "') for cell in re.split(f"[{re.escape(CELL_SEPARATORS)}]", line.strip())):
                break
        else:
            return CELL_SEPARATORS[0]
    wanted = {name.casefold() for name in attributes}
    matches = {}
    for separator in CELL_SEPARATORS:
        try:
            cells = next(csv.reader([line], delimiter=separator), [])
        except csv.Error:  # what is no separator may leave cells of any length
            cells = []
        matches[separator] = len(wanted & {cell.strip().casefold() for cell in cells})
    return max(CELL_SEPARATORS, key=lambda separator: matches[separator])


def _batches(
    path: Path, names: list[str], separator: str, attributes: Attributes, reading: ReadAs
) -> Iterator[pl.DataFrame]:
    numbers = [place for place, name in enumerate(names) if name in attributes and attributes[name].numeric]
    with closing(_Records(path, separator, attributes, reading)) as records:
        rows = iter(records)
        next(rows, None)
        while batch := list(islice(rows, BATCH)):
            if reading.decimal_comma:
                batch = [_with_points(row, numbers) for row in batch]
            yield text_frame(names, batch)


def _with_points(row: TextRow, numbers: list[int]) -> TextRow:
    """The row with points in numbers that are written with commas; a number with a point is none then."""
    cells = list(row.cells)
    for place in numbers:
        cell = cells[place] if place < len(cells) else None
        if cell and "." in cell:
            return row._replace(wrong=f"`{shorten(cell)}` has a point, where decimals come after a comma")
        if cell:
            cells[place] = cell.replace(",", ".")
    return row._replace(cells=cells)


class _TooLong(Exception):
    """A quoted cell goes on and on."""


class _Records:
    """The rows of a file, the header first; empty lines are none."""

    def __init__(self, path: Path, separator: str, attributes: Attributes, reading: ReadAs) -> None:
        self.lines = text_lines(path, reading.encoding)
        self.separator, self.attributes = separator, attributes
        self.taken: list[str] = []  # lines of the row that is being read
        self.back: deque[str] = deque()  # lines taken for a row that are none of it
        self.one_line: list[int] = []  # the columns whose cells have no line breaks
        self.header: list[str] = []
        self.headers = Headers((), attributes)

    def close(self) -> None:
        self.lines.close()

    def __iter__(self) -> Iterator[TextRow]:
        for row in self._rows():
            if not self.header:
                if any(cell.strip() for cell in row.raw) and not SEP_LINE.match(self.separator.join(row.raw)):
                    self.header = list(row.raw)
                    self.headers = Headers(self.header, self.attributes)
                    self.one_line = [n for n, name in enumerate(row.raw) if name in self.attributes]
                    yield row
            elif row.cells and (told := self.headers.fault(row)):
                yield row._replace(wrong=told)
            elif row.wrong or any(map(str.strip, row.raw)):
                yield row
            elif len(row.raw) > 1:
                yield row._replace(wrong=NO_CELL)

    def _rows(self) -> Iterator[TextRow]:
        reader, number = self._reader(), 1
        while True:
            wrong, cells = None, []
            self.taken.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _TooLong) as error:
                wrong = self._wrong(error)
            if wrong is None and len(self.taken) > 1 and self.header and not self._fits(cells):
                wrong = UNCLOSED
            if wrong is None:
                yield TextRow(number, cells, cells)  # type: ignore[arg-type]
                number += len(self.taken)
                continue
            first, *others = self.taken
            self.back.extendleft(reversed(others))
            yield TextRow(number, [], first.rstrip("\r\n"), wrong)
            reader, number = self._reader(), number + 1

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._fed(), delimiter=self.separator, strict=True)

    def _fed(self) -> Iterable[str]:
        """Lines, those given back first."""
        while True:
            line = self.back.popleft() if self.back else next(self.lines, None)
            if line is None:
                return
            self.taken.append(line)
            if len(self.taken) > QUOTED:
                raise _TooLong
            yield line

    def _fits(self, cells: list[str]) -> bool:
        """Whether a row of several lines is a row: an answer has no line break inside."""
        if len(cells) != len(self.header):
            return False
        answers = [cells[place].strip() for place in self.one_line]
        return not any("\n" in answer or "\r" in answer for answer in answers)

    def _wrong(self, error: Exception) -> str:
        if isinstance(error, _TooLong):
            return f"{UNCLOSED} within {QUOTED:,} lines"
        if len(self.taken) > 1 or "unexpected end" in str(error):
            return UNCLOSED
        if "field larger" in str(error):
            return f"a cell is longer than {csv.field_size_limit():,} characters"
        return "a quote stands inside a cell: there it is written twice, and the cell in quotes"
