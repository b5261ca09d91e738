"""`population`: what it refuses and needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.shell import ROOT
from support.tables import NAMES, population, write_csv
from support.text import joined

MISTAKES = {
    "none.csv -o out.csv": "`none.csv` cannot be read: No such file",
    "no-*.csv -o out.csv": "no file matches `no-*.csv`",
    "cases.txt -o out.csv": "kinds: .csv, .tsv, .jsonl, .ndjson, .json, .parquet, .xlsx",
    "broken.parquet -o out.csv": "`broken.parquet` cannot be read",
    "twice.csv -o out.csv": "has two columns `scar_depth`",
    "empty.csv -o out.csv": "has no header",
    "row.csv -o out.csv": "column `row` cannot be kept",
    "cases.csv -o out.xls": "kinds: .parquet, .csv, .jsonl",
    "cases.csv -o no/out.csv": "there is no such directory",
    "cases.csv -o cases.csv": "`cases.csv` is read or written already",
    "cases.csv -o out.csv --rejects out.csv": "`out.csv` is read or written already",
    "cases.csv -o out.csv --engine duck": "unknown engine `duck`",
    "open.csv -o out.csv": "line 1: a quote opens here, and none closes it",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes(tmp_path: Path, rows: list[dict[str, str]], line: str) -> None:
    write_csv(tmp_path / "cases.csv", rows[:2])
    (tmp_path / "cases.txt").write_text("x")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 but not really")
    (tmp_path / "twice.csv").write_text("scar_depth,scar_depth\n")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "row.csv").write_text("row,scar_depth\n1,deep\n")
    (tmp_path / "open.csv").write_text(",".join(NAMES) + ',"more\ndeep')
    before = sorted(path.name for path in tmp_path.iterdir())
    assert MISTAKES[line] in joined(population("run", *line.split(), cwd=tmp_path, code=2))
    assert sorted(path.name for path in tmp_path.iterdir()) == before  # nothing half-written


def test_consult_imports_nothing_of_it() -> None:
    command = [
        sys.executable,
        "-X",
        "importtime",
        str(ROOT / "cli.py"),
        "consult",
        "--no-save",
        "scar_depth=deep",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ})
    imported = {
        line.split("|")[2].strip().split(".")[0] for line in done.stderr.splitlines() if line.count("|") == 2
    }
    assert "experta" in imported
    assert imported & {"polars", "narwhals", "matplotlib", "pyspark", "numpy", "pyarrow"} == set()
