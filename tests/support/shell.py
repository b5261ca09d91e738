"""Command lines run as a user would, and the transcripts that hold their output."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# no test writes into the ledger of the person who runs it
LEDGER = Path(tempfile.mkdtemp(prefix="cicatrix-")) / "ledger.sqlite"
PROGRAM = [sys.executable, str(ROOT / "cli.py")]


@dataclass(frozen=True)
class Result:
    stdout: str
    stderr: str
    code: int


def cicatrix(*words: str, stdin: str = "", cwd: Path = ROOT, **environment: str) -> Result:
    """Run `cicatrix` with the given words."""
    done = subprocess.run(
        [*PROGRAM, *words],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "COLUMNS": "80", "CICATRIX_LEDGER": str(LEDGER), **environment},
        timeout=120,
        check=False,
    )
    return Result(done.stdout, done.stderr, done.returncode)


@dataclass(frozen=True)
class Command:
    """One command of a transcript and what it should print."""

    line: str
    stdin: str
    output: str


COMMAND = re.compile(r"^\$ (?P<line>.+)$", re.M)


def commands(text: str) -> list[Command]:
    """The commands of a transcript: `$ line`, then `< reply` lines, then the output."""
    found = []
    marks = [*COMMAND.finditer(text), None]
    for mark, following in itertools.pairwise(marks):
        assert mark is not None
        body = text[mark.end() + 1 : following.start() if following else len(text)]
        lines = body.splitlines(keepends=True)
        replies = [line[2:] for line in lines if line.startswith("< ")]
        output = "".join(line for line in lines if not line.startswith("< "))
        found.append(Command(mark["line"], "".join(replies), output))
    return found


def run_line(line: str, stdin: str) -> str:
    """What a transcript shows of a command: stdout, then stderr marked `! `, then a non-zero code."""
    words = shlex.split(line)
    if words[:2] == ["python", "cli.py"]:
        words = words[1:]
    assert words[0] in ("cicatrix", "cli.py"), line
    result = cicatrix(*words[1:], stdin=stdin)
    shown = re.sub(r"Record \w{5}, head \w{64}", "Record (id), head (hash)", result.stdout)
    shown += "".join(f"! {line}\n" if line else "!\n" for line in result.stderr.splitlines())
    return shown + (f"[exit {result.code}]\n" if result.code else "")
