"""Bits: columns of truths as bytes, eight cases to a byte.

Polars combines two columns of bytes six times as fast as two columns of as many truths: of these it counts
first how many are true, and then goes through them in small steps. In memory both look the same. So columns
of truths are put one after another, and the buffer of that one long column is taken for bytes, and back.
"""

from __future__ import annotations

from typing import Any

from expert.backends.frames import na, pl

BYTES, TRUTHS = na.c_schema(na.uint8()), na.c_schema(na.bool_())
BYTE, SPARE = pl.Series([0], dtype=pl.UInt8), [pl.Series([False] * count) for count in range(9)]


def bits_of(truths: list[pl.Series]) -> list[pl.Series]:
    """The bits of columns of truths, as long as each other and none of them null; spare ones at the end."""
    if not truths:
        return []
    rows = len(truths[0])
    size, spare = -(-rows // 8), -rows % 8
    pieces = [piece for truth in truths for piece in (truth, SPARE[spare])] if spare else truths
    whole = _one_after_another(pieces, SPARE[8])
    bits = _taken_for(BYTES, len(whole) // 8, whole)
    return [bits.slice(n * size, size) for n in range(len(truths))]


def truths_of(bits: list[pl.Series], rows: int) -> list[pl.Series]:
    """The columns of so many truths that bits stand for."""
    if not bits:
        return []
    size, whole = len(bits[0]), _one_after_another(bits, BYTE)
    # a copy, for results live on: what was lent to Python only Python could let go of, which may have ended
    truths = _one_after_another([_taken_for(TRUTHS, len(whole) * 8, whole)], SPARE[8])
    return [truths.slice(8 * n * size, rows) for n in range(len(bits))]


def _one_after_another(columns: list[pl.Series], last: pl.Series) -> pl.Series:
    """One column, in memory of its own: with something at the end, Polars copies even a single one."""
    return pl.concat([*columns, last], rechunk=True)


def _taken_for(type: Any, length: int, column: pl.Series) -> pl.Series:
    """The memory of a column as one of another type and so long."""
    [array] = na.c_array_stream(column)
    return pl.Series(na.c_array_from_buffers(type, length, [None, array.view().buffer(1)]))
