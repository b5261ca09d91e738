"""Tables of cases in files of every kind, and their results."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.shell import ROOT, cicatrix

from expert.consultation.case import UNKNOWN
from expert.io.problems import CaseError
from expert.knowledge.load import load

pl = pytest.importorskip("polars", reason="the population extra is not installed")
BASE = load(ROOT)
NAMES = list(BASE.knowledge.attributes)
COUNT = 400


def random_rows(count: int, seed: int = 0) -> list[dict[str, str]]:
    """Rows as texts; "" where nothing is said."""
    random = Random(seed)
    rows = []
    for _ in range(count):
        row = {}
        for name, term in BASE.knowledge.attributes.items():
            numbers = (
                ["1", "2", "12", "120", "6000"] if term.type == "count" else ["0", "49.99", "600", "6000.00"]
            )
            values = numbers if term.numeric else list(term.values)
            row[name] = random.choice([*values, *values, "", UNKNOWN])
        rows.append(row)
    return rows


def write_csv(path: Path, rows: list[dict[str, str]], names: list[str] | None = None) -> Path:
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, names or list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def population(*words: str, cwd: Path, code: int = 0) -> str:
    done = cicatrix("population", *words, cwd=cwd)
    assert done.code == code, done.stderr
    return done.stdout if code != 2 else done.stderr


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return random_rows(COUNT)


@pytest.fixture(scope="module")
def folder(rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same cases in three kinds of file, each run to three kinds of output."""
    folder = tmp_path_factory.mktemp("population")
    write_csv(folder / "cases.csv", rows)
    # JSON with numbers as numbers and truths as truths; Parquet with types of its own
    typed = []
    for row in rows:
        cells: dict[str, Any] = {name: cell or None for name, cell in row.items()}
        for name, term in BASE.knowledge.attributes.items():
            if term.type == "yes-no" and cells[name] in ("yes", "no"):
                cells[name] = cells[name] == "yes"
            elif term.numeric and cells[name] not in (None, UNKNOWN):
                cells[name] = float(cells[name]) if "." in cells[name] else int(cells[name])
        typed.append(cells)
    write_jsonl(folder / "cases.jsonl", typed)
    known = [{n: None if c == UNKNOWN else c for n, c in cells.items()} for cells in typed]
    types = {
        n: (pl.Int32 if t.type == "count" else pl.Float64)
        for n, t in BASE.knowledge.attributes.items()
        if t.numeric
    }
    pl.DataFrame(known, schema_overrides=types, infer_schema_length=None).write_parquet(
        folder / "cases.parquet"
    )
    for kind in ("csv", "jsonl", "parquet"):
        population("run", f"cases.{kind}", "-o", f"from-{kind}.parquet", cwd=folder)
        population("run", "cases.csv", "-o", f"to.{kind}", cwd=folder)
    return folder


def ran(path: Path, reading: Any = None, out: str = "out.csv") -> tuple[Any, list[dict[str, Any]]]:
    """What became of a file: its counts, and the rejected rows, each with its place and reasons."""
    from expert.population.run import Job, run
    from expert.population.tables import ReadAs

    rejects = path.parent / "rejects"
    counts = run(BASE, Job([str(path)], path.parent / out, rejects, reading or ReadAs(absent=True)))
    told = [json.loads(line) for line in rejects.read_text("utf-8").splitlines()]
    assert counts.read == counts.accepted + counts.rejected and counts.rejected == len(told)
    assert all(row["line"] >= 1 and row["reasons"] and all(row["reasons"]) for row in told)
    return counts, told


def why_refused(path: Path, reading: Any = None, out: str = "out.csv") -> str:
    with pytest.raises(CaseError) as refusal:
        ran(path, reading, out)
    return str(refusal.value)


def workbook(path: Path, *rows: list[Any], merged: str = "", more: str = "") -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    if more:
        book.create_sheet(more).append(["scar_depth"])
    book.save(path)
    return path
