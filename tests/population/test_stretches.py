"""Parquet files written in stretches: what is read is what one writer would have written."""

from __future__ import annotations

from datetime import date, datetime
from io import FileIO
from pathlib import Path

import pytest
from support.tables import BASE, NAMES, pl, random_rows

from expert.population import run as running
from expert.population import stretches
from expert.population.stretches import _Walk, sink_in_stretches


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
    fields = {field.id: field.value for field in _Walk(footer).fields({})}
    return _Walk(fields[stretches.GROUPS]).list_header()[0]


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


# a struct with a field of every type, one far from the others, and lists of each kind
FIELDS = {
    1: (stretches.TRUE, b""),
    2: (stretches.FALSE, b""),
    3: (stretches.BYTE, b"\x07"),
    4: (stretches.I16, b"\xfe\x01"),
    5: (stretches.DOUBLE, bytes(range(8))),
    6: (stretches.BINARY, b"\x03abc"),
    7: (stretches.LIST, b"\x35\x02\x04\x06"),
    8: (stretches.SET, b"\x21\x01\x02"),
    9: (stretches.MAP, b"\x02\x85\x01a\x02\x01b\x04"),
    10: (stretches.MAP, b"\x00"),
    11: (stretches.LIST, b"\xf8\x10" + b"\x01x" * 16),
    12: (stretches.STRUCT, b"\x15\x02\x1c\x11\x00\x00"),
    14: (stretches.I64, b"\x80\x01"),
    90: (stretches.I32, b"\x02"),
}


def test_every_type_is_passed_and_copied_as_it_stands() -> None:
    fields = [stretches.Field(id, *field) for id, field in FIELDS.items()]
    struct = stretches._struct(iter(fields))
    walk = _Walk(struct, by=1)
    assert [*walk.fields({})] == fields
    assert walk.at == len(struct)
    changes = {14: stretches.MOVED, 90: stretches.LEFT_OUT, 4: stretches.NOWHERE}
    changed = {field.id: field.value for field in _Walk(struct, by=1).fields(changes)}
    assert changed.pop(14) == b"\x82\x01"
    assert changed.pop(4) == b"\0"
    assert changed == {id: value for id, (_, value) in FIELDS.items() if id not in (4, 14, 90)}


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
