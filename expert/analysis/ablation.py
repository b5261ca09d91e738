"""Claim ablation: which sentences the verdicts rest on.

Each claim is dropped in turn, as if the document did not say it. A rule, and a datum of an
option, needs every claim that it cites: without one of them it goes. What is left is compared
with the whole: for each option over all completions of the case without answers (see
language/prospect), as far as rules tell them apart, and over the case files. What would take too
long is not decided, and is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from expert.analysis.expected import Expected
from expert.analysis.shown import Listed, difference, rebuilt, shown
from expert.consultation.case import Case
from expert.language.completions import Completions
from expert.language.diagrams import Diagram
from expert.language.limits import Limits, NotDecided
from expert.language.prospect import Cones, Prospect, deciding, look_through
from expert.language.rules import Instance, RuleBase, cited, passes
from expert.language.survey import Survey
from expert.language.two_bases import unlike_values

ROOM = 60_000  # nodes of which are kept what the next claim may need


class Example(NamedTuple):
    """A smallest case in which dropping a claim changes a verdict or a timing."""

    case: Case
    option: str
    before: str
    after: str


class Load(NamedTuple):
    """What rests on a claim: numbers of cases, added up over the options.

    lost: the option is no longer addressed; changed: it has another verdict; survived: some
    rule behind the verdict is gone, and the verdict is the same by another route. They are of the
    options that are decided: with others `undecided` there may be more. None: none is known of.
    """

    claim: str
    dropped: tuple[str, ...]  # the rules and data that cite it
    lost: int | None
    changed: int | None
    survived: int | None
    timings: int | None
    files: int  # cases of the case files in which anything at all is different
    example: Example | None
    undecided: tuple[str, ...]  # options


class Loads(NamedTuple):
    """All claims, those that bear most first, and over what they were tried."""

    claims: tuple[Load, ...]
    cases: dict[str, int | None]  # of each option; None: not counted
    files: int


class Borne(NamedTuple):
    """What rests on a claim, of one option."""

    lost: int
    changed: int
    survived: int
    timings: int


def load_bearing(base: RuleBase, cases: list[Expected]) -> Loads:
    """Drop each claim that something rests on."""
    citing = cited(base)
    lefts = {claim: without(base, claim) for claim, users in citing.items() if users}
    cones = {claim: Cones(left) for claim, left in lefts.items()}
    whole = Cones(base)
    grounds = [_Ground(option, whole, list(cones.values())) for option in base.knowledge.options]
    listed = Listed(case.given for case in cases)
    table = shown(base.knowledge, passes(base.instances), listed)
    loads = []
    for claim, left in lefts.items():
        gone = shown(left.knowledge, passes(left.instances), listed)
        files = difference(table, gone) & listed.full
        loads.append(_load(claim, tuple(citing[claim]), cones[claim], grounds, files.bit_count()))
    ranked = sorted(loads, key=_rank)
    return Loads(tuple(ranked), {ground.option: ground.cases for ground in grounds}, listed.size)


def _rank(load: Load) -> tuple[int, ...]:
    lost, changed, timings, survived = (
        n or 0 for n in (load.lost, load.changed, load.timings, load.survived)
    )
    return -lost - changed, -timings, -load.files, -survived


def without(base: RuleBase, claim: str) -> RuleBase:
    """The knowledge base as if a claim had not been made."""
    options = {}
    for id, option in base.knowledge.options.items():
        properties = {}
        for name, data in option.properties.items():
            properties[name] = tuple(datum for datum in data if claim not in datum.claims)
        options[id] = option._replace(properties=properties)
    knowledge = base.knowledge._replace(options=options)
    rules = [rule.without(claim) for rule in base.rules]
    left = rebuilt(knowledge, (rule for rule in rules if rule is not None))
    assert left is not None  # fewer rules have no cycle that all of them had not
    return left


class _Ground:
    """An option in the whole base, and without each claim: over the cases that all of these tell apart."""

    def __init__(self, option: str, whole: Cones, lefts: Sequence[Cones]) -> None:
        self.option, self.whole = option, whole
        self.behind = deciding(whole.base, option, waits=True)
        self.survey = Survey(whole.base.knowledge.attributes, {})
        for cones in (whole, *lefts):
            look_through(self.survey, cones, cones.upstream(deciding(cones.base, option, waits=True)))
        self.said = _said(whole, option)
        self._start()
        told_apart = self.completions.count(self.completions.true, told_apart=True)
        self.cases = None if self.completions.undecided else told_apart

    def _start(self) -> None:
        self.completions = Completions(self.survey, self.whole.order, self.whole.groups)
        self.before = Prospect(self.whole, {}, (), Limits(), self.completions)

    def without(self, cones: Cones) -> Prospect:
        """The option without a claim."""
        if len(self.completions.diagrams.level) > ROOM:
            self._start()
        return Prospect(cones, {}, (), Limits(), self.completions)

    def rules(self) -> dict[str, list[Instance]]:
        """The rules behind its verdict."""
        instances_of: dict[str, list[Instance]] = {}
        for instance in self.whole.upstream(deciding(self.whole.base, self.option)):
            instances_of.setdefault(instance.rule.id, []).append(instance)
        return instances_of


def _said(cones: Cones, option: str) -> set[object]:
    """What decides an option's verdict and timing."""
    return {(i.id, i.when, i.then) for i in cones.upstream(deciding(cones.base, option, waits=True))}


