"""The whole program: its commands, a run of it in this process, and what it offers to a shell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from support.shell import ROOT, within
from typer.testing import CliRunner, Result

import cli
from expert.commands.lazy import LazyCommand


def offered(line: str, ledger: Path, **environment: str) -> list[str]:
    """What is offered at the end of a line, as fish asks for it (or as bash, with COMP_WORDS)."""
    asked = {
        "_CICATRIX_COMPLETE": "complete_bash" if environment else "complete_fish",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_ARGS": line,
        "CICATRIX_LEDGER": str(ledger),
        **environment,
    }
    done = within((), "", ROOT, asked, name="cicatrix")
    assert done.stderr == ""
    return [word.split("\t")[0] for word in done.stdout.split("\n") if word]


def invoked(*words: object, typed: str | None = None) -> Result:
    """What a command line gives, with what is typed on standard input."""
    return CliRunner().invoke(cli.app, [str(word) for word in words], input=typed)


def listed(commands: tuple[click.Command, ...] = cli.COMMANDS) -> Iterator[LazyCommand]:
    """Every command of the table."""
    for command in commands:
        if isinstance(command, click.Group):
            yield from listed((*command.commands.values(),))
        else:
            assert isinstance(command, LazyCommand)
            yield command


LISTED = {command.place: command for command in listed()}
