"""Working memory: the facts of one run, each with its justification.

Every fact is an answer, a datum of the knowledge base, or the conclusion of a recorded
firing. What a firing rested on is written down when it fires, from our own rule data, so
that no engine's memory has to be asked later.
"""

from __future__ import annotations

from expert import trace
from expert.case import Case
from expert.conditions import (
    All,
    Any,
    Arithmetic,
    Compare,
    Condition,
    Given,
    Is,
    Known,
    Not,
    Ref,
    Unless,
    refs,
)
from expert.knowledge import Value
from expert.logic import Evaluation, Grid
from expert.rules import Conclusion, Instance, RuleBase, computed_data, reads
from expert.words import Phrases, fill, in_sentence, known, statement

Fact = tuple[str, str, Value | None]  # kind, key and value of a conclusion


class WorkingMemory:
    """The facts of one case, and the firings that concluded them."""

    def __init__(self, base: RuleBase, case: Case) -> None:
        self.base, self.case = base, case
        self.reading = Evaluation(case.answers)  # what conditions are tested on
        self.phrases = Phrases(base.knowledge)
        self.firings: list[trace.Firing] = []
        self.grounds: dict[tuple[str, Value], list[int]] = {}  # finding -> firings behind it
        self.learned: set[tuple[str, Value]] = set()
        self.concluded: list[tuple[Conclusion, int]] = []

    def learn(self, key: str, value: Value) -> None:
        """Take a finding into what conditions are tested on; once, however many rules conclude it."""
        if (key, value) in self.learned:
            return
        self.learned.add((key, value))
        if isinstance(value, int):
            self.reading.add_numbers(key, [(Grid.true, self.reading.algebra.constant(value))])
        else:
            self.reading.findings.setdefault(key, {})[value] = Grid.true

    def fire(self, instance: Instance) -> list[Fact]:
        """Record that an instance fires; the facts that it concludes."""
        n = len(self.firings) + 1
        matched = (*self.matched(instance.when), *self._computed_with(instance))
        facts: list[Fact] = []
        concluded: list[trace.Concluded] = []
        for conclusion in instance.then:
            for value in self._values(conclusion):
                self.concluded.append((conclusion, n))
                if conclusion.kind == "finding" and value is not None:
                    self.grounds.setdefault((conclusion.key, value), []).append(n)
                facts.append((conclusion.kind, conclusion.key, value))
                concluded.append(self._concluded(conclusion, value))
        self.firings.append(
            trace.Firing(
                n,
                instance.rule.id,
                instance.option or None,
                instance.rule.basis,
                self.text(instance.rule.because, instance.option),
                tuple(dict.fromkeys(matched)),
                tuple(concluded),
                instance.rule.claims,
            )
        )
        return facts

    def _values(self, conclusion: Conclusion) -> list[Value | None]:
        """The values concluded; a quantity that is not known gives none."""
        if not isinstance(conclusion.value, (Ref, Arithmetic)):
            return [conclusion.value]
        amounts = self.reading.amounts(conclusion.value)
        return list(dict.fromkeys(row.values[0] for guard, row in amounts if guard & 1))

    # --- what a premise rested on ---------------------------------------------------------

    def matched(self, condition: Condition) -> list[trace.Match]:
        """What a condition that holds rests on, in the order in which it is written."""
        if isinstance(condition, Is):
            return self._leaves(condition.ref, condition.values)
        if isinstance(condition, Known):
            return self._leaves(condition.ref, None)
        if isinstance(condition, Compare):
            inside = [ref for ref, _ in refs(condition)]
            return [match for ref in inside for match in self._leaves(ref, None)]
        if isinstance(condition, Given):
            return self._data(condition)
        if isinstance(condition, All):
            return [match for part in condition.parts for match in self.matched(part)]
        if isinstance(condition, Any):
            return self.matched(next(part for part in condition.parts if self.reading.test(part)))
        if isinstance(condition, Not):
            inside = [ref for ref, _ in refs(condition)]
            answered = [ref for ref in inside if self.case.value(ref.name) is not None]
            return [match for ref in answered for match in self._leaves(ref, None)]
        if isinstance(condition, Unless):
            names = ", ".join(dict.fromkeys(ref.key for ref, _ in refs(condition)))
            return [trace.Match("no-evidence", names, None, None, self.phrases.condition(condition))]
        raise TypeError(f"not grounded: {condition!r}")

    def _leaves(self, ref: Ref, wanted: tuple[Value, ...] | None) -> list[trace.Match]:
        term = self.phrases.term(ref)
        if ref.kind == "attribute":
            value = self.case.value(ref.name)
            if value is None:
                return [trace.Match("unknown", ref.name, None, None, known(term, False))]
            return [trace.Match("answer", ref.name, None, term.plain(value), statement(term, (value,)))]
        found = []
        for (key, value), firings in self.grounds.items():
            if key == ref.key and (wanted is None or value in wanted):
                text = statement(term, (value,))
                shown = term.plain(value)
                found.append(
                    trace.Match("finding", ref.name, ref.option or None, shown, text, (), tuple(firings))
                )
        return found

    def _data(self, given: Given) -> list[trace.Match]:
        if not given.property or not given.data:
            return []
        term = self.base.knowledge.properties[given.property]
        return [
            trace.Match(
                "datum",
                given.property,
                given.option,
                term.plain(datum.value),
                statement(term, (datum.value,)),
                datum.claims,
            )
            for datum in given.data
        ]

    def _computed_with(self, instance: Instance) -> list[trace.Match]:
        """What the quantities that an instance concludes are computed from."""
        data = [
            match
            for name, datum in computed_data(instance, self.base.knowledge)
            for match in self._data(Given(True, name, instance.option, (datum,)))
        ]
        condition_refs = {ref for ref, _ in refs(instance.when)}
        terms = dict.fromkeys(ref for ref, _ in reads(instance) if ref not in condition_refs)
        return [*data, *(match for ref in terms for match in self._leaves(ref, None))]

    def _concluded(self, conclusion: Conclusion, value: Value | None) -> trace.Concluded:
        k = self.base.knowledge
        if conclusion.kind == "finding" and value is not None:
            term = k.findings[conclusion.name]
            return trace.Concluded(
                "finding",
                conclusion.name,
                conclusion.option or None,
                term.plain(value),
                statement(term, (value,)),
            )
        text = self.text(conclusion.text, conclusion.option) or self.phrases.conclusion(conclusion)
        return trace.Concluded(
            conclusion.kind,
            conclusion.name,
            conclusion.option or None,
            value,
            text,
            conclusion.target or None,
            conclusion.strength or None,
        )

    def text(self, text: str, option: str) -> str:
        """A rule's text with its placeholders filled from the case."""
        return fill(text, lambda name: self._filled(name, option))

    def _filled(self, name: str, option: str) -> str:
        k, bare = self.base.knowledge, name.removeprefix("option.")
        if name == "option":
            return in_sentence(k.options[option].label) if option else "the option"
        if name in k.attributes:
            value = self.case.value(name)
            return (
                k.attributes[name].show(value)
                if value is not None
                else "an unknown " + k.attributes[name].label
            )
        if bare in k.findings:
            key = f"{bare}@{option}" if k.findings[bare].per_option else bare
            values = [value for (found, value) in self.grounds if found == key]
            return " and ".join(k.findings[bare].show(value) for value in values) or "(none)"
        data = k.options[option].properties.get(bare, ()) if option else ()
        return " or ".join(k.properties[bare].show(datum.value) for datum in data) or "(not stated)"
