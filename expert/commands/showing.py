"""Results on standard output, as wide and as plain as the user asked; on a terminal in colour, and paged."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from shutil import get_terminal_size

import click

from expert.commands.saying import asked, coloured
from expert.views.document import Block
from expert.views.terminal import Look, shown


def emit(*blocks: Block | str, table_format: str = "simple", paged: bool = True) -> None:
    """Print a result: blocks, as wide as the user asked; a text is a line.

    On a terminal, what is longer than it goes through a pager, unless its end is what is to be seen.
    """
    text = shown(blocks, asked_look()._replace(table_format=table_format)) + "\n"
    if paged and longer_than_the_terminal(text) and pager_wanted():
        os.environ.setdefault("LESS", "FRX")  # as git has it: colour, and what was seen stays
        click.echo_via_pager(text, color=coloured(sys.stdout))
    else:
        sys.stdout.write(text)


def longer_than_the_terminal(text: str) -> bool:
    """Whether a person would see the end of the text only."""
    on_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return on_terminal and text.count("\n") >= get_terminal_size().lines


def pager_wanted() -> bool:
    """Whether this terminal can have a pager: `PAGER=cat`, or none, is how it is not wanted."""
    return os.environ.get("PAGER", "less") not in ("", "cat") and os.environ.get("TERM") != "dumb"


def emit_file(lines: Iterable[str]) -> None:
    """Print what is a file for another program: each line as it is, however long."""
    for line in lines:
        sys.stdout.write(line + "\n")


def asked_look() -> Look:
    """How the user asked for results to look."""
    look = Look(**asked())
    return look._replace(colour=coloured(sys.stdout) and not look.plain)
