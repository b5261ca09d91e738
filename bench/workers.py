"""What is done in a process of its own: each function answers with plain data."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from cases import Differs, built_in, canonical, random_cases, same
from measure import in_turn, median, peak_mb

FULL, NOT_FIRED = "consultation (full trace)", "the same, with why all other rules did not fire"
SIZES = {  # how many cases a round takes of each engine, so that rounds take about as long
    "decide": 20_000,
    "consultation (full trace)": 200,
    NOT_FIRED: 200,
    "Python by hand": 20_000,
    "clipspy": 2_000,
    "experta by hand": 200,
    "seine-rs": 300,
}


def check(cases: int) -> dict[str, int]:
    """Every engine against every other; on how many cases each was compared."""
    import columnar
    from peers import PEERS, Decide, Seine

    base = built_in()
    given = random_cases(base, cases)
    decide = Decide(base)
    expected = [canonical(base, decide.run(case)) for case in given]
    for name, peer in PEERS.items():
        engine = peer(base)
        inside = getattr(engine, "outcome", lambda found: found)
        for case, outcome in zip(given, expected, strict=True):
            same(base, name, inside(engine.run(case)), outcome, case)
    for case, found, outcome in zip(given, Seine(base).batch(given), expected, strict=True):
        same(base, "seine-rs, all at once", found, outcome, case)
    tables = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        columnar.write_files(columnar.table_of(given, base.knowledge), base.knowledge, folder)
        for name, table in columnar.TABLES.items():
            engine = table(base)
            engine.load(folder)
            engine.run()
            tables[name] = engine.table()
            found = columnar.outcomes(tables[name], base)
            for case, one, outcome in zip(given, found, expected, strict=True):
                same(base, name, one, outcome, case)
    first = tables["population"]
    for name, table in tables.items():
        if not table.select(first.columns).equals(first):
            raise Differs(f"{name}: columns that are no part of an outcome (targets, plan) differ")
    return dict.fromkeys([*PEERS, *tables], cases)


def looping(run: Callable[[Any], Any], cases: list[Any], size: int) -> Callable[[], None]:
    """A task that runs an engine on so many cases, one after another; called again, on the next.

    What was said of a case is kept, so that none may come twice.
    """
    coming = cycle(cases)

    def task() -> None:
        for case in islice(coming, size):
            run(case)

    return task


def latency(rounds: int) -> dict[str, list[float]]:
    """Microseconds of processor time a case, warm, round by round."""
    from peers import PEERS

    base = built_in()
    cases = random_cases(base, max(SIZES.values()), seed=2)
    engines = {name: peer(base) for name, peer in PEERS.items()}
    tasks = {name: looping(engine.run, cases, SIZES[name]) for name, engine in engines.items()}
    run = engines[FULL].run
    others = cases[len(cases) // 2 :]  # the same engine has had the first
    tasks[NOT_FIRED] = looping(lambda case: len(tuple(run(case).not_fired)), others, SIZES[NOT_FIRED])
    in_turn(tasks, 1)
    times = in_turn(tasks, rounds, time.process_time)
    return {name: [s / SIZES[name] * 1e6 for s in taken] for name, taken in times.items()}


def leak(patched: bool, count: int, size: int) -> list[float]:
    """Microseconds a case of a loop that makes Fact objects, block by block."""
    from naive_clips import blocks

    return blocks(patched, count, size)


def make(folder: str, size: int, plain: bool = False) -> dict[str, int]:
    """Write the files of cases."""
    import columnar

    knowledge = built_in().knowledge
    columnar.write_files(columnar.random_table(knowledge, size), knowledge, Path(folder), plain)
    return {"size": size}


def table(engine: str, folder: str, runs: int, out: int = 0) -> dict[str, Any]:
    """Nanoseconds a case of an engine that takes the whole table: the first run, and later ones."""
    import columnar

    base = built_in()
    made = Copying() if engine == "copy floor" else columnar.TABLES[engine](base)
    if isinstance(made, Copying):
        made.out = out
    made.load(Path(folder))
    import polars as pl

    size = pl.scan_ipc(Path(folder) / columnar.CASES).select(pl.len()).collect().item()
    first, *later = in_turn({engine: made.run}, runs + 1)[engine]
    peak = peak_mb()
    found: dict[str, Any] = {
        "first": first / size * 1e9,
        "later": [s / size * 1e9 for s in later],
        "peak": peak,
    }
    if isinstance(made, Copying):
        later = in_turn({"": lambda: made.run(True)}, runs)[""]
        streaming = [s / size * 1e9 for s in later]
        found["later"] = min(found["later"], streaming, key=median)
        found["kind"] = made.floor.kind + (", streaming stores" if found["later"] is streaming else "")
    else:
        result = made.table()
        found["rows"], found["bytes"] = len(result), result.estimated_size()
    return found


class Copying:
    """The copy floor over the same file of cases."""

    out = 0

    def load(self, folder: Path) -> None:
        import columnar
        import numpy as np
        import polars as pl
        import pyarrow as pa
        from floor import Floor

        self.cases = pl.read_ipc(folder / columnar.CASES)
        buffers = []
        for column in self.cases.rechunk().to_arrow().columns:
            for chunk in column.chunks:
                inside = chunk.indices if pa.types.is_dictionary(chunk.type) else chunk
                buffers += [np.frombuffer(b, np.uint8) for b in inside.buffers() if b is not None]
        self.floor = Floor(folder)
        self.floor.load(buffers, self.out, len(self.cases))
        self.run = self.floor.run


def loop(engine: str, cases: int) -> dict[str, Any]:
    """Nanoseconds a case of an engine in a loop, or of seine-rs in batches of a thousand."""
    from peers import PEERS

    base = built_in()
    made = PEERS[engine](base)
    given = random_cases(base, cases, seed=3)
    for case in given[:100]:
        made.run(case)
    start = time.perf_counter()
    if hasattr(made, "batch"):
        for at in range(0, cases, 1_000):
            made.batch(given[at : at + 1_000])
    else:
        for case in given:
            made.run(case)
    took = time.perf_counter() - start
    return {"first": None, "later": [took / cases * 1e9], "peak": peak_mb(), "scaled": cases}


def plans(repeats: int) -> dict[str, float]:
    """Milliseconds in which a plan is made: queries for one table, and the shell's for all of them."""
    import columnar

    base = built_in()
    with tempfile.TemporaryDirectory() as name:
        columnar.write_files(columnar.random_table(base.knowledge, 100), base.knowledge, Path(name))
        through, anew, shell = columnar.ThroughNarwhals(base), columnar.Direct(base), columnar.Shell(base)
        through.load(Path(name))
        anew.load(Path(name))

        def by_hand() -> object:
            anew.kept = None
            return anew.plan()

        ways = {"a query through Narwhals": through.plan, "a query in Polars by hand": by_hand}
        ways |= {"the shell's, once for all tables": shell.plan}
        times = in_turn(ways, repeats)
    return {name: 1e3 * median(taken) for name, taken in times.items()}


