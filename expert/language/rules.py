"""Rules as data: read from `rules/*.yaml`, spelled out per option, ordered by strata.

Nothing is evaluated here. The order in which rules fire is fixed by this module alone:
stratum, then salience (higher first), then place in the files (by name, then by line), then
the options in their declared order.
"""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple, assert_never

from expert.io.problems import Span
from expert.language.conclusions import (
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    Flag,
    Plan,
    Tally,
    Wait,
    computed_refs,
    conditions_in,
    ground_conclusion,
    makes_range,
)
from expert.language.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Determined,
    Known,
    Leaf,
    Not,
    Ref,
    answering,
    conjuncts,
    ground,
    is_bounded,
    leaves,
    mentions_option,
    refs,
    settled,
    unrounded,
)
from expert.language.keys import APPLIES, DENIAL, with_option, written_rule
from expert.language.model import Datum, Knowledge
from expert.language.strata import Needs, strata_of

BASES = {
    "stated": "the document says it",
    "inferred": "it follows from what the document says",
    "added": "the document does not say it",
}

PRICE_BASES = ("typical", "at-least")
DATUM_BASES = ("stated", "inferred")  # of a value that is given to an option
AGREEING = r"[^|]*[^|\s][^|]*\|[^|]*[^|\s][^|]*"  # words for one, and for several
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Rule(NamedTuple):
    """One rule, for all options that it may range over."""

    id: str
    claims: tuple[str, ...]
    basis: str
    because: str
    reason: str  # why we added it (basis added)
    when: Condition
    then: tuple[Conclusion, ...]
    salience: int
    span: Span
    settles: bool = False  # the first conclusion is `yes` of a finding, and where denied it is `no`
    otherwise: str = ""  # `because` of that
    denies: bool = False  # this is that second half
    exception_to: tuple[str, ...] = ()  # the rules that do not fire where this one does
    in_force: Condition | None = None  # the first part of `when`, if it is in force between days

    @property
    def cites(self) -> tuple[str, ...]:
        """The claims that it rests on, and those that give points of what it scores."""
        rows = [row for c in self.then if isinstance(c, Tally) for row in c.rows]
        return tuple(dict.fromkeys((*self.claims, *(claim for row in rows for claim in row.claims))))

    def without(self, claim: str) -> "Rule | None":
        """The rule as if a claim had not been made; none if it rests on it, and no points that it gives."""
        if claim in self.claims:
            return None
        then = tuple(c.without(claim) if isinstance(c, Tally) else c for c in self.then)
        return self._replace(then=then)

    @property
    def denial(self) -> "Rule | None":
        """The rule that settles the finding with `no`, where the condition is denied."""
        if not self.settles:
            return None
        settled = self.then[0]
        assert isinstance(settled, Conclude)
        plain = self._replace(settles=False, denies=True, exception_to=())
        return plain._replace(
            id=self.id + DENIAL,
            when=Not(self.when),
            then=(settled._replace(value="no"),),
            because=self.otherwise,
        )

    @property
    def ranges(self) -> bool:
        """Whether it is spelled out for each option."""
        about = any(mentions_option(part) for part in (self.when, *conditions_in(self.then)))
        about = about or any(map(makes_range, self.then))
        return about or any(ref.scoped for ref, _ in reads(self))  # computes with a property of it


class Instance(NamedTuple):
    """A rule spelled out for one option (or for none): what the engines run."""

    rule: Rule
    option: str
    when: Condition
    then: tuple[Conclusion, ...]
    stratum: int = 0
    computing: tuple[Condition, ...] = ()  # the last parts of `when`: see `drawing`

    @property
    def id(self) -> str:
        return with_option(self.rule.id, self.option)

    @property
    def written(self) -> Condition:
        """The condition as its author wrote it."""
        if not self.computing or not isinstance(self.when, AllOf):
            return self.when
        return AllOf(self.when.parts[: -len(self.computing)])


