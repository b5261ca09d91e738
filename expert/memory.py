"""Working memory: the facts of one run, each with its justification.

Every fact is an answer, a datum of the knowledge base, or the conclusion of a recorded
firing. What a firing rested on is written down when it fires, from our own rule data, so
that no engine's memory has to be asked later. What is the same in every case (`Wording`) is put
into words once.
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
from expert.knowledge import Term, Value
from expert.logic import Evaluation, Grid
from expert.rules import PLACEHOLDER, Conclusion, Instance, RuleBase, computed_data, reads
from expert.words import Phrases, fill, in_sentence, known, statement

Fact = tuple[str, str, Value | None]  # kind, key and value of a conclusion
Said = tuple[str, tuple[str, ...]]  # a condition in words, and the terms that it is about


class Wording:
    """What records say of a rule base in every case, each put into words when first needed.

    The rule base's conditions and instances are known by identity: as tuples, `Not(c)` equals
    `Unless(c)`. It holds them all, so that nothing else ever has the id of one.
    """

    def __init__(self, base: RuleBase) -> None:
        self.base, self.phrases = base, Phrases(base.knowledge)
        self._said: dict[int, Said] = {}
        self._entries: dict[int, Entry] = {}
        self._values: dict[tuple[str, str, Value], tuple[trace.Plain, str]] = {}
        self._texts: dict[tuple[str, str], str | None] = {}

    def said(self, condition: Condition) -> Said:
        """One of the rule base's conditions in words."""
        if id(condition) not in self._said:
            names = tuple(dict.fromkeys(ref.key for ref, _ in refs(condition)))
            self._said[id(condition)] = self.phrases.condition(condition), names
        return self._said[id(condition)]

    def value(self, term: Term, value: Value) -> tuple[trace.Plain, str]:
        """A value of a term as the record holds it, and the statement that the term has it."""
        if isinstance(value, int):  # there is no end to numbers
            return term.plain(value), statement(term, (value,))
        key = (term.kind, term.name, value)
        if key not in self._values:
            self._values[key] = term.plain(value), statement(term, (value,))
        return self._values[key]

    def text(self, text: str, option: str) -> str | None:
        """A rule's text with its placeholders filled; None if that takes a case."""
        if (text, option) not in self._texts:
            k = self.base.knowledge
            names = PLACEHOLDER.findall(text)
            varies = any(n in k.attributes or n.removeprefix("option.") in k.findings for n in names)
            filled = None if varies else fill(text, lambda name: self.filled(name, option))
            self._texts[text, option] = filled
        return self._texts[text, option]

    def filled(self, name: str, option: str) -> str:
        """What stands for a placeholder that is about the option."""
        k = self.base.knowledge
        if name == "option":
            return in_sentence(k.options[option].label) if option else "the option"
        bare = name.removeprefix("option.")
        data = k.options[option].properties.get(bare, ()) if option else ()
        return " or ".join(k.properties[bare].show(datum.value) for datum in data) or "(not stated)"

    def entry(self, instance: Instance) -> Entry:
        """What the record of a firing of one of the rule base's instances says in every case."""
        if id(instance) not in self._entries:
            self._entries[id(instance)] = Entry(self, instance)
        return self._entries[id(instance)]

    def concluded(self, conclusion: Conclusion) -> trace.Concluded | None:
        """The record of a conclusion; None if that takes a case."""
        if isinstance(conclusion.value, (Ref, Arithmetic)):
            return None
        if conclusion.kind == "finding":
            return None if conclusion.value is None else self.found(conclusion, conclusion.value)
        text = self.text(conclusion.text, conclusion.option)
        return None if text is None else self.put_forward(conclusion, conclusion.value, text)

    def found(self, conclusion: Conclusion, value: Value) -> trace.Concluded:
        """The record of a finding."""
        plain, text = self.value(self.base.knowledge.findings[conclusion.name], value)
        return trace.Concluded("finding", conclusion.name, conclusion.option or None, plain, text)

    def put_forward(self, conclusion: Conclusion, value: Value | None, text: str) -> trace.Concluded:
        """The record of a conclusion that is no finding."""
        return trace.Concluded(
            conclusion.kind,
            conclusion.name,
            conclusion.option or None,
            value,
            text or self.phrases.conclusion(conclusion),
            conclusion.target or None,
            conclusion.strength or None,
        )

    def data(self, given: Given) -> list[trace.Match]:
        """What a condition on the option alone rests on."""
        if not given.property or not given.data:
            return []
        term, found = self.base.knowledge.properties[given.property], []
        for datum in given.data:
            plain, text = self.value(term, datum.value)
            found.append(trace.Match("datum", given.property, given.option, plain, text, datum.claims))
        return found


class Entry:
    """What the record of an instance's firing says in every case."""

    __slots__ = ("concluded", "data", "terms")

    def __init__(self, wording: Wording, instance: Instance) -> None:
        used = computed_data(instance, wording.base.knowledge)
        computed = [Given(True, name, instance.option, (datum,)) for name, datum in used]
        self.data = [match for given in computed for match in wording.data(given)]
        in_condition = {ref for ref, _ in refs(instance.when)}
        # what else it computes with
        self.terms = dict.fromkeys(ref for ref, _ in reads(instance) if ref not in in_condition)
        self.concluded = [wording.concluded(conclusion) for conclusion in instance.then]


