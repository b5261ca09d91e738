"""A Parquet file that is written in stretches, one behind the other, under one footer.

Until its file is whole, a writer keeps where each column of each row group stands, in four thousand bytes for
each: the memory that it takes grows with the file. So a writer gets the rows of a stretch only; its footer is
taken from the end of the file, and the next writer goes on in its place. What is kept of a footer is as short
as it was written.

A footer is a struct in Thrift's compact protocol (parquet-format has both: `Encodings.md`, `parquet.thrift`).
It is copied as it stands, but for the places in the file, which were counted from where the stretch begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple

MAGIC = b"PAR1"  # at the beginning of a file, and at its end, behind the footer's length
LENGTH = 4  # bytes of that

# types of the compact protocol
TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
NUMBERS = (I16, I32, I64)

# what becomes of a field: moved, left out, nothing (0), or that of the fields of a struct, or of many
MOVED, LEFT_OUT, NOWHERE = "moved", "left out", "nowhere"
ROWS, GROUPS = 3, 4  # fields of a footer
COLUMN = {
    9: MOVED,  # data_page_offset
    10: MOVED,  # index_page_offset
    11: MOVED,  # dictionary_page_offset
    14: MOVED,  # bloom_filter_offset
}
CHUNK = {
    2: NOWHERE,  # file_offset: of a copy of the column's metadata, which has the places before the move
    3: COLUMN,
    4: LEFT_OUT,  # offset_index_offset: the indexes stand before the footer, and are overwritten with it
    5: LEFT_OUT,
    6: LEFT_OUT,  # column_index_offset
    7: LEFT_OUT,
}
GROUP = {
    1: CHUNK,
    5: MOVED,  # file_offset
    7: LEFT_OUT,  # ordinal: counted in the stretch, and of use to encrypted files only
}
INDEXES = (4, 6)  # fields of a chunk


def sink_in_stretches(sink: Callable[[FileIO], None], path: Path, more: Callable[[], bool]) -> None:
    """Write a file by calling `sink` for each stretch, as long as there are `more`.

    `sink` writes the rows of the next stretch as a whole Parquet file, from where the file is positioned.
    """
    with path.open("w+b", buffering=0) as file:
        sink(file)
        if more():
            _Joined(file).go_on(sink, more)


class Field(NamedTuple):
    """A field of a struct: its number, its type, and its value as it is written."""

    id: int
    type: int
    value: bytes


class _Joined:
    """A file of which a first stretch is written."""

    def __init__(self, file: FileIO) -> None:
        self.file = file
        self.fields: list[Field] = []  # of the last footer
        self.groups: list[bytes] = []  # of all stretches, each without the header of its list
        self.count = self.rows = 0
        self.end = self._taken(0)

    def go_on(self, sink: Callable[[FileIO], None], more: Callable[[], bool]) -> None:
        while True:
            start = self.end - len(MAGIC)
            covered = self._read(start, self.end)
            self._cut(start)
            sink(self.file)
            self.file.seek(start)
            self.file.write(covered)
            self.end = self._taken(start)
            if not more():
                break
        self._cut(self.end)
        self._write_footer()

    def _taken(self, start: int) -> int:
        """Where the data of the stretch ends that begins at a place: its footer is read and kept."""
        size = self.file.seek(0, 2)
        tail = size - LENGTH - len(MAGIC)
        foot = tail - int.from_bytes(self._read(tail, tail + LENGTH), "little")
        walk = _Walk(self._read(foot, tail), start)
        self.fields = [*walk.fields({GROUPS: GROUP})]
        values = {field.id: field.value for field in self.fields}
        self.rows += _signed(_Walk(values[ROWS]).varint())
        groups = _Walk(values[GROUPS])
        count, _ = groups.list_header()
        self.count += count
        self.groups.append(values[GROUPS][groups.at :])
        return min([foot, *(start + place for place in walk.indexes)])

    def _write_footer(self) -> None:
        made = {ROWS: _varint(_unsigned(self.rows)), GROUPS: _list_header(self.count, STRUCT)}
        made[GROUPS] += b"".join(self.groups)
        footer = _struct(field._replace(value=made.get(field.id, field.value)) for field in self.fields)
        self._write(footer + len(footer).to_bytes(LENGTH, "little") + MAGIC)

    def _read(self, start: int, end: int) -> bytes:
        self.file.seek(start)
        read = bytearray()
        while len(read) < end - start and (part := self.file.read(end - start - len(read))):
            read += part
        return bytes(read)

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[self.file.write(left) :]

    def _cut(self, end: int) -> None:
        self.file.truncate(end)
        self.file.seek(end)


class _Walk:
    """A walk along a struct that is written, from one field to the next; places are moved `by` so much.

    `indexes` are the places of indexes that it came by, not moved.
    """

    def __init__(self, data: bytes, by: int = 0) -> None:
        self.data, self.by, self.at = data, by, 0
        self.indexes: list[int] = []

    def fields(self, changes: dict[int, Any]) -> Iterator[Field]:
        """The fields of a struct that are not left out, as they are after the changes."""
        id = 0
        while head := self.byte():
            id = id + (head >> 4) if head >> 4 else _signed(self.varint())
            type, start, change = head & 15, self.at, changes.get(id)
            if isinstance(change, dict):
                value = self.structs(change) if type == LIST else self.struct(change)
            elif change == MOVED:
                value = _varint(_unsigned(_signed(self.varint()) + self.by))
            else:
                self.skip(type)
                value = b"\0" if change == NOWHERE else self.data[start : self.at]
            if changes is CHUNK and id in INDEXES:
                self.indexes.append(_signed(_Walk(value).varint()))
            if change != LEFT_OUT:
                yield Field(id, type, value)

    def struct(self, changes: dict[int, Any]) -> bytes:
        return _struct(self.fields(changes))

    def structs(self, changes: dict[int, Any]) -> bytes:
        """A list of them."""
        count, type = self.list_header()
        return _list_header(count, type) + b"".join([self.struct(changes) for _ in range(count)])

    def skip(self, type: int) -> None:
        if type in NUMBERS:
            self.varint()
        elif type == BINARY:
            length = self.varint()
            self.at += length
        elif type in (LIST, SET):
            self.skip_list()
        elif type == STRUCT:
            while head := self.byte():
                if not head >> 4:
                    self.varint()
                self.skip(head & 15)
        elif type == MAP:
            self.skip_map()
        elif type == DOUBLE:
            self.at += 8
        elif type == BYTE:
            self.at += 1

    def skip_list(self) -> None:
        count, type = self.list_header()
        for _ in range(count):
            self.skip_element(type)

    def skip_map(self) -> None:
        count = self.varint()
        types = self.byte() if count else 0
        for _ in range(count):
            self.skip_element(types >> 4)
            self.skip_element(types & 15)

    def skip_element(self, type: int) -> None:
        """Truths are a byte there, and no part of a field's head."""
        self.skip(BYTE if type in (TRUE, FALSE) else type)

    def list_header(self) -> tuple[int, int]:
        """How many elements a list has, and of which type."""
        head = self.byte()
        count = head >> 4
        return (self.varint() if count == 15 else count), head & 15

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]


def _struct(fields: Iterator[Field]) -> bytes:
    written, before = bytearray(), 0
    for id, type, value in fields:
        step = id - before
        written += bytes([step << 4 | type]) if step < 16 else bytes([type]) + _varint(_unsigned(id))
        written += value
        before = id
    return bytes(written + b"\0")


def _list_header(count: int, type: int) -> bytes:
    return bytes([count << 4 | type]) if count < 15 else bytes([0xF0 | type]) + _varint(count)


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    written.append(value)
    return bytes(written)


def _signed(value: int) -> int:
    return value >> 1 ^ -(value & 1)


def _unsigned(value: int) -> int:
    return value << 1 ^ value >> 63
