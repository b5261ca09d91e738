"""Files of cases: kinds, mistakes, rows that are no cases."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.tables import (
    COUNT,
    NAMES,
    pl,
    population,
    ran,
    random_rows,
    why_refused,
    workbook,
    write_csv,
    write_jsonl,
)

from expert.io.problems import CaseError
from expert.population.tables import ReadAs


def test_kinds_of_input_give_the_same(folder: Path) -> None:
    first, *others = [
        pl.read_parquet(folder / f"from-{kind}.parquet") for kind in ("csv", "jsonl", "parquet")
    ]
    assert len(first) == COUNT
    for other in others:
        assert first.equals(other)


def test_broken_lines_of_json(tmp_path: Path) -> None:
    rows: list[Any] = [dict.fromkeys(NAMES)]
    lines = [json.dumps(rows[0]), "{bad", "[1]", '{"scar_depth": "deep"}', json.dumps({**rows[0], "more": 1})]
    lines += [json.dumps({**rows[0], "scar_depth": ["deep"]}), '{"budget": 1, "budget": 2}', ""]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines))
    population("run", "cases.jsonl", "-o", "out.jsonl", cwd=tmp_path, code=1)
    rejects = [json.loads(line) for line in (tmp_path / "out.jsonl.rejects.jsonl").read_text().splitlines()]
    reasons = [reject["reasons"][0] for reject in rejects]
    assert [reject["row"] for reject in rejects] == [2, 3, 4, 5, 6, 7]
    assert reasons[0].startswith("not JSON")
    assert reasons[1] == "not a JSON object"
    assert reasons[2].startswith("there is no column `active_acne`; there is")
    assert reasons[3].startswith("unexpected column more")
    assert reasons[4].startswith("unknown value for `scar_depth`")
    assert reasons[5] == "a name is given twice"


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_absent_columns(tmp_path: Path, kind: str) -> None:
    rows = [{"scar_depth": "deep", "patient": "A1"}, {"scar_depth": "both", "patient": "B2"}]
    if kind == "parquet":
        pl.DataFrame(rows).write_parquet(tmp_path / "cases.parquet")
    else:
        (write_csv if kind == "csv" else write_jsonl)(tmp_path / f"cases.{kind}", rows)
    population("run", f"cases.{kind}", "-o", "out.parquet", cwd=tmp_path, code=1)
    rejects = [json.loads(line) for line in (tmp_path / "out.parquet.rejects.jsonl").read_text().splitlines()]
    assert len(rejects) == 2
    assert all(
        "active_acne" in reject["reasons"][0] and "column" in reject["reasons"][0] for reject in rejects
    )
    population("run", f"cases.{kind}", "-o", "out.parquet", "--absent-unknown", cwd=tmp_path)
    results = pl.read_parquet(tmp_path / "out.parquet")
    assert results["patient"].to_list() == ["A1", "B2"]  # columns that are no attributes are kept
    assert results["punch-technique.verdict"].to_list() == ["preferred", "preferred"]
    assert (tmp_path / "out.parquet.rejects.jsonl").read_text() == ""


def test_several_files_are_one_population(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    for n, part in enumerate((rows[:3], rows[3:4], rows[4:9])):
        write_csv(tmp_path / f"part-{n}.csv", part)
    population("run", "part-*.csv", "-o", "out.parquet", cwd=tmp_path)
    write_csv(tmp_path / "whole.csv", rows[:9])
    population("run", "whole.csv", "-o", "whole.parquet", cwd=tmp_path)
    assert pl.read_parquet(tmp_path / "out.parquet").equals(pl.read_parquet(tmp_path / "whole.parquet"))


def test_no_rows_at_all(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text(",".join(NAMES) + "\n")
    assert population("run", "cases.csv", "-o", "out.parquet", cwd=tmp_path).startswith("0 read")
    assert population("summary", "out.parquet", cwd=tmp_path).startswith("Cases: 0")


# --- typed columns -------------------------------------------------------------------------------
ODD: dict[str, Callable[[], Any]] = {
    "list": lambda: [["a"]],
    "struct": lambda: [{"a": 1}],
    "bytes": lambda: [b"\xff"],
    "duration": lambda: [timedelta(1)],
    "far duration": lambda: pl.Series([2**62]).cast(pl.Duration("ms")),
    "list of bytes": lambda: [[b"a"]],
}


@pytest.mark.parametrize("kind", ODD)
def test_columns_of_odd_types(tmp_path: Path, kind: str) -> None:
    cells, path = ODD[kind](), tmp_path / "cases.parquet"
    pl.DataFrame({"scar_depth": ["deep"], "n": cells}).write_parquet(path)
    assert "column `n`" in why_refused(path, out="out.csv")
    assert ran(path, out="out.parquet")[0] == (1, 1, 0)
    if "bytes" in kind:
        assert "column `n`" in why_refused(path, out="out.jsonl")
    else:
        assert ran(path, out="out.jsonl")[0] == (1, 1, 0)
    for attribute in ("scar_depth", "budget"):
        pl.DataFrame({attribute: cells}).write_parquet(path)
        assert ran(path)[0] == (1, 0, 1)
    pl.DataFrame({"scar_depth": ["bad"], "n": cells}).write_parquet(path)
    assert ran(path, out="out.parquet")[0] == (1, 0, 1)


def test_a_file_that_is_named_twice_is_one(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "c.csv", [{"scar_depth": "deep"}])
    (tmp_path / "link.csv").symlink_to(path)
    words = ["c.csv", "./c.csv", str(path), "*.csv", "-o", "out.parquet", "--absent-unknown"]
    assert population("run", *words, cwd=tmp_path).startswith("1 read")


def test_a_column_without_any_value_is_of_every_type(tmp_path: Path) -> None:
    for name, cells in (("a", [None]), ("b", [1]), ("c", [None])):
        pl.DataFrame({"scar_depth": ["deep"], "n": cells}).write_parquet(tmp_path / f"{name}.parquet")
    population("run", "?.parquet", "-o", "out.jsonl", "--absent-unknown", cwd=tmp_path)
    results = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["n"] for row in results] == [None, 1, None]


def test_files_that_cannot_be(tmp_path: Path) -> None:
    write_csv(tmp_path / "c.csv", [{"scar_depth": "bad"}])
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "full.csv").symlink_to("/dev/full")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    for words, message in {
        ("pipe.csv", "-o", "out.csv"): "`pipe.csv` is no regular file",
        ("folder", "-o", "out.csv"): "`folder` is a directory",
        ("loop.csv", "-o", "out.csv"): "Too many levels of symbolic links",
        ("c.csv", "-o", "out.csv", "--rejects", "out.csv.legend.json"): "is read or written already",
        ("c.csv", "-o", "out.csv", "--rejects", "no/rejects"): "`no/rejects` cannot be written",
        ("c.csv", "-o", "out.csv", "--rejects", "/dev/full"): "`/dev/full` cannot be written: No space left",
        ("c.csv", "-o", "full.csv"): "`full.csv` cannot be written: No space left",
    }.items():
        assert message in population("run", *words, "--absent-unknown", cwd=tmp_path, code=2)
    population("run", "c.csv", "-o", "loop.csv", "--absent-unknown", cwd=tmp_path, code=1)
    odd = os.fsdecode(b"\xff.csv")  # no engine takes such a name
    assert "a name that is not UTF-8" in population("run", "c.csv", "-o", odd, cwd=tmp_path, code=2)
    os.rename(tmp_path / "c.csv", tmp_path / os.fsdecode(b"\xff.parquet"))
    assert "a name that is not UTF-8" in why_refused(tmp_path / os.fsdecode(b"\xff.parquet"))


# --- what is written is read ---------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_results_are_cases(tmp_path: Path, kind: str) -> None:
    rows = [
        {"scar_depth": "deep", "budget": "49.50", "patient": "A"},
        {"scar_depth": "unknown", "patient": "B"},
    ]
    write_csv(tmp_path / "cases.csv", rows, ["scar_depth", "budget", "patient"])
    population("run", "cases.csv", "--absent-unknown", "-o", f"a[1].{kind}", cwd=tmp_path)
    population("run", f"a[1].{kind}", "-o", f"b.{kind}", cwd=tmp_path)
    assert (tmp_path / f"a[1].{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    assert population("summary", f"a[1].{kind}", cwd=tmp_path).startswith("Cases: 2")
    population("explain", f"a[1].{kind}", "--row", "2", cwd=tmp_path)


# --- whatever is in them -------------------------------------------------------------------------
PIECES = [
    *(b'"', b"\n", b"\r", b",", b";", b"\t", b"\xff", b"\0", b"", b"{", b"}", b"[", b"]", b"\\", b"\\ud800"),
    *(b'"' * 3, b"1e5", b"\xef\xbb\xbf", b"\xff\xfe", b",,,,", b"[[" * 3000, b"sep=;\n"),
]


def broken(data: bytes, random: Random) -> bytes:
    """A file in which something is another."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        place = random.randrange(len(changed) or 1)
        changed[place : place + random.choice((0, 1, 1, 5, 40))] = random.choice(PIECES)
    return bytes(changed[: random.randrange(len(changed))] if random.random() < 0.1 else changed)


@pytest.mark.parametrize("many", [3, pytest.param(200, marks=pytest.mark.long)])
def test_no_file_ends_in_a_traceback(tmp_path: Path, many: int) -> None:
    random, rows = Random(many), [row | {"note": 'a "b", c'} for row in random_rows(10)]
    sheet = [list(rows[0]), *(list(row.values()) for row in rows)]
    write_jsonl(tmp_path / "a.jsonl", rows)
    (tmp_path / "a.json").write_text(json.dumps(rows))
    for path in (write_csv(tmp_path / "a.csv", rows), tmp_path / "a.jsonl", tmp_path / "a.json",
                 workbook(tmp_path / "a.xlsx", *sheet)):  # fmt: skip
        whole = path.read_bytes()
        for _ in range(many):
            path.write_bytes(broken(whole, random))
            encoding = random.choice(("", "", "latin-1", "utf-16")) if path.suffix != ".xlsx" else ""
            try:
                ran(path, ReadAs(random.random() < 0.7, encoding), random.choice(("out.csv", "out.jsonl")))
            except CaseError as refusal:
                assert str(refusal)
