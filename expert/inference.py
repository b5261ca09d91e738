"""Inference on experta: `infer(base, case)` gives the whole consultation as a value.

This is the only module that imports experta. What calls what:

    infer                 run the engine on a case, then decide
      Engine.tell           every attribute is a fact: an answer, or that it is unknown
      Engine.run            experta's own loop: match, choose, fire
        Matcher.changes       which instances the new facts activate or block
        Strategy              the agenda, by firing order and nothing else
        Engine.fire           record the firing, declare its conclusions
      not_fired             the first condition that failed, for the others
      recommendations       the arguments, through the policy
"""

from __future__ import annotations

import collections
import collections.abc
from collections.abc import Iterable
from typing import Any as Anything

# experta 1.9.4 pins frozendict 1.2, which looks for this name; Python 3.10 took it away.
if not hasattr(collections, "Mapping"):
    collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]

from experta import Fact, KnowledgeEngine, Rule
from experta.abstract import Matcher, Strategy
from experta.activation import Activation

from expert import trace
from expert.case import Case, plain_answers
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
from expert.policy import NOW, overall, verdict_of, weigh
from expert.rules import Conclusion, Instance, RuleBase, computed_data, reads
from expert.words import Phrases, fill, in_sentence, known, statement


def infer(base: RuleBase, case: Case) -> trace.Consultation:
    """What follows from a case. The same case gives the same value, whatever the hash seed."""
    engine = Engine(base, case)
    engine.reset()
    engine.tell()
    engine.run()
    k = base.knowledge
    return trace.Consultation(
        knowledge=trace.KnowledgeId(k.id, k.title, k.version, k.hash, k.disclaimer),
        answers=plain_answers(case, k),
        findings=_findings(engine),
        recommendations=_recommendations(engine),
        plan=_plan(engine),
        advice=_advice(engine),
        firings=tuple(engine.firings),
        not_fired=_not_fired(engine),
    )


class ByRank(Strategy):  # type: ignore[misc]
    """Conflict resolution: the instance that comes first in the rule base fires first.

    experta's own DepthStrategy looks for an activation to remove at three places of its
    sorted list and may miss it, and orders equals by set order; this one removes by identity.
    """

    def _update_agenda(
        self, agenda: Anything, added: Iterable[Activation], removed: Iterable[Activation]
    ) -> None:
        gone = {id(activation) for activation in removed}
        kept = [activation for activation in agenda.activations if id(activation) not in gone]
        # the agenda's next activation is its last
        agenda.activations = sorted([*kept, *added], key=lambda activation: activation.rule.salience)


class Indexed(Matcher):  # type: ignore[misc]
    """Matches only the instances that read a changed fact, with the shell's own conditions.

    experta's Rete network is built anew for each engine, which costs more than a whole
    consultation, and tests every fact against every rule.
    """

    def reset(self) -> None:
        self.active: dict[str, Activation] = {}

    def changes(
        self, adding: Iterable[Fact] | None = None, deleting: Iterable[Fact] | None = None
    ) -> tuple[list[Activation], list[Activation]]:
        engine, added, removed = self.engine, [], []
        keys = {fact.get("key") for fact in adding or ()}
        for fact in adding or ():
            engine.learn(fact)
        # experta's InitialFact, which has no key, starts every instance off
        touched = engine.network.rules if None in keys else engine.network.reading(keys)
        for rank, rule in touched.items():
            instance = engine.base.instances[rank]
            held = engine.reading.test(instance.when)
            if held and instance.id not in self.active:
                self.active[instance.id] = Activation(rule, ())
                added.append(self.active[instance.id])
            elif not held and instance.id in self.active:
                removed.append(self.active.pop(instance.id))
        return added, removed


class Network:
    """The instances of a rule base as experta rules, indexed by the facts they read."""

    def __init__(self, base: RuleBase) -> None:
        self.rules: dict[int, Rule] = {}
        self.readers: dict[str, list[int]] = {}
        for rank, instance in enumerate(base.instances):
            # ranks are unique, so salience alone decides the order
            self.rules[rank] = Rule(salience=-rank)(_action(instance))
            for key in dict.fromkeys(ref.key for ref, _ in reads(instance)):
                self.readers.setdefault(key, []).append(rank)

    def reading(self, keys: Iterable[str]) -> dict[int, Rule]:
        ranks = sorted({rank for key in keys for rank in self.readers.get(key, ())})
        return {rank: self.rules[rank] for rank in ranks}


