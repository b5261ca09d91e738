"""Inference on experta: `infer(base, case)` gives the whole consultation as a value.

This is the only module that imports experta. What calls what:

    infer                 run the engine on a case
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
from collections.abc import Iterable
from typing import Any

# experta 1.9.4 pins frozendict 1.2, which looks for this name; Python 3.10 took it away.
if not hasattr(collections, "Mapping"):
    collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]

from experta import Fact, KnowledgeEngine, Rule
from experta import __version__ as ENGINE
from experta.abstract import Matcher, Strategy
from experta.activation import Activation

from expert.case import Case
from expert.memory import WorkingMemory
from expert.outcome import consultation
from expert.rules import Instance, RuleBase, reads
from expert.trace import Consultation

__all__ = ["ENGINE", "infer"]


def infer(base: RuleBase, case: Case) -> Consultation:
    """What follows from a case. The same case gives the same value, whatever the hash seed."""
    engine = Engine(base, case)
    engine.reset()
    engine.tell()
    engine.run()
    return consultation(engine.memory)


class ByRank(Strategy):  # type: ignore[misc]
    """Conflict resolution: the instance that comes first in the rule base fires first.

    experta's own DepthStrategy looks for an activation to remove at three places of its
    sorted list and may miss it, and orders equals by set order; this one removes by identity.
    """

    def _update_agenda(self, agenda: Any, added: Iterable[Activation], removed: Iterable[Activation]) -> None:
        gone = {id(activation) for activation in removed}
        kept = [activation for activation in agenda.activations if id(activation) not in gone]
        # the agenda's next activation is its last
        agenda.activations = sorted([*kept, *added], key=lambda activation: activation.rule.salience)


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
        """The rules that read any of the facts, by rank."""
        ranks = sorted({rank for key in keys for rank in self.readers.get(key, ())})
        return {rank: self.rules[rank] for rank in ranks}


def _action(instance: Instance) -> Any:
    def fire(engine: Engine) -> None:
        engine.fire(instance)

    return fire


class Indexed(Matcher):  # type: ignore[misc]
    """Matches only the instances that read a changed fact, with the shell's own conditions.

    experta's Rete network is built anew for each engine, which costs more than a whole
    consultation, and tests every fact against every rule.
    """

    def reset(self) -> None:
        """Forget every activation."""
        self.active: dict[int, Activation] = {}

    def changes(
        self, adding: Iterable[Fact] | None = None, deleting: Iterable[Fact] | None = None
    ) -> tuple[list[Activation], list[Activation]]:
        """The activations that new facts bring about, and those that they block."""
        engine: Engine = self.engine
        added, removed = [], []
        for fact in adding or ():
            if fact.get("kind") == "finding":
                engine.memory.learn(fact["key"], fact["value"])
        keys = {fact.get("key") for fact in adding or ()}
        # experta's InitialFact, which has no key, starts every instance off
        touched = engine.network.rules if None in keys else engine.network.reading(keys)
        for rank, rule in touched.items():
            held = engine.memory.reading.test(engine.memory.base.instances[rank].when)
            if held and rank not in self.active:
                self.active[rank] = Activation(rule, ())
                added.append(self.active[rank])
            elif not held and rank in self.active:
                removed.append(self.active.pop(rank))
        return added, removed


class Engine(KnowledgeEngine):  # type: ignore[misc]
    """An experta engine for one case; made for one run and thrown away."""

    __matcher__ = Indexed
    __strategy__ = ByRank

    def __init__(self, base: RuleBase, case: Case) -> None:
        self.network = Network(base)
        self.memory = WorkingMemory(base, case)
        super().__init__()

    def tell(self) -> None:
        """Declare what the case says, and what it leaves unknown."""
        for name in self.memory.base.knowledge.attributes:
            value = self.memory.case.value(name)
            self.declare(Fact(kind="unknown" if value is None else "answer", key=name, value=value))

    def fire(self, instance: Instance) -> None:
        """What a rule does when experta fires it."""
        for n, (kind, key, value) in enumerate(self.memory.fire(instance)):
            if kind == "finding":
                self.declare(Fact(kind=kind, key=key, value=value))
            else:  # two rules may put forward the same argument: both are kept
                self.declare(Fact(kind=kind, key=key, value=value, by=instance.id, nth=n))
