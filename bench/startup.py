"""Start-up, side by side: whole consultations against bare imports and five rules.

    python bench/startup.py [ROUNDS]

A: `cli.py consult key=value ... --json --no-save`, as a user runs it.
P: the same, with its result printed and its record kept, as by default.
B: a script that imports experta, typer and tabulate, and runs five rules on stock experta.
C: an interpreter that does nothing.

They run in turn, ROUNDS times after two warm-ups; the figures are medians of wall time, and medians of the
ratios A/B and P/B, pair by pair. Aim: A/B at most 1.5.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent

MINIMAL = """
import collections, collections.abc
collections.Mapping = collections.abc.Mapping
import experta, tabulate, typer
from experta import Fact, KnowledgeEngine, Rule

class Step(Fact): pass

class Engine(KnowledgeEngine):
    @Rule(Step(at=1))
    def one(self): self.declare(Step(at=2))
    @Rule(Step(at=2))
    def two(self): self.declare(Step(at=3))
    @Rule(Step(at=3))
    def three(self): self.declare(Step(at=4))
    @Rule(Step(at=4))
    def four(self): self.declare(Step(at=5))
    @Rule(Step(at=5))
    def five(self): print("done")

engine = Engine()
engine.reset()
engine.declare(Step(at=1))
engine.run()
"""

# as by default, compiled modules are kept
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

CONSULT = [
    sys.executable,
    str(ROOT / "cli.py"),
    *("consult", "scar_depth=deep", "active_acne=yes", "scar_count=12"),
]
COMMANDS = {
    "A consultation": [*CONSULT, "--json", "--no-save"],
    "P consultation, printed, recorded": [*CONSULT, "--ledger", "ledger.sqlite"],
    "B bare imports and five rules": [sys.executable, "-c", MINIMAL],
    "C interpreter alone": [sys.executable, "-c", "pass"],
}


def seconds(command: list[str], folder: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT, cwd=folder)
    return time.perf_counter() - start


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds + 2):
            for name, command in COMMANDS.items():
                took = seconds(command, folder)
                if turn >= 2:
                    times[name].append(took)
    for name, taken in times.items():
        print(f"{name:33} {1000 * statistics.median(taken):7.1f} ms  (least {1000 * min(taken):.1f})")
    ours, printed, theirs, *_ = times.values()
    for name, taken, aim in (("A/B", ours, "     (aim: at most 1.5)"), ("P/B", printed, "")):
        ratios = [a / b for a, b in zip(taken, theirs, strict=True)]
        print(f"{name:33} {statistics.median(ratios):7.2f}{aim}")


if __name__ == "__main__":
    main()
