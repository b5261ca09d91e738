"""What can still follow from a case: rules read over all its completions, each rule once.

A `Cones` belongs to a rule base: what each thing rests on, found once, and the orders in which diagrams
ask for attributes. A `Prospect` belongs to a case of it. What the diagrams of all rules together are too
large for is tried with the rules behind one thing, in an order of their own; what those are too large for,
by samples of cases (see samples).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from itertools import chain
from typing import NamedTuple

from expert.io.dates import day_after
from expert.language.algebra import Amounts, intersection, union
from expert.language.completions import Completions, Groups
from expert.language.conclusions import Argue, Conclude, Conclusion, Wait, text_of
from expert.language.conditions import Condition, refs
from expert.language.contradictions import Contradictions, LeftOut
from expert.language.diagrams import Diagram, Diagrams
from expert.language.grids import CaseNumbers
from expert.language.keys import with_option
from expert.language.limits import Limits, NotDecided, TooLarge
from expert.language.meaning import Reading
from expert.language.model import Value
from expert.language.orders import Together, good_order
from expert.language.outcome import Outcome, deciding_arguments, outcome_of, possible_arguments
from expert.language.policy import NOW, OPEN, VERDICTS
from expert.language.possibility import Bounds, Possibilities
from expert.language.rules import PLACEHOLDER, Dependencies, Instance, RuleBase, in_order, reads, writes
from expert.language.samples import Samples
from expert.language.survey import Amount, CaseAnswers, Perhaps, Survey

DiagramAmounts = Amounts[Diagram, Amount[Diagram]]
SMALL = 20_000  # nodes, before cases are sampled


class Printed(NamedTuple):
    """What is filled into texts: findings, by key, and attributes."""

    findings: tuple[str, ...]
    answers: tuple[str, ...]


@lru_cache(256)  # bases that differ little have the same order
def _order_of(attributes: tuple[str, ...], together: tuple[Together, ...]) -> list[str]:
    return good_order(list(attributes), list(together))


class Cones(Dependencies):
    """What everything in a rule base rests on."""

    def __init__(self, base: RuleBase) -> None:
        super().__init__(*in_order(base.instances))
        self.base = base
        self.attributes: dict[str, frozenset[str]] = {}  # that each instance reads
        for instance in base.instances:
            names = [ref.name for ref, _ in reads(instance) if ref.kind == "attribute"]
            self.attributes[instance.id] = frozenset(names)
        self.groups = Groups()
        self._together: dict[str, Together] = {}  # of each instance

    def support(self, instances: Iterable[Instance], keys: Iterable[str] = ()) -> list[str]:
        """The attributes that instances (and findings) rest on, in the vocabulary's order."""
        read: set[str] = set()
        for instance in self.upstream(instances, keys):
            read |= self.attributes[instance.id]
        return [name for name in self.base.knowledge.attributes if name in read]

    def printed(self, instance: Instance) -> Printed:
        """The findings, by key, and the attributes whose values are in an instance's texts."""
        knowledge, findings, answers = self.base.knowledge, dict[str, None](), dict[str, None]()
        texts = [instance.rule.because, *(text_of(c) for c in instance.then)]
        for name in [name for text in texts for name in PLACEHOLDER.findall(text)]:
            term = knowledge.named(name)
            if term and term.kind == "attribute":
                answers |= dict.fromkeys(term.parts)
            elif term and term.kind == "finding":
                findings[with_option(term.name, instance.option if term.per_option else "")] = None
        return Printed(tuple(findings), tuple(answers))

    @property
    def order(self) -> list[str]:
        """The order in which diagrams of all rules ask for attributes."""
        return self.order_of(self.base.instances)

    def order_of(self, instances: Sequence[Instance]) -> list[str]:
        """The order in which diagrams of some instances ask for attributes."""
        edges = dict.fromkeys(map(self._asked_together, instances))
        together = tuple(edge for edge in edges if len(edge) > 1)
        return [*_order_of(tuple(self.base.knowledge.attributes), together)]

    def _asked_together(self, instance: Instance) -> Together:
        """The attributes and findings that an instance links."""
        if instance.id not in self._together:
            linked = self.findings_of(instance) | writes(instance)
            names = [*self.attributes[instance.id], *(f"?{key}" for key in linked)]
            self._together[instance.id] = tuple(sorted(names))
        return self._together[instance.id]


