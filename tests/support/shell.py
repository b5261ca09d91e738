"""Command lines run as a user would, and the transcripts that hold their output."""

from __future__ import annotations

import gc
import itertools
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from contextlib import chdir
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO, TextIOWrapper
from pathlib import Path

from pytest import MonkeyPatch

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
    """Run `cicatrix` with the given words: in this process where that is the same.

    What is imported and prepared here need not be so again, which is most of what a command takes. What
    Python itself reads of the environment (its path, its encodings) is read at its start.
    """
    if all(name == "COLUMNS" or name.startswith("CICATRIX_") for name in environment):
        return within(words, stdin, cwd, environment)
    return program(*words, stdin=stdin, cwd=cwd, **environment)


def within(
    words: Sequence[str], stdin: str, cwd: Path, environment: dict[str, str], name: str = PROGRAM[1]
) -> Result:
    """Run `cicatrix` in this process, with streams, a folder and an environment of its own."""
    command = import_module("cli").main
    given, *shown = (TextIOWrapper(BytesIO(text), "utf-8") for text in (stdin.encode(), b"", b""))
    typed = "cli.py" if name == PROGRAM[1] else name
    before, threshold = dict(os.environ), gc.get_threshold()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with MonkeyPatch.context() as patch, chdir(cwd):
        for stream, ours in zip(("stdin", "stdout", "stderr"), (given, *shown), strict=True):
            patch.setattr(sys, stream, ours)
            patch.setattr(sys, f"__{stream}__", ours)
        patch.setattr(sys, "argv", [name, *words])
        patch.setattr(sys, "orig_argv", ["python", typed, *words])
        # or help would name pytest
        patch.setattr(sys.modules["__main__"], "__package__", None, raising=False)
        try:
            os.environ.update({"COLUMNS": "80", "CICATRIX_LEDGER": str(LEDGER), **environment})
            code = ending(command)
        finally:
            os.environ.clear()
            os.environ.update(before)
            gc.set_threshold(*threshold)
            for number, handler in handlers.items():
                signal.signal(number, handler)
    for stream in shown:
        stream.seek(0)
    return Result(shown[0].read(), shown[1].read(), code)


def ending(main: Callable[[], object]) -> int:
    """The code with which a program ends."""
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(end.code + "\n")
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def program(*words: str, stdin: str = "", cwd: Path = ROOT, **environment: str) -> Result:
    """Run `cicatrix` with the given words, as a user does: in a process that Python starts anew.

    In its own folder it is called as it is there, so that no line of its help depends on where it lies.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [*(["python", "cli.py"] if cwd == ROOT else PROGRAM), *words],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "PATH": path, "COLUMNS": "80", "CICATRIX_LEDGER": str(LEDGER), **environment},
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


def run_line(line: str, stdin: str, run: Callable[..., Result] = cicatrix) -> str:
    """What a transcript shows of a command: stdout, then stderr marked `! `, then a non-zero code."""
    words = shlex.split(line)
    if words[:2] == ["python", "cli.py"]:
        words = words[1:]
    assert words[0] in ("cicatrix", "cli.py"), line
    result = run(*words[1:], stdin=stdin)
    shown = re.sub(r"Record \w{5}, \w{64}", "Record (id), (hash)", result.stdout)
    shown += "".join(f"! {line}\n" if line else "!\n" for line in result.stderr.splitlines())
    shown = shown.replace(shlex.join(PROGRAM), "python cli.py")
    return shown + (f"[exit {result.code}]\n" if result.code else "")