class WorkingMemory:
    """The facts of one case, and the firings that concluded them."""

    def __init__(self, wording: Wording, case: Case) -> None:
        self.base, self.wording, self.case = wording.base, wording, case
        self.reading = Evaluation(case.answers)  # what conditions are tested on
        self.firings: list[trace.Firing] = []
        self.grounds: dict[tuple[str, Value], list[int]] = {}  # finding -> firings behind it
        self.values: dict[str, list[Value]] = {}  # the same findings' values, by key
        self.answered: dict[str, list[trace.Match]] = {}  # what a premise on an answer rests on
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
        n, rule, entry = len(self.firings) + 1, instance.rule, self.wording.entry(instance)
        computed_with = [match for ref in entry.terms for match in self._leaves(ref, None)]
        matched = dict.fromkeys([*self.matched(instance.when), *entry.data, *computed_with])
        facts: list[Fact] = []
        concluded: list[trace.Concluded] = []
        for conclusion, said in zip(instance.then, entry.concluded, strict=True):
            for value in self._values(conclusion):
                self.concluded.append((conclusion, n))
                if conclusion.kind == "finding" and value is not None:
                    self._found(conclusion.key, value, n)
                facts.append((conclusion.kind, conclusion.key, value))
                concluded.append(said or self._concluded(conclusion, value))
        self.firings.append(
            trace.Firing(
                n,
                rule.id,
                instance.option or None,
                rule.basis,
                self.text(rule.because, instance.option),
                tuple(matched),
                tuple(concluded),
                rule.claims,
            )
        )
        return facts

    def _values(self, conclusion: Conclusion) -> list[Value | None]:
        """The values concluded; a quantity that is not known gives none."""
        if not isinstance(conclusion.value, (Ref, Arithmetic)):
            return [conclusion.value]
        amounts = self.reading.amounts(conclusion.value)
        return list(dict.fromkeys(row.values[0] for guard, row in amounts if guard & 1))

    def _found(self, key: str, value: Value, n: int) -> None:
        """Note that a firing concluded a finding."""
        if (key, value) not in self.grounds:
            self.grounds[key, value] = []
            self.values.setdefault(key, []).append(value)
        self.grounds[key, value].append(n)

    # --- what a premise rested on ---------------------------------------------------------

    def matched(self, condition: Condition) -> list[trace.Match]:
        """What a condition that holds rests on, in the order in which it is written."""
        if isinstance(condition, Is):
            return self._leaves(condition.ref, condition.values)
        if isinstance(condition, All):
            return [match for part in condition.parts for match in self.matched(part)]
        if isinstance(condition, Given):
            return self.wording.data(condition)
        if isinstance(condition, Known):
            return self._leaves(condition.ref, None)
        if isinstance(condition, Compare):
            inside = [ref for ref, _ in refs(condition)]
            return [match for ref in inside for match in self._leaves(ref, None)]
        if isinstance(condition, Any):
            return self.matched(next(part for part in condition.parts if self.reading.test(part)))
        if isinstance(condition, Not):
            inside = [ref for ref, _ in refs(condition)]
            answered = [ref for ref in inside if self.case.value(ref.name) is not None]
            return [match for ref in answered for match in self._leaves(ref, None)]
        if isinstance(condition, Unless):
            text, names = self.wording.said(condition)
            return [trace.Match("no-evidence", ", ".join(names), None, None, text)]
        raise TypeError(f"not grounded: {condition!r}")

    def _leaves(self, ref: Ref, wanted: tuple[Value, ...] | None) -> list[trace.Match]:
        term = self.wording.phrases.term(ref)
        if ref.kind == "attribute":
            if ref.name not in self.answered:
                self.answered[ref.name] = [self._answer(ref.name, term)]
            return self.answered[ref.name]
        found, key = [], ref.key
        for value in self.values.get(key, ()):
            if wanted is None or value in wanted:
                plain, text = self.wording.value(term, value)
                firings = tuple(self.grounds[key, value])
                found.append(trace.Match("finding", ref.name, ref.option or None, plain, text, (), firings))
        return found

    def _answer(self, name: str, term: Term) -> trace.Match:
        value = self.case.value(name)
        if value is None:
            return trace.Match("unknown", name, None, None, known(term, False))
        return trace.Match("answer", name, None, *self.wording.value(term, value))

    # --- what it concluded, in words --------------------------------------------------------

    def _concluded(self, conclusion: Conclusion, value: Value | None) -> trace.Concluded:
        if conclusion.kind == "finding" and value is not None:
            return self.wording.found(conclusion, value)
        text = self.text(conclusion.text, conclusion.option)
        return self.wording.put_forward(conclusion, value, text)

    def text(self, text: str, option: str) -> str:
        """A rule's text with its placeholders filled from the case."""
        fixed = self.wording.text(text, option)
        return fill(text, lambda name: self._filled(name, option)) if fixed is None else fixed

    def _filled(self, name: str, option: str) -> str:
        k, bare = self.base.knowledge, name.removeprefix("option.")
        if name != "option" and name in k.attributes:
            value = self.case.value(name)
            return (
                k.attributes[name].show(value)
                if value is not None
                else "an unknown " + k.attributes[name].label
            )
        if name != "option" and bare in k.findings:
            key = f"{bare}@{option}" if k.findings[bare].per_option else bare
            values = self.values.get(key, ())
            return " and ".join(k.findings[bare].show(value) for value in values) or "(none)"
        return self.wording.filled(name, option)
