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
        Engine.fire           record the firing, declare its findings
      outcome.consultation  verdicts, plan, advice and non-firings from the record
"""

from __future__ import annotations

import collections
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

# experta 1.9.4 pins frozendict 1.2, which looks for this name; Python 3.10 took it away.
if not hasattr(collections, "Mapping"):
    collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]

import collections.abc
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from experta import Fact, KnowledgeEngine, Rule
from experta import __version__ as ENGINE
from experta.abstract import Matcher, Strategy
from experta.activation import Activation
from experta.agenda import Agenda
from experta.fact import InitialFact
from experta.factlist import FactList

from expert.consultation.case import Case
from expert.consultation.memory import WorkingMemory
from expert.consultation.outcome import consultation
from expert.consultation.result import Consultation
from expert.consultation.wording import Wording
from expert.language.asking import Test, compiled
from expert.language.conditions import (
    AnyOf,
    Compare,
    Condition,
    Is,
    Known,
    Not,
    Ref,
    flat_conjuncts,
    refs,
    settled,
)
from expert.language.model import SCORE, Value
from expert.language.rules import Instance, RuleBase

__all__ = ["ENGINE", "infer", "prepare"]


# What facts say, as instances wait for it: (key, value), (key,) for there being any value, and
# (key, None) for an answer that is not known. START is said in every case.
Sign = tuple[Value | None, ...]
START: Sign = ()


class Need(NamedTuple):
    """Signs, by their numbers, of which one must be there; `later` are those that a firing may still say."""

    signs: tuple[int, ...]
    later: tuple[int, ...]


def infer(base: RuleBase, case: Case) -> Consultation:
    """What follows from a case. The same case gives the same value, whatever the hash seed."""
    return prepare(base)(case)


def prepare(base: RuleBase) -> Prepared:
    """The function that infers cases of a rule base. The latest is kept: no rule base ever changes."""
    return _prepared(TheVery(base))


class TheVery:
    """A rule base as a key: the very same one, as to compare two of them takes longer than to prepare one."""

    def __init__(self, base: RuleBase) -> None:
        self.base = base

    def __hash__(self) -> int:
        return id(self.base)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TheVery) and self.base is other.base


@lru_cache(maxsize=1)
def _prepared(key: TheVery) -> Prepared:
    return Prepared(key.base)


class Prepared:
    """A rule base, and what its consultations share."""

    def __init__(self, base: RuleBase) -> None:
        self.base, self.network, self.wording = base, Network(base), Wording(base)
        self.start = Start(self.network)
        self._told: dict[tuple[str, Value | None], Told] = {}

    def told(self, name: str, value: Value | None) -> Told:
        """The fact of an answer: one for all cases, as it comes at the same place in the list of facts."""
        fact = self._told.get((name, value))
        if fact is None:
            fact = Told("unknown" if value is None else "answer", name, value, self.network)
            if not isinstance(value, int):  # there is no end to numbers
                self._told[name, value] = fact
        return fact

    def __call__(self, case: Case) -> Consultation:
        """What follows from a case."""
        engine = Engine(self, case)
        engine.reset()
        engine.tell()
        engine.run()
        engine.matcher.engine = None  # a circle of the two would stay until garbage is looked for
        return consultation(engine.memory)


# --- matching ----------------------------------------------------------------------------
class Candidate:
    """An instance, and which facts decide whether it is activated."""

    def __init__(self, rank: int, instance: Instance, network: Network) -> None:
        self.rank, self.instance = rank, instance
        needs: list[tuple[Sign, ...]] = []
        rest: list[Condition] = []
        for part in _deciding(instance.when):
            if signs := _signs(part):
                needs.append(signs)
            else:
                rest.append(part)
                needs += [((ref.key,),) for ref in _valued(part)]
        self.needs = [network.need(signs) for signs in needs]
        self.rest = rest  # and these hold, which is more than a sign each
        read = [(ref.key,) for part in rest for ref, _ in refs(part)]
        self.watched = network.need(read).later

    @cached_property
    def tests(self) -> list[Test]:
        """Whether each of the rest holds; made when first needed, as of most instances it never is."""
        return [compiled(part)[0] for part in self.rest]

    @cached_property
    def activation(self) -> Activation:
        """What experta's agenda holds; made when first needed, as that takes most of the time."""
        # ranks are unique, so salience alone decides the order
        rule = Grounded(salience=-self.rank)
        rule.instance, rule.__name__ = self.instance, self.instance.id
        return Activation(rule, ())


