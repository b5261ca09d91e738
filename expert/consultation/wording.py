"""What records say of a rule base in every case, each put into words when first needed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from expert.consultation.alike import Alike, Remembered
from expert.consultation.result import Concluded, KnowledgeId, Match, NotFired, Plain, Price, Statement
from expert.consultation.silence import Silent
from expert.consultation.statements import states
from expert.consultation.templates import FiringTemplate
from expert.language.asking import Test, compiled
from expert.language.conclusions import Argue, Conclude, Conclusion, Tally, computed_refs, text_of
from expert.language.conditions import Condition, Ref, conjuncts, refs
from expert.language.english import Phrases, agreeing, fill, known, statement
from expert.language.keys import DENIAL, with_option
from expert.language.model import Term, Value
from expert.language.outcome import Pick, cost_sides
from expert.language.rules import PLACEHOLDER, Instance, RuleBase, writes

if TYPE_CHECKING:
    from expert.consultation.openness import Openness

Finding = tuple[str, Value]  # its key and value
Said = tuple[str, tuple[str, ...]]  # a condition in words, and the terms that it is about
# an option's timing, the steps it waits for, its flags
Standing = tuple[str, tuple[str, ...], tuple[str, ...]]
KEPT = 10_000  # of how many values the words are kept: there is no end to numbers
KEPT_EACH = 4  # of how many cases it is kept what is said of an instance, on average, if there are thousands


def _reads_any(condition: Condition, attributes: Collection[str]) -> bool:
    return any(ref.kind == "attribute" and ref.name in attributes for ref, _ in refs(condition))


class KeptFiring(NamedTuple):
    """What is said of a firing in all cases that are alike for it."""

    record: tuple[Any, ...]  # but for its number
    grounds: tuple[Finding | None, ...]  # of each premise, the finding it rests on; empty if there is none
    findings: list[Finding]  # that it concluded


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
        # of each instance there are some cases that are not alike, of most few
        self.firings = Remembered[KeptFiring](max(KEPT, KEPT_EACH * len(base.instances)))
        self.reasons = Remembered[NotFired | Ref](self.firings.most)  # why instances did not fire
        self.standings = Remembered[Standing](KEPT)
        # by option, and the names of what it waits for and of its flags
        self.standing = self.standings.shelf()
        self._values: dict[tuple[str, str, Value], tuple[Plain, str]] = {}
        self._answers: dict[tuple[str, Value | None], tuple[Match]] = {}
        self._texts: dict[tuple[str, str], str | None] = {}

    @cached_property
    def openness(self) -> Openness:
        """What asks of a case which options it leaves open; made for the first that may."""
        from expert.consultation.openness import Openness  # many cases leave none open

        return Openness(self.base)

    @cached_property
    def concluded_costs(self) -> dict[str, list[Ref]]:
        """Of each option, the findings that bound its cost, as far as a rule concludes them."""
        knowledge = self.base.knowledge
        names = dict.fromkeys(name for _, name, _ in cost_sides(knowledge))
        written = {key for instance in self.base.instances for key in writes(instance)} if names else set()
        costs = {}
        for option in knowledge.options:
            costs[option] = [
                Ref("finding", n, option=option) for n in names if with_option(n, option) in written
            ]
        return costs

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
