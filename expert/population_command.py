"""The `population` commands: the same knowledge over a whole table of cases."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from expert.terminal import (
    CHECK_FAILED,
    INTERRUPTED,
    NO_LIBRARY,
    Json,
    Kb,
    LedgerFile,
    TableFormat,
    check_format,
    emit,
    open_knowledge,
    open_reviews,
    print_json,
    problems_shown,
    say,
    settings,
)

if TYPE_CHECKING:
    from expert.affected import Affected
    from expert.knowledge import Knowledge
    from expert.population import Counts, Seen
    from expert.rules import RuleBase
    from expert.summary import Spread, Summary

population_app = typer.Typer(help="The same knowledge over a whole table of cases.", **settings)

Cases = Annotated[
    list[str],
    typer.Argument(metavar="CASES...", help="CSV, JSON Lines or Parquet files; patterns in quotes."),
]
Out = Annotated[Path, typer.Argument(metavar="OUT", help="An output of `population run`.")]
Absent = Annotated[
    bool, typer.Option("--absent-unknown", help="What has no column is not known, instead of wrong.")
]


@contextlib.contextmanager
def library_needed() -> Iterator[None]:
    """Exit with a message if an optional library is not installed, or at an interruption."""
    try:
        yield
    except ImportError as error:
        say(f"error: `population` needs {error.name}, which is not installed")
        say("  help: pip install 'cicatrix[population]' (and 'cicatrix[spark]' for Spark)")
        raise typer.Exit(NO_LIBRARY) from None
    except KeyboardInterrupt:
        say("\nStopped. Nothing was written.")
        raise typer.Exit(INTERRUPTED) from None


@contextlib.contextmanager
def rows_counted() -> Iterator[Seen | None]:
    """A progress bar on stderr, if that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with typer.progressbar(length=0, label="rows", file=sys.stderr, show_pos=True) as bar:

        def seen(rows: int, total: int | None) -> None:
            bar.length = total or rows
            bar.update(rows - bar.pos)

        yield seen


@population_app.command("run")
def population_run(
    cases: Cases,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="OUT", help="Where to write: .parquet, .csv or .jsonl.")
    ],
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", metavar="FILE", help="For rows that are no cases [OUT.rejects.jsonl]."),
    ] = None,
    absent: Absent = False,
    engine: Annotated[
        str, typer.Option("--engine", metavar="NAME", help="polars (this machine) or spark (many).")
    ] = "polars",
    json: Json = False,
    kb: Kb = None,
) -> None:
    """Run the rules on every row of some files, one row a case, columns by attribute.

    Exits with 1 if rows were rejected. Example: cicatrix population run 'list-*.csv' -o results.parquet
    """
    from expert.review import not_approved

    with problems_shown(), library_needed():
        base = open_knowledge(kb)
        unreviewed = not_approved(base, open_reviews(kb), tuple(rule.id for rule in base.rules))
        where = rejects or out.with_name(out.name + ".rejects.jsonl")
        with rows_counted() as seen:
            counts = engine_run(engine)(base, cases, out, where, absent, seen, unreviewed)
    if json:
        print_json(counts)
    else:
        emit(f"{counts.read:,} read, {counts.accepted:,} accepted, {counts.rejected:,} rejected")
        if counts.rejected:
            emit(f"Rows that are no cases, with the reasons: {where}")
    if counts.rejected:
        raise typer.Exit(CHECK_FAILED)


def engine_run(name: str) -> Callable[..., Counts]:
    """What runs a population. Raises CaseError, ImportError."""
    from expert.source import CaseError, not_among

    if name == "polars":
        from expert.population import run

        return run
    if name == "spark":
        from expert.spark import run as run_on_spark

        return run_on_spark
    raise CaseError([not_among("engine", name, ("polars", "spark"))])


@population_app.command("explain")
def population_explain(
    out: Out,
    row: Annotated[int, typer.Option("--row", metavar="N", help="The row's number, as in the column `row`.")],
    brief: Annotated[bool, typer.Option("--brief", help="Plan and recommendations only.")] = False,
    trace: Annotated[bool, typer.Option("--trace/--no-trace", help="Print the firing trace.")] = True,
    table_format: TableFormat = "simple",
    json: Json = False,
) -> None:
    """Explain one row of results as `consult` explains a case, with the knowledge that made it.

    Example: cicatrix population explain results.parquet --row 17
    """
    from expert.trace import plain

    with problems_shown(), library_needed():
        from expert.results import explained, open_results

        check_format(table_format)
        results = open_results(out)
        _, found = explained(results, row)
        fired = dict.fromkeys(firing.rule for firing in found.firings)
        unreviewed = [rule for rule in fired if rule in results.legend.get("unreviewed", ())]
    if json:
        print_json({**plain(found), "unreviewed": unreviewed})
    else:
        from expert.report import consultation_text

        emit(consultation_text(found, results.base.knowledge, brief, trace, table_format, unreviewed))


