"""Workbooks: cells as they are typed, and what could mean several things."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
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


SHEET = "xl/worksheets/sheet1.xml"
# what a sheet says is replaced by something else: a file that no spreadsheet writes, and why it is refused
ODD = {
    "a row twice": ('<row r="3"', '<row r="2"', "a row `2` comes after row 2"),
    "a row too far down": ('<row r="3"', '<row r="1048577"', "a row `1048577` comes after row 2"),
    "a row before the first": ('<row r="3"', '<row r="-1"', "a row `-1` comes"),
    "a cell twice": ('r="B3"', 'r="A3"', "a cell `A3` comes after another of column 1"),
    "cells in disorder": ('r="A3"', 'r="C3"', "a cell `B3` comes after another of column 3"),
    "a cell of another row": ('r="B3"', 'r="B4"', "a cell `B4` stands in row 3"),
    "merged cells": ("</sheetData>", "</sheetData><m:mergeCell xmlns:m='m' ref='A2:A3'/>", "merged cells"),
}  # fmt: skip


def patched(path: Path, old: str, new: str) -> Path:
    with ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    assert old in parts[SHEET].decode()
    parts[SHEET] = parts[SHEET].decode().replace(old, new).encode()
    with ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return path


@pytest.mark.parametrize("name", ODD)
def test_workbooks_of_which_something_would_be_passed_over(tmp_path: Path, name: str) -> None:
    old, new, message = ODD[name]
    path = workbook(tmp_path / "a.xlsx", ["scar_depth", "budget"], ["deep", 1], ["both", 2])
    assert message in why_refused(patched(path, old, new))


def test_formulas_that_gave_nothing(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["scar_depth", "n"], ["deep", '=""'], ['=""', None], [" ", None])
    for cell in ("A3", "B2"):
        patched(path, f'r="{cell}"', f'r="{cell}" t="str"')
    counts, told = ran(path)
    assert counts == (3, 1, 2)
    assert [(row["line"], row["reasons"][0][:19]) for row in told] == [
        (n, "every cell is empty") for n in (3, 4)
    ]
