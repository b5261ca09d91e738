"""Working memory: the facts of one run, each with its justification.

Every fact is an answer, a datum of the knowledge base, or the conclusion of a recorded
firing. What a firing rested on is written down when it fires, from our own rule data, so
that no engine's memory has to be asked later. What is the same in every case (`Wording`) is put
into words once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple, assert_never

from expert.consultation.alike import Alike, Remembered
from expert.consultation.case import Case
from expert.consultation.openness import Openness
from expert.consultation.result import (
    Bound,
    Concluded,
    Firing,
    KnowledgeId,
    Match,
    NotFired,
    Plain,
    Price,
    ScoreBounds,
    ScoreItem,
    Statement,
    Undrawn,
)
from expert.consultation.silence import Silent
from expert.consultation.statements import lies_between, spelled, states
from expert.language.algebra import OPERATORS, together
from expert.language.asking import Test, compiled
from expert.language.conclusions import (
    Addend,
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    First,
    Flag,
    Plan,
    Row,
    Tally,
    Wait,
    computed_refs,
    text_of,
)
from expert.language.conditions import (
    ROUNDED,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Count,
    Determined,
    Given,
    Is,
    Known,
    Not,
    OptionIs,
    Quantity,
    Ref,
    Unless,
    conjuncts,
    quantity_refs,
    refs,
    unrounded,
    unscaled,
    walk,
)
from expert.language.english import (
    NEGATED,
    Phrases,
    agreeing,
    between,
    bounded,
    comparison_words,
    datum_statement,
    fill,
    known,
    several_shown,
    statement,
    undrawn,
)
from expert.language.grids import Grid
from expert.language.keys import DENIAL, with_option
from expert.language.meaning import Evaluation
from expert.language.model import CHOICES, SCORE, Term, Value
from expert.language.outcome import Pick, cost_sides
from expert.language.rules import PLACEHOLDER, Instance, RuleBase, applies_key, computed_data

Finding = tuple[str, Value]  # its key and value
Learnt = tuple[str, Value | None]  # the same; None: a score whose bounds do not meet
Source = Callable[["WorkingMemory"], Sequence[Match]]  # of what a premise rests on
Said = tuple[str, tuple[str, ...]]  # a condition in words, and the terms that it is about
KeptFiring = tuple[tuple[Any, ...], list[Finding]]  # its record but for its number, and what it concluded

Standing = tuple[
    str, tuple[str, ...], tuple[str, ...]
]  # an option's timing, the steps it waits for, its flags

KEPT = 10_000  # of how many values the words are kept: there is no end to numbers


def finer(term: Term, by: int) -> Term:
    """The term with as many decimals more as a power of ten has."""
    return term._replace(decimals=term.decimals + len(str(by)) - 1)


def _reads_any(condition: Condition, attributes: Collection[str]) -> bool:
    return any(ref.kind == "attribute" and ref.name in attributes for ref, _ in refs(condition))


class Priced(NamedTuple):
    """A price that a rule computes a cost with, and the attributes that it is multiplied by."""

    rule: str
    property: str
    attributes: tuple[str, ...]
    apart: tuple[Test, ...]  # whether what the rule needs beside them is so


class Wording:
    """What records say of a rule base in every case, each put into words when first needed."""

    def __init__(self, base: RuleBase) -> None:
        knowledge = base.knowledge
        self.base, self.phrases = base, Phrases(knowledge)
        self.knowledge_id = KnowledgeId(
            knowledge.id, knowledge.title, knowledge.version, knowledge.hash, knowledge.disclaimer
        )
        self.answerable = [name for name, term in knowledge.findings.items() if term.asked]
        self.contradictions = {c.id: c for c in knowledge.contradictions}
        self.decides = {topic.id for topic in knowledge.topics.values() if topic.decides}
        self._priced: dict[str, list[Priced]] | None = None
        self._prices: dict[str, list[Price]] = {}
        self._said: dict[Condition, Said] = {}
        self._states: dict[Condition, Statement] = {}
        self._entries: dict[tuple[str, str], FiringTemplate] = {}
        self.cases = 0  # that came so far
        self.alike = Alike(knowledge)
        self.reasons = Remembered[NotFired | Ref](KEPT)  # why instances did not fire
        self.firings = Remembered[KeptFiring](KEPT)
        self.standings = Remembered[Standing](KEPT)
        self.standing = (
            self.standings.shelf()
        )  # by option, and the names of what it waits for and of its flags
        self._values: dict[tuple[str, str, Value], tuple[Plain, str]] = {}
        self._answers: dict[tuple[str, Value | None], tuple[Match]] = {}
        self._texts: dict[tuple[str, str], str | None] = {}

    @cached_property
    def openness(self) -> Openness:
        """What asks of a case which options it leaves open; made for the first that may."""
        return Openness(self.base)

    @cached_property
    def concluded_costs(self) -> dict[str, list[Ref]]:
        """Of each option, the findings that bound its cost, as far as a rule concludes them."""
        costs: dict[str, dict[Ref, None]] = {}
        names = self.base.knowledge.cost or ()
        for instance in self.base.instances:
            for conclusion in instance.then:
                if isinstance(conclusion, Conclude) and conclusion.name in names:
                    ref = Ref("finding", conclusion.name, option=conclusion.option)
                    costs.setdefault(conclusion.option, {})[ref] = None
        return {option: [*refs] for option, refs in costs.items()}

    @cached_property
    def cost_sides(self) -> dict[str, list[tuple[str, Pick]]]:
        """The findings that bound the cost of each option, and which of the numbers of each counts."""
        sides = [*cost_sides(self.base.knowledge)]
        options = self.base.knowledge.options
        return {option: [(with_option(name, option), pick) for _, name, pick in sides] for option in options}

    def priced(self, option: str) -> list[Priced]:
        """The prices of one of something that the option's cost is computed with."""
        if self._priced is None:
            self._priced = {}
            for instance in self.base.instances if self.base.knowledge.cost else ():
                self._priced.setdefault(instance.option, []).extend(self._priced_in(instance))
        return self._priced.get(option, [])

    def prices(self, option: str) -> list[Price]:
        """What the document asks for one of what the option takes, as if every answer were known."""
        found = self._prices.get(option)
        if found is None:
            found = self._prices[option] = []
            for name, data in self.base.knowledge.options[option].properties.items():
                term = self.base.knowledge.properties[name]
                for datum in data if term.per else ():
                    amount = term.plain(datum.value)
                    found.append(Price(name, amount, term.per, term.basis, datum.claims, ()))  # type: ignore[arg-type]
        return found

    def _priced_in(self, instance: Instance) -> Iterator[Priced]:
        knowledge = self.base.knowledge
        for conclusion in instance.rule.then:  # an instance has the amount itself
            if isinstance(conclusion, Conclude) and conclusion.name in (knowledge.cost or ()):
                terms = computed_refs(conclusion)
                attributes = tuple(ref.name for ref in terms if ref.kind == "attribute")
                parts = conjuncts(instance.when)
                apart = tuple(compiled(part)[0] for part in parts if not _reads_any(part, attributes))
                priced = [r.name for r in terms if r.kind == "property" and knowledge.properties[r.name].per]
                for name in dict.fromkeys(priced):
                    yield Priced(instance.rule.id, name, attributes, apart)

    def said(self, condition: Condition) -> Said:
        """One of the rule base's conditions in words."""
        said = self._said.get(condition)
        if said is None:
            names = tuple(dict.fromkeys(ref.key for ref, _ in refs(condition)))
            said = self._said[condition] = self.phrases.condition(condition), names
        return said

    def states(self, condition: Condition) -> Statement:
        """One of the rule base's conditions as data."""
        statement = self._states.get(condition)
        if statement is None:
            statement = self._states[condition] = states(condition, self.phrases)
        return statement

    def value(self, term: Term, value: Value) -> tuple[Plain, str]:
        """A value of a term as the record holds it, and the statement that the term has it."""
        key = (term.kind, term.name, value)
        said = self._values.get(key)
        if said is None:
            if len(self._values) >= KEPT:
                self._values.clear()
            said = self._values[key] = term.plain(value), statement(term, (value,))
        return said

    def answer(self, name: str, value: Value | None) -> tuple[Match]:
        """What a premise on an attribute rests on, if this is the answer."""
        matches = self._answers.get((name, value))
        if matches is None:
            if len(self._answers) >= KEPT:
                self._answers.clear()
            term = self.base.knowledge.attributes[name]
            if value is None:
                match = Match("unknown", name, None, None, known(term, False))
            else:
                match = Match("answer", name, None, *self.value(term, value))
            matches = self._answers[name, value] = (match,)
        return matches

    def text(self, text: str, option: str) -> str | None:
        """A rule's text with its placeholders filled; None if that takes a case."""
        if (text, option) not in self._texts:
            knowledge = self.base.knowledge
            terms = [knowledge.named(name) for name in PLACEHOLDER.findall(text)]
            varies = any(term and term.kind != "property" for term in terms)
            filled = None if varies else fill(text, lambda name: self.filled(name, option))
            self._texts[text, option] = filled
        return self._texts[text, option]

    def filled(self, name: str, option: str) -> str:
        """What stands for a placeholder that is about the option."""
        knowledge = self.base.knowledge
        if name == "option":
            return knowledge.options[option].phrase if option else "the option"
        if "|" in name:
            return agreeing(name, knowledge.options.get(option))
        bare = name.removeprefix("option.")
        data = knowledge.options[option].properties.get(bare, ()) if option else ()
        return " or ".join(knowledge.properties[bare].show(datum.value) for datum in data) or "(not stated)"

    def entry(self, instance: Instance) -> FiringTemplate:
        """What the record of a firing of one of the rule base's instances says in every case."""
        key = instance.rule.id, instance.option
        return self._entries.get(key) or self._entries.setdefault(key, FiringTemplate(self, instance))

    @cached_property
    def may_be_silent(self) -> list[Instance]:
        """The instances of which it is said why they did not fire."""
        return [instance for instance in self.base.instances if not instance.rule.denies]

    @cached_property
    def places(self) -> dict[tuple[str, str], int]:
        """The place among them of each instance, and of that which is the other half of its rule."""
        places = {}
        for place, instance in enumerate(self.may_be_silent):
            places[instance.rule.id, instance.option] = place
            if instance.rule.settles:
                places[instance.rule.id + DENIAL, instance.option] = place
        return places

    @cached_property
    def silent(self) -> list[Silent]:
        """The same instances, with what was said of them."""
        found = []
        for instance in self.may_be_silent:
            contradicts = instance.rule.id in self.contradictions
            found.append(Silent(instance, contradicts, self.disagreeing, self.alike))
            self.reasons.shelves.append(found[-1].said)
        return found

    @cached_property
    def disagreeing(self) -> list[Condition]:
        """Where answers disagree, so that one of them is left out of account."""
        return [self.base.rule(c.id).when for c in self.base.knowledge.contradictions]

    def concluded(self, conclusion: Conclusion) -> Concluded | None:
        """The record of a conclusion; None if that takes a case."""
        if isinstance(conclusion, Tally):
            return None
        if isinstance(conclusion, Conclude):
            value = conclusion.value
            return self.found(conclusion, value) if isinstance(value, (str, int)) else None
        text = self.text(text_of(conclusion), conclusion.option)
        return None if text is None else self.put_forward(conclusion, text)

    def found(self, conclusion: Conclude, value: Value, exact: str = "") -> Concluded:
        """The record of a finding; with what it was before it was rounded, if it was."""
        plain, text = self.value(self.base.knowledge.findings[conclusion.name], value)
        text += f" (rounded from {exact})" if exact else ""
        return Concluded("finding", conclusion.name, conclusion.option or None, plain, text)

    def put_forward(self, conclusion: Conclusion, text: str) -> Concluded:
        """The record of a conclusion that is no finding."""
        argued = conclusion if isinstance(conclusion, Argue) else None
        return Concluded(
            conclusion.kind,
            conclusion.name,
            conclusion.option or None,
            argued.stance if argued else None,
            text or self.phrases.conclusion(conclusion),
            (argued.target or None) if argued else None,
            argued.strength if argued else None,
        )

    def sources(self, condition: Condition) -> Iterator[Source]:
        """What a condition that holds rests on, in the order in which it is written."""
        match condition:
            case Is():
                yield resting_on(condition.ref, condition.values)
            case AllOf():
                for part in condition.parts:
                    yield from self.sources(part)
            case Given():
                yield from self.data(condition)
            case Known(ref, wanted):
                missing = not wanted and ref.kind != "attribute"
                yield self._without(Known(ref)) if missing else resting_on(ref)
            case Compare():
                yield from self.compared(condition, False)
            case Determined():
                for ref in quantity_refs(condition.quantity):
                    yield resting_on(ref)
            case AnyOf():
                yield _first([(part, [*self.sources(part)]) for part in condition.parts])
            case Not(Compare() as part):
                yield from self.compared(part, True)
            case Count(_, _, parts):
                for number, denied in condition.needed:
                    yield self._some(parts, number, denied)
            case Not(part) if _is_exact(part):
                yield from self.denials(part)
            case Not(Is(ref, values)) if ref.kind == "attribute":
                yield _other_than(ref, values)
            case Unless(_, counts) if counts:
                pass  # of answers that disagree a caution tells
            case Not():
                for ref, _ in refs(condition):
                    if ref.kind == "attribute":
                        yield _if_answered(ref.name)
            case Unless():
                yield self._without(condition.part)
            case OptionIs():
                raise TypeError(f"not grounded: {condition!r}")
            case _:
                assert_never(condition)

    def denials(self, condition: Condition) -> Iterator[Source]:
        """What rests a denial: of an `all`, the first part that is denied; of an `any`, every part."""
        match condition:
            case Is(ref, values):
                yield _other_than(ref, values) if ref.kind == "attribute" else resting_on(ref)
            case Compare():
                yield from self.compared(condition, True)
            case Known(ref, wanted):
                known = wanted and ref.kind != "attribute"
                yield self._without(Known(ref)) if known else resting_on(ref)
            case Determined():
                for ref in quantity_refs(condition.quantity):
                    yield resting_on(ref)
            case AllOf():
                yield _first([(Not(part), [*self.denials(part)]) for part in condition.parts])
            case AnyOf():
                for part in condition.parts:
                    yield from self.denials(part)
            case Not() | Unless():
                yield from self.sources(condition.part)
            case Count(_, _, parts):
                sources = [self._some(parts, number, denied) for number, denied in condition.refuted]
                yield sources[0] if len(sources) == 1 else _either(sources)
            case Given():
                data = self.base.knowledge.options[condition.option].properties.get(condition.property, ())
                yield from self.data(condition._replace(data=data))
            case OptionIs():
                raise TypeError(f"not grounded: {condition!r}")
            case _:
                assert_never(condition)

    def _some(self, parts: tuple[Condition, ...], number: int, denied: bool) -> Source:
        """What it rests on that so many of the parts hold, or are denied: the first of those that are so."""
        tests = [Not(part) if denied else part for part in parts]
        rests = [[*(self.denials(part) if denied else self.sources(part))] for part in parts]
        return _first([*zip(tests, rests, strict=True)], number)

    def _without(self, condition: Condition) -> Source:
        """That there is no evidence of a condition."""
        text, names = self.said(Unless(condition))
        states = self.states(Unless(condition))._replace(stands="holds")
        return _always(Match("no-evidence", ", ".join(names), None, None, text, states=states))

    def compared(self, condition: Compare, negated: bool) -> Iterator[Source]:
        """What a comparison rests on: what is compared, with its limit, then what the limit is made of."""
        written = condition.written or condition
        left, by = unscaled(written.left)
        if isinstance(left, Ref):
            term = self.phrases.term(left)
            operator = NEGATED[condition.operator] if negated else condition.operator
            of = spelled(written.right, self.phrases, term)
            bare = isinstance(unscaled(written.right)[0], int)
            limit = "" if bare else self.phrases.quantity(written.right, term)
            test = Comparing(left, term, operator, condition.right, of, limit, by)
            for source in self.term(left, negated):
                yield _meeting(source, test)
        for ref in quantity_refs(written.right):
            yield from self.term(ref, negated)

    def term(self, ref: Ref, if_any: bool = False) -> Iterator[Source]:
        """What a premise on a term rests on; of an answer that there may not be, if there is one."""
        if ref.kind == "property":
            data = self.base.knowledge.options[ref.option].quantified(ref.name)
            yield from self.data(Given(True, ref.name, ref.option, data))
        elif if_any and ref.kind == "attribute":
            yield _if_answered(ref.name)
        else:
            yield resting_on(ref)

    def data(self, given: Given) -> Iterator[Source]:
        """What a condition on the option alone rests on."""
        if given.property:
            term = self.base.knowledge.properties[given.property]
            for datum in given.data:
                said = term.plain(datum.value), datum_statement(term, datum)
                yield _always(Match("datum", given.property, given.option, *said, datum.claims))


