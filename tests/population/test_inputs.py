"""Files of cases: kinds, mistakes, rows that are no cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.tables import COUNT, NAMES, pl, population, random_rows, write_csv, write_jsonl


def test_kinds_of_input_give_the_same(folder: Path) -> None:
    first, *others = [
        pl.read_parquet(folder / f"from-{kind}.parquet") for kind in ("csv", "jsonl", "parquet")
    ]
    assert len(first) == COUNT
    for other in others:
        assert first.equals(other)


def test_rejected_rows_are_kept_with_reasons(tmp_path: Path) -> None:
    good, bad, worse, odd = random_rows(4)
    bad |= {"scar_depth": "deeep", "scar_count": "0"}
    worse |= {"budget": "1.234", "active_acne": "perhaps"}
    write_csv(tmp_path / "cases.csv", [good, bad, worse, odd])
    with (tmp_path / "cases.csv").open("ab") as stream:
        stream.write(b"deep,yes\n\n" + b"\xff" + b"," * (len(NAMES) - 1) + b"\n")
    said = population("run", "cases.csv", "-o", "out.csv", cwd=tmp_path, code=1)
    assert said.splitlines()[0] == "6 read, 2 accepted, 4 rejected"
    rejects = [json.loads(line) for line in (tmp_path / "out.csv.rejects.jsonl").read_text().splitlines()]
    assert [reject["row"] for reject in rejects] == [2, 3, 5, 6]
    assert rejects[0]["file"] == "cases.csv"
    assert rejects[0]["reasons"] == [
        "unknown value for `scar_depth` `deeep`; did you mean `deep`? allowed: deep, shallow, both, light-only, unknown",  # noqa: E501
        "`0` is out of range for `scar_count`: at least 1",
    ]
    assert rejects[0]["cells"]["scar_depth"] == "deeep"
    assert [reason.split("`")[1] for reason in rejects[1]["reasons"]] == ["active_acne", "1.234"]
    assert rejects[2]["reasons"] == [f"2 cells, and the header has {len(NAMES)}"]
    assert rejects[3]["reasons"] == ["not UTF-8 text"]
    assert pl.read_csv(tmp_path / "out.csv")["row"].to_list() == [1, 4]
    assert "rejects file" in population("explain", "out.csv", "--row", "2", cwd=tmp_path, code=2)
    assert "help" not in population("explain", "out.csv", "--row", "99", cwd=tmp_path, code=2)


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
    assert reasons[2].startswith("no column active_acne")
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
