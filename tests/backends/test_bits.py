"""Truths as bytes and back: whatever their length, wherever they begin, in however many pieces."""

from __future__ import annotations

from random import Random

import pytest
from support.populations import pl

from expert.backends.bits import bits_of, truths_of


def truths(count: int, seed: int = 1) -> pl.Series:
    random = Random(seed)
    return pl.Series([random.random() < 0.5 for _ in range(count)], dtype=pl.Boolean)


def alike(*columns: pl.Series) -> bool:
    """Whether columns are the same once they were bits."""
    rows = len(columns[0])
    bits = bits_of([*columns])
    assert all(column.dtype == pl.UInt8 and len(column) == -(-rows // 8) for column in bits)
    return all(a.equals(b) for a, b in zip(columns, truths_of(bits, rows), strict=True))


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 64, 1_000])
def test_of_any_length(count: int) -> None:
    assert alike(truths(count), truths(count, 2), truths(count, 3))
    assert alike(truths(count))


@pytest.mark.parametrize("begin", range(10))
def test_wherever_they_begin(begin: int) -> None:
    one, other = truths(100), truths(100, 2)
    assert alike(one[begin:], other[begin:])
    assert alike(one[begin : begin + 9])
    known = pl.DataFrame({"a": [None, 1, 2, None, 5] * 20})[begin:].select(pl.col("a").is_not_null())
    assert alike(*known)


def test_in_pieces() -> None:
    pieces = [truths(count, count) for count in (3, 8, 1, 0, 20)]
    assert alike(pl.concat(pieces, rechunk=False), truths(32))


def test_of_no_columns() -> None:
    assert bits_of([]) == truths_of([], 5) == []


def test_a_byte_is_eight_truths_the_first_the_lowest() -> None:
    [bits] = bits_of([pl.Series([True, False, True, False, False, False, False, True, True])])
    assert bits.to_list() == [0b10000101, 1]


@pytest.mark.parametrize("count", [1, 1_003, 1_008])
def test_combined_as_bytes_they_are_combined_as_truths(count: int) -> None:
    one, other = truths(count), truths(count, 2)
    a, b = bits_of([one, other])
    both, either, opposite = truths_of([a & b, a | b, ~a], count)
    assert both.equals(one & other)
    assert either.equals(one | other)
    assert opposite.equals(~one)
    assert opposite.null_count() == 0
    assert opposite.sum() == count - one.sum()  # what is spare is not counted
