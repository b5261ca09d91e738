"""Options and arguments that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from expert.commands import completion

Pairs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ATTRIBUTE=VALUE]...",
        help="Answers; `kb questions` lists them.",
        autocompletion=completion.answers,
    ),
]

CaseFile = Annotated[
    str | None,
    typer.Option("--case", metavar="FILE", help="Answers from a YAML or JSON file; - for standard input."),
]

Rest = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID | ATTRIBUTE=VALUE...]",
        help="A record, or answers.",
        show_default=False,
        autocompletion=completion.records_or_answers,
    ),
]

Kb = Annotated[
    Path | None,
    typer.Option("--kb", metavar="DIR", help="A knowledge base other than the built-in one."),
]

Brief = Annotated[bool, typer.Option("--brief", help="Print the result alone.")]

Trace = Annotated[bool, typer.Option("--trace/--no-trace", help="Print the firing trace.")]

Full = Annotated[
    bool, typer.Option("--full", help="Print all: the firings at length, arguments and advice; fold nothing.")
]

Unfolded = Annotated[bool, typer.Option("--full", help="Leave nothing out.")]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

By = Annotated[
    str, typer.Option("--by", metavar="NAME", envvar="CICATRIX_BY", help="Who does this: kept in the record.")
]

LedgerFile = Annotated[
    Path | None,
    typer.Option(
        "--ledger", metavar="FILE", readable=False, help="A ledger other than yours (or CICATRIX_LEDGER)."
    ),
]

LedgerFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--ledger",
        metavar="FILE",
        readable=False,
        help="A ledger other than yours (or CICATRIX_LEDGER); may be repeated.",
    ),
]

WitnessFile = Annotated[
    Path | None,
    typer.Option(
        "--witness",
        metavar="FILE",
        envvar="CICATRIX_WITNESS",
        readable=False,
        help="A file of heads, kept elsewhere than the ledger.",
    ),
]

RecordId = Annotated[
    str,
    typer.Argument(metavar="ID", help="A record's id, or `last`.", autocompletion=completion.records),
]

Document = Annotated[
    Path | None,
    typer.Option(
        "--document", metavar="FILE", help="The document itself, to put its sentences beside claims."
    ),
]

TableFormat = Annotated[
    str,
    typer.Option(
        "--table-format",
        metavar="NAME",
        help="One of tabulate's formats.",
        autocompletion=completion.table_formats,
    ),
]