# Sources do not hold the wording that holds them: it goes as soon as nothing else does.
def _always(match: Match) -> Source:
    matches = (match,)
    return lambda memory: matches


def resting_on(ref: Ref, wanted: tuple[Value, ...] | None = None) -> Source:
    """What a premise on a term rests on: its answer, or its findings (of the values wanted, if given)."""
    if ref.replies:
        inferred = resting_on(ref._replace(replies=()), wanted)
        return lambda memory: _answer_among(memory, ref.name, wanted) or inferred(memory)
    name, key = ref.name, ref.key
    if ref.kind == "attribute":
        return lambda memory: memory.wording.answer(name, memory.case.value(name))
    if ref.role == SCORE:
        return lambda memory: memory.score_match(ref)
    return lambda memory: [
        memory.match(ref, key, value)
        for value in memory.values.get(key, ())
        if wanted is None or value in wanted
    ]


def _answer_among(memory: WorkingMemory, name: str, wanted: tuple[Value, ...] | None) -> Sequence[Match]:
    """The answer to a finding, if there is one, and if it is one of those wanted."""
    value = memory.answered.get(name)
    if value is None or (wanted is not None and value not in wanted):
        return ()
    return memory.wording.answer(name, value)


class Comparing(NamedTuple):
    """A comparison of a term: with what, in the rule language and (if no bare number) in words."""

    ref: Ref
    term: Term
    operator: str
    right: Quantity
    of: str
    words: str
    by: int = 1  # what is compared is so many times the value, of which the limit is then too

    def bound(self, limit: int) -> Bound:
        """That the limit is met."""
        term = finer(self.term, self.by)
        # beside a value that is shown with its unit
        shown = term.show(limit) if term.type == "money" else term.spell(limit)
        words = comparison_words(self.operator, self.term)
        text = f"{words} {f'{self.words} ({shown})' if self.words else shown}"
        return Bound(self.operator, term.plain(limit), self.of, text)


