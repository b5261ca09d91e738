"""What is said on stderr beside a result, as wide as asked; how results are to look; one line of a reply.

Help needs this, so it imports nothing that knows of knowledge.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from shutil import get_terminal_size
from typing import Any, TextIO

import click
import typer

from expert.io.cells import WIDTH, cells, continued, wrapped
from expert.io.problems import CicatrixError
from expert.io.quoting import safe

settings: dict[str, Any] = {
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
    "no_args_is_help": True,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}

ROWS = 24  # of what is no terminal, whose size is not asked

# the indent of a line and what stands at the beginning of a list's: the rest of the line hangs below it
BEGINNING = r" *(\S+  +)?"

LEAST_WIDTH = 20


@contextlib.contextmanager
def problems_shown() -> Iterator[None]:
    """Say what stops a command on stderr, and end with the exit code of its kind."""
    try:
        yield
    except CicatrixError as error:
        say_problems(error)
        raise typer.Exit(error.exit_code) from None


def say_problems(error: CicatrixError) -> None:
    """Say everything that is wrong."""
    for problem in error.problems:
        head = "\x1b[1;31merror:\x1b[0m" if coloured(sys.stderr) else "error:"
        say(f"{head} {problem}", hang=2)


def say(text: str, hang: int = 0) -> None:
    """Print something that is not the result, if it can be: the result, or the exit code, says enough.

    In lines as wide as asked, or as a narrower terminal is, where results are the same on any; what follows
    of a line hangs below it, below what stands behind its mark, if it has one.
    """
    _write("\n".join(_said(text, hang)))


def fits_screen(text: str) -> bool:
    """Whether what is said can be seen all at once, above the line on which the reply is typed."""
    rows = get_terminal_size().lines if sys.stderr.isatty() else ROWS
    return len(_said(text)) < rows


def _said(text: str, hang: int = 0) -> list[str]:
    """The lines of what is said."""
    lines = []
    for line in text.split("\n"):
        begun = re.match(BEGINNING, line)
        indent = cells(begun[0]) if begun else 0
        marked = bool(begun and begun[1])
        rest = " " * (indent if marked else indent + hang)
        lines += wrapped(line, said_width(), "", rest)
    return lines


def say_command(line: str) -> None:
    """Print a command that can be typed, or taken over, as it stands there."""
    _write("\n".join(continued(line, said_width(), "  ")))


def _write(text: str) -> None:
    with contextlib.suppress(OSError):
        sys.stderr.write(safe(text) + "\n")
        sys.stderr.flush()


def said_width() -> int:
    """How wide what is said on stderr may be."""
    width: int = asked().get("width", WIDTH)
    if width == WIDTH and sys.stderr.isatty():
        width = min(WIDTH, get_terminal_size().columns)
    return width


def given_to_all() -> dict[str, Any]:
    """The options that stand before the command, if it is one that runs."""
    context = click.get_current_context(silent=True)
    return context.find_root().params if context else {}


def asked() -> dict[str, Any]:
    """How the user asked for results to look: `width` and `plain`, if that is known."""
    given = given_to_all()
    return {name: given[name] for name in ("width", "plain") if given.get(name)}


def asked_of(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Keep how the user asked for results to look, wherever in the line; help is as wide too."""
    root = context.find_root()
    if value and option.name:
        root.params[option.name] = value
        if option.name == "width":
            context.terminal_width = root.terminal_width = value
    return value


def coloured(stream: TextIO) -> bool:
    """Whether colour is seen there, and wanted."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def ask_line(prompt: str) -> str:
    """One line of standard input. Raises EOFError at its end, or where nobody sees what is asked."""
    try:
        sys.stderr.write(prompt)
        sys.stderr.flush()
    except OSError:
        raise EOFError from None
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")
