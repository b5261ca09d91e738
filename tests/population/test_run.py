"""`population`, as a user runs it: files in, results, rejects and explanations out."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.shell import PROGRAM, ROOT, cicatrix

from expert.consultation.case import UNKNOWN, Case, make_case, spell_answers
from expert.consultation.engine import infer
from expert.consultation.relevance import Reach
from expert.knowledge.load import load
from expert.language.policy import NOW, VERDICTS

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


def test_kinds_of_input_give_the_same(folder: Path) -> None:
    first, *others = [
        pl.read_parquet(folder / f"from-{kind}.parquet") for kind in ("csv", "jsonl", "parquet")
    ]
    assert len(first) == COUNT
    for other in others:
        assert first.equals(other)


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
@pytest.mark.parametrize("row", [1, 57, COUNT])
def test_explain_is_what_consult_says(folder: Path, rows: list[dict[str, str]], kind: str, row: int) -> None:
    said = [f"{name}={cell}" for name, cell in rows[row - 1].items() if cell not in ("", UNKNOWN)]
    consulted = cicatrix("consult", "--no-save", *said).stdout
    assert population("explain", f"to.{kind}", "--row", str(row), cwd=folder) == consulted
    as_json = cicatrix("consult", "--no-save", "--json", *said).stdout
    assert population("explain", f"to.{kind}", "--row", str(row), "--json", cwd=folder) == as_json


def test_every_row_is_what_infer_says(folder: Path, rows: list[dict[str, str]]) -> None:
    results = pl.read_parquet(folder / "to.parquet")
    for row, cells in zip(results.iter_rows(named=True), rows, strict=True):
        answers = {
            n: BASE.knowledge.attributes[n].parse(c) for n, c in cells.items() if c not in ("", UNKNOWN)
        }
        found = infer(BASE, make_case(answers, BASE.knowledge))
        for r in found.recommendations:
            assert row[f"{r.option}.verdict"] == r.verdict
            assert row[f"{r.option}.timing"] == r.timing
            targets = {
                n.split(".")[2]: v for n, v in row.items() if n.startswith(f"{r.option}.verdict.") and v
            }
            assert targets == r.targets
            assert {
                n.split(".")[2] for n, v in row.items() if n.startswith(f"{r.option}.flag.") and v
            } == set(r.flags)
            low, high = (row.get(f"{r.option}.cost.{side}") for side in ("low", "high"))
            assert (
                ((low, high) == (None, None)) if r.cost is None else (low, high) == (r.cost.low, r.cost.high)
            )
        assert [s.step for s in found.plan] == [n[5:] for n, v in row.items() if n.startswith("plan.") and v]


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
        "unknown value for `scar_depth` `deeep`; did you mean `deep`? allowed: deep, shallow, both, unknown",
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


MISTAKES = {
    "none.csv -o out.csv": "`none.csv` cannot be read: No such file",
    "no-*.csv -o out.csv": "no file matches `no-*.csv`",
    "cases.txt -o out.csv": "kinds: .csv, .jsonl, .ndjson, .parquet",
    "broken.parquet -o out.csv": "`broken.parquet` cannot be read",
    "twice.csv -o out.csv": "has two columns `scar_depth`",
    "empty.csv -o out.csv": "has no header",
    "row.csv -o out.csv": "column `row` cannot be kept",
    "cases.csv -o out.xls": "kinds: .parquet, .csv, .jsonl",
    "cases.csv -o no/out.csv": "there is no such directory",
    "cases.csv -o cases.csv": "`cases.csv` is read or written already",
    "cases.csv -o out.csv --rejects out.csv": "`out.csv` is read or written already",
    "cases.csv -o out.csv --engine duck": "unknown engine `duck`",
    "open.csv -o out.csv": "unexpected end of data",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes(tmp_path: Path, rows: list[dict[str, str]], line: str) -> None:
    write_csv(tmp_path / "cases.csv", rows[:2])
    (tmp_path / "cases.txt").write_text("x")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 but not really")
    (tmp_path / "twice.csv").write_text("scar_depth,scar_depth\n")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "row.csv").write_text("row,scar_depth\n1,deep\n")
    (tmp_path / "open.csv").write_text(",".join(NAMES) + '\n"deep')
    before = sorted(path.name for path in tmp_path.iterdir())
    assert MISTAKES[line] in population("run", *line.split(), cwd=tmp_path, code=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == before  # nothing half-written


def test_no_rows_at_all(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text(",".join(NAMES) + "\n")
    assert population("run", "cases.csv", "-o", "out.parquet", cwd=tmp_path).startswith("0 read")
    assert population("summary", "out.parquet", cwd=tmp_path).startswith("Cases: 0")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_runs_leave_nothing_that_looks_whole(tmp_path: Path, how: signal.Signals) -> None:
    whole = pl.DataFrame([dict.fromkeys(NAMES, None)] * 100_000, schema=dict.fromkeys(NAMES, pl.String))
    pl.concat([whole] * 60).write_parquet(tmp_path / "cases.parquet")
    command = [*PROGRAM, "population", "run", "cases.parquet", "-o", "out.parquet"]
    child = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while not list(tmp_path.glob("out.parquet.*.part")):
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(how)
    _, said = child.communicate(timeout=60)
    left = {path.name for path in tmp_path.iterdir()} - {"cases.parquet"}
    if how == signal.SIGINT:
        assert (child.returncode, said.strip()) == (130, "Stopped. Nothing was written.")
        assert left == set()
    else:
        assert all(name.endswith(".part") for name in left)


def test_a_changed_result_is_noticed(folder: Path, tmp_path: Path) -> None:
    for name in ("to.csv", "to.csv.legend.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    text = (tmp_path / "to.csv").read_text()
    (tmp_path / "to.csv").write_text(text.replace("preferred", "option"))
    row = next(
        r for r in csv.DictReader((folder / "to.csv").open()) if r["punch-technique.verdict"] == "preferred"
    )
    said = population("explain", "to.csv", "--row", row["row"], cwd=tmp_path, code=2)
    assert "does not say what its knowledge says: punch-technique.verdict" in said
    legend = json.loads((tmp_path / "to.csv.legend.json").read_text())
    legend["files"]["kb/claims.yaml"] += "\n# changed\n"
    (tmp_path / "to.csv.legend.json").write_text(json.dumps(legend))
    assert "was changed" in cicatrix("population", "explain", "to.csv", "--row", "1", cwd=tmp_path).stderr
    (tmp_path / "to.csv.legend.json").unlink()
    assert "legend" in population("explain", "to.csv", "--row", "1", cwd=tmp_path, code=2)


def settled(case: Case, reach: Reach) -> bool:
    return all(len(reach.verdicts(option, case)) == 1 for option in BASE.knowledge.options)


def test_summary_counts_what_is_there(folder: Path, rows: list[dict[str, str]]) -> None:
    """Verdicts counted by hand, and open cases by looking at every completion (see reach)."""
    found = json.loads(population("summary", "to.parquet", "--json", cwd=folder))
    results = pl.read_parquet(folder / "to.parquet")
    counted = {(s["name"], s["value"]): s["cases"] for s in found["verdicts"]}
    for option in BASE.knowledge.options:
        for verdict in VERDICTS:
            count = int((results[f"{option}.verdict"].cast(pl.String) == verdict).sum())
            assert counted.get((option, verdict), 0) == count
    assert {s["cases"] for s in found["timings"] if s["value"] == NOW} <= set(range(COUNT + 1))
    reach = Reach(BASE)
    attributes = BASE.knowledge.attributes
    open_cases, settles = 0, dict.fromkeys(NAMES, 0)
    for row in rows:
        answers = {n: attributes[n].parse(c) for n, c in row.items() if c not in ("", UNKNOWN)}
        case = make_case(dict(answers), BASE.knowledge)
        if settled(case, reach):
            continue
        open_cases += 1
        for name in set(NAMES) - set(answers):
            tries = [case.with_answers({name: v}, BASE.knowledge) for v in reach.candidates(name, case)]
            settles[name] += all(settled(tried, reach) for tried in tries)
    assert found["open_cases"] == open_cases > 0
    assert {q["attribute"]: q["settles"] for q in found["questions"]} == settles
    assert {q["attribute"]: q["unknown"] for q in found["questions"]} == {
        name: sum(row[name] in ("", UNKNOWN) for row in rows) for name in NAMES
    }
    cost = next(c for c in found["costs"] if c["option"] == "punch-technique" and c["side"] == "low")
    amounts = sorted(a for a in results["punch-technique.cost.low"].to_list() if a is not None)
    assert (cost["cases"], float(cost["total"])) == (len(amounts), float(sum(amounts)))
    assert [float(q) for q in cost["quarters"]] == [
        float(amounts[(len(amounts) - 1) * n // 4]) for n in range(5)
    ]


def test_summary_is_the_same_for_every_kind_of_file(folder: Path) -> None:
    texts = {population("summary", f"to.{kind}", cwd=folder) for kind in ("csv", "jsonl", "parquet")}
    assert len(texts) == 1


def test_plots(folder: Path) -> None:
    pytest.importorskip("matplotlib")
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        population("summary", "to.parquet", "--plot", f"plot.{kind}", cwd=folder)
        first = (folder / f"plot.{kind}").read_bytes()
        assert first.startswith(start)
        population("summary", "to.parquet", "--plot", f"plot.{kind}", cwd=folder)
        assert (folder / f"plot.{kind}").read_bytes() == first
    assert (
        "Punch technique" in (folder / "plot.svg").read_text() or "<path" in (folder / "plot.svg").read_text()
    )


def edited(tmp_path: Path, old: str, new: str) -> Path:
    """A copy of the built-in knowledge with an edit."""
    for name in (*BASE.knowledge.files,):
        path = tmp_path / "edited" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = BASE.knowledge.files[name]
        path.write_text(text.replace(old, new) if name.startswith("rules/") else text)
    return tmp_path / "edited"


def test_diff_names_whom_an_edit_touches(folder: Path, tmp_path: Path) -> None:
    cases = str(folder / "cases.csv")
    new = edited(tmp_path, "strength: strong", "strength: plain")
    found = json.loads(
        population("diff", "--kb", "now", "--kb", str(new), cases, "--json", cwd=tmp_path, code=1)
    )
    preferred = pl.read_parquet(folder / "to.parquet").filter(
        pl.col("punch-technique.verdict") == "preferred"
    )
    (moved,) = found["moved"]
    assert (moved["option"], moved["what"], moved["before"], moved["after"]) == (
        "punch-technique", "verdict", "preferred", "option",
    )  # fmt: skip
    assert moved["cases"] == found["touched"] == len(preferred)
    assert moved["rows"] == preferred["row"].to_list()[:3]
    assert [(r["rule"], r["claims"], r["edited"]) for r in moved["responsible"]] == [
        ("punch-is-most-often-recommended", ["p9s1"], True)
    ]
    text = population("diff", "--kb", "now", "--kb", str(new), cases, cwd=tmp_path, code=1)
    assert "preferred -> option" in text and "p9s1" in text
    same = population("diff", "--kb", "now", "--kb", "now", cases, cwd=tmp_path)
    assert "of which 0 (0.0%)" in same
    assert "twice" in population("diff", "--kb", "now", cases, cwd=tmp_path, code=2)


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


def test_without_the_library(tmp_path: Path) -> None:
    (tmp_path / "polars.py").write_text("raise ImportError('no', name='polars')")
    write_csv(tmp_path / "cases.csv", random_rows(1))
    done = cicatrix("population", "run", "cases.csv", "-o", "out.csv", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.code == 5
    assert "needs polars" in done.stderr and "cicatrix[population]" in done.stderr
    assert spell_answers(Case({}), BASE.knowledge) == []