def _meeting(source: Source, test: Comparing) -> Source:
    """What is compared, with the limit that it meets; several values of a finding may meet none."""

    def found(memory: WorkingMemory) -> Sequence[Match]:
        amounts = memory.reading.amounts(test.right)
        limits = [row.values[0] for guard, row in amounts if guard & 1]
        matches = []
        for match in source(memory):
            value = None if match.value is None else test.term.scaled(match.value)
            value = value * test.by if isinstance(value, int) else value
            met = [limit for limit in limits if value is not None and OPERATORS[test.operator](value, limit)]
            if met:
                matches.append(match._replace(bounds=(test.bound(met[0]),)))
            elif match.kind != "datum":  # of several values that an option has, the others are no reason
                matches.append(match)
        return matches

    return found


def _other_than(ref: Ref, values: tuple[Value, ...]) -> Source:
    """The answer, and what it is not."""
    answered = _if_answered(ref.name)

    def found(memory: WorkingMemory) -> Sequence[Match]:
        term = memory.base.knowledge.attributes[ref.name]
        bounds = []
        for value in values if term.type != "yes-no" else ():  # of two answers the one says what the other is
            bounds.append(Bound("is-not", term.plain(value), term.spell(value), f"not {term.show(value)}"))
        return [match._replace(bounds=tuple(bounds)) for match in answered(memory)]

    return found


