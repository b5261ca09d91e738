"""Ctrl-C: a run is stopped and leaves nothing, or was whole already; it is never lost on the way."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from threading import main_thread

import pytest
from support.shell import PROGRAM
from support.tables import BASE, NAMES, pl, random_rows

from expert.io.interruption import interruptions_wait, listen
from expert.population import run as running

INTERRUPTED = (130, -signal.SIGINT)  # or ended by it, before there was anything to say


@pytest.fixture
def handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt(*_: object) -> None:
    """Only this thread: other threads of the tests would take it."""
    signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)


@pytest.mark.parametrize("kind", [".parquet", ".csv", ".jsonl"])
def test_an_interruption_waits_and_is_heard_before_anything_is_named(
    tmp_path: Path, handler: None, kind: str
) -> None:
    cases = pl.DataFrame(random_rows(3), schema=dict.fromkeys(NAMES, pl.String))
    cases.write_csv(tmp_path / "cases.csv")
    job = running.Job([str(tmp_path / "cases.csv")], tmp_path / f"out{kind}", tmp_path / "rejects")
    with interruptions_wait():
        with pytest.raises(KeyboardInterrupt):
            running.run(BASE, job, interrupt)
        assert [path.name for path in tmp_path.iterdir()] == ["cases.csv"]


def test_what_comes_after_the_work_is_dropped(handler: None) -> None:
    with interruptions_wait():
        listen()
        interrupt()
        interrupt()
        with pytest.raises(KeyboardInterrupt):
            listen()
    interrupt()
    listen()


def test_what_is_to_be_ignored_stays_so(handler: None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interruptions_wait():
        interrupt()
        listen()


@pytest.mark.long
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("kinds", [("parquet", "parquet"), ("csv", "jsonl"), ("parquet", "csv")])
def test_an_interruption_at_any_moment_stops_the_run_or_comes_too_late(
    tmp_path: Path, kinds: tuple[str, str], times: int
) -> None:
    cases, out = tmp_path / f"cases.{kinds[0]}", tmp_path / "results" / f"out.{kinds[1]}"
    some = pl.DataFrame(random_rows(10_000), schema=dict.fromkeys(NAMES, pl.String))
    table = pl.concat([some] * 10)
    table.write_parquet(cases) if kinds[0] == "parquet" else table.write_csv(cases)
    out.parent.mkdir()
    command = [*PROGRAM, "population", "run", str(cases), "-o", str(out)]
    start = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    took = time.monotonic() - start
    rng = random.Random(f"{kinds}{times}")
    for _ in range(25):
        for path in out.parent.iterdir():
            path.unlink()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(rng.uniform(0, took))
        for _ in range(times):
            child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=60)
        left = sorted(path.name for path in out.parent.iterdir())
        if child.returncode == 0:
            assert len(left) == 3, left
        else:
            assert (child.returncode in INTERRUPTED, left) == (True, []), child.returncode
        assert said.strip() in ("", "Stopped. Nothing was written.")
