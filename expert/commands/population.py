"""The `population` commands: the same knowledge over a whole table of cases.

What needs an optional library is imported where it is called, so that help is there without any.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from expert.commands.bases import find_base
from expert.commands.options import Brief, Full, Json, Kb, LedgerFile, TableFormat, Trace
from expert.commands.saying import say
from expert.commands.shared import (
    check_format,
    consultation_json,
    one_of,
    open_knowledge,
    open_reviews,
    print_json,
)
from expert.commands.showing import emit
from expert.commands.streams import engine_silenced
from expert.io.files import beside, check_output
from expert.io.interruption import interruptions_wait
from expert.io.problems import CaseError, CheckFailed, Stopped
from expert.language.rules import RuleBase
from expert.review.approvals import not_approved
from expert.views.populations import affected_blocks, run_blocks, summary_blocks
from expert.views.screen import Below, Extent, consultation_blocks

if TYPE_CHECKING:
    from expert.population.run import Counts, Job, RowsSeen

Cases = Annotated[
    list[str],
    typer.Argument(metavar="CASES...", help="CSV, JSON, Parquet or .xlsx files; patterns in quotes."),
]

Out = Annotated[Path, typer.Argument(metavar="OUT", help="An output of `population run`.")]

Absent = Annotated[
    bool, typer.Option("--absent-unknown", help="What has no column is not known, instead of wrong.")
]

Encoding = Annotated[
    str,
    typer.Option("--encoding", metavar="NAME", help="Of text files, if it is not UTF-8: latin-1, utf-16."),
]

Separator = Annotated[
    str,
    typer.Option("--separator", metavar="CHAR", help="Of cells, if it is not found out: `;`, `tab`."),
]

Commas = Annotated[bool, typer.Option("--decimal-comma", help="Decimals come after a comma: 49,99.")]

Sheet = Annotated[str, typer.Option("--sheet", metavar="NAME", help="Of a workbook that has several.")]


def character(word: str) -> str:
    """A separator as it is: shells make it hard to type a tab."""
    return "\t" if word in ("tab", "\\t") else word


@contextlib.contextmanager
def nothing_written(*outputs: Path, waits: bool = False) -> Iterator[None]:
    """Say so at an interruption; a file that breaks an engine is told of once, and not by the engine too.

    An interruption `waits` where it is listened for; else the engine, or what waits for it, is interrupted.
    """
    with interruptions_wait() if waits else contextlib.nullcontext():
        try:
            with engine_silenced(*{output.absolute().parent for output in outputs}):
                yield
        except KeyboardInterrupt:
            say("\nStopped. Nothing was written.")
            raise Stopped from None


@contextlib.contextmanager
def rows_counted() -> "Iterator[RowsSeen | None]":
    """A progress bar on stderr, if that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with typer.progressbar(length=0, label="rows", file=sys.stderr, show_pos=True) as bar:

        def seen(rows: int, total: int | None) -> None:
            bar.length = total or rows
            bar.update(rows - bar.pos)

        yield seen


def run(
    cases: Cases,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="OUT", help="Where to write: .parquet, .csv or .jsonl.")
    ],
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", metavar="FILE", help="For rows that are no cases [OUT.rejects.jsonl]."),
    ] = None,
    absent: Absent = False,
    encoding: Encoding = "",
    separator: Separator = "",
    decimal_comma: Commas = False,
    sheet: Sheet = "",
    engine: Annotated[
        str, typer.Option("--engine", metavar="NAME", help="polars (this machine) or spark (many).")
    ] = "polars",
    json: Json = False,
    kb: Kb = None,
) -> None:
    """Run the rules on every row of some files, one row a case, columns by attribute.

    Exits with 1 if rows were rejected. Example: cicatrix population run 'list-*.csv' -o results.parquet
    """
    where = rejects or beside(out, ".rejects.jsonl")
    with nothing_written(out, where, waits=engine == "polars"):
        from expert.population.run import Job
        from expert.population.tables import ReadAs

        reading = ReadAs(absent, encoding, character(separator), decimal_comma, sheet)
        base = open_knowledge(kb)
        unreviewed = not_approved(base, open_reviews(kb), tuple(rule.id for rule in base.rules))
        with rows_counted() as seen:
            counts = run_on(engine, base, Job(cases, out, where, reading, unreviewed), seen)
    if json:
        print_json(counts)
    else:
        emit(*run_blocks(counts, where))
    if counts.rejected:
        raise CheckFailed


