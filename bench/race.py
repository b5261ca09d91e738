"""The race: the shell beside other engines on the same rules and cases, in ratios of one run.

    python bench/race.py [--quick] [--sections latency,throughput,startup,growth] [--write-docs]

Before anything is timed, all engines must give identical outcomes for the same random cases; if one does
not, the race is off. Engines run in turn, round by round; figures are medians, ratios are medians of the
ratios of each round. docs/performance.md says what is compared and why; --write-docs writes the results
into it and draws docs/performance.svg. Needs bench/requirements.lock.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import HERE, apart, command, in_turn, machine, median

SECTIONS = ("latency", "throughput", "startup", "growth")
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


def throughput(quick: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"sizes": {}, "loops": {}}
    sizes = (100_000, 1_000_000) if quick else (100_000, 1_000_000, 10_000_000)
    with tempfile.TemporaryDirectory(prefix="cicatrix-race-") as name:
        for size in sizes:
            say(f"throughput, {size:,} cases")
            apart("make", folder=name, size=size)
            runs, rounds = (3, 2) if size > 1_000_000 else (7, 3)
            taken: dict[str, list[Any]] = {engine: [] for engine in ("copy floor", *TABLES)}
            out = apart("table", engine="population", folder=name, runs=1)["bytes"]
            for _ in range(1 if quick else rounds):
                for engine in taken:
                    taken[engine].append(apart("table", engine=engine, folder=name, runs=runs, out=out))
            found["sizes"][size] = taken
            found["bytes"] = out / size
        for engine, cases in LOOPS.items():
            say(f"throughput, loop of {engine}")
            found["loops"][engine] = apart("loop", engine=engine, cases=cases // 10 if quick else cases)
        say("throughput, Parquet to Parquet")
        found["parquet"] = parquet(Path(name), quick)
    found["plans"] = apart("plans", repeats=5 if quick else 25)
    return found


def parquet(folder: Path, quick: bool) -> dict[str, Any]:
    """The whole command, from a file of text and numbers to a file of results."""
    sizes = [1_000_000] if quick else [1_000_000, 10_000_000]
    if not quick and shutil.disk_usage(folder).free > 20e9:
        sizes.append(30_000_000)
    found: dict[str, Any] = {}
    for size in (1, *sizes):
        apart("make", folder=str(folder), size=size, plain=True)
        words = [sys.executable, str(HERE.parent / "cli.py"), "population", "run"]
        words += [str(folder / "cases.parquet"), "-o", str(folder / "results.parquet")]
        command(words, folder)
        runs = [command(words, folder) for _ in range(5 if size == 1 else 3 if size < 10_000_000 else 2)]
        found[str(size)] = {"seconds": median(s for s, _ in runs), "peak": max(mb for _, mb in runs)}
        found[str(size)]["bytes"] = (folder / "results.parquet").stat().st_size
        (folder / "results.parquet").unlink()
    return found


def startup(quick: bool) -> dict[str, Any]:
    """One command, one case, beside bare imports and the five rules of `startup.py`."""
    from startup import COMMANDS

    words = {name: [sys.executable, "-c", text] for name, text in IMPORTS.items()}
    words |= {"five rules on plain experta": COMMANDS["B bare imports and five rules"]}
    words |= {"whole consultation, JSON": COMMANDS["A consultation"]}
    with tempfile.TemporaryDirectory() as name:
        tasks = {key: lambda line=line: command(line, Path(name)) for key, line in words.items()}
        in_turn(tasks, 2)
        return in_turn(tasks, 5 if quick else 21)


def growth(quick: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in ("sparse", "dense"):
        for size in (40, 400) if quick else (40, 400, 4_000):
            say(f"growth, {size:,} rules, {kind}")
            found[f"{kind} {size}"] = apart("grown", size=size, sparse=kind == "sparse", quick=quick)
    return found


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer cases and rounds; for trying out")
    parser.add_argument("--sections", default=",".join(SECTIONS))
    parser.add_argument("--write-docs", action="store_true")
    parser.add_argument("--results", type=Path, help="keep the results in, or with --redraw take them from")
    parser.add_argument(
        "--redraw", action="store_true", help="print and write earlier results; measures nothing"
    )
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        from workers import WORKERS

        print(json.dumps(WORKERS[given.worker[0]](**json.loads(given.worker[1]))))
        return
    if given.redraw:
        results = json.loads(given.results.read_text())
    else:
        say("comparing outcomes")
        results = {"machine": machine(), "about": apart("about"), "quick": given.quick}
        results["checked"] = apart("check", cases=200 if given.quick else 2_000)
        for section in given.sections.split(","):
            say(section)
            results[section] = globals()[section](given.quick)
            results.setdefault("loads", []).append(os.getloadavg()[0])
        results = json.loads(json.dumps(results))
        if given.results:
            given.results.write_text(json.dumps(results, indent=1) + "\n")
    from tables import draw, report, write

    text = report(results)
    print(text)
    if given.write_docs:
        write(HERE.parent / "docs" / "performance.md", text)
        draw(HERE.parent / "docs" / "performance.svg", results)


if __name__ == "__main__":
    main()
