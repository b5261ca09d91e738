"""The race: the shell beside other engines on the same rules and cases, in ratios of one run.

    python bench/race.py [--quick] [--parts latency,growth] [--again] [--write-docs]

Before anything is timed, all engines must give identical outcomes for the same random cases; if one does
not, the race is off. Engines run in turn, round by round; figures are medians, ratios are medians of the
ratios of each round. docs/performance.md says what is compared and why; --write-docs writes the results
into it and draws docs/performance.svg. Needs bench/requirements.lock. The whole takes about eight minutes.

What a part has measured is kept in --results (build/race.json): a run that was interrupted goes on from
there, and --parts are measured again. It is thrown away as soon as the program, the rules or this folder
are others, with --again, and by a quick run, which keeps nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from measure import HERE, apart, command, in_turn, machine, median

TABLES = ("population", "Polars alone", "Polars at its best", "DuckDB")
LOOPS = {
    "decide": 200_000,
    "Python by hand": 200_000,
    "clipspy": 20_000,
    "seine-rs": 20_000,
    "experta by hand": 2_000,
}
ONE_CASE = ["scar_depth=deep", "active_acne=yes", "scar_count=12"]
IMPORTS = {
    "interpreter alone": "pass",
    "bare imports: experta, typer, tabulate": (
        "import collections, collections.abc as c; collections.Mapping = c.Mapping; "
        "import experta, typer, tabulate"
    ),
    "the same, which at its end looks for no garbage": (
        "import atexit, gc; gc.set_threshold(100_000); atexit.register(gc.freeze); "
        "import collections, collections.abc as c; collections.Mapping = c.Mapping; "
        "import experta, typer, tabulate"
    ),
    "experta": "import collections, collections.abc as c; collections.Mapping = c.Mapping; import experta",
    "clipspy": "import clips",
    "seine-rs": "import seine_rs",
    "DuckDB": "import duckdb",
    "Polars": "import polars",
    "Narwhals": "import narwhals",
    "Polars and Narwhals": "import polars, narwhals",
}


def latency(quick: bool) -> dict[str, Any]:
    count, size = (3, 100) if quick else (6, 150)
    return {
        "times": apart("latency", rounds=3 if quick else 9),
        "leak": {name: apart("leak", patched=name == "patched", count=count, size=size) for name in LEAKS},
    }


LEAKS = ("as it is", "patched")


def tables(quick: bool) -> dict[str, Any]:
    """Engines that take a whole table, by the number of cases."""
    found: dict[str, Any] = {"sizes": {}}
    sizes = (100_000, 1_000_000) if quick else (100_000, 1_000_000, 10_000_000)
    with tempfile.TemporaryDirectory(prefix="cicatrix-race-") as name:
        for size in sizes:
            say(f"tables, {size:,} cases")
            apart("make", folder=name, size=size)
            runs = 3 if size > 1_000_000 else 9
            taken: dict[str, list[Any]] = {engine: [] for engine in ("copy floor", *TABLES)}
            out = apart("table", engine="population", folder=name, runs=1)["bytes"]
            for _ in range(1 if quick else 3):
                for engine in taken:
                    taken[engine].append(apart("table", engine=engine, folder=name, runs=runs, out=out))
            found["sizes"][size] = taken
            found["bytes"] = out / size
    found["plans"] = apart("plans", repeats=5 if quick else 25)
    return found


def loops(quick: bool) -> dict[str, Any]:
    """Engines that take one case after another."""
    return {
        engine: apart("loop", engine=engine, cases=cases // 10 if quick else cases)
        for engine, cases in LOOPS.items()
    }


# a fresh process that does with bare Polars what no program can leave: it reads the cases, and writes results
BARE = """
import sys
import polars as pl
cases, results, out = sys.argv[1:]
pl.scan_parquet(cases).select(pl.all().null_count()).collect(engine="streaming")
pl.scan_parquet(results).sink_parquet(out, compression="lz4", statistics=False)
"""


def parquet(quick: bool) -> dict[str, Any]:
    """The whole command, from a file of text and numbers to a file of results; and bare Polars beside it."""
    with tempfile.TemporaryDirectory(prefix="cicatrix-race-") as name:
        folder = Path(name)
        sizes = [1, 1_000_000] if quick else [1, 1_000_000, 10_000_000]
        if not quick and shutil.disk_usage(folder).free > 20e9:
            sizes.append(30_000_000)
        return {str(size): _parquet(folder, size) for size in sizes}


def _parquet(folder: Path, size: int) -> dict[str, Any]:
    say(f"Parquet to Parquet, {size:,} cases")
    apart("make", folder=str(folder), size=size, plain=True)
    cases, results, copy = (str(folder / name) for name in ("cases.parquet", "results.parquet", "c.parquet"))
    words = {
        "population run": [
            sys.executable,
            str(HERE.parent / "cli.py"),
            "population",
            "run",
            cases,
            "-o",
            results,
        ],
        "bare Polars": [sys.executable, "-c", BARE, cases, results, copy],
    }
    command(words["population run"], folder)
    taken: dict[str, list[Any]] = {name: [] for name in words}
    for _ in range(5 if size == 1 else 3 if size < 10_000_000 else 2):
        for name, line in words.items():
            taken[name].append(command(line, folder))
    found: dict[str, Any] = {"bytes": Path(results).stat().st_size}
    for name, runs in taken.items():
        found[name] = {"seconds": [seconds for seconds, _ in runs], "peak": max(mb for _, mb in runs)}
    return found


def records(quick: bool) -> dict[str, Any]:
    """What the record of a consultation takes, and running all of a ledger again."""
    with tempfile.TemporaryDirectory(prefix="cicatrix-race-") as name:
        found: dict[str, Any] = apart("recorded", folder=name, cases=100 if quick else 1_000)
        return found


def startup(quick: bool) -> dict[str, Any]:
    """One command, one case, beside bare imports and the five rules of `startup.py`."""
    from startup import COMMANDS

    words = {name: [sys.executable, "-c", text] for name, text in IMPORTS.items()}
    words |= {"five rules on plain experta": COMMANDS["B bare imports and five rules"]}
    words |= {"whole consultation, JSON": COMMANDS["A consultation"]}
    words |= {"whole consultation, printed and recorded": COMMANDS["P consultation, printed, recorded"]}
    with tempfile.TemporaryDirectory() as name:
        tasks = {key: partial(command, line, Path(name)) for key, line in words.items()}
        in_turn(tasks, 2)
        return in_turn(tasks, 5 if quick else 21)


def growth(quick: bool) -> dict[str, Any]:
    """The same engines on ten and a hundred times as many rules."""
    found: dict[str, Any] = {}
    for kind in ("sparse", "dense"):
        for size in (40, 400) if quick else (40, 400, 4_000):
            say(f"growth, {size:,} rules, {kind}")
            found[f"{kind} {size}"] = apart("grown", size=size, sparse=kind == "sparse", quick=quick)
            with tempfile.TemporaryDirectory() as name:
                opened = [apart("opened", folder=name, size=size, sparse=kind == "sparse") for _ in range(4)]
            found[f"{kind} {size}"]["again"] = median(opened[1:])
    return found


def all_cases(quick: bool) -> dict[str, list[str]]:
    """What is said of all cases: see diagrams.py."""
    found: dict[str, list[str]] = apart("diagrams", names=["built-in", "heating"] if quick else [])
    return found


def check(quick: bool) -> dict[str, int]:
    """All engines against each other, before anything is timed."""
    found: dict[str, int] = apart("check", cases=200 if quick else 2_000)
    return found


PARTS = {
    part.__name__: part
    for part in (check, latency, records, startup, tables, loops, parquet, growth, all_cases)
}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def sources() -> str:
    """A digest of all that is measured, and of what measures it."""
    digest = hashlib.sha256()
    for folder in ("expert", "rules", "kb", "bench"):
        for path in sorted((HERE.parent / folder).rglob("*")):
            if path.suffix in (".py", ".yaml"):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def measured(given: argparse.Namespace) -> dict[str, Any]:
    """The results of every part that was asked for, and of those that were measured before."""
    kept: Path = given.results
    made = sources()
    results: dict[str, Any] = {}
    if kept.exists() and not given.again and not given.quick:
        results = json.loads(kept.read_text())
    if results.get("sources") != made:
        results = {"sources": made, "machine": machine(), "about": apart("about"), "quick": given.quick}
    wanted = given.parts.split(",") if given.parts else []
    for name in dict.fromkeys(["check", *(wanted or PARTS)]):
        if name in results and name not in wanted:
            continue
        say(name)
        start = time.perf_counter()
        found = PARTS[name](given.quick)
        took = {"load": os.getloadavg()[0], "seconds": time.perf_counter() - start}
        results |= {name: found, "taken": {**results.get("taken", {}), name: took}}
        results = json.loads(json.dumps(results))
        if not given.quick:
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(json.dumps(results, indent=1) + "\n")
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer cases and rounds; for trying out")
    parser.add_argument("--parts", default="", help=f"these alone, anew: {', '.join(PARTS)}")
    parser.add_argument("--again", action="store_true", help="every part anew")
    parser.add_argument("--write-docs", action="store_true")
    parser.add_argument("--results", type=Path, default=HERE.parent / "build" / "race.json")
    parser.add_argument("--redraw", action="store_true", help="write kept results again; measures nothing")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        from workers import WORKERS

        print(json.dumps(WORKERS[given.worker[0]](**json.loads(given.worker[1]))))
        return
    results = json.loads(given.results.read_text()) if given.redraw else measured(given)
    from tables import draw, report, write

    text = report(results)
    print(text)
    if given.write_docs:
        write(HERE.parent / "docs" / "performance.md", text)
        draw(HERE.parent / "docs" / "performance.svg", results)


if __name__ == "__main__":
    main()