@population_app.command("summary")
def population_summary(
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
    with problems_shown(), library_needed():
        from expert.population import check_output
        from expert.results import open_results
        from expert.summary import summarize

        check_format(table_format)
        if plot:
            check_output(plot, (".png", ".svg"))
        results = open_results(out)
        found = summarize(results)
        if plot:
            from expert.plot import plot as draw

            draw(found, results.base.knowledge, plot)
    if json:
        print_json(found)
    else:
        emit("\n\n".join(_summary_blocks(found, results.base, table_format)))


@population_app.command("diff")
def population_diff(
    cases: Cases,
    kb: Annotated[
        list[str],
        typer.Option("--kb", metavar="KB", help="Twice: the old and the new (a directory, `now`, a hash)."),
    ],
    absent: Absent = False,
    table_format: TableFormat = "simple",
    json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """Whom an edit of the knowledge touches; exits with 1 if anybody.

    Example: cicatrix population diff --kb old --kb now list.csv
    """
    from expert.source import CaseError, Problem
    from expert.test_commands import find_base

    with problems_shown(), library_needed():
        from expert.affected import affected

        check_format(table_format)
        if len(kb) != 2:
            raise CaseError([Problem("give `--kb` twice: the old knowledge base and the new one")])
        bases = [find_base(name, ledger, None) for name in kb]
        with rows_counted() as seen:
            found = affected(bases, cases, absent, seen)
    if json:
        print_json(found)
    else:
        emit("\n\n".join(_affected_blocks(found, table_format)))
    if found.touched or found.old != found.new:
        raise typer.Exit(CHECK_FAILED)


# --- words -----------------------------------------------------------------------------------------


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


def _summary_blocks(found: Summary, base: RuleBase, format: str) -> Iterator[str]:
    from expert.tables import table

    k, n = base.knowledge, found.cases

    def counted(rows: Iterable[tuple[str, int]], headers: list[str]) -> str:
        body = [[name, f"{cases:,}", _percent(cases, n)] for name, cases in rows]
        return table(body, [*headers, "cases", "share"], format, [60, None, None])

    yield f"Cases: {n:,}"
    yield _by_option(found, k, format)
    yield _questions(found, k, format)
    costs = [_cost_row(spread, k) for spread in found.costs]
    if costs:
        headers = ["Cost", "", "cases", "total", "least", "1/4", "1/2", "3/4", "most"]
        yield table(costs, headers, format, [None] * 9)
    fired = sorted(((share.name, share.cases) for share in found.fired), key=lambda pair: -pair[1])
    yield counted(fired, ["Rule fired"])


def _by_option(found: Summary, k: Knowledge, format: str) -> str:
    from expert.tables import table
    from expert.words import VERDICT_WORDS

    now = {share.name: share.cases for share in found.timings if share.value == "now"}
    open = {share.name: share.cases for share in found.open}
    rows = []
    for option in k.options.values():
        unsettled = "not counted" if option.id in found.uncounted else f"{open.get(option.id, 0):,}"
        about = [option.label, f"{now.get(option.id, 0):,}", unsettled]
        for share in (share for share in found.verdicts if share.name == option.id):
            counts = [f"{share.cases:,}", _percent(share.cases, found.cases)]
            rows.append([about[0], VERDICT_WORDS[share.value], *counts, *about[1:]])
            about = ["", "", ""]
    return table(rows, ["Option", "Verdict", "cases", "share", "now", "open"], format, [30, *[None] * 5])


def _questions(found: Summary, k: Knowledge, format: str) -> str:
    from expert.tables import table

    asked = [(k.attributes[q.attribute].label, q) for q in found.questions if q.unknown]
    rows = [
        [label, f"{q.unknown:,}", _percent(q.unknown, found.cases), f"{q.settles:,}"] for label, q in asked
    ]
    told = f"Cases with a verdict that answers could still change: {found.open_cases:,}"
    headers = ["Not known", "cases", "share", "would settle"]
    return told + ("\n\n" + table(rows, headers, format, [50, None, None, None]) if rows else "")


def _cost_row(spread: Spread, k: Knowledge) -> list[str]:
    side = {"low": "at least", "high": "at most"}[spread.side]
    amounts = [f"{Decimal(amount):,}" for amount in (spread.total, *spread.quarters)]
    return [k.options[spread.option].label, side, f"{spread.cases:,}", *amounts]


def _affected_blocks(found: Affected, format: str) -> Iterator[str]:
    from expert.tables import table

    yield (
        f"{found.compared:,} cases under both, of which {found.touched:,} "
        f"({_percent(found.touched, found.compared)}) are shown something else"
    )
    if found.old != found.new:
        yield f"Accepted: {found.old.accepted:,} by the old, {found.new.accepted:,} by the new"
    if found.moved:
        moved = [
            [m.option, m.what, f"{m.before} -> {m.after}", f"{m.cases:,}", " ".join(map(str, m.rows))]
            for m in found.moved
        ]
        headers = ["Option", "", "old -> new", "cases", "rows, such as"]
        yield table(moved, headers, format, [20, None, 30, None, 16])
    behind = {rule.rule: rule for change in found.moved for rule in change.responsible}
    behind |= {rule.rule: rule for rule in found.rules}
    otherwise = {rule.rule: rule for rule in found.rules}
    rows = []
    for id, rule in behind.items():
        counts = [f"{n:,}" for n in otherwise[id][2:4]] if id in otherwise else ["-", "-"]
        rows.append([id, " ".join(rule.claims), "yes" if rule.edited else "no", *counts])
    if rows:
        headers = ["Rule behind it", "claims", "edited", "fires only before", "only after"]
        yield table(rows, headers, format, [36, 20, None, None, None])