def grown(size: int, sparse: bool, quick: bool) -> dict[str, float]:
    """The shell, CLIPS and experta on generated rules: times in ms, after a comparison."""
    import columnar
    from growth import Grown, texts
    from peers import Clips, Consultation, Decide

    from expert.knowledge.checks import warnings
    from expert.knowledge.load import open_files

    files = texts(size, sparse)
    loads = []
    for _ in range(3):
        start = time.process_time()
        base, problems = open_files(files)
        loads.append(time.process_time() - start)
    if problems:
        raise Differs(str(problems[0]))
    found = {"load": 1e3 * median(loads)}
    found["lint"] = 1e3 * median(in_turn({"": lambda: warnings(base)}, 3, time.process_time)[""])
    first = random_cases(base, 1)[0]
    start = time.process_time()
    Consultation(base).run(first)
    found["prepare"] = 1e3 * (time.process_time() - start)
    firsts = in_turn({"": lambda: Decide(base).run(first)}, 3, time.process_time)[""]  # engines anew
    found["compile"] = 1e3 * median(firsts)
    cases = random_cases(base, 250, seed=4)
    start = time.process_time()
    looping(Decide(base).run, cases[:20], 20)()
    found["twenty"] = 1e3 * (time.process_time() - start)
    engines = {"decide": Decide(base), "consultation": Consultation(base), "clipspy": Clips(base)}
    expected = [canonical(base, engines["decide"].run(case)) for case in cases]
    counts = {"decide": 200, "consultation": 50, "clipspy": 50}
    for name, count in counts.items():
        inside = getattr(engines[name], "outcome", lambda found: found)
        for case, outcome in zip(cases[:count], expected, strict=False):
            same(base, name, inside(engines[name].run(case)), outcome, case)

    tasks = {name: looping(engines[name].run, cases, count) for name, count in counts.items()}
    times = in_turn(tasks, 5, time.process_time)
    found |= {name: 1e3 * median(taken) / counts[name] for name, taken in times.items()}
    found["fired"] = sum(len(outcome.fired) for outcome in expected) / len(expected)
    experta, taken = Grown(size, sparse), []
    for case, outcome in list(zip(cases, expected, strict=True))[: 20 if sparse else max(2, 2_000 // size)]:
        start = time.process_time()
        fired = experta.consult(case.answers)
        taken.append(time.process_time() - start)
        if fired != outcome.fired:
            raise Differs(f"experta on {size} rules: {fired ^ outcome.fired}")
    found["experta"] = 1e3 * sum(taken) / len(taken)
    with tempfile.TemporaryDirectory() as name:
        few = columnar.Shell(base)
        columnar.write_files(columnar.table_of(cases, base.knowledge), base.knowledge, Path(name))
        few.load(Path(name))
        few.run()
        for case, one, outcome in zip(cases, columnar.outcomes(few.table(), base), expected, strict=True):
            same(base, "population", one, outcome, case)
        many = 100_000 if quick else 1_000_000
        columnar.write_files(columnar.random_table(base.knowledge, many), base.knowledge, Path(name))
        few.load(Path(name))
        start = time.perf_counter()
        few.run()
        found["population"] = 1e3 * (time.perf_counter() - start)
    found["peak"] = peak_mb()
    return found


def opened(folder: str, size: int, sparse: bool) -> float:
    """Milliseconds in which a fresh process opens a knowledge base; the first keeps it for the next."""
    from growth import texts

    from expert.knowledge.cache import load_cached

    directory = Path(folder)
    if not (directory / "kb").exists():
        for name, text in texts(size, sparse).items():
            (directory / name).parent.mkdir(exist_ok=True)
            (directory / name).write_text(text)
    start = time.process_time()
    load_cached(directory, directory / "cache")
    return 1e3 * (time.process_time() - start)


def recorded(folder: str, cases: int) -> dict[str, Any]:
    """The bytes of records with their whole trace, and what running all of them again takes.

    `once` is running the same consultations one after another and writing each as JSON.
    """
    from expert.consultation.engine import infer
    from expert.io.json import to_json
    from expert.ledger.history.replay import replay_all
    from expert.ledger.recording import Occasion, record
    from expert.ledger.store import Ledger

    base, path = built_in(), Path(folder) / "ledger.sqlite"
    given = random_cases(base, cases, seed=5)
    with Ledger(path, write=True) as ledger:
        ledger.connection.execute("PRAGMA synchronous = OFF")
        for case in given:
            found = infer(base, case)
            record(ledger, base, found, Occasion([*found.answers]))
        texts = [len(row[3] or "") for row in ledger.rows()]
        query = "SELECT length(content) FROM main.entries"
        stored = [size for (size,) in ledger.connection.execute(query)]
        ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        def once() -> None:
            for case in given:
                to_json(infer(base, case))

        def again() -> None:
            if not all(replayed.same for replayed in replay_all(ledger)):
                raise Differs("a record comes out differently")

        times = in_turn({"once": once, "again": again}, 3)
    return {
        "text": sum(texts) / cases,
        "stored": sum(stored) / cases,
        "most": max(stored),
        "file": path.stat().st_size / cases,
        "times": {name: [1e3 * s / cases for s in taken] for name, taken in times.items()},
    }


def diagrams(names: list[str]) -> dict[str, list[str]]:
    """The seconds of processor time of what is said of all cases; ! where an aim is missed."""
    from diagrams import bases, marked, times_of

    with tempfile.TemporaryDirectory() as folder:
        of = {name: base for name, base in bases(Path(folder)).items() if not names or name in names}
        return {
            name: [marked(name, *pair).strip() for pair in enumerate(times_of(name, base))]
            for name, base in of.items()
        }


def about() -> dict[str, Any]:
    """The rule base that is raced, and the load of the machine."""
    base = built_in()
    return {"rules": len(base.rules), "instances": len(base.instances), "load": os.getloadavg()[0]}


WORKERS: dict[str, Callable[..., Any]] = {
    worker.__name__: worker
    for worker in (check, latency, leak, make, table, loop, plans, grown, opened, recorded, diagrams, about)
}
