"""What the records of firings say in every case, and where the rest of them is found."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, assert_never

from expert.consultation.result import Match, ScoreItem
from expert.consultation.sources import Source, data_of, denials_of, resting_on, sources_of
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
from expert.language.conditions import Condition, Given, Is, Not, Unless, flat_conjuncts, refs
from expert.language.keys import with_option
from expert.language.model import SCORE
from expert.language.rules import PLACEHOLDER, Instance, computed_data

if TYPE_CHECKING:
    from expert.consultation.memory import WorkingMemory
    from expert.consultation.wording import Wording


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
            self.sources = [*denials_of(instance.when.part, wording)]
        else:
            self.sources = [*sources_of(instance.written, wording)]
        for name, datum in computed_data(instance, wording.base.knowledge):
            self.sources += data_of(Given(True, name, instance.option, (datum,)), wording)
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
        self.waits: list[Wait] = []
        self.flags: list[Flag] = []
        self.steps: list[str] = []
        self.arguments: list[ToldTemplate] = []
        self.advice: list[ToldTemplate] = []
        for conclusion in instance.then:
            self._sort(conclusion, wording)

    def _sort(self, c: Conclusion, wording: Wording) -> None:
        """Put a conclusion with others of its kind."""
        match c:
            case Wait():
                self.waits.append(c)
            case Flag():
                self.flags.append(c)
            case Plan():
                self.steps.append(c.name)
            case Argue():
                self.arguments.append(ToldTemplate(c, self, wording))
            case Advise() | Caution():
                self.advice.append(ToldTemplate(c, self, wording))
            case Conclude() | Tally():
                pass  # working memory has it
            case _:
                assert_never(c)

    @cached_property
    def depends_on(self) -> tuple[Hashable, ...] | None:
        """The keys, in working memory's state, of what the record of a firing depends on.

        Beside that it has numbers: its own, and those of the firings that it rests on.
        None where there are scores or findings that may be answered in it: those have more than values.
        """
        instance, knowledge = self.instance, self.knowledge
        conditions = [ref for ref, _ in refs(instance.when)]
        computed = [ref for c in instance.then for ref in computed_refs(c)]
        names: dict[Hashable, None] = {}
        for part in flat_conjuncts(instance.when):
            names.update(dict.fromkeys(_read_of(part)))
        names.update(dict.fromkeys(ref.key for ref in computed))
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


def _read_of(condition: Condition) -> list[Hashable]:
    """What a condition that holds rests on: the finding that it is about, or the keys of its terms."""
    inside = condition.part if isinstance(condition, Unless) else condition
    if isinstance(inside, Is) and len(inside.values) == 1:
        ref = inside.ref
        if ref.kind == "finding" and not ref.role and not ref.replies:
            return [(ref.key, inside.values[0])]  # what else it is makes no difference
    return [ref.key for ref, _ in refs(condition)]


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
            held, denied = [*sources_of(item.when, wording)], [*denials_of(item.when, wording)]
            missing = dict.fromkeys(ref.name for ref, _ in refs(item.when) if ref.kind == "attribute")
            self.sources.append(self._resting(item, held, denied, [*missing]))

    def _resting(self, row: Row, held: list[Source], denied: list[Source], names: list[str]) -> Source:
        def matches_in(memory: WorkingMemory) -> Sequence[Match]:
            if not self.reached(memory):
                return ()
            if memory.reading.test(row.when) or memory.reading.denies(row.when):
                sources = held if memory.reading.test(row.when) else denied
                return [match for source in sources for match in source(memory)]
            unanswered = [name for name in names if memory.case.value(name) is None]
            return [match for name in unanswered for match in memory.wording.answer(name, None)]

        return matches_in

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