class Deferred:
    """A truth that is made when it is asked for: where one of `some` is so."""

    def __init__(
        self, diagrams: Diagrams, make: Callable[[], Diagram], some: tuple[Deferred, ...] = ()
    ) -> None:
        self.diagrams, self._make, self._some = diagrams, make, some or (self,)
        self._truth: Diagram | None = None

    def get(self) -> Diagram:
        """The truth itself. Raises TooLarge."""
        if self._truth is None:
            self._truth = self._make()
        return self._truth

    def __and__(self, other: Deferred, /) -> Deferred:
        return Deferred(self.diagrams, lambda: first if (first := self.get()).never else first & other.get())

    def __or__(self, other: Deferred, /) -> Deferred:
        some = (*self._some, *other._some)
        return Deferred(self.diagrams, lambda: self.diagrams.any(one.get() for one in some), some)

    def __invert__(self) -> Deferred:
        return Deferred(self.diagrams, lambda: ~self.get())


class Visible(NamedTuple):
    """Something that a reader can see: where instances fire, and values that are printed there.

    `findings` are keys of findings, `answers` attributes, whose values are shown where one of the
    instances fires (or, of no instances, always). `waiting` is an option of which it is shown that its
    verdict is open; the instances are then those that decide it.
    """

    instances: tuple[Instance, ...]
    findings: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    waiting: str = ""
    unanswered: tuple[str, ...] = ()  # findings: where all are answered, nothing is drawn there
    by: tuple[Instance, ...] = ()  # what brings it about, where that shows whichever of them fires


def look_through(survey: Survey, cones: Cones, read: list[Instance]) -> Reading[Perhaps, Amount[Perhaps]]:
    """Write down what instances ask of the open answers: whether they fire or may, and what they print."""
    reading: Reading[Perhaps, Amount[Perhaps]] = Reading(survey)
    reading.derive(read)
    for name in {name for instance in read for name in cones.printed(instance).answers}:
        survey.known(name)
        for value in survey.terms[name].values:
            survey.equals(name, value)
    [*possible_arguments(cones.base.knowledge, survey, read)]
    return reading


def deciding(base: RuleBase, option: str, waits: bool = False) -> list[Instance]:
    """The instances behind an option's verdict, and behind its timing if `waits`."""
    instances = []
    for instance in base.instances:
        behind: list[Conclusion] = [*deciding_arguments(instance, base.knowledge)]
        if waits:
            behind += [c for c in instance.then if isinstance(c, Wait)]
        if any(c.option == option for c in behind):
            instances.append(instance)
    return instances


