"""Dates in tables: as dates, as times at midnight, and as texts; and days that there are not."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from support.shell import ROOT, cicatrix

pl = pytest.importorskip("polars", reason="the population extra is not installed")
LAW = str(ROOT / "examples" / "benefit")
DECIDED = ["2016-11-30", "2024-02-29", "2022-03-01", "2023-02-29", None, "1.1.2020"]
BORN = ["1986-02-03", "2004-02-29", "2004-02-29", "1990-01-01", "1990-01-01", "1990-01-01"]
AGES = [30, 20, 18]


def run(cases: Path, out: Path) -> str:
    result = cicatrix("population", "run", str(cases), "-o", str(out), "--absent-unknown", "--kb", LAW)
    assert result.code in (0, 1), result.stderr
    return result.stdout


def test_texts(tmp_path: Path) -> None:
    frame = pl.DataFrame({"decided": DECIDED, "born": BORN, "rent": ["570.55"] * 6})
    frame.write_csv(tmp_path / "cases.csv")
    assert "6 read, 4 accepted, 2 rejected" in run(tmp_path / "cases.csv", tmp_path / "out.parquet")
    found = pl.read_parquet(tmp_path / "out.parquet")
    assert found["finding.age"].to_list() == [*AGES, None]
    assert found["decided"].to_list() == [date.fromisoformat(d) if d else None for d in [*DECIDED[:3], None]]
    assert str(found["housing-allowance.cost.low"][0]) == "142.64"
    rejects = (tmp_path / "out.parquet.rejects.jsonl").read_text("utf-8").splitlines()
    reasons = [json.loads(line)["reasons"][0] for line in rejects]
    assert "`2023-02-29` is no date: 2023-02 has 28 days" in reasons[0]
    assert "`1.1.2020` is not a date, written YYYY-MM-DD" in reasons[1]


def test_columns_of_dates_and_times(tmp_path: Path) -> None:
    days = pl.Series("decided", DECIDED[:3]).str.to_date()
    born = pl.Series("born", [*(datetime.fromisoformat(day) for day in BORN[:2]), datetime(2004, 2, 29, 12)])
    pl.DataFrame([days, born]).write_parquet(tmp_path / "cases.parquet")
    assert "3 read, 2 accepted, 1 rejected" in run(tmp_path / "cases.parquet", tmp_path / "out.csv")
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert lines[1].startswith("1,2016-11-30,1986-02-03,")
    # results are cases again
    run(tmp_path / "out.csv", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_text("utf-8").splitlines() == lines


def test_days_that_no_calendar_has(tmp_path: Path) -> None:
    """A time of which Python, or Polars, has no year is no answer, and not one that is not known."""
    far = pl.Series("decided", [0, 2**31 - 1, None]).cast(pl.Int32).cast(pl.Date)
    pl.DataFrame([far, pl.Series("born", BORN[:3])]).write_parquet(tmp_path / "cases.parquet")
    assert "3 read, 2 accepted, 1 rejected" in run(tmp_path / "cases.parquet", tmp_path / "out.parquet")
    rejected = json.loads((tmp_path / "out.parquet.rejects.jsonl").read_text("utf-8"))
    assert (rejected["line"], rejected["cells"]["decided"]) == (2, "2147483647 as Date")
    late = pl.Series("decided", [0, 1]).cast(pl.Datetime("ns"))
    pl.DataFrame([late, pl.Series("born", BORN[:2])]).write_parquet(tmp_path / "cases.parquet")
    assert "2 read, 1 accepted, 1 rejected" in run(tmp_path / "cases.parquet", tmp_path / "out.parquet")
    assert "`1970-01-01 00:00:00 and 1 ns`" in (tmp_path / "out.parquet.rejects.jsonl").read_text("utf-8")


def test_a_workbook(tmp_path: Path) -> None:
    workbook = pytest.importorskip("openpyxl").Workbook()
    workbook.active.append(["decided", "born"])
    for decided, born in zip(DECIDED[:3], BORN, strict=False):
        workbook.active.append([date.fromisoformat(str(decided)), born])
    workbook.save(tmp_path / "cases.xlsx")
    run(tmp_path / "cases.xlsx", tmp_path / "out.parquet")
    assert pl.read_parquet(tmp_path / "out.parquet")["finding.age"].to_list() == AGES


def test_a_summary_and_an_explanation(tmp_path: Path) -> None:
    pl.DataFrame({"decided": DECIDED[:3], "born": BORN[:3]}).write_csv(tmp_path / "cases.csv")
    run(tmp_path / "cases.csv", tmp_path / "out.csv")
    assert "Cases: 3" in cicatrix("population", "summary", str(tmp_path / "out.csv")).stdout
    told = cicatrix("population", "explain", str(tmp_path / "out.csv"), "--row", "3").stdout
    assert "the person is 18 years old" in " ".join(told.split())