def _if_answered(name: str) -> Source:
    def found(memory: WorkingMemory) -> Sequence[Match]:
        value = memory.case.value(name)
        return () if value is None else memory.wording.answer(name, value)

    return found


def _first(parts: list[tuple[Condition, list[Source]]], number: int = 1) -> Source:
    """What the first parts that hold rest on, so many of them; nothing if fewer do."""
    tests = [(compiled(part)[0], sources) for part, sources in parts]

    def found(memory: WorkingMemory) -> Sequence[Match]:
        rests: list[list[Source]] = []
        for holds, sources in tests:
            if len(rests) < number and holds(memory.reading):
                rests.append(sources)
        if len(rests) < number:
            return ()
        return [match for sources in rests for source in sources for match in source(memory)]

    return found


def _either(sources: list[Source]) -> Source:
    """What the first of them finds."""

    def found(memory: WorkingMemory) -> Sequence[Match]:
        return next((matches for source in sources if (matches := source(memory))), ())

    return found


def _is_exact(condition: Condition) -> bool:
    """Whether what denies a condition is told part by part; of the oldest records it is not."""
    counted = any(isinstance(part, Count) for part, _ in walk(condition))
    return counted or any(ref.kind == "finding" for ref, _ in refs(condition))


def _together(matches: Sequence[Match]) -> tuple[Match, ...]:
    """Each thing that a rule rests on once, with all tests that it met."""
    if not any(match.bounds for match in matches):  # which is so of nearly all
        once: list[Match] = []
        for match in matches:
            if match not in once:
                once.append(match)
        return tuple(once)
    bounds_of: dict[Match, tuple[Bound, ...]] = {}
    for match in matches:
        bare = match._replace(bounds=()) if match.bounds else match
        bounds_of[bare] = tuple(dict.fromkeys((*bounds_of.get(bare, ()), *match.bounds)))
    return tuple(
        match._replace(text=bounded(match.text, [b.text for b in bounds]), bounds=bounds) if bounds else match
        for match, bounds in bounds_of.items()
    )


