"""The smallest changes of answers after which an option has a verdict, or another standing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from expert.language.algebra import intersection
from expert.language.completions import Completions
from expert.language.diagrams import Diagram
from expert.language.limits import Limits, TooLarge
from expert.language.model import Value
from expert.language.policy import NOW
from expert.language.prospect import Cones, Prospect, deciding, look_through
from expert.language.survey import CaseAnswers, Survey

FEW = 60_000  # nodes, before only the cases near to a case are looked at


class Changes(NamedTuple):
    """All smallest sets of changed answers that lead to a goal.

    Without any, `up_to` says of how many answers no change leads there: None, of any number.
    """

    found: list[dict[str, Value]]
    up_to: int | None


def changes_to(
    cones: Cones,
    case: CaseAnswers,
    option: str,
    goals: Sequence[str],
    targets: Collection[str] = (),
    limits: Limits = Limits(),  # noqa: B008
) -> Changes:
    """The smallest changes after which an option has every goal: a verdict, or `now`.

    With targets, it has every verdict for one of them, whatever it has for the others.
    Answers that the person cannot change (`fixed`) stay if they were given; nothing becomes unknown. First
    only the cases are looked at that are one change away, then those that are two; then all, and if their
    diagrams are too large, those that are three away, and so on. Raises NotDecided.
    """
    search = _Search(cones, case, Goal(option, goals, targets), limits)
    for most in (1, 2):
        changes = search.within(most)
        if changes:
            return Changes(changes, None)
    try:
        return Changes(search.anywhere(), None)
    except TooLarge:
        return search.further(3)


class Goal(NamedTuple):
    """What an option is to have: verdicts (for one of the targets, if there are some), or `now`."""

    option: str
    goals: Sequence[str]
    targets: Collection[str]


class _Search:
    """The search for the smallest changes."""

    def __init__(self, cones: Cones, case: CaseAnswers, goal: Goal, limits: Limits) -> None:
        terms = cones.base.knowledge.attributes
        self.fixed = {name: v for name, v in case.items() if v is not None and terms[name].fixed}
        self.cones, self.case, self.goal, self.limits = cones, case, goal, limits
        about = [i for i in cones.base.instances if any(c.option == goal.option for c in i.then)]
        self.survey = Survey(terms, self.fixed)
        self.read = cones.upstream(about)
        look_through(self.survey, cones, self.read)

    def within(self, most: int) -> list[dict[str, Value]]:
        """The smallest changes, of all of no more than so many answers. Raises NotDecided."""
        completions = self._completions(self.limits.nodes)
        completions.care_for_changes(self.case, (), most)
        return completions.changes(self._reaching(completions), self.case)

    def anywhere(self) -> list[dict[str, Value]]:
        """The smallest changes of all. Raises NotDecided."""
        completions = self._completions(min(FEW, self.limits.nodes))
        return completions.changes(self._reaching(completions), self.case)

    def further(self, most: int) -> Changes:
        """The smallest changes, from a number of changes on as far as can be looked."""
        answers = sum(len(variable.names) for variable in self._completions(0).variables)
        while most <= answers:
            try:
                changes = self.within(most)
            except TooLarge:
                return Changes([], most - 1)
            if changes:
                return Changes(changes, None)
            most += 1
        return Changes([], None)

    def _completions(self, nodes: int) -> Completions:
        order = self.cones.order_of(self.read)
        return Completions(self.survey, order, self.cones.groups, self.limits.steps, nodes)

    def _reaching(self, completions: Completions) -> Diagram:
        """Where the option has every goal."""
        prospect = Prospect(self.cones, self.fixed, (), self.limits, completions)
        option, goals, targets = self.goal
        if not targets:
            holds = prospect.verdicts(option, NOW in goals)
            return intersection(completions.true, [holds[goal].get() for goal in goals])
        weighed = prospect.outcome(deciding(prospect.base, option)).targets(option)
        reached = []
        for target in targets:
            if target in weighed:
                truths = [weighed[target][goal].get() for goal in goals]
                reached.append(intersection(completions.true, truths))
        return completions.diagrams.any(reached)
