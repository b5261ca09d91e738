"""Workbooks: cells as they are typed, and what could mean several things."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from support.tables import pl, ran, why_refused, workbook

from expert.population.tables import ReadAs


def test_workbooks(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        [],
        ["scar_depth", "budget", "seen_dermatologist", "when", None, "n"],
        ["deep", 49.99, True, datetime(2020, 1, 1), None, 1.5],
        [],
        ["both", 12.0],
        ["deep", "#N/A"],
        ["deep", "=1+1"],
    ]
    path = workbook(tmp_path / "cases.xlsx", *rows)
    counts, told = ran(path)
    assert counts == (4, 2, 2)
    assert [(row["line"], row["reasons"]) for row in told] == [
        (6, ["cell B6 is the error #N/A"]),
        (7, ["cell B7 is a formula that was never calculated"]),
    ]
    result = pl.read_csv(tmp_path / "out.csv", infer_schema=False)
    wanted = result.select("scar_depth", "budget", "seen_dermatologist", "when", "column 5", "n")
    assert wanted.rows() == [
        ("deep", "49.99", "yes", "2020-01-01", None, "1.5"),
        ("both", "12.00", None, None, None, None),
    ]


def test_workbooks_that_could_mean_several_things(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["scar_depth", "n"], ["deep", 1], [None, 2], merged="A2:A3")
    assert "has merged cells in sheet `Sheet`: A2:A3" in why_refused(path)
    path = workbook(tmp_path / "b.xlsx", ["scar_depth"], ["deep"], more="other")
    assert "has several sheets: Sheet, other" in why_refused(path)
    assert ran(path, ReadAs(True, sheet="Sheet"))[0] == (1, 1, 0)
    assert "has no sheet `None`" in why_refused(path, ReadAs(True, sheet="None"))
    assert "has no header" in why_refused(workbook(tmp_path / "c.xlsx"))