class RuleBase(NamedTuple):
    """A knowledge base, whole: what it declares, its rules, and their instances in firing order.

    `written` are the rules as their authors wrote them, without what is added to them (see `guards`).
    """

    knowledge: Knowledge
    rules: tuple[Rule, ...]
    instances: tuple[Instance, ...]
    written: tuple[Rule, ...] = ()

    def rule(self, id: str) -> Rule:
        """The rule of that name, or the half of it that settles a finding with `no`."""
        rule = next(rule for rule in self.rules if rule.id == written_rule(id))
        return rule if rule.id == id else rule.denial or rule


def cited(base: RuleBase) -> dict[str, list[str]]:
    """For each claim, what cites it: rule ids, and `option.property` of the options."""
    users: dict[str, list[str]] = {id: [] for id in base.knowledge.claims}
    for rule in base.rules:
        for id in rule.cites:
            users[id].append(rule.id)
    for option in base.knowledge.options.values():
        for name, data in option.properties.items():
            for datum in data:
                for id in datum.claims:
                    users[id].append(f"{option.id}.{name}")
    return users


def all_leaves(rule: Rule | Instance) -> list[Leaf]:
    """The conditions with none inside, of what a rule needs and of what its points depend on."""
    when = rule.written if isinstance(rule, Instance) else rule.when
    return [leaf for part in (when, *conditions_in(rule.then)) for leaf in leaves(part)]


def rule_names(base: RuleBase) -> list[str]:
    """The rules, and the second halves of those that settle a finding."""
    halves = [(rule, rule.denial) for rule in base.rules]
    return [half.id for both in halves for half in both if half]


# --- instances and strata --------------------------------------------------------------
def instances_of(rule: Rule, knowledge: Knowledge) -> list[Instance]:
    """The rule, once, or once for each option for which it can hold at all; so of both its halves."""
    halves = [half for half in (rule, rule.denial) if half]
    if not rule.ranges:
        return [_instance(half, "", half.when, half.then) for half in halves]
    instances = []
    for option in knowledge.options.values():
        for half in halves:
            when = ground(half.when, option)
            then = [ground_conclusion(conclusion, option) for conclusion in half.then]
            complete = tuple(conclusion for conclusion in then if conclusion)
            # what is settled is so whatever else cannot be computed of the option
            if settled(when) is not False and (len(complete) == len(then) or half.settles):
                instances.append(_instance(half, option.id, when, complete))
    return instances


class SpelledOut:
    """The instances of the rules of a base, for bases that have most of them too."""

    def __init__(self, base: RuleBase) -> None:
        self.knowledge = base.knowledge
        self._rules = base.rules  # as long as they are there, no other has the same number
        self._instances = {id(rule): instances_of(rule, base.knowledge) for rule in base.rules}

    def of(self, rule: Rule) -> list[Instance]:
        """The instances of a rule; of one that the base has, those that were made already."""
        known = self._instances.get(id(rule))
        return instances_of(rule, self.knowledge) if known is None else known


def _instance(rule: Rule, option: str, when: Condition, then: tuple[Conclusion, ...]) -> Instance:
    parts = conjuncts(when)
    computing = tuple(part for part in drawing(then) if part not in parts)
    return Instance(rule, option, AllOf((*parts, *computing)) if computing else when, then, 0, computing)


def drawing(then: Iterable[Conclusion]) -> tuple[Condition, ...]:
    """What has to hold for any of the conclusions to be drawn, which is part of their rule's condition.

    A conclusion whose quantity is not known is not drawn; a rule that draws none does not fire.
    """
    ways: list[tuple[Condition, ...]] = []
    for conclusion in then:
        way = _drawn_where(conclusion)
        if not way:  # one that is always drawn
            return ()
        ways.append(way)
    if not ways:
        return ()
    ways = list(dict.fromkeys(ways))
    return ways[0] if len(ways) == 1 else (AnyOf(tuple(AllOf(way) for way in ways)),)


def _drawn_where(conclusion: Conclusion) -> tuple[Condition, ...]:
    """What has to hold for a conclusion to be drawn: what it computes with is known, or has one value."""
    match conclusion:
        case Conclude():
            if not isinstance(conclusion.value, str) and is_bounded(conclusion.value):
                return (Determined(unrounded(conclusion.value)[0]),)
            terms = dict.fromkeys(ref for ref in computed_refs(conclusion) if ref.kind != "property")
            return tuple(Known(ref) for ref in terms)
        case Tally() | Argue() | Plan() | Wait() | Flag() | Advise() | Caution():
            return ()  # a score has bounds in every case
        case _:
            assert_never(conclusion)