def _load(claim: str, dropped: tuple[str, ...], left: Cones, grounds: Iterable[_Ground], files: int) -> Load:
    counted, undecided = [], []
    examples: list[tuple[int, int, Example]] = []
    for ground in grounds:
        if _said(left, ground.option) == ground.said:
            counted.append(Borne(0, 0, 0, 0))
            continue
        try:
            shift = _Shift(ground, left)
            counts, some = shift.counts(), [*shift.examples()]
        except NotDecided:
            undecided.append(ground.option)
        else:
            counted.append(counts)
            examples += some
    best = min(examples, key=lambda e: e[:2], default=None)
    example = best[2] if best else None
    sums = map(sum, zip(Borne(0, 0, 0, 0), *counted, strict=True))
    lost, changed, survived, timings = (number or (None if undecided else 0) for number in sums)
    return Load(claim, dropped, lost, changed, survived, timings, files, example, tuple(undecided))


class _Shift:
    """How an option stands in the whole base, and without a claim. Raises TooLarge."""

    def __init__(self, ground: _Ground, left: Cones) -> None:
        self.ground, after = ground, ground.without(left)
        self.completions = ground.completions
        self.kinds: dict[str, list[dict[str, Diagram]]] = {"verdict": [], "timing": []}
        for prospect in (ground.before, after):
            outcome = prospect.outcome(deciding(prospect.base, ground.option, waits=True))
            made = {v: where.get() for v, where in outcome.verdicts(ground.option).items()}
            self.kinds["verdict"].append(made)
            made = {v: where.get() for v, where in outcome.timing(ground.option).items()}
            self.kinds["timing"].append(made)
        self.verdict, self.timing = self._apart("verdict"), self._apart("timing")
        self.after = after

    def _apart(self, kind: str) -> Diagram:
        before, after = self.kinds[kind]
        return self.completions.diagrams.any(unlike_values(before, after, self.completions.false))

    def _fewer(self) -> Diagram:
        """Where the option had a verdict, and some rule behind it that fired no longer does."""
        left: dict[str, list[Instance]] = {}
        for instance in self.after.base.instances:
            left.setdefault(instance.rule.id, []).append(instance)
        gone = []
        for rule, instances in self.ground.rules().items():
            gone.append(self.ground.before.fired(instances) & ~self.after.fired(left.get(rule, [])))
        before = self.kinds["verdict"][0]
        return self.completions.diagrams.any(gone) & ~before["open"] & ~before["not-addressed"]

    def counts(self) -> Borne:
        """In how many cases it is so. Raises NotDecided."""
        lost = self.kinds["verdict"][1]["not-addressed"] & self.verdict
        where = lost, self.verdict & ~lost, self._fewer() & ~self.verdict, self.timing
        return Borne(*(self.completions.count(truth, told_apart=True) for truth in where))

    def examples(self) -> Iterator[tuple[int, int, Example]]:
        """A smallest case of each kind, with how little it tells, and how many answers it has."""
        open = self.kinds["verdict"][0]["open"]  # a case with a verdict tells more
        ranked = (
            (0, "verdict", self.verdict & ~open),
            (1, "verdict", self.verdict),
            (2, "timing", self.timing),
        )
        for rank, kind, where in ranked:
            answers = self.completions.smallest(where)
            if answers is not None:
                said = []
                for values in self.kinds[kind]:
                    said.append(next(v for v, there in values.items() if self.completions.at(there, answers)))
                yield rank, len(answers), Example(Case({**answers}), self.ground.option, *said)
                return  # what else there is tells less
