"""What the ledger costs: appending beside not appending, and reading long ledgers.

    python bench/ledger.py [--rounds N] [--sizes 1000,10000,100000] [--folder DIR]

Appending: the whole command `cli.py consult key=value ... --json`, with its record appended (one
transaction, synced to the disk) and with --no-save, in turn, N times after two warm-ups. The figures
are medians of wall time, their ratio, and the median of the differences pair by pair.

Reading: ledgers of real consultations (twelve cases in rotation, each record with a salt and a label
of its own, hashed and chained as any other), and on each the whole commands, start-up included, output
to a file; best of three. A record is some 35 kB, so 100,000 of them are 3.4 GB in DIR; they are read
from the system's cache if it holds them. Growth is the time per record in the largest ledger against
that in the one before, start-up (the same command on a ledger of one record) taken off both: 1.0 is
linear.
"""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from expert.consultation.case import parse_pairs  # noqa: E402
from expert.consultation.engine import infer  # noqa: E402
from expert.io.json import digest  # noqa: E402
from expert.knowledge.load import load  # noqa: E402
from expert.ledger.recording import Occasion, record  # noqa: E402
from expert.ledger.store import Ledger  # noqa: E402
from expert.ledger.trust.verification import verify  # noqa: E402

PROGRAM = [sys.executable, str(ROOT / "cli.py")]
ANSWERS = ("scar_depth=deep", "active_acne=yes", "scar_count=12")
READING = {
    "audit list": ("list",),
    "audit list --json": ("list", "--json"),
    "audit list --verdict (some fit)": ("list", "--option", "dermabrasion", "--verdict", "option"),
    "audit list --rule (a third fits)": ("list", "--rule", "shallow-scars-present"),
    "audit list --rule (none fits)": ("list", "--rule", "no-such-rule"),
    "audit list --since (none fits)": ("list", "--since", "2999-01-01"),
    "audit show last": ("show", "last"),
    "audit verify": ("verify",),
}


def seconds(words: list[str], environment: dict[str, str], output: Path) -> float:
    with output.open("w") as stream:
        start = time.perf_counter()
        subprocess.run([*PROGRAM, *words], check=True, stdout=stream, env=environment)
        return time.perf_counter() - start


def appending(rounds: int, folder: Path, environment: dict[str, str]) -> None:
    commands: dict[str, list[str]] = {"saved": [], "not saved": ["--no-save"]}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds + 2):
        for name, more in commands.items():
            words = ["consult", *ANSWERS, "--json", "--ledger", str(folder / "append.sqlite"), *more]
            took = seconds(words, environment, folder / "output")
            if turn >= 2:
                times[name].append(took)
    print(f"Appending: a whole consultation, {rounds} of each in turn")
    for name, taken in times.items():
        print(f"  {name:10} {1000 * statistics.median(taken):7.1f} ms  (least {1000 * min(taken):.1f})")
    saved, unsaved = times.values()
    added = [1000 * (a - b) for a, b in zip(saved, unsaved, strict=True)]
    ratio = statistics.median(saved) / statistics.median(unsaved)
    print(
        f"  ratio      {ratio:7.2f}     a record adds {statistics.median(added):.1f} ms (median of pairs)\n"
    )


def make(path: Path, size: int) -> None:
    """A ledger of real consultations, through its own code but a thousand to a transaction."""
    base = load(ROOT)
    cases = product(("deep", "shallow", "both"), ("yes", "no"), (1, 12))
    with Ledger(path, write=True) as ledger:
        made = []
        for depth, acne, count in list(cases)[:size]:
            pairs = [f"scar_depth={depth}", f"active_acne={acne}", f"scar_count={count}"]
            found = infer(base, parse_pairs(pairs, base.knowledge))
            made.append(record(ledger, base, found, Occasion([*found.answers], label="label 0000000")))
        texts = [row[3] or "" for row in ledger.rows()]
        ledger.connection.execute("PRAGMA synchronous = OFF")
        for start in range(len(made), size, 1000):
            with ledger._transaction():
                for n in range(start, min(start + 1000, size)):
                    entry, text = made[n % len(made)], texts[n % len(made)]
                    assert entry.content is not None
                    text = text.replace(entry.content["salt"], secrets.token_hex(16))
                    text = text.replace("label 0000000", f"label {n:07}")
                    header = {name: entry.header[name] for name in ("kind", "knowledge", "programs")}
                    ledger._link({**header, "content": digest(text)}, None, text)
        found_whole = verify(ledger)
        assert found_whole.fault is None and found_whole.entries == size


def reading(sizes: list[int], folder: Path, environment: dict[str, str]) -> None:
    taken: dict[int, dict[str, float]] = {}
    for size in [1, *sizes]:
        path = folder / f"{size}.sqlite"
        start = time.perf_counter()
        make(path, size)
        took = time.perf_counter() - start
        print(
            f"  made {size:,} records in {took:.0f} s: {path.stat().st_size / 1e6:,.1f} MB", file=sys.stderr
        )
        taken[size] = {
            name: min(
                seconds(["audit", *words, "--ledger", str(path)], environment, folder / "output")
                for _ in range(3)
            )
            for name, words in READING.items()
        }
        path.unlink()
    print("Reading: seconds, and records per second")
    print(f"  {'':34}" + "".join(f"{size:>10,} records" for size in sizes) + "    growth")
    for name in READING:
        whole = name != "audit show last"  # which reads one record
        rates = [f"{size / taken[size][name]:,.0f}" if whole else "-" for size in sizes]
        cells = [f"{taken[size][name]:8.2f} {rate:>9}" for size, rate in zip(sizes, rates, strict=True)]
        each = [max(taken[size][name] - taken[1][name], 1e-9) / size for size in sizes[-2:]]
        measurable = all(taken[size][name] - taken[1][name] > 0.05 for size in sizes[-2:])
        growth = f"{each[-1] / each[0]:10.2f}" if measurable else "         -"
        print(f"  {name:34}" + "".join(cells) + growth)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cicatrix-bench-", dir=given.folder) as name:
        folder = Path(name)
        # compiled once, as an installed program is, whatever the shell says
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPYCACHEPREFIX": str(folder / "compiled"), "COLUMNS": "80"}
        appending(given.rounds, folder, environment)
        reading([int(size) for size in given.sizes.split(",")], folder, environment)


if __name__ == "__main__":
    main()
