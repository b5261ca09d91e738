"""What diagrams leave undecided of a case, put to Z3 where it is installed.

Every question has an effort of its own, counted in Z3's steps and not in seconds: the same is decided
wherever it is asked. What Z3 does not decide either stays undecided.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib.util import find_spec

from expert.analysis.diff import SaidOfAll, ShownValues
from expert.backends.z3 import NO, YES, Formula, Prover, World, answers_of
from expert.language.changes import Changes
from expert.language.completions import rank_of_change
from expert.language.conditions import Condition
from expert.language.limits import NotDecided
from expert.language.model import Value
from expert.language.policy import NOW
from expert.language.prospect import Cones, Visible, deciding
from expert.language.rules import Instance, RuleBase
from expert.language.survey import CaseAnswers
from expert.language.two_bases import both_terms
from expert.proof.influence import shown_apart

EFFORT = 4_000_000  # steps of Z3 for a question; a second or two
QUESTIONS = 60  # that Z3 did not decide, before no more are put for a knowledge base
SETS = 50  # of changed answers


def solver(base: RuleBase) -> Solver | None:
    """What decides by Z3; None where that is not installed."""
    return Solver(base) if find_spec("z3") else None


class Solver:
    """A rule base, and Z3 for the questions about it that diagrams leave undecided."""

    def __init__(self, base: RuleBase) -> None:
        self.base, self.cones = base, Cones(base)
        self.left = QUESTIONS
        self._provers: dict[frozenset[str], Prover] = {}
        self._apart: dict[tuple[Visible, str], list[Formula]] = {}

    def _prover(self, instances: list[Instance]) -> Prover:
        """A prover that knows of some instances."""
        key = frozenset(instance.id for instance in instances)
        if key not in self._provers:
            self._provers[key] = Prover(self.base, instances=instances, effort=EFFORT)
        return self._provers[key]

    def _decided(self, prover: Prover, answers: CaseAnswers, facts: Sequence[Formula]) -> bool | None:
        if self.left <= 0:
            return None
        given = [prover.algebra.given(name, value) for name, value in answers.items()]
        status = prover.exists(*given, *facts)
        if status not in (YES, NO):
            self.left -= 1
        return {YES: True, NO: False}.get(status)

    def changes(self, effect: Visible, name: str, answers: CaseAnswers) -> bool | None:
        """Whether an open answer can change an effect; None: not decided."""
        read = self.cones.upstream(effect.instances, effect.findings)
        prover = self._prover(read)
        if (effect, name) not in self._apart:
            other = World(self.base, [name], read)
            apart = prover.world.any(shown_apart(effect, prover.world, other))
            self._apart[effect, name] = [*other.algebra.domain(name), apart]
        return self._decided(prover, answers, self._apart[effect, name])

    def has(self, option: str, verdict: str, answers: CaseAnswers) -> bool | None:
        """Whether an option can still have a verdict; None: not decided."""
        prover = self._prover(self.cones.upstream(deciding(self.base, option)))
        return self._decided(prover, answers, [prover.world.outcome.verdicts(option)[verdict]])

    def case_where(
        self, instance: Instance, condition: Condition, holds: bool
    ) -> tuple[bool | None, dict[str, Value] | None]:
        """Whether a condition of an instance holds, or does not, in some case; and such a case.

        None: not decided.
        """
        if self.left <= 0:
            return None, None
        prover = self._prover(self.cones.upstream([instance]))
        where = prover.world.reading.holds(condition)
        answered = prover.find(where if holds else ~where)
        if answered.status != YES:
            if answered.status == NO:
                return False, None
            self.left -= 1
            return None, None
        return True, {n: v for n, v in answered.cases[0].answers.items() if v is not None}

    def changes_to(
        self, answers: CaseAnswers, option: str, goal: str, targets: Collection[str] = ()
    ) -> Changes:
        """The smallest changes to a goal, as `changes_to` in language/changes has them. Raises NotDecided."""
        behind = deciding(self.base, option, waits=True)
        prover = self._prover(self.cones.upstream(behind))
        outcome = prover.world.outcome
        if targets:
            weighed = outcome.targets(option)
            where = prover.world.any(weighed[target][goal] for target in targets if target in weighed)
        else:
            where = {**outcome.verdicts(option), NOW: outcome.timing(option)[NOW]}[goal]
        return _Nearest(prover, answers, where, self.cones.support(behind)).all()


def difference(
    bases: tuple[RuleBase, RuleBase], read: tuple[list[Instance], list[Instance]], values: ShownValues
) -> SaidOfAll:
    """Whether two bases show something differently in some case, by instances of each; and a smallest."""
    if not find_spec("z3"):
        return SaidOfAll(None, {})
    terms = both_terms(*(base.knowledge.attributes for base in bases))
    old, new = (base._replace(knowledge=base.knowledge._replace(attributes=terms)) for base in bases)
    prover = Prover(new, instances=read[1], effort=EFFORT)
    shown = values(World(old, instances=read[0]).outcome), values(prover.world.outcome)
    false = prover.algebra.false
    apart = [shown[0].get(v, false) != shown[1].get(v, false) for v in {**shown[0], **shown[1]}]
    answered = prover.find(prover.world.any(apart))
    if answered.status != YES:
        return SaidOfAll(True if answered.status == NO else None, {})
    return SaidOfAll(False, {n: v for n, v in answered.cases[0].answers.items() if v is not None})


class _Nearest:
    """The search for the smallest changes of a case after which something is so."""

    def __init__(self, prover: Prover, answers: CaseAnswers, where: Formula, names: Sequence[str]) -> None:
        self.prover, self.answers, self.z3 = prover, answers, prover.z3
        algebra, terms = prover.algebra, prover.base.knowledge.attributes
        self.changed: dict[str, Formula] = {}
        self.facts: list[Formula] = [where]
        for name in names:
            same = algebra.given(name, answers.get(name))
            if terms[name].fixed and answers.get(name) is not None:
                self.facts.append(same)
            else:
                self.changed[name] = ~same
                self.facts.append(same | algebra.known(name))  # nothing becomes unknown

    def all(self) -> Changes:
        """Those of the least size. Raises NotDecided."""
        if self._possible(self.facts) is False:
            return Changes([], None)
        for size in range(len(self.changed) + 1):
            exactly = self.z3.PbEq([(where, 1) for where in self.changed.values()], size)
            changes = self._sets([*self.facts, exactly])
            if changes:
                return Changes(changes, None)
        return Changes([], None)

    def _possible(self, facts: Sequence[Formula]) -> bool:
        status = self.prover.exists(*facts)
        if status not in (YES, NO):
            raise NotDecided("the smallest changes")
        return status == YES

    def _sets(self, facts: list[Formula]) -> list[dict[str, Value]]:
        """Every set of changes that meets the facts; of those that differ in numbers only, one."""
        changes: list[dict[str, Value]] = []
        while self._possible(facts):
            if len(changes) == SETS:
                raise NotDecided("the smallest changes")
            change = self._change(facts)
            changes.append(change)
            algebra = self.prover.algebra
            same = [self.changed[name] for name in change]
            same += [algebra.equals(n, v) for n, v in change.items() if isinstance(v, str)]
            facts = [*facts, ~self.z3.And(same)]
        terms = self.prover.base.knowledge.attributes
        return sorted(changes, key=lambda change: rank_of_change(change, terms))

    def _change(self, facts: list[Formula]) -> dict[str, Value]:
        """One set of changes, whose numbers are near to those given, one after another."""
        prover, algebra = self.prover, self.prover.algebra
        terms = prover.base.knowledge.attributes
        nearest = self.z3.Optimize()
        for name in terms:
            nearest.add(*algebra.domain(name))
        nearest.add(*facts)
        for name in self.changed:
            if terms[name].numeric:
                number, old = algebra.number(name), self.answers.get(name)
                far = self.z3.Abs(number - (old if isinstance(old, int) else 0))
                nearest.minimize(self.z3.If(self.changed[name], far, 0))
        if nearest.check() != self.z3.sat:
            raise NotDecided("the smallest changes")
        model = nearest.model()
        answers = answers_of(algebra, model)
        moved = [n for n, where in self.changed.items() if self.z3.is_true(model.eval(where, True))]
        return {name: value for name in moved if (value := answers[name]) is not None}
