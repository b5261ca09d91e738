"""Bits: columns of truths as bytes, eight cases to a byte.

Polars combines two columns of bytes six times as fast as two columns of as many truths: of these it counts
first how many are true, and then goes through them in small steps. In memory both look the same. So columns
of truths are put one after another, and the buffer of that one long column is taken for bytes, and back.
"""

from __future__ import annotations

from typing import Any

from expert.backends.frames import na, pl

BYTES = na.c_schema(na.uint8())
TRUTHS = na.c_schema(na.bool_())
DATA = 1  # buffer 0 says what is null
BYTE = pl.Series([0], dtype=pl.UInt8)
SPARE = [pl.Series([False] * count) for count in range(9)]


def bits_of(truths: list[pl.Series]) -> list[pl.Series]:
    """The bits of columns of truths, as long as each other and none of them null; spare ones at the end."""
    if not truths:
        return []
    size = -(-len(truths[0]) // 8)
    whole = _one_after_another(_padded(truths), SPARE[8])
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


def _padded(truths: list[pl.Series]) -> list[pl.Series]:
    """Columns of truths, each with as many behind it as its last byte has room for."""
    spare = -len(truths[0]) % 8
    if not spare:
        return truths
    pieces = []
    for truth in truths:
        pieces += [truth, SPARE[spare]]
    return pieces


def _one_after_another(columns: list[pl.Series], last: pl.Series) -> pl.Series:
    """One column, in memory of its own: with something at the end, Polars copies even a single one."""
    return pl.concat([*columns, last], rechunk=True)


def _taken_for(type: Any, length: int, column: pl.Series) -> pl.Series:
    """The memory of a column as one of another type and so long."""
    [array] = na.c_array_stream(column)
    return pl.Series(na.c_array_from_buffers(type, length, [None, array.view().buffer(DATA)]))
