"""Results: kinds of file, what they say, changes noticed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from support.shell import cicatrix
from support.tables import COUNT, pl, population, write_csv
from support.text import joined

from expert.consultation.case import UNKNOWN, parse_pairs
from expert.consultation.engine import infer
from expert.knowledge.load import load
from expert.population.results import explained, open_results

NAMES = Path(__file__).parents[1] / "data" / "exact" / "names"


def test_kinds_of_output_say_the_same(folder: Path) -> None:
    parquet = pl.read_parquet(folder / "to.parquet")
    table = list(csv.DictReader((folder / "to.csv").open(newline="")))
    lines = [json.loads(line) for line in (folder / "to.jsonl").read_text().splitlines()]
    assert [
        {n: "" if v is None else str(v).lower() if isinstance(v, bool) else str(v) for n, v in line.items()}
        for line in lines
    ] == table
    for row, line in zip(parquet.iter_rows(named=True), lines, strict=True):
        fired = [
            name.removeprefix("fired.") for name, value in row.items() if name.startswith("fired.") and value
        ]
        assert line["fired"].split() == fired
        for name, value in row.items():
            if not name.startswith("fired."):
                shown = value if value is None or isinstance(value, (str, int)) else str(value)
                assert line[name] == shown, name


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("row", [57, *(pytest.param(n, marks=pytest.mark.long) for n in (1, COUNT))])
def test_explain_is_what_consult_says(folder: Path, rows: list[dict[str, str]], kind: str, row: int) -> None:
    said = [f"{name}={cell}" for name, cell in rows[row - 1].items() if cell not in ("", UNKNOWN)]
    consulted = cicatrix("consult", "--no-save", *said).stdout
    again = f"More: population explain to.{kind} --row {row} --full\n"
    explained = population("explain", f"to.{kind}", "--row", str(row), cwd=folder)
    assert explained == consulted.replace("More: consult --full\n", again)
    as_json = cicatrix("consult", "--no-save", "--json", *said).stdout
    assert population("explain", f"to.{kind}", "--row", str(row), "--json", cwd=folder) == as_json


def test_a_changed_result_is_noticed(folder: Path, tmp_path: Path) -> None:
    for name in ("to.csv", "to.csv.legend.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    text = (tmp_path / "to.csv").read_text()
    (tmp_path / "to.csv").write_text(text.replace("preferred", "option"))
    row = next(
        r for r in csv.DictReader((folder / "to.csv").open()) if r["punch-technique.verdict"] == "preferred"
    )
    said = population("explain", "to.csv", "--row", row["row"], cwd=tmp_path, code=2)
    assert "does not say what its knowledge says: punch-technique.verdict" in joined(said)
    legend = json.loads((tmp_path / "to.csv.legend.json").read_text())
    legend["files"]["kb/claims.yaml"] += "\n# changed\n"
    (tmp_path / "to.csv.legend.json").write_text(json.dumps(legend))
    assert "was changed" in cicatrix("population", "explain", "to.csv", "--row", "1", cwd=tmp_path).stderr
    (tmp_path / "to.csv.legend.json").unlink()
    assert "legend" in population("explain", "to.csv", "--row", "1", cwd=tmp_path, code=2)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_names_that_columns_begin_with(tmp_path: Path, kind: str) -> None:
    """Options called `finding`, `plan`, `fired`; a finding `cost` beside costs, a step called `verdict`."""
    base = load(NAMES)
    rows = [{"nil": "nil", "verdict": "yes", "wait": "10"}, {"nil": "nil"}, {"nil": "t", "verdict": "no"}]
    write_csv(tmp_path / "in.csv", rows, ["nil", "verdict", "wait"])
    population("run", "in.csv", "-o", f"out.{kind}", "--kb", str(NAMES), cwd=tmp_path)
    results = open_results(tmp_path / f"out.{kind}")
    for number, row in enumerate(rows, 1):
        case, found = explained(results, number)  # which compares the row
        assert found == infer(results.base, case)
        assert case == parse_pairs([f"{name}={cell}" for name, cell in row.items()], base.knowledge)
    cells = results.frame.collect().row(0, named=True)
    assert (cells["option.finding.verdict"], cells["option.plan.verdict"]) == ("uncertain", "option")
    assert str(cells["plan.verdict"]).lower() == str(cells["finding.cost.low"]).lower() == "true"
    summary = json.loads(population("summary", f"out.{kind}", "--json", cwd=tmp_path))
    assert {cost["option"] for cost in summary["costs"]} == set(base.knowledge.options)


CHANGES = {
    "csv": {
        ",preferred,": (",preferrd,", "no output has what is in its columns punch-technique.verdict"),
        "\n2,": ("\ntwo,", "in its columns row"),
        "\n1,": ("\n0,1,", ""),
        ",deep,": (",dep,", "in its columns scar_depth"),
        "punch-technique.timing": ("timing", "no column `punch-technique.timing`"),
        "row,": ("row,row,", ""),
        ",no": ("\xff,no", "cannot be read: invalid utf-8"),
    },
    "jsonl": {
        '"deep"': ('["deep"]', ""),
        '{"row":1,': ("{", ""),
        '"row":1,': ('"row":1,}', "cannot be read"),
    },
}


@pytest.mark.parametrize("kind", CHANGES)
def test_what_no_output_has_is_refused(folder: Path, tmp_path: Path, kind: str) -> None:
    out = f"to.{kind}"
    text = (folder / out).read_text()
    (tmp_path / f"{out}.legend.json").write_bytes((folder / f"{out}.legend.json").read_bytes())
    for old, (new, message) in CHANGES[kind].items():
        assert old in text
        (tmp_path / out).write_text(text.replace(old, new, 1), "latin-1")
        assert message in joined(population("summary", out, cwd=tmp_path, code=2))
        assert cicatrix("population", "explain", out, "--row", "1", cwd=tmp_path).code in (0, 2)
    lines = text.splitlines(keepends=True)
    (tmp_path / out).write_text("".join([*lines, lines[-1]]))
    said = joined(population("summary", out, cwd=tmp_path, code=2))
    assert f"it has {COUNT + 1} rows, and its legend says {COUNT}" in said
    said = joined(population("explain", out, "--row", str(COUNT), cwd=tmp_path, code=2))
    assert f"it has row {COUNT} 2 times" in said


def test_broken_outputs_are_told_of(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "to.parquet.legend.json").write_bytes((folder / "to.parquet.legend.json").read_bytes())
    data = (folder / "to.parquet").read_bytes()
    for place in (4, 40, 400, len(data) - 40):
        (tmp_path / "to.parquet").write_bytes(data[:place] + b"\xff" * 30 + data[place + 30 :])
        for words in (["summary", "to.parquet"], ["explain", "to.parquet", "--row", "1"]):
            done = cicatrix("population", *words, cwd=tmp_path)
            assert done.code == 2 and done.stderr.startswith("error: `to.parquet` "), done.stderr