class FiringTemplate:
    """What the record of an instance's firing says in every case, and where the rest is found."""

    def __init__(self, wording: Wording, instance: Instance) -> None:
        rule = instance.rule
        self.instance = instance
        self.place = wording.places.get((rule.id, instance.option))  # none where only this half can hold
        self.because = (
            wording.text(rule.because, instance.option) if rule.because else wording.phrases.denied(instance)
        )
        if instance.rule.denies and isinstance(instance.when, Not):
            self.sources = [*wording.denials(instance.when.part)]
        else:
            self.sources = [*wording.sources(instance.written)]
        for name, datum in computed_data(instance, wording.base.knowledge):
            self.sources += wording.data(Given(True, name, instance.option, (datum,)))
        # what it computes with, also where the condition names it and holds by something else
        self.sources += map(resting_on, dict.fromkeys(ref for c in instance.then for ref in computed_refs(c)))
        self.items = [
            item for c in instance.then if isinstance(c, Tally) for item in item_templates(c, wording)
        ]
        self.sources += [source for item in self.items for source in item.sources]
        self.claims = tuple(dict.fromkeys(rule.claims))
        concluded = [wording.concluded(conclusion) for conclusion in instance.then]
        fixed = tuple(said for said in concluded if said)
        self.concluded = fixed if len(fixed) == len(concluded) else None  # None: it depends on the case
        self.findings = [
            (c.key, c.value)
            for c in instance.then
            if isinstance(c, Conclude) and isinstance(c.value, (str, int))
        ]
        self.knowledge = wording.base.knowledge
        self.firings = wording.firings.shelf()  # their records but for their numbers, and what they concluded
        self.waits = [c for c in instance.then if isinstance(c, Wait)]
        self.flags = [c for c in instance.then if isinstance(c, Flag)]
        self.steps = [c.name for c in instance.then if isinstance(c, Plan)]
        arguments = [c for c in instance.then if isinstance(c, Argue)]
        self.arguments = [ToldTemplate(c, self, wording) for c in arguments]
        advice = [c for c in instance.then if isinstance(c, (Advise, Caution))]
        self.advice = [ToldTemplate(c, self, wording) for c in advice]

    @cached_property
    def depends_on(self) -> tuple[str, ...] | None:
        """The keys of all that the record of an instance's firing depends on, beside the firing's number.

        None where there are scores or findings that may be answered in it: those have more than values.
        """
        instance, knowledge = self.instance, self.knowledge
        conditions = [ref for ref, _ in refs(instance.when)]
        computed = [ref for c in instance.then for ref in computed_refs(c)]
        names = {ref.key: None for ref in (*conditions, *computed)}
        terms = [
            knowledge.findings.get(ref.name) for ref in (*conditions, *computed) if ref.kind == "finding"
        ]
        terms += [knowledge.findings[c.name] for c in instance.then if isinstance(c, (Conclude, Tally))]
        for text in (instance.rule.because, *map(text_of, instance.then)):
            for name in PLACEHOLDER.findall(text):
                term = knowledge.named(name)
                if term and term.kind == "finding":
                    names[with_option(term.name, instance.option if term.per_option else "")] = None
                    terms.append(term)
                elif term and term.kind == "attribute":
                    names.update(dict.fromkeys(term.parts))
        if any(term and (term.role == SCORE or term.asked) for term in terms):
            return None
        return tuple(names)