class Prospect:
    """A rule base over all completions of a case.

    `only` are the instances that will be asked of (and what they rest on): all, if it is not given. `asked`
    are the conditions whose truth will be asked for, once all of that has been read.
    """

    def __init__(
        self,
        cones: Cones,
        answers: CaseAnswers,
        only: Sequence[Instance] | None = None,
        limits: Limits = Limits(),  # noqa: B008 (never changed)
        shared: Completions | None = None,
        asked: Iterable[Condition] = (),
    ) -> None:
        self.cones, self.base, self.answers = cones, cones.base, answers
        self.limits, self.whole = limits, only is None
        if shared is None:
            survey = Survey(cones.base.knowledge.attributes, answers)
            read = cones.ordered if only is None else cones.upstream(only)
            surveyed = look_through(survey, cones, read)
            for condition in asked:
                surveyed.holds(condition)
            own = only is not None and limits.own_order
            order = cones.order_of(read if own else cones.base.instances)
            shared = Completions(survey, order, cones.groups, limits.steps, limits.nodes)
        self.completions = shared
        self.reading: Reading[Diagram, Amount[Diagram]] = Reading(self.completions)
        self._fired: dict[str, Diagram] = {}
        left_out = LeftOut(Contradictions(cones.base.knowledge.contradictions), self.completions)
        self._possible = Reading(Possibilities(self.completions, left_out))
        self._bounds: dict[str, Bounds[Diagram]] = {}

    # --- truths ------------------------------------------------------------------------------------
    def derive(self, instances: Iterable[Instance], keys: Iterable[str] = ()) -> None:
        """Read instances, with all that they rest on, unless they were read before."""
        wanted = chain(instances, *(self.cones.writers.get(key, ()) for key in keys))
        unread = [instance for instance in wanted if instance.id not in self._fired]
        if unread:
            new = [i for i in self.cones.upstream(unread) if i.id not in self._fired]
            self._fired.update(self.reading.derive(new))

    def fired(self, instances: Iterable[Instance]) -> Diagram:
        """Where one of the instances fires."""
        some = list(instances)
        self.derive(some)
        return self.completions.diagrams.any(self._fired[instance.id] for instance in some)

    def holds(self, condition: Condition) -> Diagram:
        """Where a condition holds, which is one of those that were to be `asked`."""
        self.derive((), [ref.key for ref, _ in refs(condition) if ref.kind == "finding"])
        held: Diagram = self.reading.holds(condition)
        return held

    def numbers(self, key: str) -> DiagramAmounts:
        """What a finding can be, each with where it is."""
        self.derive((), [key])
        return self.reading.numbers_of(key)

    def bounds(self, key: str) -> list[DiagramAmounts]:
        """What the least and the greatest value of a score can be, with where it is; none of no score."""
        self.derive((), [key])
        intervals = self.reading.scores.get(key, [])
        if not intervals:
            return []
        lows = [(where, low) for where, (low, _) in intervals]
        highs = [(where, high) for where, (_, high) in intervals]
        return [self.reading.merged(lows), self.reading.merged(highs)]

    def outcome(self, instances: Sequence[Instance]) -> Outcome[Deferred]:
        """The outcome of these instances; each truth of it is made when it is asked for (`get`)."""
        self.derive(instances)
        said = [(c, self.deferred(self._fired[i.id])) for i in instances for c in i.then]
        possible = partial(self._possible_arguments, instances)
        return Outcome(self.base.knowledge, said, self.deferred(self.completions.false), possible)

    def _possible_arguments(self, instances: Iterable[Instance]) -> list[tuple[Argue, Deferred]]:
        """The deciding arguments of some instances, and where they may be put forward."""
        arguments = []
        for instance in instances:
            where = Deferred(self.completions.diagrams, partial(self._may, instance))
            arguments += [(c, where) for c in deciding_arguments(instance, self.base.knowledge)]
        return arguments

    def _may(self, instance: Instance) -> Diagram:
        """Where an instance may fire, whatever the answers are that are not known."""
        if instance.id not in self._bounds:
            new = [i for i in self.cones.upstream([instance]) if i.id not in self._bounds]
            self._bounds.update(self._possible.derive(new))
        return self._bounds[instance.id].may

    def deferred(self, truth: Diagram) -> Deferred:
        """A truth that is made already."""
        return Deferred(self.completions.diagrams, lambda: truth)

    def verdicts(self, option: str, waits: bool = False) -> dict[str, Deferred]:
        """Where an option has each verdict; and, with `waits`, where its timing is `now`."""
        outcome = self.outcome(deciding(self.base, option, waits))
        verdicts = outcome.verdicts(option)
        if waits:
            verdicts[NOW] = outcome.timing(option)[NOW]
        return verdicts

    def changing_verdict(self, option: str) -> dict[str, bool]:
        """The open answers that can still change an option's verdict, and whether that is certain."""
        sure: dict[str, bool] = {}
        for where in self.verdicts(option).values():
            for name, certain in self.completions.changing(where.get()).items():
                sure[name] = sure.get(name, False) or certain
        return sure

    def possible_verdicts(self, option: str) -> dict[str, bool]:
        """The verdicts that an option can still have, and whether that is certain."""
        possible_ones = dict.fromkeys(VERDICTS, False)
        with suppress(TooLarge):
            verdicts = self.verdicts(option)
            for verdict in VERDICTS:
                with suppress(TooLarge):
                    possible = self.completions.possible(verdicts[verdict].get())
                    if possible is False:
                        del possible_ones[verdict]
                    else:
                        possible_ones[verdict] = possible is True
        seen = self.seen_verdicts(option) if False in possible_ones.values() else set()
        return {verdict: sure or verdict in seen for verdict, sure in possible_ones.items()}

    def seen_verdicts(self, option: str) -> set[str]:
        """Verdicts that an option has in some cases that were tried."""
        instances = self.cones.upstream(deciding(self.base, option))
        if any(computes(instance) for instance in instances):
            return set()
        tried = self.tried()
        samples = Samples(self.answers, tried, instances, tried)
        samples.take(samples.names)
        reading: Reading[int, CaseNumbers] = Reading(samples)
        outcome = outcome_of(self.base.knowledge, reading, instances, reading.derive(instances))
        return {verdict for verdict, where in outcome.verdicts(option).items() if where & samples.full}

    # --- which open answers matter ---------------------------------------------------------------
    def changing(self, effect: Visible) -> dict[str, bool]:
        """The open answers that can still change an effect, and whether that is certain.

        What is not there can not. Where the numbers of all rules together are too much, or the nodes,
        the effect's own rules are tried alone; what is not decided then either is there, uncertain.
        """
        unsure = dict.fromkeys(self._open(effect), False)
        if not self.whole or not effect.waiting:  # where a verdict is open rests on more than other effects
            with suppress(TooLarge):
                unsure = self._changing(effect)
        if not self.whole or all(unsure.values()):
            return unsure
        alone = changing_alone(self.cones, self.answers, effect, self.limits)
        return {name: sure for name, sure in alone.items() if name in unsure}

    def may_change(self, effect: Visible, attribute: str) -> bool:
        """Whether an open answer can still change an effect, for all that can be told."""
        return attribute in self._open(effect) and attribute in self.changing(effect)

    def _open(self, effect: Visible) -> list[str]:
        return _open_to(self.cones, self.answers, effect)

    def seen_to_change(self, effect: Visible, names: Collection[str]) -> set[str]:
        """Open answers of which two cases were found that differ in one alone, and in what is shown.

        None are looked for where rules compute numbers: their every combination would be gone through.
        """
        instances = self.cones.upstream(effect.instances, effect.findings)
        if any(computes(instance) for instance in instances):
            return set()
        samples = Samples(self.answers, self.tried(), instances, names)
        return samples.varying(lambda: self._sampled(effect, instances, samples))

    def tried(self) -> dict[str, list[Value | None]]:
        """Of each open answer, one value for each that rules tell apart, and None."""
        tried: dict[str, dict[Value | None, None]] = {}
        for level, variable in enumerate(self.completions.variables):
            for given in self.completions.given(level):
                for name in variable.names if level in self.completions.level.values() else ():
                    tried.setdefault(name, {})[given.get(name)] = None
        return {name: [*values] for name, values in tried.items()}

    def _sampled(self, effect: Visible, instances: list[Instance], samples: Samples) -> list[int]:
        """What is shown in each of some cases, of which numbers are left out."""
        reading: Reading[int, CaseNumbers] = Reading(samples)
        fired = reading.derive(instances)
        if effect.waiting:
            outcome = outcome_of(self.base.knowledge, reading, instances, fired)
            return [outcome.verdicts(effect.waiting)[OPEN]]
        where = union(0, [fired[i.id] for i in effect.instances]) if effect.instances else samples.full
        named = [there for key in effect.findings for there in reading.findings.get(key, {}).values()]
        return [where, *(where & there for there in named)]

    def _changing(self, effect: Visible) -> dict[str, bool]:
        if effect.waiting:
            where = self.verdicts(effect.waiting)[OPEN].get()
        else:
            where = self.fired(effect.instances) if effect.instances else self.completions.true
            if effect.unanswered:
                known = [self.completions.known(name) for name in effect.unanswered]
                where = where & ~intersection(self.completions.true, known)
        sure: dict[str, bool] = {}
        for truth in [where, *self._named(effect, where)]:
            for name, certain in self.completions.changing(truth).items():
                sure[name] = sure.get(name, False) or certain
        for amounts in self._printed(effect, where):
            for name in self._open(effect):
                varies = self.number_varies(amounts, name)
                if varies is not False:
                    sure[name] = sure.get(name, False) or varies is True
        return {name: sure[name] for name in self.base.knowledge.attributes if name in sure}

    def _named(self, effect: Visible, where: Diagram) -> list[Diagram]:
        """Where each name that is printed is."""
        truths: list[Diagram] = []
        self.derive((), effect.findings)
        for key in effect.findings:
            truths += [where & there for there in self.reading.findings.get(key, {}).values()]
        for name in effect.answers:
            term = self.base.knowledge.attributes[name]
            if name not in self.answers:
                truths += [where & self.completions.equals(name, value) for value in (term.values or ())]
                truths += [where & self.completions.known(name)] if term.ordered else []
        return truths

    def _printed(self, effect: Visible, where: Diagram) -> list[DiagramAmounts]:
        """The numbers that are printed, each with where it is."""
        printed = []
        for key in effect.findings:
            for numbers in (self.numbers(key), *self.bounds(key)):
                amounts = [(where & there, amount) for there, amount in numbers]
                printed.append([(there, amount) for there, amount in amounts if not there.never])
        for name in effect.answers:
            if self.base.knowledge.attributes[name].ordered and name not in self.answers:
                there = where & self.completions.known(name)
                printed.append([] if there.never else [(there, self.completions.number(name))])
        return printed

    def number_varies(self, amounts: DiagramAmounts, name: str) -> bool | None:
        """Whether what a number is shown to be can change with an answer; None: not decided.

        It is not shown to be anything else where no guard changes and no amount mentions the answer. That
        it is, is certain of constants, which differ from each other; else by two cases that show it.
        """
        guards = [self.completions.depends(where, name) for where, _ in amounts]
        mentioned = [name in amount.polynomial.names for _, amount in amounts]
        if not any(mentioned) and all(so is False for so in guards):
            return False
        if not any(amount.polynomial.names for _, amount in amounts):
            return True if True in guards else None
        for (where, _), so, there in zip(amounts, guards, mentioned, strict=True):
            if (there or so is not False) and self._seen_to_vary(amounts, where, name):
                return True
        return None

    def _seen_to_vary(self, amounts: DiagramAmounts, where: Diagram, name: str) -> bool:
        try:
            case = self.completions.smallest(where)
        except NotDecided:
            return False
        if case is None:
            return False
        shown = {self._shown(amounts, {**case, name: value}) for value in self._tried(name, case)}
        return len(shown) > 1

    def _tried(self, name: str, case: CaseAnswers) -> list[Value | None]:
        tried: list[Value | None] = [None, case.get(name)]
        term = self.base.knowledge.attributes[name]
        if not term.ordered:
            return [*tried, *term.values]
        level = self.completions.level.get(name)
        variable = self.completions.variables[level] if level is not None else None
        low, high = self.completions.ranges[name]
        for given in self.completions.given(level) if variable and level is not None else []:
            value = given.get(name)
            if isinstance(value, int):
                beside = [day_after(value, n) if term.is_date else value + n for n in (-1, 0, 1)]
                tried += [near for near in beside if near is not None and low <= near <= high]
        return tried

    def _shown(self, amounts: DiagramAmounts, case: CaseAnswers) -> frozenset[int]:
        numbers = {name: value for name, value in case.items() if isinstance(value, int)}
        return frozenset(
            amount.polynomial.value(numbers)
            for where, amount in amounts
            if self.completions.at(where, case) and amount.polynomial.names <= numbers.keys()
        )


