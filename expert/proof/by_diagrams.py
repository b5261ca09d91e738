"""Invariants by decision diagrams: a second opinion on what Z3 says of them.

Both read the same conditions of the same rules; what decides is another: Z3 searches for a case, diagrams
write all of them down. Where a proof of the one is not one of the other, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable

from expert.language.completions import Completions
from expert.language.conditions import AllOf, Condition, ground, refs
from expert.language.limits import Limits, NotDecided
from expert.language.outcome_terms import outcome_findings
from expert.language.prospect import Cones, Deferred, Prospect, look_through
from expert.language.rules import RuleBase
from expert.language.survey import Survey
from expert.proof.invariants import Invariant, options_of


class ByDiagrams:
    """A rule base, over all completions of the case without answers, and what invariants ask of them."""

    def __init__(self, base: RuleBase, invariants: Iterable[Invariant]) -> None:
        self.base, self.cones = base, Cones(base)
        self.survey = Survey(base.knowledge.attributes, {})
        self.surveyed = look_through(self.survey, self.cones, self.cones.ordered)
        self._prospect: Prospect | None = None
        self._terms: dict[str, dict[str, Deferred]] = {}
        for invariant in invariants:
            for option in options_of(base, invariant):
                self.asks(ground(AllOf((invariant.when, invariant.condition)), option))

    def asks(self, condition: Condition) -> None:
        """Take note of what a condition asks of answers; before anything is asked of it."""
        self.surveyed.holds(condition)

    def possible(self, holds: Condition, fails: Condition | None = None) -> bool | None:
        """Whether in some case one condition holds, and another does not; None: not decided."""
        try:
            prospect = self._read()
            for condition in (holds, *([fails] if fails else [])):
                self._find_terms(prospect, condition)
            where = prospect.reading.holds(holds)
            if fails is not None:
                where = where & ~prospect.reading.holds(fails)
            return prospect.completions.possible(where)
        except NotDecided:
            self._prospect = None  # it is full
            return None

    def _read(self) -> Prospect:
        """All instances, read over all completions. Raises NotDecided."""
        if self._prospect is None:
            completions = Completions(self.survey, self.cones.order, self.cones.groups)
            prospect = Prospect(self.cones, {}, (), Limits(), completions)
            instances = self.base.instances
            fired = {i.id: prospect.deferred(prospect.fired([i])) for i in instances}
            outcome, false = prospect.outcome(instances), prospect.deferred(completions.false)
            self._terms = outcome_findings(self.base, instances, fired, outcome, false)
            self._prospect = prospect
        return self._prospect

    def _find_terms(self, prospect: Prospect, condition: Condition) -> None:
        """Put the outcome's terms that a condition names among the findings. Raises NotDecided."""
        for ref, _ in refs(condition):
            if ref.kind == "finding" and ref.key in self._terms:
                values = {value: where.get() for value, where in self._terms[ref.key].items()}
                prospect.reading.findings[ref.key] = values
