"""Measuring: rounds in turn, medians and ratios, and a process of its own for what is weighed."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = ("experta", "clipspy", "seine-rs", "duckdb", "polars", "narwhals", "pyarrow", "numpy")
# compiled modules are kept, as for an installed program
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def ratio(above: list[float], below: list[float]) -> float:
    """The median of the ratios, round by round."""
    return median(a / b for a, b in zip(above, below, strict=True))


def in_turn(
    tasks: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """The seconds that each task took in each round; every round runs all of them, one after another.

    What runs in this process alone can be timed by `time.process_time`, whatever else the machine does.
    """
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            start = clock()
            task()
            times[name].append(clock() - start)
    return times


def peak_mb() -> float:
    """The most memory that this process has had resident since it started this program, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            # ru_maxrss of a child would count its parent's memory at the fork
            return int(line.split()[1]) / 1024
    return 0.0


def apart(worker: str, **given: Any) -> Any:
    """What a worker of `race.py` answers, in a process of its own."""
    command = [sys.executable, str(HERE / "race.py"), "--worker", worker, json.dumps(given)]
    done = subprocess.run(command, stdout=subprocess.PIPE, env=ENVIRONMENT, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the race is off: {worker} {given} failed")
    return json.loads(done.stdout.splitlines()[-1])


def command(words: list[str], folder: Path) -> tuple[float, float]:
    """The seconds that a command takes, and the most memory (MB) that it has resident."""
    start = time.perf_counter()
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(words, stdout=output, stderr=output, env=ENVIRONMENT, cwd=folder)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{words}: {(folder / 'output').read_text()}")
    return time.perf_counter() - start, used.ru_maxrss / 1024


def machine() -> dict[str, str]:
    """What is measured on."""
    cpu = next(_lines("/proc/cpuinfo", "model name"), platform.processor() or "unknown")
    kilobytes = next(_lines("/proc/meminfo", "MemTotal"), "0 kB").split()[0]
    return {
        "processor": f"{cpu}, {os.cpu_count()} cores",
        "memory": f"{int(kilobytes) / 1024**2:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}, {platform.machine()}",
        "Python": platform.python_version(),
        **{name: _version(name) for name in PACKAGES},
    }


def _lines(path: str, start: str) -> Iterator[str]:
    if Path(path).exists():
        for line in Path(path).read_text().splitlines():
            if line.startswith(start):
                yield line.partition(":")[2].strip()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"
