"""Hard use: many processes at once, kill -9, every byte of the file changed.

The figures are printed (`pytest -s`) and kept as properties of the test report. The long forms run with
`pytest -m long`.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support.ledger_make import ALL, behind, copied, small, verified, with_texts
from support.shell import PROGRAM, cicatrix
from support.sizes import MORE, some_or_all

from expert.io.problems import LedgerError
from expert.ledger.store import Ledger
from expert.ledger.trust.verification import verify

Recorder = Callable[[str, object], None]
WORKER = str(Path(__file__).parents[1] / "support" / "ledger_worker.py")
ANSWERS = ("consult", "scar_depth=deep", "active_acne=no", "--brief")

# --- many at once ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("light", "real", "each"),
    [
        (3, 1, 5),
        pytest.param(8, 3, 4, marks=MORE),
        pytest.param(20, 6, 5, marks=pytest.mark.long),
        pytest.param(60, 12, 5, marks=pytest.mark.long),
        pytest.param(200, 24, 10, marks=pytest.mark.long),
    ],
)
def test_many_processes_at_once(
    tmp_path: Path, light: int, real: int, each: int, record_property: Recorder
) -> None:
    """They make the ledger together and append together: nothing is lost, and the chain is one."""
    path, go = tmp_path / "new" / "ledger.sqlite", tmp_path / "go"
    workers = [
        subprocess.Popen(
            [sys.executable, WORKER, str(path), f"w{n}", str(each), str(go)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(light)
    ]
    for worker in workers:
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    start = time.perf_counter()
    go.touch()
    program = [*PROGRAM, *ANSWERS, "--ledger", str(path), "--label"]
    consultations = [
        subprocess.Popen([*program, f"real {n}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for n in range(real)
    ]
    outputs = [process.communicate(timeout=300) for process in [*workers, *consultations]]
    took = time.perf_counter() - start
    assert [error for _, error in outputs if error] == []
    assert {process.returncode for process in [*workers, *consultations]} == {0}
    acknowledged = [id for out, _ in outputs[:light] for id in out.split()]
    acknowledged += [out.splitlines()[-1].split()[1].strip(",") for out, _ in outputs[light:]]
    with Ledger(path) as ledger:
        found, entries = verify(ledger), list(ledger.entries())
    assert found.fault is None and found.entries == light * each + real
    assert sorted(acknowledged) == sorted(entry.id for entry in entries)
    labels = [entry.content["label"] for entry in entries if entry.content]
    wanted = [f"w{n}-{i}" for n in range(light) for i in range(each)] + [f"real {n}" for n in range(real)]
    assert sorted(labels) == sorted(wanted)
    for n in range(light):  # each process's own are in its order
        own = [label for label in labels if label.startswith(f"w{n}-")]
        assert own == [f"w{n}-{i}" for i in range(each)]
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    record_property("processes", light + real)
    print(f"{light} + {real} processes: {len(entries)} records in {took:.1f} s, none lost, one chain")


def test_readers_beside_writers(tmp_path: Path) -> None:
    """Whoever reads while others append sees one whole chain."""
    path = tmp_path / "ledger.sqlite"
    small(path)
    writer = subprocess.Popen([sys.executable, WORKER, str(path), "w"], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    try:
        writer.stdout.readline()
        counts = []
        until = time.monotonic() + 0.6
        while time.monotonic() < until:
            found = verified(path)
            assert found.fault is None
            counts.append(found.entries)
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    assert counts == sorted(counts) and counts[-1] > counts[0]


# --- kill -9 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kills", [6, pytest.param(40, marks=MORE), pytest.param(1000, marks=pytest.mark.long)]
)
def test_kill_at_random_moments(tmp_path: Path, kills: int, record_property: Recorder) -> None:
    """After every kill all that was acknowledged is there, and the file verifies."""
    choose = random.Random(kills)
    acknowledged: list[str] = []
    path, unacknowledged, early = tmp_path / "0.sqlite", 0, 0
    total = 0
    for turn in range(kills):
        if turn % 20 == 0:  # the moments in which a ledger is made count too
            path, acknowledged = tmp_path / f"{turn}.sqlite", []
        worker = subprocess.Popen(
            [sys.executable, WORKER, str(path), f"t{turn}"], stdout=subprocess.PIPE, text=True
        )
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
        time.sleep(choose.choice((0.004, 0.03, 0.1)) * choose.random())
        os.kill(worker.pid, signal.SIGKILL)
        output = worker.communicate()[0]
        assert worker.returncode == -signal.SIGKILL
        new = [line.strip() for line in output.splitlines(keepends=True) if line.endswith("\n")]
        acknowledged += new
        total += len(new)
        early += not new
        if not path.exists() or not path.stat().st_size:
            assert not acknowledged
            continue
        try:
            ledger = Ledger(path, write=bool(turn % 2))  # readers and writers alike must recover it
        except LedgerError as error:
            assert "no ledger" in str(error) and not acknowledged
            continue
        with ledger:
            found = verify(ledger)
            ids = [row[1] for row in ledger.rows()]
        assert found.fault is None
        assert [id for id in ids if id in set(acknowledged)] == acknowledged, f"lost at kill {turn}"
        unacknowledged += len(ids) - len(acknowledged)
        acknowledged = ids
        with behind(path) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert total  # or nothing was tried
    record_property("kills", kills)
    print(
        f"{kills} kills: {total} acknowledged, none lost; {unacknowledged} were on the disk unacknowledged; "
        f"{early} kills came before a first record"
    )


@pytest.mark.parametrize("times", some_or_all(1, 60, more=6))
def test_kill_of_a_consultation(tmp_path: Path, times: int) -> None:
    """The program itself, killed as soon as its record's id is on the screen."""
    path = tmp_path / "ledger.sqlite"
    for n in range(times):
        process = subprocess.Popen(
            [*PROGRAM, *ANSWERS, "--ledger", str(path)], stdout=subprocess.PIPE, env={**os.environ}
        )
        assert process.stdout is not None
        output = b""
        while b"Record " not in output or not output.endswith(b"\n"):
            select.select([process.stdout], [], [], 30)
            part = os.read(process.stdout.fileno(), 65536)
            output += part
            if not part:
                break
        process.kill()
        process.communicate()
        id, head = output.decode().splitlines()[-1].removeprefix("Record ").split(", ")
        found = verified(path)
        assert (found.fault, found.entries, found.head) == (None, n + 1, head)
        with Ledger(path) as ledger:
            assert ledger.entry("last").id == id


