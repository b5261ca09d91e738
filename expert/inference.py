"""Inference on experta: `infer(base, case)` gives the whole consultation as a value.

This is the only module that imports experta. What calls what:

    prepare               make a rule base ready, once for all of its cases
      Network               which facts each instance needs, and waits for
      memory.Wording        what the record says in every case alike
    Prepared(case)        run the engine on a case
      Engine.tell           every attribute is a fact: an answer, or that it is unknown
      Engine.run            experta's own loop: match, choose, fire
        Indexed.changes       which instances the new facts activate or block
        ByRank                the agenda, by firing order and nothing else
        Engine.fire           record the firing, declare its conclusions
      outcome.consultation  verdicts, plan, advice and non-firings from the record
"""

from __future__ import annotations

import collections
import collections.abc
from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

# experta 1.9.4 pins frozendict 1.2, which looks for this name; Python 3.10 took it away.
if not hasattr(collections, "Mapping"):
    collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]

from experta import Fact, KnowledgeEngine, Rule
from experta import __version__ as ENGINE
from experta.abstract import Matcher, Strategy
from experta.activation import Activation
from experta.fact import InitialFact

from expert.case import Case
from expert.conditions import All, Compare, Condition, Given, Is, Known, Not, Ref, refs
from expert.knowledge import Value
from expert.memory import Wording, WorkingMemory
from expert.outcome import consultation
from expert.rules import Instance, RuleBase
from expert.trace import Consultation

__all__ = ["ENGINE", "infer", "prepare"]

# What facts say, as instances wait for it: (key, value), (key,) for there being any value, and
# (key, None) for an answer that is not known. START is said in every case.
Sign = tuple[Value | None, ...]
START: Sign = ()


def infer(base: RuleBase, case: Case) -> Consultation:
    """What follows from a case. The same case gives the same value, whatever the hash seed."""
    return prepare(base)(case)


def prepare(base: RuleBase) -> Prepared:
    """The function that infers cases of a rule base. The latest is kept: no rule base ever changes."""
    global _latest
    latest = _latest
    if latest is None or latest.base is not base:
        latest = _latest = Prepared(base)
    return latest


class Prepared:
    """A rule base, and what its consultations share."""

    def __init__(self, base: RuleBase) -> None:
        self.base, self.network, self.wording = base, Network(base), Wording(base)

    def __call__(self, case: Case) -> Consultation:
        """What follows from a case."""
        engine = Engine(self, case)
        engine.reset()
        engine.tell()
        engine.run()
        return consultation(engine.memory)


_latest: Prepared | None = None


# --- matching ----------------------------------------------------------------------------


class Candidate:
    """An instance, and which facts decide whether it is activated."""

    def __init__(self, rank: int, instance: Instance) -> None:
        self.rank, self.instance = rank, instance
        self.needs: list[tuple[Sign, ...]] = []  # one of each must be there
        self.rest: list[Condition] = []  # and these hold, which signs alone do not decide
        for part in _conjuncts(instance.when):
            if signs := _signs(part):
                self.needs.append(signs)
            else:
                self.rest.append(part)
                self.needs += [((ref.key,),) for ref in _valued(part)]
        read = [ref for part in self.rest for ref, _ in refs(part)]
        # all answers are there before the first rule fires; findings come one after another
        self.watched: list[Sign] = [(ref.key,) for ref in read if ref.kind == "finding"]

    @cached_property
    def activation(self) -> Activation:
        """What experta's agenda holds; made when first needed, as that takes most of the time."""
        # ranks are unique, so salience alone decides the order
        return Activation(Rule(salience=-self.rank)(_action(self.instance)), ())


def _action(instance: Instance) -> Any:
    def fire(engine: Engine) -> None:
        engine.fire(instance)

    return fire


def _conjuncts(condition: Condition) -> Iterator[Condition]:
    """The conditions every one of which must hold."""
    if isinstance(condition, All):
        for part in condition.parts:
            yield from _conjuncts(part)
    elif not (isinstance(condition, Given) and condition.truth):
        yield condition


def _signs(condition: Condition) -> tuple[Sign, ...]:
    """The signs of which a condition takes one, and nothing else; none if it is not so simple."""
    if isinstance(condition, Is):
        return tuple((condition.ref.key, value) for value in condition.values)
    if isinstance(condition, Known) and condition.wanted:
        return ((condition.ref.key,),)
    if isinstance(condition, Known) and condition.ref.kind == "attribute":
        return ((condition.ref.key, None),)
    return ()


def _valued(condition: Condition) -> list[Ref]:
    """Terms without a value of which a condition cannot hold."""
    inside = condition.part if isinstance(condition, Not) else condition
    return [ref for ref, _ in refs(inside)] if isinstance(inside, (Is, Compare)) else []


class Network:
    """The instances of a rule base, each waiting for that of its needs which the fewest share.

    Most rules of a large rule base are about something else than the case at hand: what they wait
    for is not said, and they are never looked at.
    """

    def __init__(self, base: RuleBase) -> None:
        candidates = [Candidate(rank, instance) for rank, instance in enumerate(base.instances)]
        common = Counter(sign for candidate in candidates for need in candidate.needs for sign in need)
        self.waiting: dict[Sign, list[Candidate]] = {}
        for candidate in candidates:
            candidate.needs.sort(key=lambda need: sum(common[sign] for sign in need))
            for sign in candidate.needs[0] if candidate.needs else [START]:
                self.waiting.setdefault(sign, []).append(candidate)