class ToldTemplate:
    """What the record of an argument or of advice says, where no case changes it: all but its firing."""

    def __init__(self, conclusion: Argue | Advise | Caution, entry: FiringTemplate, wording: Wording) -> None:
        self.conclusion, self.rule, self.option = conclusion, entry.instance.rule, conclusion.option
        text = wording.text(conclusion.text, conclusion.option)
        varies = text is None or entry.items  # of which some give claims
        self.always = None if varies else self.fields(text or "", entry.claims)

    def record(self, memory: WorkingMemory, n: int) -> tuple[Any, ...]:
        """The fields of its record in a case, at the end of its run."""
        if self.always is not None:
            return (*self.always, n)
        text = memory.text(self.conclusion.text, self.option)
        return (*self.fields(text, memory.firings[n - 1].claims), n)

    def fields(self, text: str, claims: tuple[str, ...]) -> tuple[Any, ...]:
        """The fields but for the last, the firing's number."""
        c, rule = self.conclusion, self.rule
        if isinstance(c, Argue):
            return c.stance, c.name, c.target or None, c.strength, rule.id, text, rule.basis, claims
        return c.kind, c.name, c.option or None, text, rule.id, rule.basis, claims


class ItemTemplate:
    """An item of a score, or a row of one: what it says, and what it rests on where it counts or does not."""

    def __init__(self, item: Addend, before: tuple[Row, ...], score: Tally, wording: Wording) -> None:
        self.item, self.before, self.score = item, before, score
        term = wording.base.knowledge.findings[score.name]
        self.term, self.text = term, wording.phrases.item(item, term)
        self.claims = item.claims if isinstance(item, Row) else ()
        self.sources: list[Source] = []
        if isinstance(item, Row):
            held, denied = [*wording.sources(item.when)], [*wording.denials(item.when)]
            missing = dict.fromkeys(ref.name for ref, _ in refs(item.when) if ref.kind == "attribute")
            self.sources.append(self._resting(item, held, denied, [*missing]))

    def _resting(self, row: Row, held: list[Source], denied: list[Source], names: list[str]) -> Source:
        def found(memory: WorkingMemory) -> Sequence[Match]:
            if not self.reached(memory):
                return ()
            if memory.reading.test(row.when) or memory.reading.denies(row.when):
                sources = held if memory.reading.test(row.when) else denied
                return [match for source in sources for match in source(memory)]
            unanswered = [name for name in names if memory.case.value(name) is None]
            return [match for name in unanswered for match in memory.wording.answer(name, None)]

        return found

    def reached(self, memory: WorkingMemory) -> bool:
        """Whether no row before it of the same `first` holds."""
        return not any(memory.reading.test(row.when) for row in self.before)

    def in_case(self, memory: WorkingMemory) -> ScoreItem:
        """How it stands in a case."""
        item, reading = self.item, memory.reading
        if isinstance(item, Row):
            held, denied = reading.test(item.when), reading.denies(item.when)
            stands = "counts" if held else "does-not" if denied else "open"
            ends = (item.points,) * 2 if held else (0, 0)
            if stands == "open":
                ends = min(item.points, 0), max(item.points, 0)
        else:
            [(_, (low, high))] = reading.item_bounds(item, self.score)
            ends = low.values[0], high.values[0]
            stands = "counts" if ends[0] == ends[1] else "open"
        claims = () if stands == "does-not" else self.claims
        return ScoreItem(self.text, stands, self.term.plain(ends[0]), self.term.plain(ends[1]), claims)


def item_templates(score: Tally, wording: Wording) -> Iterator[ItemTemplate]:
    """The items of a score one by one; of a `first` each row, and what is left where all fail."""
    for item in score.items:
        if isinstance(item, First):
            for n, row in enumerate(item.rows):
                yield ItemTemplate(row, item.rows[:n], score, wording)
            if item.rest:
                yield ItemTemplate(item.rest, item.rows, score, wording)
        else:
            yield ItemTemplate(item, (), score, wording)


