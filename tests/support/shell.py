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
from contextlib import ExitStack, chdir, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from typer.testing import CliRunner

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
    """Run `cicatrix` with the given words: in a copy of this process where that is the same.

    What is imported here need not be imported again, which is most of what a command takes. Polars must not
    be used in a copy of a process that has used it, and what Python itself reads of the environment (its
    path, its encodings) is read at its start.
    """
    plain = all(name == "COLUMNS" or name.startswith("CICATRIX_") for name in environment)
    if plain and words[:1] != ("population",) and hasattr(os, "fork"):
        return forked(words, stdin, cwd, environment)
    return program(*words, stdin=stdin, cwd=cwd, **environment)


def within(*words: str, cwd: Path) -> Result:
    """Run `cicatrix` with the given words in this very process: for what uses Polars."""
    with chdir(cwd):
        done = CliRunner().invoke(import_module("cli").app, [*words], prog_name="cli.py")
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Result(done.stdout, done.stderr, done.exit_code)


def forked(
    words: Sequence[str], stdin: str, cwd: Path, environment: dict[str, str], name: str = PROGRAM[1]
) -> Result:
    """Run `cicatrix` in a copy of this process, with streams and an environment of its own."""
    imported()
    with ExitStack() as files:
        streams = [files.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
        streams[0].write(stdin.encode())
        streams[0].seek(0)
        child = os.fork()
        if child == 0:
            in_the_copy([name, *words], [stream.fileno() for stream in streams], cwd, environment)
        _, status = os.waitpid(child, 0)
        shown = []
        for stream in streams[1:]:
            stream.seek(0)
            shown.append(TextIOWrapper(stream, "utf-8").read())
    return Result(shown[0], shown[1], os.waitstatus_to_exitcode(status))


@cache
def imported() -> None:
    """Import what commands import, before the first copy is made."""
    import_module("cli")
    import_module("yaml")
    for room in ("io", "language", "knowledge", "consultation", "ledger", "review", "analysis", "authoring",
                 "views", "commands"):  # fmt: skip
        for module in sorted((ROOT / "expert" / room).glob("[!_]*.py")):
            with suppress(ImportError, import_module("expert").MissingLibrary):  # an optional one
                import_module(f"expert.{room}.{module.stem}")


def in_the_copy(line: list[str], streams: list[int], cwd: Path, environment: dict[str, str]) -> NoReturn:
    """What a copy of the process does: what Python does when it starts a program, and ends one."""
    code = 1
    try:
        signal.alarm(120)
        gc.freeze()  # so that looking for garbage does not touch, and thereby copy, what is shared
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        sys.stdin = TextIOWrapper(os.fdopen(0, "rb"), "utf-8")
        sys.stdout = TextIOWrapper(os.fdopen(1, "wb"), "utf-8")
        sys.stderr = TextIOWrapper(os.fdopen(2, "wb"), "utf-8", "backslashreplace")
        sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
        os.chdir(cwd)
        os.environ.update({"COLUMNS": "80", "CICATRIX_LEDGER": str(LEDGER), **environment})
        sys.argv = line
        typed = "cli.py" if line[0] == PROGRAM[1] else line[0]
        sys.orig_argv[:] = ["python", typed, *line[1:]]
        sys.modules["__main__"].__package__ = None  # or help would name pytest
        code = ending(import_module("cli").main)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


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
