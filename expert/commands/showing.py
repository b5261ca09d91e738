"""Results on standard output, as wide and as plain as the user asked."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from expert.views.document import Block
from expert.views.terminal import Look, shown


def emit(*blocks: Block | str, table_format: str = "simple") -> None:
    """Print a result: blocks, as wide as the user asked; a text is a line."""
    sys.stdout.write(shown(blocks, asked_look()._replace(table_format=table_format)) + "\n")


def emit_file(lines: Iterable[str]) -> None:
    """Print what is a file for another program: each line as it is, however long."""
    for line in lines:
        sys.stdout.write(line + "\n")


def asked_look() -> Look:
    """How the user asked for results to look, before the name of the command."""
    context = click.get_current_context(silent=True)
    asked = context.find_root().params if context else {}
    return Look(**{name: asked[name] for name in ("width", "plain") if name in asked})