def computed_data(instance: Instance, knowledge: Knowledge) -> list[tuple[str, Datum]]:
    """The option's data that an instance computes with, by property: the leaves of a cost."""
    if not instance.option:
        return []
    option = knowledge.options[instance.option]
    computed = []
    for conclusion in instance.rule.then:
        for ref in computed_refs(conclusion):
            if ref.kind == "property":
                computed += [(ref.name, datum) for datum in option.quantified(ref.name)]
    return computed


def reads(rule: Rule | Instance) -> list[tuple[Ref, bool]]:
    """Every term a rule reads, and whether it must be settled before the rule fires."""
    read = list(refs(rule.when))
    for conclusion in rule.then:
        for ref in computed_refs(conclusion):
            read += answering(ref, True)
        if isinstance(conclusion, (Conclude, Tally)) and conclusion.replies:
            read.append((Ref("attribute", conclusion.name), False))
    for condition in conditions_in(rule.then):
        read += [(ref, True) for ref, _ in refs(condition)]
    written = rule.rule if isinstance(rule, Instance) else rule
    return [(ref, True) for ref, _ in read] if written.settles or written.denies else read


def writes(instance: Instance) -> set[str]:
    """The keys of the findings that an instance concludes, and of it applying if it is an exception."""
    applies = {applies_key(instance)} if instance.rule.exception_to else set[str]()
    return applies | {c.key for c in instance.then if isinstance(c, (Conclude, Tally))}


def applies_key(instance: Instance) -> str:
    """Under which it is read that an exception applies."""
    return with_option(APPLIES + instance.rule.id, instance.option)


def in_firing_order(
    rules: Iterable[Rule], knowledge: Knowledge, known: SpelledOut | None = None
) -> tuple[tuple[Instance, ...], list[Instance]]:
    """The instances of some rules in firing order; and, if there can be none, the offending cycle.

    `known` are instances under the same options.
    """
    spelled_out: list[Instance] = []
    for rule in rules:
        spelled_out += known.of(rule) if known else instances_of(rule, knowledge)
    strata, cycle = stratify(spelled_out)
    numbered = [instance._replace(stratum=strata[instance.id]) for instance in spelled_out]
    # sorted() is stable: within a stratum and salience, place in the files decides
    ordered = sorted(numbered, key=lambda instance: (instance.stratum, -instance.rule.salience))
    return tuple(ordered), cycle


def stratify(instances: list[Instance]) -> tuple[dict[str, int], list[Instance]]:
    """The stratum of each instance by id, and, if there can be none, the offending cycle.

    A rule stands no lower than the rules that conclude what it reads, and higher than those
    that conclude what it negates or computes with, or settle what it reads; a rule that settles a finding
    stands above all that it reads (the standard stratification of Datalog).
    """
    by_id = {instance.id: instance for instance in instances}
    needs: Needs = {id: [] for id in by_id}
    # a finding stands between its readers and its writers; no instance is named with a `?`
    for instance in instances:
        for key in writes(instance):
            needs.setdefault("?" + key, []).append((instance.id, False))
    for instance in instances:
        keys = [(f"?{ref.key}", strict) for ref, strict in reads(instance) if ref.kind == "finding"]
        needs[instance.id] += [(key, strict) for key, strict in dict.fromkeys(keys) if key in needs]
    strata, cycle = strata_of(needs)
    return {id: strata[id] for id in by_id}, [by_id[step] for step in cycle if step in by_id]


# --- what instances rest on --------------------------------------------------------------
class Touched(NamedTuple):
    """The keys of the findings that an instance reads, and of those that it writes."""

    read: set[str]
    written: set[str]


def findings_read(instance: Instance) -> set[str]:
    """The keys of the findings that an instance reads."""
    return {ref.key for ref, _ in reads(instance) if ref.kind == "finding"}


