"""The fast evaluator both ways: what it does in its first cases, and in all later ones."""

from __future__ import annotations

from expert.backends.python import Decider, Decision, Stepwise
from expert.consultation.case import Case
from expert.language.rules import RuleBase


def both_ways(base: RuleBase) -> Decider:
    """The function that decides cases, each step by step and compiled, with the same outcome."""
    steps = Stepwise(base)
    compiled = Stepwise(base).compiled()

    def decide(case: Case) -> Decision:
        found = steps(case)
        assert found == compiled(case), case
        return found

    return decide
