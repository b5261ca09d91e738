"""Claim ablation: which sentences the verdicts rest on.

Each claim is dropped in turn, as if the document did not say it. A rule, and a datum of an
option, needs every claim that it cites: without one of them it goes. What is left is compared
with the whole, for each option over all combinations of the answers that its verdict and
timing depend on (numbers by their thresholds, unknown included), and over the case files.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from expert.analysis.expected import Expected
from expert.analysis.shown import Listed, Shown, difference, grid_over, rebuilt, shown, smallest, value_at
from expert.consultation.case import Case
from expert.consultation.relevance import Reach
from expert.language.grids import Grid
from expert.language.meaning import passes
from expert.language.rules import RuleBase, cited


class Example(NamedTuple):
    """A smallest case in which dropping a claim changes a verdict or a timing."""

    case: Case
    option: str
    before: str
    after: str


class Load(NamedTuple):
    """What rests on a claim: numbers of cases, added up over the options' grids.

    lost: the option is no longer addressed; changed: it has another verdict; survived: some
    rule behind the verdict is gone, and the verdict is the same by another route.
    """

    claim: str
    dropped: tuple[str, ...]  # the rules and data that cite it
    lost: int
    changed: int
    survived: int
    timings: int
    files: int  # cases of the case files in which anything at all is different
    example: Example | None


class Loads(NamedTuple):
    """All claims, those that bear most first, and over what they were tried."""

    claims: tuple[Load, ...]
    grids: dict[str, int]  # option -> cases; 0: too many, so left out
    files: int


class _Ground(NamedTuple):
    """An option's grid, and what the whole base shows on it."""

    option: str
    grid: Grid
    shown: Shown
    rules: set[str]  # those behind its verdict


def load_bearing(base: RuleBase, cases: list[Expected]) -> Loads:
    """Drop each claim that something rests on."""
    reach = Reach(base)
    grounds, sizes = [], {}
    for option in base.knowledge.options:
        behind = reach.deciding(option, waits=True)
        grid = grid_over(reach, reach.cones.support(behind))
        sizes[option] = grid.size if grid else 0
        if grid:
            table = shown(base.knowledge, reach.cones.upstream(behind), grid)
            verdict = reach.cones.upstream(reach.deciding(option))
            grounds.append(_Ground(option, grid, table, {instance.rule.id for instance in verdict}))
    listed = Listed(case.given for case in cases)
    whole = shown(base.knowledge, passes(base.instances), listed)
    loads = []
    for claim, users in cited(base).items():
        if users:
            left = without(base, claim)
            gone = shown(left.knowledge, passes(left.instances), listed)
            files = difference(whole, gone) & listed.full
            loads.append(_load(Reach(left), claim, tuple(users), grounds, files.bit_count()))
    ranked = sorted(loads, key=lambda f: (-f.lost - f.changed, -f.timings, -f.files, -f.survived))
    return Loads(tuple(ranked), sizes, listed.size)


def without(base: RuleBase, claim: str) -> RuleBase:
    """The knowledge base as if a claim had not been made."""
    options = {}
    for id, option in base.knowledge.options.items():
        properties = {}
        for name, data in option.properties.items():
            properties[name] = tuple(datum for datum in data if claim not in datum.claims)
        options[id] = option._replace(properties=properties)
    knowledge = base.knowledge._replace(options=options)
    left = rebuilt(knowledge, (rule for rule in base.rules if claim not in rule.claims))
    assert left is not None  # fewer rules have no cycle that all of them had not
    return left


def _load(reach: Reach, claim: str, dropped: tuple[str, ...], grounds: Iterable[_Ground], files: int) -> Load:
    lost = changed = survived = timings = 0
    examples: list[tuple[int, int, Example]] = []
    for ground in grounds:
        option, grid, knowledge = ground.option, ground.grid, reach.base.knowledge
        table = shown(knowledge, reach.cones.upstream(reach.deciding(option, waits=True)), grid)
        verdict = difference(ground.shown, table, ("verdict",)) & grid.full
        silent = table["verdict", option]["not-addressed"] & verdict
        timing = difference(ground.shown, table, ("timing",)) & grid.full
        lost, changed = lost + silent.bit_count(), changed + (verdict & ~silent).bit_count()
        timings += timing.bit_count()
        survived += (_fewer(ground, table) & ~verdict & grid.full).bit_count()
        open = ground.shown["verdict", option]["open"]  # a case with a verdict tells more
        ranked = ((0, "verdict", verdict & ~open), (1, "verdict", verdict), (2, "timing", timing))
        for rank, kind, where in ranked:
            case = smallest(grid, where, knowledge)
            if case is not None:
                said = [value_at(t[kind, option], grid, case) for t in (ground.shown, table)]
                examples.append((rank, len(case.answers), Example(case, option, *said)))
    best = min(examples, key=lambda e: e[:2], default=None)
    return Load(claim, dropped, lost, changed, survived, timings, files, best[2] if best else None)


def _fewer(ground: _Ground, table: Shown) -> int:
    """Where the option had a verdict, and some rule behind it that fired no longer does."""
    before, after = ground.shown["fired", ""], table.get(("fired", ""), {})
    where: int = 0
    for rule in ground.rules & before.keys():
        where |= before[rule] & ~after.get(rule, 0)
    verdicts = ground.shown["verdict", ground.option]
    return where & ~verdicts["open"] & ~verdicts["not-addressed"]