def passes(instances: Iterable[Instance]) -> list[Instance]:
    """The instances in an order in which one reading settles everything.

    Within a stratum a rule comes after those that conclude what it reads. Rules that support
    each other in a circle (never through negation or computation) are repeated as often as
    there are rules in the circle: a fixed point, written out as straight-line logic.
    """
    return in_order(instances)[0]


def in_order(instances: Iterable[Instance]) -> tuple[list[Instance], dict[str, Touched]]:
    """The order of `passes`, and the findings that each instance touches, by its id."""
    strata: dict[int, list[Instance]] = {}
    touched: dict[str, Touched] = {}
    for instance in instances:
        strata.setdefault(instance.stratum, []).append(instance)
        touched[instance.id] = Touched(findings_read(instance), writes(instance))
    ordered: list[Instance] = []
    for _, beside in sorted(strata.items()):
        ordered += _settling(beside, [touched[instance.id] for instance in beside])
    return ordered, touched


def _settling(beside: list[Instance], touched: list[Touched]) -> list[Instance]:
    """The instances of a stratum, each after those that conclude what it reads; circles last, repeated.

    Round by round those whose terms are all concluded, in the order given. `touched` is what each touches.
    """
    unsettled: dict[str, int] = {}  # of each finding, how many are still to conclude it
    for _, written in touched:
        for key in written:
            unsettled[key] = unsettled.get(key, 0) + 1
    readers: dict[str, list[int]] = {}  # of each finding, by their places
    waits: list[int] = []  # on so many findings, by place
    for place, (read, _) in enumerate(touched):
        needed = [key for key in read if key in unsettled]
        waits.append(len(needed))
        for key in needed:
            readers.setdefault(key, []).append(place)
    ordered: list[Instance] = []
    ready = [place for place, number in enumerate(waits) if not number]
    while ready:
        ordered += [beside[place] for place in ready]
        settled: list[int] = []
        for place in ready:
            for key in touched[place].written:
                unsettled[key] -= 1
                if not unsettled[key]:
                    settled += readers.get(key, ())
        ready = []
        for place in settled:
            waits[place] -= 1
            if not waits[place]:
                ready.append(place)
        ready.sort()
    circles = [instance for instance, number in zip(beside, waits, strict=True) if number]
    return ordered + circles * len(circles)


class Dependencies:
    """What instances rest on, of instances in an order in which to read them."""

    def __init__(self, ordered: Iterable[Instance], touched: dict[str, Touched] | None = None) -> None:
        self.ordered = list(ordered)
        self.writers: dict[str, list[Instance]] = {}  # of each finding, by key
        self._places: dict[str, list[int]] = {}  # of each instance in that order, by id
        self._touched = touched or {}  # of those of which it is known
        for place, instance in enumerate(self.ordered):
            id = instance.id
            places = self._places.setdefault(id, [])
            places.append(place)
            if len(places) == 1:
                written = self._touched[id].written if id in self._touched else writes(instance)
                for key in written:
                    self.writers.setdefault(key, []).append(instance)

    @staticmethod
    def of(instances: Iterable[Instance]) -> "Dependencies":
        """Those of instances in any order, which are put into that of `passes`."""
        return Dependencies(*in_order(instances))

    def upstream(
        self,
        instances: Iterable[Instance],
        keys: Iterable[str] = (),
        without: Callable[[Instance], bool] = lambda instance: False,
    ) -> list[Instance]:
        """Instances (and those that conclude findings) with all that they rest on, in order.

        Those `without` are left out, and what only they rest on.
        """
        needed: set[str] = set()
        seen = set(keys)
        waiting = [*instances, *(writer for key in seen for writer in self.writers.get(key, ()))]
        while waiting:
            instance = waiting.pop()
            id = instance.id
            if id in needed or without(instance):
                continue
            needed.add(id)
            for key in self.findings_of(instance) - seen:
                seen.add(key)
                waiting += self.writers.get(key, ())
        places = sorted([place for id in needed for place in self._places[id]])
        return [self.ordered[place] for place in places]

    def findings_of(self, instance: Instance) -> set[str]:
        """The keys of the findings that an instance reads, looked for once."""
        id = instance.id
        if id not in self._touched:
            self._touched[id] = Touched(findings_read(instance), writes(instance))
        return self._touched[id].read
