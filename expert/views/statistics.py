"""What records amount to over time, as tables: a row for each thing, with how often it was in each period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from expert.io.quoting import on_one_line
from expert.language.english import capital, count, listed
from expert.language.words import VERDICT_WORDS
from expert.ledger.history.statistics import Series, Statistics
from expert.views.document import Block, Line, Section, Table, apart

LEVELS = "▁▂▃▄▅▆▇█"
ROOM = 24  # signs for a row's periods
BAR = 22  # signs for the longest bar
SHOWN = 10  # rows of a table, unless all are asked for


class _Kind(NamedTuple):
    """A kind of series: the heading of its table, and those of the columns that name a row."""

    kind: str
    heading: str
    named: tuple[str, ...]


KINDS = (
    _Kind("verdict", "Verdicts", ("Option", "Verdict")),
    _Kind("result", "Results", ("Result", "Value")),
    _Kind("rule", "Rules that fired", ("Rule",)),
    _Kind("version", "Versions of the knowledge", ("Knowledge", "Hash")),
    _Kind("program", "Programs", ("Program", "Version")),
    _Kind("note", "Notes", ("Judgement",)),
    _Kind("erasure", "Erasures", ("Reason",)),
)
ACTIVITY = {
    "consultation": "Consultations",
    "note": "Notes",
    "signature": "Signatures",
    "erased": "Erased since",
    "erasure": "Erasures",
}


def statistics_blocks(found: Statistics, full: bool = False, plain: bool = False) -> list[Block]:
    """The statistics, the most frequent first; `plain` is without what only the eye can read."""
    if not found.entries:
        return [Line("No record fits.")]
    signs = -(-len(found.periods) // ROOM)
    blocks: list[Block] = [apart(Line(_summed(found)), *_explained(found, signs, plain))]
    blocks.append(_activity(found, full, plain))
    several = len({s.knowledge for s in found.of("version")}) > 1
    for kind in KINDS:
        if rows := found.of(kind.kind):
            blocks.append(_table(kind, rows, several, full, plain))
    return blocks


def _summed(found: Statistics) -> str:
    """How many entries there are, of what kinds, from when to when."""
    totals = {kind: sum(s.total for s in found.of(kind)) for kind in ACTIVITY}
    parts = [count(totals["consultation"], "consultation")]
    parts += [count(totals[kind], kind) for kind in ("note", "signature", "erasure") if totals[kind]]
    parts += [f"{totals['erased']} erased since"] if totals["erased"] else []
    entries = f"{found.entries} {'entry' if found.entries == 1 else 'entries'}"
    files = f" of {count(len(found.ledgers), 'ledger')}" if len(found.ledgers) > 1 else ""
    first, last = min(s.first for s in found.series), max(s.last for s in found.series)
    return f"{entries}{files}, {first[:10]} to {last[:10]}: {listed(parts)}."


def _explained(found: Statistics, signs: int, plain: bool) -> list[Line]:
    if plain or len(found.periods) < 2:
        return []
    each = f"{count(signs, found.per)} a sign" if signs > 1 else f"a sign for each {found.per}"
    return [
        Line(f"Over time: {each} from {found.periods[0]} to {found.periods[-1]}, in parts of the row's most.")
    ]


def _activity(found: Statistics, full: bool, plain: bool) -> Section:
    """What was recorded in each period, with a bar; the last periods, unless all are asked for."""
    counted = {kind: _added(found.of(kind), len(found.periods)) for kind in ACTIVITY}
    kinds = [kind for kind in ACTIVITY if any(counted[kind]) or kind == "consultation"]
    heads = [capital(found.per), *(ACTIVITY[kind] for kind in kinds)]
    bars = not plain and len(found.periods) > 1
    most, longest = max([*counted["consultation"], 1]), BAR if len(kinds) < 4 else BAR // 2
    rows = []
    for n, period in enumerate(found.periods):
        bar = ["█" * round(longest * counted["consultation"][n] / most)] if bars else []
        rows.append([period, *(str(counted[kind][n]) for kind in kinds), *bar])
    left = 0 if full else max(0, len(rows) - ROOM)
    table = Table([*heads, *([""] if bars else [])], rows[left:])
    more = [Line(f"{count(left, 'earlier ' + found.per)}: --full", 2)] if left else []
    return Section(f"By {found.per}", (table, *more))


def _added(series: Sequence[Series], periods: int) -> list[int]:
    return [sum(s.counts[n] for s in series) for n in range(periods)]


def _table(kind: _Kind, series: Sequence[Series], several: bool, full: bool, plain: bool) -> Section:
    """The series of a kind: what it is, how often, when first and last, and over time."""
    of_one = several and kind.kind in ("verdict", "result", "rule")
    over_time = not plain and len(series[0].counts) > 1
    # of the others it is seen over time; to whoever hears it, it is said
    dated = kind.kind in ("version", "program") or plain
    heads = [
        *(["Knowledge"] if of_one else []),
        *kind.named,
        "Records",
        *(["First", "Last"] if dated else []),
    ]
    rows = []
    for s in series:
        ends = [s.first[:10], s.last[:10]] if dated else []
        row = [*([s.knowledge] if of_one else []), *_named(s), str(s.total), *ends]
        rows.append([on_one_line(cell, 60) for cell in row] + ([sparkline(s.counts)] if over_time else []))
    shown = rows if full else rows[:SHOWN]
    more = [Line(f"{len(rows) - len(shown)} more: --full", 2)] if len(shown) < len(rows) else []
    return Section(kind.heading, (Table([*heads, *(["Over time"] if over_time else [])], shown), *more))


def _named(s: Series) -> list[str]:
    """What a series is of, in the columns of its kind."""
    match s.kind:
        case "verdict":
            return [s.label, VERDICT_WORDS.get(s.value, s.value)]
        case "result":
            return [s.label, s.value]
        case "version":
            return [f"{s.knowledge} {s.name}", s.value[:8]]
        case "program":
            return [s.name, s.value]
        case "note":
            return [s.value or "none"]
        case "erasure":
            return [s.name or "none given"]
    return [s.name]


def sparkline(counts: Sequence[int], room: int = ROOM) -> str:
    """Counts as so many signs at most, each as high as its part of the highest; a dot is nothing.

    Where there are more counts than signs, as many are added to one as it takes.
    """
    width = -(-len(counts) // room) or 1
    added = [sum(counts[n : n + width]) for n in range(0, len(counts), width)]
    most = max(added, default=0) or 1
    return "".join(LEVELS[-(-len(LEVELS) * n // most) - 1] if n else "·" for n in added)
