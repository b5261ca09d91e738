"""What whole tables of cases came to: the summary of a population, and whom an edit touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from expert.language.model import Knowledge
    from expert.language.rules import RuleBase
    from expert.population.affected import Affected
    from expert.population.summary import PopulationSummary, Spread


# --- words -----------------------------------------------------------------------------------------
def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


def _summary_blocks(found: PopulationSummary, base: RuleBase, format: str) -> Iterator[str]:
    from expert.views.terminal import table

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


def _by_option(found: PopulationSummary, k: Knowledge, format: str) -> str:
    from expert.language.english import VERDICT_WORDS
    from expert.views.terminal import table

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


def _questions(found: PopulationSummary, k: Knowledge, format: str) -> str:
    from expert.views.terminal import table

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
    from expert.views.terminal import table

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