def changing_alone(
    cones: Cones,
    answers: CaseAnswers,
    effect: Visible,
    limits: Limits = Limits(),  # noqa: B008 (never changed)
) -> dict[str, bool]:
    """What Prospect.changing says, by the rules behind an effect alone.

    If their diagrams are large, cases are sampled first: two that differ in one answer, and in what they
    show, are proof enough.
    """
    behind = [*effect.instances, *cones.upstream((), effect.findings)]
    limits = limits._replace(steps=4 * limits.steps)
    try:
        few = limits._replace(nodes=min(SMALL, limits.nodes), own_order=False)
        small = Prospect(cones, answers, behind, few)
    except TooLarge:
        return dict.fromkeys(_open_to(cones, answers, effect), False)
    try:
        changing = small._changing(effect)
    except TooLarge:
        changing = dict.fromkeys(small._open(effect), False)
        seen = small.seen_to_change(effect, changing)
        with suppress(TooLarge):
            if len(seen) < len(changing):
                changing = Prospect(cones, answers, behind, limits)._changing(effect)
    else:
        unsure = [name for name, sure in changing.items() if not sure]
        seen = small.seen_to_change(effect, unsure) if unsure else set()
    return {name: sure or name in seen for name, sure in changing.items()}


def computes(instance: Instance) -> bool:
    """Whether an instance concludes a number."""
    return any(isinstance(c, Conclude) and not isinstance(c.value, str) for c in instance.then)


def _open_to(cones: Cones, answers: CaseAnswers, effect: Visible) -> list[str]:
    """The open answers that an effect rests on."""
    support = [*cones.support(effect.instances, effect.findings), *effect.answers]
    return [n for n in cones.base.knowledge.attributes if n in support and n not in answers]