class Grounded(Rule):  # type: ignore[misc]
    """A rule of experta, whose conditions are the matcher's: it fires an instance."""

    instance: Instance

    def __call__(self, engine: Engine) -> None:
        engine.fire(self.instance)


def _deciding(condition: Condition) -> list[Condition]:
    """The conditions every one of which must hold, without what is so in every case."""
    return [part for part in flat_conjuncts(condition) if not settled(part)]


def _signs(condition: Condition) -> tuple[Sign, ...]:
    """The signs of which a condition takes one, and nothing else; none if it is not so simple."""
    match condition:
        case Is(ref) | Known(ref) if ref.role == SCORE:
            return ()  # it has bounds, of which a sign says nothing
        case Is(ref, values):
            return tuple((ref.key, value) for value in values)
        case Known(ref, True):
            return ((ref.key,),)
        case Known(ref, False) if ref.kind == "attribute":
            return ((ref.key, None),)
        case AnyOf(parts):
            needs = [_deciding(part) for part in parts]
            inside = [_signs(need[0]) if len(need) == 1 else () for need in needs]
            return tuple(sign for signs in inside for sign in signs) if all(inside) else ()
        case _:
            return ()


def _valued(condition: Condition) -> list[Ref]:
    """Terms without a value of which a condition cannot hold."""
    inside = condition.part if isinstance(condition, Not) else condition
    read = [ref for ref, _ in refs(inside)] if isinstance(inside, (Is, Compare)) else []
    bounded = {ref.key for ref in read if ref.role == SCORE}  # a score that may be answered is read as both
    return [ref for ref in read if ref.key not in bounded]


class Network:
    """The instances of a rule base, each waiting for that of its needs which the fewest share.

    Most rules of a large rule base are about something else than the case at hand: what they wait
    for is not said, and they are never looked at.
    """

    def __init__(self, base: RuleBase) -> None:
        # all answers are there before the first rule fires; findings come one after another
        self.answers = base.knowledge.attributes.keys() - base.knowledge.findings.keys()
        self._numbers: dict[Sign, int] = {}
        candidates = [Candidate(rank, instance, self) for rank, instance in enumerate(base.instances)]
        common = Counter(sign for candidate in candidates for need in candidate.needs for sign in need.signs)
        self.waiting: dict[int, dict[Candidate, None]] = {}
        for candidate in candidates:
            candidate.needs.sort(key=lambda need: sum(common[sign] for sign in need.signs))
            first = candidate.needs[0] if candidate.needs else self.need([START])
            for sign in first.signs:
                self.waiting.setdefault(sign, {})[candidate] = None

    def need(self, signs: Iterable[Sign]) -> Need:
        """One of some signs; they are numbered, since comparing them takes most of the time of matching."""
        by_number = {self._numbers.setdefault(sign, len(self._numbers)): sign for sign in signs}
        later = [n for n, sign in by_number.items() if sign and sign[0] not in self.answers]
        return Need(tuple(by_number), tuple(later))

    def numbers(self, signs: Iterable[Sign]) -> list[int]:
        """The numbers of signs, but for those that no instance needs."""
        return [self._numbers[sign] for sign in signs if sign in self._numbers]


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
        self.signs: set[int] = set()
        self.waiting: dict[int, dict[Candidate, None]] = {}
        self.active: set[Candidate] = set()

    def changes(
        self, adding: Iterable[Fact] | None = None, deleting: Iterable[Fact] | None = None
    ) -> tuple[list[Activation], list[Activation]]:
        """The activations that new facts bring about, and those that they block."""
        if not adding:
            return [], []
        new = [sign for fact in adding for sign in fact.signs]
        self.signs.update(new)
        by_sign, candidates = self.engine.prepared.network.waiting, dict[Candidate, None]()
        for sign in new:
            if found := by_sign.get(sign):
                candidates |= found
            if found := self.waiting.pop(sign, None):
                candidates |= found
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

    def _holds(self, candidate: Candidate) -> bool:
        """Whether an instance's condition holds; it is left waiting for what can change that."""
        said = self.signs
        for signs, later in candidate.needs:
            if said.isdisjoint(signs):
                if later:
                    self._wait(candidate, later)
                return False
        if candidate.watched:
            self._wait(candidate, candidate.watched)
        if candidate.rest:
            reading = self.engine.memory.reading
            for holds in candidate.tests:
                if not holds(reading):
                    return False
        return True

    def _wait(self, candidate: Candidate, signs: Iterable[int]) -> None:
        for sign in signs:
            self.waiting.setdefault(sign, {})[candidate] = None