class WorkingMemory:
    """The facts of one case, and the firings that concluded them."""

    def __init__(self, wording: Wording, case: Case) -> None:
        self.base, self.wording, self.case = wording.base, wording, case
        self.alone = wording.cases == 0  # most programs ask of one case: no other is prepared for
        wording.cases += 1
        self.reading = Evaluation(case.answers)  # what conditions are tested on
        # answers, and of each finding its values with the firings that concluded them, by key
        self.state: dict[str, Hashable] = {**case.answers}
        self.firings: list[Firing] = []
        self.grounds: dict[Finding, list[int]] = {}  # the firings behind each finding
        self.values: dict[str, list[Value]] = {}  # the same findings' values, by key
        self.matches: dict[Finding, Match] = {}  # what a premise on a finding rests on, as yet
        self.entries: dict[tuple[str, str], FiringTemplate] = {}  # of each, by its rule and option
        self.scores: dict[str, ScoreBounds] = {}  # by key
        self.bounds: dict[str, tuple[int, int]] = {}  # the same, scaled
        self.answered: dict[str, Value] = {}  # the findings that are answered
        for name in wording.answerable:
            value = case.value(name)
            if value is not None:
                self._answer(name, value)

    def _answer(self, name: str, value: Value) -> None:
        """Take in the answer to a finding, which is its only value."""
        self.answered[name] = value
        self.grounds[name, value] = []
        self.values[name] = [value]
        if isinstance(value, int) and self.base.knowledge.findings[name].role == SCORE:
            self.bounds[name] = value, value

    def heard(self) -> set[int]:
        """The places, among the instances that may be silent, of those that fired."""
        return {entry.place for entry in self.entries.values() if entry.place is not None}

    @property
    def counting(self) -> Evaluation:
        """What has been concluded, and the answers that are not left out of account."""
        declared = self.wording.contradictions.values()
        out = {c.leaves_out for c in declared if (c.id, "") in self.entries}
        if not out:
            return self.reading
        kept = Evaluation({name: value for name, value in self.case.answers.items() if name not in out})
        kept.findings, kept.numbers = self.reading.findings, self.reading.numbers
        kept.scores, kept.answered = self.reading.scores, self.reading.answered
        return kept

    def fire(self, instance: Instance) -> list[Learnt]:
        """Record that an instance fires; the findings that no firing before it concluded."""
        n, rule = len(self.firings) + 1, instance.rule
        entry = self.entries[rule.id, instance.option] = self.wording.entry(instance)
        if self.alone or entry.depends_on is None:
            new = self._fire_anew(entry, n)[0]
        else:
            alike = tuple(map(self.state.get, entry.depends_on))
            before = entry.firings.get(alike)
            if before is None:
                new, findings = self._fire_anew(entry, n)
                self.wording.firings.keep(entry.firings, alike, (self.firings[-1][1:], findings))
            else:
                record, findings = before
                self.firings.append(Firing._make((n, *record)))
                new = [finding for finding in findings if self._found(finding, n)]
        for key, value in new:
            if key not in self.scores and value is not None:
                self._learn(key, value)
        if rule.exception_to:
            applies = applies_key(instance)
            self._learn(applies, "yes")
            self.state[applies] = "yes"
            return [*new, (applies, "yes")]
        return new

    def _fire_anew(self, entry: FiringTemplate, n: int) -> tuple[list[Learnt], list[Finding]]:
        """Record a firing; the findings that no firing before it concluded, and all that it concluded."""
        instance, rule, option = entry.instance, entry.instance.rule, entry.instance.option
        matches: list[Match] = []
        for source in entry.sources:
            matches += source(self)
        withheld = [c for c in instance.then if self._is_answered(c)] if self.answered else ()
        undrawn = tuple([self._undrawn(c) for c in withheld])
        if entry.concluded is None or undrawn:
            new, findings, concluded = self._conclude(instance, n)
        else:
            findings, concluded = entry.findings, entry.concluded
            new = [finding for finding in findings if self._found(finding, n)]
        because = self.text(rule.because, option) if entry.because is None else entry.because
        claims = entry.claims
        reached = tuple([item.in_case(self) for item in entry.items if item.reached(self)])
        if reached:
            claims = tuple(dict.fromkeys((*claims, *(claim for item in reached for claim in item.claims))))
        about = n, rule.id, option or None, rule.basis
        self.firings.append(Firing(*about, because, _together(matches), concluded, claims, reached, undrawn))
        return new, findings

    def _learn(self, key: str, value: Value) -> None:
        """Take a finding into what conditions are tested on."""
        if isinstance(value, int):
            self.reading.add_numbers(key, [(Grid.true, self.reading.algebra.constant(value))])
        else:
            self.reading.findings.setdefault(key, {})[value] = Grid.true

    def _conclude(
        self, instance: Instance, n: int
    ) -> tuple[list[Learnt], list[Finding], tuple[Concluded, ...]]:
        """Conclude what takes a case: the findings that are new, all but scores, and the record of all."""
        new: list[Learnt] = []
        findings: list[Finding] = []
        concluded: list[Concluded] = []
        for conclusion in instance.then:
            if self._is_answered(conclusion):
                if isinstance(conclusion, Tally):  # from here on it has bounds
                    self.reading.conclude(conclusion, Grid.true)
                    self.scores[conclusion.key] = self._answered_score(conclusion, n)
                    new.append((conclusion.key, None))
                continue
            if isinstance(conclusion, Tally):
                new.append(self._add_up(conclusion, n))
                said = self.scores[conclusion.key]
                value = said.low if said.low == said.high else None
                concluded.append(Concluded("score", said.finding, said.option, value, said.text))
                continue
            if not isinstance(conclusion, Conclude):
                text = self.text(text_of(conclusion), conclusion.option)
                concluded.append(self.wording.put_forward(conclusion, text))
                continue
            for value, exact in self._values(conclusion).items():
                finding = (conclusion.key, value)
                findings.append(finding)
                new += [finding] if self._found(finding, n) else []
                concluded.append(self.wording.found(conclusion, value, exact))
        return new, findings, tuple(concluded)

    def _answered_score(self, score: Tally, n: int) -> ScoreBounds:
        """What is answered to a score, which is both its bounds."""
        term, value = self.base.knowledge.findings[score.name], self.answered[score.name]
        told = term.plain(value)
        return ScoreBounds(score.name, None, told, told, statement(term, (value,)), n)

    def _is_answered(self, conclusion: Conclusion) -> bool:
        """Whether a conclusion is of a finding that is answered, so that it is not drawn."""
        concludes = isinstance(conclusion, (Conclude, Tally))
        return concludes and conclusion.name in self.answered

    def _undrawn(self, conclusion: Conclusion) -> Undrawn:
        """What would have been concluded of a finding that is answered."""
        assert isinstance(conclusion, (Conclude, Tally))
        name = conclusion.name
        term, answer = self.base.knowledge.findings[name], self.answered[name]
        if isinstance(conclusion, Tally):
            [(_, (least, most))] = self.reading.added_up(conclusion)
            ends = least.values[0], most.values[0]
            would, differs = between(term, *ends), ends != (answer, answer)
        else:
            values = self._values(conclusion)
            would = " and ".join(statement(term, (value,)) for value in values)
            differs = bool(values) and [*values] != [answer]
        text = undrawn(term, answer, would if differs else "")
        return Undrawn(name, text, term.plain(answer), differs)

    def _add_up(self, score: Tally, n: int) -> Learnt:
        """Take in what a score adds up to; a finding where its bounds meet, and else none."""
        self.reading.conclude(score, Grid.true)
        [(_, (least, most))] = self.reading.scores[score.key]
        low, high = least.values[0], most.values[0]
        term = self.base.knowledge.findings[score.name]
        text = between(term, low, high)
        self.bounds[score.key] = low, high
        ends = term.plain(low), term.plain(high)
        self.scores[score.key] = ScoreBounds(score.name, score.option or None, *ends, text, n)
        if low != high:
            return score.key, None
        self._found((score.key, low), n)
        return score.key, low

    def score_match(self, ref: Ref) -> Sequence[Match]:
        """What a premise on a score rests on: between what it lies."""
        said = self.scores.get(ref.key)
        if said is None:
            return ()
        if said.low == said.high:
            return [self.match(ref, ref.key, value) for value in self.values[ref.key]]
        states = lies_between(said)
        return [Match("score", ref.name, said.option, None, said.text, (), (said.firing,), states=states)]

    def _values(self, conclusion: Conclude) -> dict[Value, str]:
        """The values concluded, each with what it was before it was rounded, if that was another."""
        if isinstance(conclusion.value, str):
            return {conclusion.value: ""}
        exact, by = unrounded(conclusion.value)
        amounts = self.reading.values_of(exact)
        term, found = self.base.knowledge.findings[conclusion.name], dict[Value, str]()
        for number in [row.values[0] for guard, row in amounts if guard & 1]:
            value = together(ROUNDED, number, by) if by > 1 else number
            found.setdefault(value, "" if value * by == number else finer(term, by).spell(number))
        return found

    def _found(self, finding: Finding, n: int) -> bool:
        """Note that a firing concluded a finding; whether no other did before."""
        key, value = finding
        self.state[key] = (self.state.get(key) or (), value, n)
        if finding in self.grounds:
            self.grounds[finding].append(n)
            self.matches.pop(finding, None)
            return False
        self.grounds[finding] = [n]
        self.values.setdefault(key, []).append(value)
        return True

    def match(self, ref: Ref, key: str, value: Value) -> Match:
        """What a premise on one of the findings rests on, after all firings so far."""
        match = self.matches.get((key, value))
        if match is None:
            said = self.wording.value(self.base.knowledge.findings[ref.name], value)
            firings = tuple(self.grounds[key, value])
            match = Match("finding", ref.name, ref.option or None, *said, (), firings)
            self.matches[key, value] = match
        return match

    # --- what it concluded, in words --------------------------------------------------------

    def text(self, text: str, option: str) -> str:
        """A rule's text with its placeholders filled from the case."""
        fixed = self.wording.text(text, option)
        return fill(text, lambda name: self._filled(name, option)) if fixed is None else fixed

    def _filled(self, name: str, option: str) -> str:
        term = self.base.knowledge.named(name)
        if term and term.type == CHOICES:
            return several_shown([self.case.value(part) for part in term.parts], term)
        if term and term.kind == "attribute":
            value = self.case.value(name)
            return "an unknown " + term.label if value is None else term.show(value)
        if term and term.kind == "finding":
            key = with_option(term.name, option if term.per_option else "")
            low, high = self.bounds.get(key, (0, 0))
            if low != high:
                return f"{term.spell(low)} to {term.show(high)}"
            values = self.values.get(key, ())
            return " and ".join(map(term.show, values)) or "(none)"
        return self.wording.filled(name, option)