def run_on(engine: str, base: RuleBase, job: "Job", seen: "RowsSeen | None") -> "Counts":
    """Run a population on Polars or Spark. Raises CaseError, MissingLibrary."""
    one_of(engine, ("polars", "spark"), "engine")
    if engine == "polars":
        from expert.population.run import run as run_on_polars

        return run_on_polars(base, job, seen)
    from expert.population.spark import run as run_on_spark

    return run_on_spark(base, job, seen)


def explain(
    out: Out,
    row: Annotated[int, typer.Option("--row", metavar="N", help="The row's number, as in the column `row`.")],
    brief: Brief = False,
    trace: Trace = True,
    full: Full = False,
    table_format: TableFormat = "simple",
    json: Json = False,
) -> None:
    """Explain one row of results as `consult` explains a case, with the knowledge that made it.

    Example: cicatrix population explain results.parquet --row 17
    """
    with nothing_written():
        from expert.population.results import explained, open_results

        check_format(table_format)
        results = open_results(out)
        _, consultation = explained(results, row)
        unreviewed = [rule for rule in consultation.rules() if rule in results.legend.get("unreviewed", ())]
    if json:
        print_json(consultation_json(consultation, unreviewed))
    else:
        below = Below(f"population explain {out} --row {row}", unreviewed=unreviewed)
        blocks = consultation_blocks(consultation, results.base.knowledge, Extent(brief, trace, full), below)
        emit(*blocks, table_format=table_format, paged=False)


def summary(
    out: Out,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw it too: .png or .svg.")
    ] = None,
    table_format: TableFormat = "simple",
    json: Json = False,
) -> None:
    """Verdicts, rules, costs, and the questions that would settle most cases.

    Example: cicatrix population summary results.parquet --plot results.svg
    """
    with nothing_written():
        from expert.population.results import open_results
        from expert.population.summary import summarize

        check_format(table_format)
        if plot:
            check_output(plot, (".png", ".svg"))
        results = open_results(out)
        summarized = summarize(results)
        if plot:
            from expert.views.plot import plot as draw

            draw(summarized, results.base.knowledge, plot)
    if json:
        print_json(summarized)
    else:
        emit(*summary_blocks(summarized, results.base.knowledge), table_format=table_format)


def diff(
    cases: Cases,
    kb: Annotated[
        list[str],
        typer.Option("--kb", metavar="KB", help="Twice: the old and the new (a directory, `now`, a hash)."),
    ],
    absent: Absent = False,
    encoding: Encoding = "",
    separator: Separator = "",
    decimal_comma: Commas = False,
    sheet: Sheet = "",
    table_format: TableFormat = "simple",
    json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """Whom an edit of the knowledge touches; exits with 1 if anybody.

    Example: cicatrix population diff --kb old --kb now list.csv
    """
    with nothing_written(waits=True):
        from expert.population.affected import affected
        from expert.population.tables import ReadAs

        reading = ReadAs(absent, encoding, character(separator), decimal_comma, sheet)
        check_format(table_format)
        if len(kb) != 2:
            raise CaseError("give `--kb` twice: the old knowledge base and the new one")
        bases = [find_base(name, ledger, None) for name in kb]
        with rows_counted() as seen:
            affects = affected(bases, cases, reading, seen)
    if json:
        print_json(affects)
    else:
        emit(*affected_blocks(affects), table_format=table_format)
    if affects.touched or affects.old != affects.new or not affects.compared:
        raise CheckFailed
