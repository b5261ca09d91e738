"""Rules over all cases at once: the algebra whose truth values and numbers are Z3 terms.

A case is a set of variables: for each attribute whether it is `known`, and its value. Numbers are
integers without bound, but for the range that the vocabulary gives. This module is the only one
that imports Z3, and does so when a prover is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from importlib import import_module
from typing import Any, NamedTuple

from expert.consultation.case import Answer, Case, make_case
from expert.io.dates import ANCHOR
from expert.io.problems import not_installed
from expert.language.grids import Whole
from expert.language.meaning import Reading
from expert.language.model import Knowledge, Term, Value
from expert.language.outcome import Outcome, outcome_of
from expert.language.outcome_terms import outcome_findings
from expert.language.rules import Instance, RuleBase, passes

PRIME = "'"  # marks a variable of the second of two cases
Formula = Any  # a Z3 term: a truth or a number
FormulaAmounts = list[tuple[Formula, Formula]]  # a finding's numbers, each with where it has it
YES, NO, UNKNOWN, TIMEOUT = "yes", "no", "unknown", "timeout"  # whether there is such a case


def engine() -> Any:
    """The Z3 module. Raises MissingLibrary."""
    try:
        return import_module("z3")
    except ImportError:
        raise not_installed("kb prove", "Z3", "prove") from None


class Symbolic(Whole):
    """The algebra of every case; attributes named in `primed` have a second variable."""

    def __init__(self, knowledge: Knowledge, primed: Collection[str] = ()) -> None:
        self.z3, self.knowledge, self.primed = engine(), knowledge, primed
        self.true, self.false = self.z3.BoolVal(True), self.z3.BoolVal(False)

    def _name(self, attribute: str) -> str:
        return attribute + PRIME if attribute in self.primed else attribute

    def known(self, attribute: str) -> Formula:
        return self.z3.Bool(f"{self._name(attribute)}?")

    def equals(self, attribute: str, value: Value) -> Formula:
        term = self.knowledge.attributes[attribute]
        if term.ordered:
            return self.known(attribute) & (self.number(attribute) == value)
        return self.z3.Bool(f"{self._name(attribute)}={value}") if value in term.values else self.false

    def number(self, attribute: str) -> Formula:
        return self.z3.Int(self._name(attribute))

    def choose(self, where: Formula, one: Formula, other: Formula) -> Formula:
        return self.z3.If(where, one, other)

    def divided(self, number: Formula, divisor: int) -> Formula:
        return number / divisor  # of two whole numbers, Z3 takes the whole part

    def constant(self, value: int) -> Formula:
        return self.z3.IntVal(value)

    def domain(self, attribute: str) -> list[Formula]:
        """What is so of an attribute in every case."""
        term = self.knowledge.attributes[attribute]
        if term.ordered:
            if term.is_date:
                return self._days(attribute, term)
            low = [] if term.low is None else [self.number(attribute) >= term.low]
            return low if term.high is None else [*low, self.number(attribute) <= term.high]
        each = [self.equals(attribute, value) for value in term.values]
        return [self.known(attribute) == self.z3.Or(each), *([self.z3.AtMost(*each, 1)] if each else [])]

    def _days(self, attribute: str, term: Term) -> list[Formula]:
        """That a number is a day that there is, as YYYYMMDD, in the term's range."""
        name, number, z3 = self._name(attribute), self.number(attribute), self.z3
        year, month, day = (z3.Int(f"{name}.{part}") for part in ("year", "month", "day"))
        leap = z3.And(year % 4 == 0, z3.Or(year % 100 != 0, year % 400 == 0))
        short = z3.Or(*(month == each for each in (4, 6, 9, 11)))
        last = z3.If(month == 2, z3.If(leap, 29, 28), z3.If(short, 30, 31))
        low, high = term.bounds
        within = [number >= low, number <= high, month >= 1, month <= 12, day >= 1, day <= last]
        return [number == 10_000 * year + 100 * month + day, *within]

    def given(self, attribute: str, answer: Answer) -> Formula:
        """Where the attribute has that answer (None: unknown)."""
        return ~self.known(attribute) if answer is None else self.equals(attribute, answer)


class World:
    """Everything that follows, in every case at once."""

    def __init__(
        self, base: RuleBase, primed: Collection[str] = (), instances: Iterable[Instance] | None = None
    ) -> None:
        self.base, self.algebra = base, Symbolic(base.knowledge, primed)
        self.reading: Reading[Formula, Formula] = Reading(self.algebra)
        self.fired = self.reading.derive(passes(base.instances) if instances is None else instances)

    def any(self, truths: Iterable[Formula]) -> Formula:
        return self.algebra.z3.Or(list(truths))

    def all(self, truths: Iterable[Formula]) -> Formula:
        return self.algebra.z3.And(list(truths))

    def fires(self, instances: Iterable[Instance]) -> Formula:
        """Where one of the instances fires."""
        return self.any(self.fired[instance.id] for instance in instances)

    @cached_property
    def outcome(self) -> Outcome[Formula]:
        """What is concluded by the instances that were read."""
        return outcome_of(self.base.knowledge, self.reading, self._read, self.fired)

    @property
    def _read(self) -> list[Instance]:
        return [instance for instance in self.base.instances if instance.id in self.fired]

    def terms(self) -> Reading[Formula, Formula]:
        """The reading with the outcome's terms among the findings: see invariants."""
        terms = outcome_findings(self.base, self._read, self.fired, self.outcome, self.algebra.false)
        self.reading.findings.update(terms)
        return self.reading


