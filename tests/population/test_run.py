"""Runs over a table: every row, and nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from support.shell import PROGRAM
from support.sizes import LONG, MORE, some_or_all
from support.tables import BASE, NAMES, pl, random_rows

from expert.consultation.case import UNKNOWN, make_case
from expert.consultation.engine import infer
from expert.population import run as running
from expert.population.plain import answers_type


@pytest.mark.parametrize("step", some_or_all(5, 1, more=1))
def test_every_row_is_what_infer_says(folder: Path, rows: list[dict[str, str]], step: int) -> None:
    results = pl.read_parquet(folder / "to.parquet")
    assert len(results) == len(rows)
    for row, cells in [*zip(results.iter_rows(named=True), rows, strict=True)][::step]:
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


@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.long)])
def test_interrupted_runs_leave_nothing_that_looks_whole(tmp_path: Path, how: signal.Signals) -> None:
    whole = pl.DataFrame([dict.fromkeys(NAMES, None)] * 100_000, schema=dict.fromkeys(NAMES, pl.String))
    pl.concat([whole] * 30).write_parquet(tmp_path / "cases.parquet")
    command = [*PROGRAM, "population", "run", "cases.parquet", "-o", "out.parquet"]
    child = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while not list(tmp_path.glob("out.parquet.*.part")):
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(how)
    _, said = child.communicate(timeout=60)
    assert [path.name for path in tmp_path.iterdir()] == ["cases.parquet"]
    if how == signal.SIGINT:
        assert (child.returncode, said.strip()) == (130, "Stopped. Nothing was written.")


INTERRUPTED = (130, -signal.SIGINT)  # or ended by it, before there was anything to say
MOMENTS = [pytest.param(3, marks=MORE), pytest.param(25, marks=LONG)]


@pytest.mark.parametrize("moments", MOMENTS)
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("kinds", [("parquet", "parquet"), ("csv", "jsonl"), ("parquet", "csv")])
def test_an_interruption_at_any_moment_stops_the_run_or_comes_too_late(
    tmp_path: Path, kinds: tuple[str, str], times: int, moments: int
) -> None:
    """Once Python itself has started: until then, an interruption shows where in its own files it was."""
    cases, out = tmp_path / f"cases.{kinds[0]}", tmp_path / "results" / f"out.{kinds[1]}"
    some = pl.DataFrame(random_rows(10_000), schema=dict.fromkeys(NAMES, pl.String))
    table = pl.concat([some] * 10)
    table.write_parquet(cases) if kinds[0] == "parquet" else table.write_csv(cases)
    out.parent.mkdir()
    command = [*PROGRAM, "population", "run", str(cases), "-o", str(out)]
    started = 3 * _seconds([sys.executable, "-c", ""])
    took = _seconds(command)
    rng = Random(f"{kinds}{times}")
    for _ in range(moments):
        for path in out.parent.iterdir():
            path.unlink()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(rng.uniform(started, took))
        for _ in range(times):
            child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=60)
        left = sorted(path.name for path in out.parent.iterdir())
        if child.returncode == 0:
            assert len(left) == 3, left
        else:
            assert (child.returncode in INTERRUPTED, left) == (True, []), child.returncode
        assert said.strip() in ("", "Stopped. Nothing was written.")


def _seconds(command: list[str]) -> float:
    start = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - start


@pytest.mark.long
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Of six times as many rows, a fifth more at most: how many of them are under way at once differs."""
    some = pl.DataFrame(random_rows(50_000), schema=dict.fromkeys(NAMES, pl.String))
    peaks = []
    for many in (20, 120):
        pl.concat([some] * many).write_parquet(tmp_path / "cases.parquet", row_group_size=50_000)
        command = [*PROGRAM, "population", "run", "cases.parquet", "-o", "out.parquet"]
        child = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        assert status == 0
        peaks.append(used.ru_maxrss)
    assert peaks[1] <= 1.2 * peaks[0]


def test_a_plan_is_made_once_for_each_knowledge_base() -> None:
    """And it is that of this very knowledge base, whatever another declares."""
    frame = pl.DataFrame(schema={n: answers_type(t) for n, t in BASE.knowledge.attributes.items()})
    first = running._plan(running._Same(BASE))
    assert running.follower(BASE)(frame).columns[-1].startswith("fired.")
    assert running._plan(running._Same(BASE)) is first
    fewer = BASE._replace(instances=BASE.instances[:-1])
    assert len(running._plan(running._Same(fewer)).shown) < len(first.shown)