def _action(instance: Instance) -> Anything:
    def fire(engine: Engine) -> None:
        engine.fire(instance)

    return fire


class Engine(KnowledgeEngine):  # type: ignore[misc]
    """An experta engine for one case; made for one run and thrown away."""

    __matcher__ = Indexed
    __strategy__ = ByRank

    def __init__(self, base: RuleBase, case: Case) -> None:
        self.base, self.case = base, case
        self.network = Network(base)
        self.reading = Evaluation(case.answers)
        self.phrases = Phrases(base.knowledge)
        self.firings: list[trace.Firing] = []
        self.grounds: dict[tuple[str, Value], list[int]] = {}  # finding -> firings behind it
        self.concluded: list[tuple[Conclusion, int]] = []
        super().__init__()

    def tell(self) -> None:
        """Declare what the case says, and what it leaves unknown."""
        for name in self.base.knowledge.attributes:
            value = self.case.value(name)
            self.declare(Fact(kind="unknown" if value is None else "answer", key=name, value=value))

    def learn(self, fact: Fact) -> None:
        """Take a declared fact into the reading that conditions are tested on."""
        if fact.get("kind") == "finding":
            key, value = fact["key"], fact["value"]
            if isinstance(value, int):
                self.reading.add_numbers(key, [(Grid.true, self.reading.algebra.constant(value))])
            else:
                self.reading.findings.setdefault(key, {})[value] = Grid.true

    def fire(self, instance: Instance) -> None:
        n = len(self.firings) + 1
        matched = (*self.matched(instance.when), *self._computed_with(instance))
        concluded: list[trace.Concluded] = []
        for conclusion in instance.then:
            for value in self._values(conclusion):
                self._conclude(conclusion, value, n)
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

    def _values(self, conclusion: Conclusion) -> list[Value | None]:
        """The values concluded; a quantity that is not known gives none."""
        if not isinstance(conclusion.value, (Ref, Arithmetic)):
            return [conclusion.value]
        return [row.values[0] for guard, row in self.reading.amounts(conclusion.value) if guard & 1]

    def _conclude(self, conclusion: Conclusion, value: Value | None, n: int) -> None:
        self.concluded.append((conclusion, n))
        if conclusion.kind == "finding" and value is not None:
            self.grounds.setdefault((conclusion.key, value), []).append(n)
        self.declare(
            Fact(
                kind=conclusion.kind,
                key=conclusion.key,
                value=value,
                **({} if conclusion.kind == "finding" else {"firing": n}),
            )
        )

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
                "finding", conclusion.name, conclusion.option or None, term.plain(value), statement(term, (value,))
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
            return k.attributes[name].show(value) if value is not None else "an unknown " + k.attributes[name].label
        if bare in k.findings:
            key = f"{bare}@{option}" if k.findings[bare].per_option else bare
            values = [value for (found, value) in self.grounds if found == key]
            return " and ".join(k.findings[bare].show(value) for value in values) or "(none)"
        data = k.options[option].properties.get(bare, ()) if option else ()
        return " or ".join(k.properties[bare].show(datum.value) for datum in data) or "(not stated)"


# --- what follows from the firings --------------------------------------------------------


def _findings(engine: Engine) -> tuple[trace.Finding, ...]:
    found = []
    for (key, value), firings in engine.grounds.items():
        name, _, option = key.partition("@")
        term = engine.base.knowledge.findings[name]
        text = statement(term, (value,))
        found.append(trace.Finding(name, option or None, term.plain(value), text, tuple(firings)))
    return tuple(found)


