"""The command `kb export`: the knowledge base for other programs, and for people who review it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from expert.authoring.schema import schema
from expert.backends.clips import clips_text
from expert.commands.options import Kb
from expert.commands.shared import one_of, open_knowledge
from expert.commands.showing import emit_file
from expert.io.files import write_whole
from expert.language.rules import RuleBase
from expert.views.graph import dot_lines, mermaid_lines
from expert.views.sheet import review_lines

LinesOf = Callable[[RuleBase], Iterator[str]]


def export(
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="clips, json-schema, dot, mermaid, or markdown (a review sheet).",
            show_default=False,
            autocompletion=lambda incomplete: [name for name in writers() if name.startswith(incomplete)],
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write a file, whole or not at all."),
    ] = None,
    kb: Kb = None,
) -> None:
    """The knowledge base in another form.

    clips runs in CLIPS; json-schema lets an editor complete and check the knowledge files; dot and
    mermaid draw the rules; markdown is a sheet on which a reviewer signs each rule.
    """
    formats = writers()
    lines = formats[one_of(to, formats, "format")](open_knowledge(kb))
    if output is not None:
        write_whole(output, lines)
        return
    emit_file(lines)


def writers() -> dict[str, LinesOf]:
    """What writes each format, line by line."""
    return {
        "clips": clips_text,
        "json-schema": schema_lines,
        "dot": dot_lines,
        "mermaid": mermaid_lines,
        "markdown": review_lines,
    }


def schema_lines(base: RuleBase) -> Iterator[str]:
    """The JSON Schema, as text for people too."""
    yield from json.dumps(schema(base), indent=2).splitlines()