# --- every byte of the file --------------------------------------------------------------------


@pytest.mark.parametrize("step", some_or_all(131, 1, more=61))
def test_bytes_of_the_file_itself(tmp_path: Path, step: int, record_property: Recorder) -> None:
    """Whatever byte of the file changes: it is found, or all that is stored reads as before."""
    made = tmp_path / "ledger.sqlite"
    small(made)
    path = copied(made, "copy.sqlite")
    data = path.read_bytes()
    before = stored(path)
    found = unharmed = 0
    for place in range(0, len(data), step):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        try:
            detected = verified(path).fault is not None
        except LedgerError:
            detected = True
        if not detected:
            assert stored(path) == before, place
        found, unharmed = found + detected, unharmed + (not detected)
        for left in tmp_path.glob("copy.sqlite-*"):
            left.unlink()
    assert found > 20 and unharmed > 20
    record_property("bytes tried", found + unharmed)
    print(f"{found + unharmed} of {len(data)} bytes: {found} changes found, {unharmed} in what is not in use")


def stored(path: Path) -> object:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        with_texts(connection)
        rows = connection.execute(ALL).fetchall()
        return rows, connection.execute("SELECT * FROM knowledge").fetchall()


def test_a_truncated_file(tmp_path: Path) -> None:
    made = tmp_path / "ledger.sqlite"
    small(made)
    path = copied(made, "copy.sqlite")
    data = path.read_bytes()
    before, found = stored(path), 0
    for size in range(1, len(data), 1999):
        path.write_bytes(data[:size])
        try:
            detected = verified(path).fault is not None
        except LedgerError:
            detected = True
        assert detected or stored(path) == before, size
        found += detected
        for left in tmp_path.glob("copy.sqlite-*"):
            left.unlink()
    assert found >= 10
    path.write_bytes(data[: len(data) // 2])
    run = cicatrix("audit", "verify", "--json", "--ledger", str(path))
    assert run.code in (1, 4) and "Traceback" not in run.stderr
    assert run.code == 4 or json.loads(run.stdout)["fault"]