class Indexed(Matcher):  # type: ignore[misc]
    """Looks at an instance when what it waits for is said, and never without need.

    No fact is retracted: a need that is met stays met. Only what stands under `unless` or the like
    can turn false, through findings of lower strata; those are all there before the instance comes
    first on the agenda.

    experta's Rete network is built anew for each engine, which costs more than a whole
    consultation, and tests every fact against every rule.
    """

    def reset(self) -> None:
        """Forget everything."""
        self.signs: set[Sign] = set()
        self.waiting: dict[Sign, dict[Candidate, None]] = {}
        self.active: set[Candidate] = set()

    def changes(
        self, adding: Iterable[Fact] | None = None, deleting: Iterable[Fact] | None = None
    ) -> tuple[list[Activation], list[Activation]]:
        """The activations that new facts bring about, and those that they block."""
        if not adding:
            return [], []
        new = [sign for fact in adding or () for sign in self._take(fact)]
        self.signs.update(new)
        candidates: dict[Candidate, None] = {}
        for sign in new:
            candidates |= dict.fromkeys(self.engine.prepared.network.waiting.get(sign, ()))
            candidates |= self.waiting.pop(sign, {})
        added, removed = [], []
        for candidate in candidates:
            held = self._holds(candidate)
            if held and candidate not in self.active:
                self.active.add(candidate)
                added.append(candidate.activation)
            elif not held and candidate in self.active:
                self.active.remove(candidate)
                removed.append(candidate.activation)
        return added, removed

    def _take(self, fact: Fact) -> list[Sign]:
        """Take a fact in; its signs, if it can be a premise."""
        if isinstance(fact, InitialFact):
            return [START]
        if fact["kind"] == "finding":
            self.engine.memory.learn(fact["key"], fact["value"])
        elif fact["kind"] not in ("answer", "unknown"):
            return []
        sign: Sign = (fact["key"], fact["value"])
        return [sign] if fact["kind"] == "unknown" else [sign, sign[:1]]

    def _holds(self, candidate: Candidate) -> bool:
        """Whether an instance's condition holds; it is left waiting for what can change that."""
        for need in candidate.needs:
            if self.signs.isdisjoint(need):
                self._wait(candidate, need)
                return False
        self._wait(candidate, candidate.watched)
        return all(self.engine.memory.reading.test(part) for part in candidate.rest)

    def _wait(self, candidate: Candidate, signs: Iterable[Sign]) -> None:
        for sign in signs:
            self.waiting.setdefault(sign, {})[candidate] = None


class ByRank(Strategy):  # type: ignore[misc]
    """Conflict resolution: the instance that comes first in the rule base fires first.

    experta's own DepthStrategy looks for an activation to remove at three places of its
    sorted list and may miss it, and orders equals by set order; this one removes by identity.
    """

    def _update_agenda(self, agenda: Any, added: Iterable[Activation], removed: Iterable[Activation]) -> None:
        if gone := {id(activation) for activation in removed}:
            agenda.activations = [a for a in agenda.activations if id(a) not in gone]
        for activation in added:  # the agenda's next activation is its last
            insort(agenda.activations, activation, key=_salience)


def _salience(activation: Activation) -> int:
    found: int = activation.rule.salience
    return found


# --- the engine --------------------------------------------------------------------------


class Told(Fact):  # type: ignore[misc]
    """A fact of names and numbers, taken as they are: experta would see of each how to freeze it."""

    def __init__(self, **content: Value | None) -> None:
        super().__init__()
        dict.update(self, content)

    def has_field_constraints(self) -> bool:
        return False

    def has_nested_accessor(self) -> bool:
        return False

    def validate(self) -> None:
        """There is nothing that could be wrong."""


def _initial_fact() -> list[Fact]:
    return [InitialFact()]


class Engine(KnowledgeEngine):  # type: ignore[misc]
    """An experta engine for one case; made for one run and thrown away."""

    __matcher__ = Indexed
    __strategy__ = ByRank

    def __init__(self, prepared: Prepared, case: Case) -> None:
        self.prepared = prepared
        self.memory = WorkingMemory(prepared.wording, case)
        super().__init__()

    def get_deffacts(self) -> list[Any]:
        """The initial fact; experta would look for it through all members of the engine, for each case."""
        return [_initial_fact]

    def tell(self) -> None:
        """Declare what the case says, and what it leaves unknown."""
        facts = []
        for name in self.prepared.base.knowledge.attributes:
            value = self.memory.case.value(name)
            facts.append(Told(kind="unknown" if value is None else "answer", key=name, value=value))
        self.declare(*facts)

    def fire(self, instance: Instance) -> None:
        """What a rule does when experta fires it."""
        # what else a rule concludes is in the record: it is no premise of any rule
        found = [
            Told(kind=kind, key=key, value=value)
            for kind, key, value in self.memory.fire(instance)
            if kind == "finding"
        ]
        if found:
            self.declare(*found)
