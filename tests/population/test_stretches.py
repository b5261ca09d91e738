"""Parquet files written in stretches: what is read is what one writer would have written."""

from __future__ import annotations

from datetime import date, datetime
from io import FileIO
from pathlib import Path

import pytest
from support.tables import BASE, NAMES, pl, random_rows

from expert.population import run as running
from expert.population import stretches
from expert.population.stretches import sink_in_stretches


def written(frames: list[pl.DataFrame], path: Path, **options: object) -> pl.DataFrame:
    """Frames as stretches of one file, read again."""
    coming = list(frames)

    def sink(file: FileIO) -> None:
        coming.pop(0).lazy().sink_parquet(file, **options)

    sink_in_stretches(sink, path, lambda: bool(coming))
    return pl.read_parquet(path)


def groups_in(path: Path) -> int:
    content = path.read_bytes()
    footer = content[-8 - int.from_bytes(content[-8:-4], "little") : -8]
    return len(stretches._stretch(footer, 0).groups)


def of_all_kinds(rows: int, begin: int) -> pl.DataFrame:
    numbers = range(begin, begin + rows)
    return pl.DataFrame({
        "number": pl.Series(numbers, dtype=pl.Int64),
        "text": pl.Series([f"{n}" * (n % 5) if n % 3 else None for n in numbers], dtype=pl.String),
        "truth": pl.Series([n % 2 == 0 for n in numbers], dtype=pl.Boolean),
        "name": pl.Series(["ab"[n % 2] for n in numbers], dtype=pl.Enum(["a", "b"])),
        "amount": pl.Series(numbers, dtype=pl.Int64).cast(pl.Decimal(38, 2)),
        "list": pl.Series([[n] * (n % 4) for n in numbers], dtype=pl.List(pl.Int16)),
        "parts": pl.Series([{"x": n / 7, "y": [date(2026, 1, 1 + n % 28)]} for n in numbers],
                           dtype=pl.Struct({"x": pl.Float64, "y": pl.List(pl.Date)})),
        "time": pl.Series([datetime(2026, 1, 1, n % 24) for n in numbers], dtype=pl.Datetime("us", "UTC")),
    })  # fmt: skip


@pytest.mark.parametrize("statistics", [False, True])
@pytest.mark.parametrize("sizes", [[5], [20, 20, 7], [0, 3, 0], [1] * 18])
def test_stretches_are_read_as_one_table(tmp_path: Path, sizes: list[int], statistics: bool) -> None:
    frames = [of_all_kinds(size, sum(sizes[:n])) for n, size in enumerate(sizes)]
    options = {"row_group_size": 4, "statistics": statistics, "compression": "lz4"}
    together = written(frames, tmp_path / "some.parquet", **options)
    assert together.equals(pl.concat(frames))
    assert together.schema == frames[0].schema
    later = pl.scan_parquet(tmp_path / "some.parquet").filter(pl.col("number") >= sum(sizes) - 2)
    assert len(later.select("number", "parts").collect()) == min(2, sum(sizes))


def test_stretches_leave_nothing_behind(tmp_path: Path) -> None:
    """Neither their beginnings, nor their indexes, nor their footers."""
    frames = [pl.DataFrame({"n": range(n, n + 4), "t": ["x"] * 4}) for n in range(0, 40, 4)]
    options = {"row_group_size": 4, "statistics": False, "compression": "lz4"}
    written(frames, tmp_path / "joined.parquet", **options)
    pl.concat(frames).lazy().sink_parquet(tmp_path / "one.parquet", **options)
    joined, one = ((tmp_path / name).read_bytes() for name in ("joined.parquet", "one.parquet"))
    assert joined.count(b"PAR1") == one.count(b"PAR1") == 2
    assert len(joined) < len(one)


# a struct with a field of every type, as it is written: the last but one is far from the others
FIELDS = {
    1: b"\x11",  # true
    2: b"\x12",  # false
    3: b"\x13\x07",  # a byte
    4: b"\x14\xfe\x01",  # numbers of 16, 32, 64 bits
    5: b"\x15\x02",
    6: b"\x16\x80\x01",
    7: b"\x17" + bytes(range(8)),
    8: b"\x18\x03abc",
    9: b"\x19\x35\x02\x04\x06",  # lists, a short and a long one
    10: b"\x19\xf8\x10" + b"\x01x" * 16,
    11: b"\x1c\x15\x02\x1c\x11\x00\x00",  # a struct in which there is another
    90: b"\x06\xb4\x01\x02",
    91: b"\x16\x03",
}


def test_every_type_is_copied_as_it_stands() -> None:
    struct = b"".join(FIELDS.values()) + b"\0"
    copy = stretches._Copy(stretches._reading(struct))
    copy.struct({})
    assert copy.written() == struct
    copy = stretches._Copy(stretches._reading(struct), by=1)
    copy.struct(
        {5: 0, 6: stretches.MOVED, 9: [b"\x11\x00"], 11: {1: 7}, 90: stretches.INDEX, 91: stretches.LEFT_OUT}
    )
    changed = FIELDS | {
        5: b"\x15\x00",
        6: b"\x16\x82\x01",
        9: b"\x19\x1c\x11\x00",
        11: b"\x1c\x15\x0e\x1c\x11\x00\x00",
    }
    assert copy.written() == b"".join([changed[n] for n in range(1, 12)]) + b"\0"
    assert copy.indexes == [1]


@pytest.mark.parametrize("stretch", [1, 20, 50, 60, 61])
def test_a_population_is_the_same_in_any_stretches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stretch: int
) -> None:
    rows = random_rows(60)
    rows[17] = rows[59] = dict.fromkeys(NAMES, "wrong")
    pl.DataFrame(rows, schema=dict.fromkeys(NAMES, pl.String)).write_parquet(tmp_path / "cases.parquet")
    read, groups = [], []
    for size in (running.STRETCH, stretch):
        monkeypatch.setattr(running, "STRETCH", size)
        out = tmp_path / f"{size}.parquet"
        counts = running.run(BASE, running.Job([str(tmp_path / "cases.parquet")], out, tmp_path / "rejects"))
        assert counts == (60, 58, 2)
        read.append(pl.read_parquet(out))
        groups.append(groups_in(out))
    assert read[0].equals(read[1])
    assert groups == [1, -(-58 // stretch)]