def _recommendations(engine: Engine) -> tuple[trace.Recommendation, ...]:
    k = engine.base.knowledge
    decides = {topic.id for topic in k.topics.values() if topic.decides}
    found = []
    for option in k.options.values():
        about = [(c, n) for c, n in engine.concluded if c.option == option.id]
        weighed = weigh([(c, Grid.true) for c, _ in about], decides, Grid.false)
        waits = tuple(step for step in k.steps if any(c.kind == "wait" and c.name == step for c, _ in about))
        flags = tuple(flag for flag in k.flags if any(c.kind == "flag" and c.name == flag for c, _ in about))
        found.append(
            trace.Recommendation(
                option.id,
                option.label,
                verdict_of(overall(weighed, Grid.false)),
                waits[-1] if waits else NOW,
                waits,
                _cost(engine, option.id),
                flags,
                {target: verdict_of(verdicts) for target, verdicts in weighed.items() if target},
                tuple(_argument(engine, c, n) for c, n in about if c.kind == "argument"),
            )
        )
    return tuple(found)


def _argument(engine: Engine, conclusion: Conclusion, n: int) -> trace.Argument:
    firing = engine.firings[n - 1]
    return trace.Argument(
        str(conclusion.value),
        conclusion.name,
        conclusion.target or None,
        conclusion.strength,
        firing.rule,
        engine.text(conclusion.text, conclusion.option),
        firing.basis,
        firing.claims,
        n,
    )


def _cost(engine: Engine, option: str) -> trace.Cost | None:
    """The lowest of what was concluded to be the least, the highest of what was to be the most."""
    names = engine.base.knowledge.cost
    if not names:
        return None
    term = engine.base.knowledge.findings[names[0]]
    amounts = [
        [v for key, v in engine.grounds if key == f"{name}@{option}" and isinstance(v, int)] for name in names
    ]
    if not any(amounts):
        return None
    low, high = (term.plain(pick(values)) if values else None for pick, values in zip((min, max), amounts, strict=True))
    return trace.Cost(low, high, term.unit)  # type: ignore[arg-type]


def _plan(engine: Engine) -> tuple[trace.PlanStep, ...]:
    found: list[trace.PlanStep] = []
    for step in engine.base.knowledge.steps.values():
        numbers = [n for c, n in engine.concluded if c.kind == "step" and c.name == step.id]
        if numbers:
            firings = [engine.firings[n - 1] for n in dict.fromkeys(numbers)]
            rules = tuple(dict.fromkeys(firing.rule for firing in firings))
            claims = tuple(dict.fromkeys(claim for firing in firings for claim in firing.claims))
            where = tuple(firing.n for firing in firings)
            found.append(trace.PlanStep(len(found) + 1, step.id, step.label, rules, claims, where))
    return tuple(found)


def _advice(engine: Engine) -> tuple[trace.Advice, ...]:
    found = []
    for conclusion, n in engine.concluded:
        if conclusion.kind in ("advice", "caution"):
            firing, option = engine.firings[n - 1], conclusion.option
            text = engine.text(conclusion.text, option)
            found.append(
                trace.Advice(
                    conclusion.kind,
                    conclusion.name,
                    option or None,
                    text,
                    firing.rule,
                    firing.basis,
                    firing.claims,
                    n,
                )
            )
    return tuple(found)


def _not_fired(engine: Engine) -> tuple[trace.NotFired, ...]:
    fired = {(firing.rule, firing.option or "") for firing in engine.firings}
    found = []
    for instance in engine.base.instances:
        if (instance.rule.id, instance.option) not in fired:
            reason, failed = _failure(instance.when, engine.reading)
            names = tuple(dict.fromkeys(ref.key for ref, _ in refs(failed)))
            text = engine.phrases.condition(failed)
            found.append(trace.NotFired(instance.rule.id, instance.option or None, reason, text, names))
    return tuple(found)


def _failure(condition: Condition, reading: Evaluation) -> tuple[str, Condition]:
    """Why a condition does not hold, and the first part of it that does not."""
    if isinstance(condition, All):
        return _failure(next(part for part in condition.parts if not reading.test(part)), reading)
    if reading.denies(condition):
        return "denied", condition
    inside = [ref for ref, _ in refs(condition)]
    unanswered = any(ref.kind == "attribute" and not reading.test(Known(ref)) for ref in inside)
    return ("unknown" if unanswered else "no-evidence"), condition
