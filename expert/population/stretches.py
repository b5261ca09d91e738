"""A Parquet file that is written in stretches, one behind the other, under one footer.

Until its file is whole, a writer keeps where each column of each row group stands, in four thousand bytes for
each: the memory that it takes grows with the file. So a writer gets the rows of a stretch only; its footer is
taken from the end of the file, and the next writer goes on in its place. What is kept of a footer is as short
as it was written.

A footer is a struct in Thrift's compact protocol, and its fields have numbers (parquet-format,
`src/main/thrift/parquet.thrift`). It is copied as it stands, but for the places in the file: a writer counts
them from where its stretch begins.
"""

from __future__ import annotations

from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple

from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TType
from thrift.transport.TTransport import TMemoryBuffer

MAGIC = b"PAR1"  # at the beginning of a file, and at its end, behind the footer's length
LENGTH = 4  # bytes of that

ROWS, GROUPS = 3, 4  # fields of a footer
# what becomes of a field: another value, moved, left out, or the changes in a struct, or in each of many
MOVED, LEFT_OUT, INDEX = "moved", "left out", "where an index is, left out"
FieldChanges = dict[int, Any]
COLUMN: FieldChanges = {
    9: MOVED,  # data_page_offset
    10: MOVED,  # index_page_offset
    11: MOVED,  # dictionary_page_offset
    14: MOVED,  # bloom_filter_offset
}
CHUNK: FieldChanges = {
    2: 0,  # file_offset: of a copy of the column's metadata, which has the places before the move
    3: COLUMN,
    4: INDEX,  # offset_index_offset: indexes stand before the footer, and are overwritten with it
    5: LEFT_OUT,
    6: INDEX,  # column_index_offset
    7: LEFT_OUT,
}
GROUP: FieldChanges = {
    1: CHUNK,
    5: MOVED,  # file_offset
    7: LEFT_OUT,  # ordinal: counted in the stretch, and of use to encrypted files only
}

READ_AND_WRITTEN = {
    TType.BOOL: (TCompactProtocol.readBool, TCompactProtocol.writeBool),
    TType.BYTE: (TCompactProtocol.readByte, TCompactProtocol.writeByte),
    TType.I16: (TCompactProtocol.readI16, TCompactProtocol.writeI16),
    TType.I32: (TCompactProtocol.readI32, TCompactProtocol.writeI32),
    TType.I64: (TCompactProtocol.readI64, TCompactProtocol.writeI64),
    TType.DOUBLE: (TCompactProtocol.readDouble, TCompactProtocol.writeDouble),
    TType.STRING: (TCompactProtocol.readBinary, TCompactProtocol.writeBinary),
}


def sink_in_stretches(sink: Callable[[FileIO], None], path: Path, more: Callable[[], bool]) -> None:
    """Write a file by calling `sink` for each stretch, as long as there are `more`.

    `sink` writes the rows of the next stretch as a whole Parquet file, from where the file is positioned.
    """
    with path.open("w+b", buffering=0) as file:
        sink(file)
        if more():
            _Joined(file).go_on(sink, more)


class Stretch(NamedTuple):
    """What is kept of a footer."""

    rows: int
    groups: list[bytes]  # each with its places moved
    indexes: list[int]  # where they are


class _Joined:
    """A file of which a first stretch is written."""

    def __init__(self, file: FileIO) -> None:
        self.file = file
        self.footer = b""  # the last
        self.rows = 0
        self.groups: list[bytes] = []  # of all stretches
        self.end = 0  # of the data
        self._keep_footer(0)

    def go_on(self, sink: Callable[[FileIO], None], more: Callable[[], bool]) -> None:
        while True:
            # a writer begins with PAR1, which covers the last four bytes of data: they are put back
            start = self.end - len(MAGIC)
            covered = self._read(start, self.end)
            self._cut(start)
            sink(self.file)
            self.file.seek(start)
            self.file.write(covered)
            self._keep_footer(start)
            if not more():
                break
        self._cut(self.end)
        footer = _footer(self.footer, self.rows, self.groups)
        self._write(footer + len(footer).to_bytes(LENGTH, "little") + MAGIC)

    def _keep_footer(self, start: int) -> None:
        """Read what is needed of the footer of the stretch that begins at a place, and where its data end."""
        size = self.file.seek(0, 2)
        tail = size - LENGTH - len(MAGIC)
        foot = tail - int.from_bytes(self._read(tail, tail + LENGTH), "little")
        self.footer = self._read(foot, tail)
        stretch = _stretch(self.footer, start)
        self.rows += stretch.rows
        self.groups += stretch.groups
        self.end = min([foot, *(start + place for place in stretch.indexes)])

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


