"""Ctrl-C: a run is stopped and leaves nothing, or was whole already; it is never lost on the way."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from threading import main_thread

import pytest
from support.tables import BASE, NAMES, pl, random_rows

from expert.io.interruption import interruptions_wait, listen
from expert.population import run as running


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
