"""The commands `audit list` and `audit stats`: which records there are, in one ledger or in several."""

from collections.abc import Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from expert.commands.ledgers import open_ledgers
from expert.commands.options import Json, LedgerFiles, Unfolded
from expert.commands.shared import one_of, print_json
from expert.commands.showing import asked_look, emit, emit_file
from expert.io.dates import zone_named
from expert.io.files import check_output
from expert.io.problems import CaseError, CheckFailed, shorten
from expert.ledger.history.search import ORDERS, Filter, hashes_of, together
from expert.ledger.history.statistics import PERIODS, statistics_of
from expert.ledger.store import Ledger
from expert.views.records import records_csv, records_table
from expert.views.statistics import statistics_blocks

if TYPE_CHECKING:  # with it comes what reads knowledge
    from expert.consultation.subjects import SubjectKind

SinceWanted = Annotated[
    str, typer.Option(help="From this time on: 2026-01, 2026-01-31, 2026-01-31T09:30 (UTC, or +02:00).")
]
UntilWanted = Annotated[str, typer.Option(help="Up to this time (a month or a day: to its end).")]
OptionWanted = Annotated[
    str, typer.Option("--option", help="About this option: with --verdict, or recommended.")
]
VerdictWanted = Annotated[str, typer.Option(help="In which some option (or --option) has this verdict.")]
RuleWanted = Annotated[str, typer.Option(help="In which this rule fired.")]
ClaimWanted = Annotated[
    str, typer.Option(help="In which a firing rested on this claim: its rule's, or that of a datum.")
]
KnowledgeWanted = Annotated[str, typer.Option(help="Made by the knowledge with this version or hash.")]
LabelWanted = Annotated[str, typer.Option(help="With these words in the label.")]
ByWanted = Annotated[str, typer.Option(help="By somebody with these words in the name.")]
AnswersWanted = Annotated[
    list[str] | None,
    typer.Option("--answer", metavar="ATTRIBUTE=VALUE", help="With this answer (may be repeated)."),
]
TextWanted = Annotated[str, typer.Option(help="With these words anywhere in the record.")]
ZoneWanted = Annotated[
    str,
    typer.Option(metavar="ZONE", help="Times are of this zone: Europe/Vienna, +02:00. [default: UTC]"),
]


def list_records(
    since: SinceWanted = "",
    until: UntilWanted = "",
    option: OptionWanted = "",
    verdict: VerdictWanted = "",
    rule: RuleWanted = "",
    claim: ClaimWanted = "",
    knowledge: KnowledgeWanted = "",
    label: LabelWanted = "",
    by: ByWanted = "",
    answer: AnswersWanted = None,
    text: TextWanted = "",
    zone: ZoneWanted = "",
    sort: Annotated[
        str, typer.Option(metavar="FIELD", help=f"In the order of a field: {', '.join(ORDERS)}.")
    ] = "time",
    newest: Annotated[bool, typer.Option("--newest", help="The newest first.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="So many at most; 0 for all.")] = 0,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV, for a spreadsheet.")] = False,
    json: Json = False,
    ledger: LedgerFiles = None,
) -> None:
    """The records, oldest first; every filter narrows them.

    Names are found as `explain` finds them, in the knowledge that was recorded. --ledger may be given several
    times: the records of all are listed together, each with its ledger.

    Example: cicatrix audit list --since 2026-01 --verdict preferred --newest
    """
    one_of(sort, ORDERS, "field to sort by")
    there = zone_of(zone)
    wanted = Filter(since, until, option, verdict, rule, claim, knowledge, label, text, (), by)
    wanted = wanted.checked(zone=there)
    with open_ledgers(ledger) as stores:
        listed = together(stores, resolved(wanted, stores, answer or []), sort, newest)
    shown = listed[:limit] if limit else listed
    if json:
        print_json(tuple(shown))
    elif csv:
        emit_file(records_csv(shown))
    else:
        emit(records_table(shown, len(listed), there))
    if any(summary.fault for summary in listed):
        raise CheckFailed


def zone_of(name: str) -> tzinfo:
    """The zone asked for; UTC if none is. Raises CaseError."""
    zone = zone_named(name) if name else UTC
    if zone is None:
        help = "a name such as Europe/Vienna, or an offset such as +02:00"
        raise CaseError(f"there is no time zone `{shorten(name)}`", help)
    return zone


def resolved(wanted: Filter, stores: Sequence[Ledger], answers: Sequence[str]) -> Filter:
    """A filter with names as they stand in records. Raises CaseError for those that mean nothing there."""
    if wanted.knowledge and not any(hashes_of(store, wanted.knowledge) for store in stores):
        message = f"no recorded knowledge has the version or hash `{shorten(wanted.knowledge)}`"
        raise CaseError(message, "a version, or four or more digits that `audit list` shows")
    given: dict[SubjectKind, str] = {"option": wanted.option, "rule": wanted.rule, "claim": wanted.claim}
    names = {kind: name for kind, name in given.items() if name}
    if not names and not answers:
        return wanted
    from expert.commands.filters import Recorded  # with it comes what reads knowledge

    recorded = Recorded(*stores)
    known = {kind: recorded.resolved(name, kind) for kind, name in names.items()}
    return wanted._replace(**known, answers=recorded.answers(answers))


def stats(
    since: SinceWanted = "",
    until: UntilWanted = "",
    option: OptionWanted = "",
    verdict: VerdictWanted = "",
    rule: RuleWanted = "",
    claim: ClaimWanted = "",
    knowledge: KnowledgeWanted = "",
    label: LabelWanted = "",
    by: ByWanted = "",
    answer: AnswersWanted = None,
    text: TextWanted = "",
    zone: ZoneWanted = "",
    per: Annotated[
        str, typer.Option(metavar="PERIOD", help=f"Count by {', '.join(PERIODS)}. [default: as fits]")
    ] = "",
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw them too, as SVG or PNG.")
    ] = None,
    full: Unfolded = False,
    json: Json = False,
    ledger: LedgerFiles = None,
) -> None:
    """What the records amount to over time: verdicts, rules, versions of knowledge, erasures.

    Every filter narrows them, as for `audit list`; --ledger may be given several times.

    Example: cicatrix audit stats --since 2026-01 --per month --plot records.svg
    """
    if per:
        one_of(per, PERIODS, "period")
    there = zone_of(zone)
    wanted = Filter(since, until, option, verdict, rule, claim, knowledge, label, text, (), by)
    wanted = wanted.checked(zone=there)
    if plot:
        check_output(plot, (".png", ".svg"))
        from expert.views.plot import history
    with open_ledgers(ledger) as stores:
        found = statistics_of(stores, resolved(wanted, stores, answer or []), per, there)
    if plot:
        history(found, plot)
    if json:
        print_json(found)
    else:
        emit(*statistics_blocks(found, full, asked_look().plain))
