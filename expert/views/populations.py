"""What whole tables of cases came to: the summary of a population, and whom an edit touches."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from expert.language.english import count, listed
from expert.language.model import Knowledge
from expert.views.document import Block, Line, Paragraph, Section, Table, apart

if TYPE_CHECKING:  # they take Polars
    from expert.population.affected import Affected
    from expert.population.run import Counts
    from expert.population.summary import PopulationSummary, Spread


def run_blocks(counts: Counts, rejects: Path) -> list[Block]:
    """How many rows were cases, and where the others are."""
    lines: list[Block] = [
        Line(f"{counts.read:,} read, {counts.accepted:,} accepted, {counts.rejected:,} rejected")
    ]
    if counts.rejected:
        lines.append(Line(f"Rows that are no cases, with the reasons: {rejects}"))
    return lines


def summary_blocks(summary: PopulationSummary, knowledge: Knowledge) -> list[Section]:
    """Cases, verdicts, questions, costs, and the rules that fired."""
    sections = [apart(Line(f"Cases: {summary.cases:,}"))]
    if knowledge.options:  # otherwise there is no verdict either
        sections += [apart(_by_option(summary, knowledge)), *_for_targets(summary, knowledge)]
        sections += _questions(summary, knowledge)
    if summary.costs:
        headers = [
            knowledge.words.headings["cost"],
            "",
            "cases",
            "total",
            "least",
            "1/4",
            "1/2",
            "3/4",
            "most",
        ]
        sections.append(apart(Table(headers, [_cost_row(spread, knowledge) for spread in summary.costs])))
    rows = []
    for share in sorted(summary.fired, key=lambda share: -share.cases):
        rows.append([share.name, f"{share.cases:,}", _percent(share.cases, summary.cases)])
    return [*sections, apart(Table(["Rule fired", "cases", "share"], rows))]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


def _by_option(summary: PopulationSummary, knowledge: Knowledge) -> Table:
    now = {share.name: share.cases for share in summary.now}
    undecided = {share.name: share.cases for share in summary.undecided}
    rows = []
    for option in knowledge.options.values():
        unsettled = "not counted" if option.id in summary.uncounted else f"{undecided.get(option.id, 0):,}"
        about = [option.label, f"{now.get(option.id, 0):,}", unsettled]
        for share in (share for share in summary.verdicts if share.name == option.id):
            counts = [f"{share.cases:,}", _percent(share.cases, summary.cases)]
            rows.append([about[0], knowledge.words.verdicts[share.value], *counts, *about[1:]])
            about = ["", "", ""]
    headings = knowledge.words.headings
    return Table([headings["option"], headings["verdict"], "cases", "share", "now", "undecided"], rows)


def _for_targets(summary: PopulationSummary, knowledge: Knowledge) -> list[Section]:
    """What the verdicts are for, where options are argued about one target and not another."""
    rows, last = [], ("", "")
    for share in summary.targets:
        about = knowledge.options[share.option].label, knowledge.targets[share.target].label
        named = ["" if about[0] == last[0] else about[0], "" if about == last else about[1]]
        counts = [f"{share.cases:,}", _percent(share.cases, summary.cases)]
        rows.append([*named, knowledge.words.verdicts[share.verdict], *counts])
        last = about
    if not rows:
        return []
    headings = knowledge.words.headings
    table = Table([headings["option"], "for", headings["verdict"], "cases", "share"], rows)
    line = "A verdict is the best over what it is for. For each, where something is argued about it:"
    return [apart(Paragraph(line), table)]


def _questions(summary: PopulationSummary, knowledge: Knowledge) -> list[Section]:
    rows = []
    for q in summary.questions:
        if q.unknown:
            label, share = knowledge.attributes[q.attribute].label, _percent(q.unknown, summary.cases)
            settles = "not counted" if q.settles is None else f"{q.settles:,}"
            rows.append([label, f"{q.unknown:,}", share, settles])
    table = Table(["Not known", "cases", "share", "would settle"], rows)
    return [apart(*_undecided(summary, knowledge)), *([apart(table)] if rows else [])]


def _undecided(summary: PopulationSummary, knowledge: Knowledge) -> list[Line]:
    """How many cases are undecided; and of which options that could not be told."""
    told = "Cases with a verdict that answers could still change"
    if summary.undecided_cases is None:
        return [Line(f"{told}: not counted")]
    if not summary.uncounted:
        return [Line(f"{told}: {summary.undecided_cases:,}")]
    labels = [knowledge.options[option].label for option in summary.uncounted]
    left = f"This, and what would settle them, is said without {listed(labels, 'and')}."
    return [Line(f"{told}: at least {summary.undecided_cases:,}"), Line(left)]


def _cost_row(spread: Spread, knowledge: Knowledge) -> list[str]:
    side = {"low": "at least", "high": "at most"}[spread.side]
    amounts = [f"{Decimal(amount):,}" for amount in (spread.total, *spread.quarters)]
    return [knowledge.options[spread.option].label, side, f"{spread.cases:,}", *amounts]


def affected_blocks(affected: Affected) -> list[Section]:
    """How many are shown something else, what, and which rules are behind it."""
    share = _percent(affected.touched, affected.compared)
    both = f"{count(affected.compared, 'case')} under both"
    sections = [apart(Line(f"{both}, of which {affected.touched:,} ({share}) are shown something else"))]
    if not affected.compared:
        nothing = "No row is a case under both: nothing was compared"
        sections = [apart(Line(nothing if affected.old.read else "There is no row: nothing was compared"))]
    if affected.old != affected.new:
        accepted = f"Accepted: {affected.old.accepted:,} by the old, {affected.new.accepted:,} by the new"
        sections.append(apart(Line(accepted)))
    old, new = affected.old.rejected, affected.new.rejected
    if old or new:
        rejected = f"Rejected: {old:,} by the old, {new:,} by the new; `population run` says why"
        sections.append(apart(Line(rejected)))
    if affected.moved:
        moved = []
        for m in affected.moved:
            change = f"{m.before} -> {m.after}"
            moved.append([m.option, m.what, change, f"{m.cases:,}", " ".join(map(str, m.rows))])
        headers = ["Option", "", "old -> new", "cases", "rows, such as"]
        sections.append(apart(Table(headers, moved)))
    rows = _rules_behind(affected)
    if rows:
        headers = ["Rule behind it", "claims", "edited", "fires only before", "only after"]
        sections.append(apart(Table(headers, rows)))
    return sections


def _rules_behind(affected: Affected) -> list[list[str]]:
    """Each rule that is behind a change, or fires for others than it did."""
    behind = {rule.rule: rule for change in affected.moved for rule in change.responsible}
    behind |= {rule.rule: rule for rule in affected.rules}
    otherwise = {rule.rule: rule for rule in affected.rules}
    rows = []
    for id, rule in behind.items():
        counts = [f"{n:,}" for n in otherwise[id][2:4]] if id in otherwise else ["-", "-"]
        rows.append([id, " ".join(rule.claims), "yes" if rule.edited else "no", *counts])
    return rows