def _stretch(footer: bytes, start: int) -> Stretch:
    """What is kept of the footer of a stretch that begins at a place."""
    source = _reading(footer)
    rows, groups, indexes = 0, list[bytes](), list[int]()
    source.readStructBegin()
    while (field := source.readFieldBegin())[1] != TType.STOP:
        _, type, id = field
        if id == ROWS:
            rows = source.readI64()
        elif id == GROUPS:
            _, count = source.readListBegin()
            for _ in range(count):
                copy = _Copy(source, start)
                copy.struct(GROUP)
                groups.append(copy.written())
                indexes += copy.indexes
            source.readListEnd()
        else:
            source.skip(type)
        source.readFieldEnd()
    return Stretch(rows, groups, indexes)


def _footer(last: bytes, rows: int, groups: list[bytes]) -> bytes:
    """A footer as the last one, but of so many rows, and of these groups."""
    copy = _Copy(_reading(last))
    copy.struct({ROWS: rows, GROUPS: groups})
    return copy.written()


class _Source(TCompactProtocol):  # type: ignore[misc]
    """What is read; it is passed over as it stands, too."""

    def readString(self) -> Any:
        """Bytes: the least and greatest values of a column need not be a text."""
        return self.readBinary()


def _reading(data: bytes) -> Any:
    return _Source(TMemoryBuffer(data))


class _Copy:
    """A copy of what is read next, with changes; places are moved `by` so much."""

    def __init__(self, source: Any, by: int = 0) -> None:
        self.source, self.by = source, by
        self.memory = TMemoryBuffer()
        self.target = TCompactProtocol(self.memory)
        self.indexes: list[int] = []  # where those are that were left out

    def written(self) -> bytes:
        found: bytes = self.memory.getvalue()
        return found

    def struct(self, changes: FieldChanges) -> None:
        source, target = self.source, self.target
        source.readStructBegin()
        target.writeStructBegin("")
        while (field := source.readFieldBegin())[1] != TType.STOP:
            _, type, id = field
            change = changes.get(id)
            if change == INDEX:
                self.indexes.append(source.readI64())
            elif change == LEFT_OUT:
                source.skip(type)
            else:
                target.writeFieldBegin("", type, id)
                self._value(type, change)
                target.writeFieldEnd()
            source.readFieldEnd()
        source.readStructEnd()
        target.writeFieldStop()
        target.writeStructEnd()

    def _value(self, type: int, change: Any) -> None:
        if type == TType.STRUCT:
            self.struct(change or {})
        elif type == TType.LIST:  # there are neither sets nor maps in Parquet
            self._list(change)
        else:
            read, write = READ_AND_WRITTEN[type]
            value = read(self.source)
            if change == MOVED:
                value += self.by
            elif change is not None:
                value = change
            write(self.target, value)

    def _list(self, change: Any) -> None:
        source, target = self.source, self.target
        if isinstance(change, list):  # of others, as they are written
            source.skip(TType.LIST)
            target.writeListBegin(TType.STRUCT, len(change))
            self.memory.write(b"".join(change))
        else:
            type, count = source.readListBegin()
            target.writeListBegin(type, count)
            for _ in range(count):
                self._value(type, change)
            source.readListEnd()
        target.writeListEnd()