class Answered(NamedTuple):
    """Whether there is a case such as was asked for, and a smallest one if there is (or two)."""

    status: str
    cases: tuple[Case, ...] = ()


class _Undecided(Exception):
    """A question on the way to a smallest case has no answer."""


class Prover:
    """One Z3 solver over the cases of a rule base; every question is asked on top of the last.

    `instances` are the only ones that are asked of, if they are given; `effort` is a bound in Z3's own
    steps for each question (0: none), which is the same on every machine.
    """

    def __init__(
        self,
        base: RuleBase,
        timeout: float = 10.0,
        instances: Iterable[Instance] | None = None,
        effort: int = 0,
    ) -> None:
        self.base, self.world = base, World(base, instances=instances)
        self.algebra, self.z3 = self.world.algebra, self.world.algebra.z3
        self.asked = 0
        self.pairs: dict[str, list[Formula]] = {}  # see proof/influence.py
        self.solver = self.z3.Solver()
        self.solver.set("timeout", max(1, int(timeout * 1000)))
        self.solver.set("random_seed", 0)
        if effort:
            self.solver.set("rlimit", effort)
        for name in base.knowledge.attributes:
            self.solver.add(*self.algebra.domain(name))

    def exists(self, *facts: Formula) -> str:
        """Whether some case meets all the facts."""
        self.solver.push()
        try:
            self.solver.add(*facts)
            return self._check()
        finally:
            self.solver.pop()

    def _check(self) -> str:
        self.asked += 1
        result = self.solver.check()
        if result == self.z3.sat:
            return YES
        if result == self.z3.unsat:
            return NO
        reason = self.solver.reason_unknown()
        return TIMEOUT if reason in ("timeout", "canceled") else UNKNOWN

    def find(self, *facts: Formula, primed: str = "") -> Answered:
        """A smallest case that meets the facts; or two that differ in `primed` alone."""
        other = Symbolic(self.base.knowledge, [primed])
        self.solver.push()
        try:
            self.solver.add(*facts, *(other.domain(primed) if primed else []))
            status = self._check()
            if status != YES:
                return Answered(status)
            model = self.solver.model()
            algebras = [self.algebra, *([other] if primed else [])]
            try:
                cases = self._smallest_cases(algebras, primed)
            except _Undecided:
                cases = [answers_of(algebra, model) for algebra in algebras]
            return Answered(YES, tuple(self._case(answers) for answers in cases))
        finally:
            self.solver.pop()

    def _smallest_cases(self, algebras: list[Symbolic], primed: str) -> list[dict[str, Answer]]:
        attributes = self.base.knowledge.attributes
        first = {name: self._settle(algebras[0], term) for name, term in attributes.items()}
        return [first, *({**first, primed: self._settle(a, attributes[primed])} for a in algebras[1:])]

    def _case(self, answers: dict[str, Answer]) -> Case:
        return make_case({n: v for n, v in answers.items() if v is not None}, self.base.knowledge)

    def _possible(self, fact: Formula) -> bool:
        status = self.exists(fact)
        if status not in (YES, NO):
            raise _Undecided
        return status == YES

    def _settle(self, algebra: Symbolic, term: Term) -> Answer:
        """Fix an attribute to its first possible answer: unknown, a value, or the smallest number."""
        if self._try(~algebra.known(term.name)):
            return None
        if not term.ordered:
            return next((v for v in term.values if self._try(algebra.equals(term.name, v))), None)
        value = self._smallest(algebra, term)
        self.solver.add(algebra.equals(term.name, value))
        return value

    def _try(self, fact: Formula) -> bool:
        """Add the fact if it can be so."""
        possible = self._possible(fact)
        if possible:
            self.solver.add(fact)
        return possible

    def _smallest(self, algebra: Symbolic, term: Term) -> int:
        """The number nearest to the least that the term allows (or to nought)."""
        number, known = algebra.number(term.name), algebra.known(term.name)
        start, reach = max(0, term.low or 0) if term.low is not None else 0, 1
        if term.is_date:
            start = max(ANCHOR, term.bounds[0])
        if term.high is not None:
            start = min(start, term.high)

        def within(reach: int) -> bool:
            near = (number >= start - reach) & (number <= start + reach)
            return self._possible(known & near)

        if self._possible(known & (number == start)):
            return start
        while not within(reach):
            reach *= 2
        low, high = reach // 2, reach  # not within low, but within high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if within(middle) else (middle, high)
        above = self._possible(known & (number == start + high))
        return start + high if above else start - high


def answers_of(algebra: Symbolic, model: Any) -> dict[str, Answer]:
    """The case that a model describes."""

    def so(fact: Formula) -> bool:
        return bool(algebra.z3.is_true(model.eval(fact, True)))

    answers: dict[str, Answer] = {}
    for name, term in algebra.knowledge.attributes.items():
        answers[name] = next((v for v in term.values if so(algebra.equals(name, v))), None)
        if term.ordered and so(algebra.known(name)):
            answers[name] = int(model.eval(algebra.number(name), True).as_long())
    return answers