class ByRank(Strategy):  # type: ignore[misc]
    """Conflict resolution: the instance that comes first in the rule base fires first.

    experta's own DepthStrategy looks for an activation to remove at three places of its
    sorted list and may miss it, and orders equals by set order; this one removes by identity.
    """

    def update_agenda(self, agenda: Any, added: Sequence[Activation], removed: Sequence[Activation]) -> None:
        """Change the agenda, after most firings not at all."""
        if added or removed:
            super().update_agenda(agenda, added, removed)

    def _update_agenda(self, agenda: Any, added: Iterable[Activation], removed: Iterable[Activation]) -> None:
        if gone := {id(activation) for activation in removed}:
            agenda.activations = [a for a in agenda.activations if id(a) not in gone]
        for activation in added:  # the agenda's next activation is its last
            insort(agenda.activations, activation, key=_salience)


_salience = attrgetter("rule.salience")


# --- the engine --------------------------------------------------------------------------
class Told(Fact):  # type: ignore[misc]
    """A fact of names and numbers, taken as they are: experta would see of each how to freeze it."""

    def __init__(self, kind: str, key: str, value: Value | None, network: Network) -> None:
        dict.__init__(self, kind=kind, key=key, value=value)
        self.identity = (kind, key, value)  # a finding that may be answered is an attribute too
        sign: Sign = (key, value)
        self.signs = network.numbers([sign] if kind == "unknown" else [sign, sign[:1]])

    def has_field_constraints(self) -> bool:
        return False

    def has_nested_accessor(self) -> bool:
        return False

    def validate(self) -> None:
        """There is nothing that could be wrong."""


class Start(InitialFact):  # type: ignore[misc]
    """The initial fact."""

    identity = START

    def __init__(self, network: Network) -> None:
        dict.__init__(self)
        self.signs = network.numbers([START])


class Facts(FactList):  # type: ignore[misc]
    """experta's list of facts; it would tell them apart by all that is in each."""

    def __init__(self) -> None:
        super().__init__()
        self.reference_counter: defaultdict[Any, int] = defaultdict(int)  # a Counter takes longer

    @staticmethod
    def _get_fact_id(fact: Told) -> Any:
        return fact.identity


class Engine(KnowledgeEngine):  # type: ignore[misc]
    """An experta engine for one case; made for one run and thrown away."""

    __matcher__ = Indexed
    __strategy__ = ByRank

    def __init__(self, prepared: Prepared, case: Case) -> None:
        self.prepared = prepared
        self.memory = WorkingMemory(prepared.wording, case)
        super().__init__()

    def reset(self) -> None:
        """Start from the initial fact alone: experta would look for more of them through all members."""
        self.facts, self.agenda, self.running = Facts(), Agenda(), False
        self.matcher.reset()
        self.facts.declare(self.prepared.start)

    def tell(self) -> None:
        """Declare what the case says, and what it leaves unknown."""
        told = self.prepared.told
        value_of = self.memory.case.value
        self.declare(*[told(name, value_of(name)) for name in self.prepared.base.knowledge.attributes])

    def get_activations(self) -> tuple[list[Activation], list[Activation]]:
        """What changes on the agenda; nothing where no fact was declared."""
        if not self.facts.added:
            return [], []
        found: tuple[list[Activation], list[Activation]] = super().get_activations()
        return found

    def fire(self, instance: Instance) -> None:
        """What a rule does when experta fires it."""
        # what else a rule concludes is in the record: it is no premise of any rule
        if learnt := self.memory.fire(instance):
            network = self.prepared.network
            self.declare(*[Told("finding", key, value, network) for key, value in learnt])
