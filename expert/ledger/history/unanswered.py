"""What was not known when a consultation was recorded, and whether knowing it could have mattered."""

from __future__ import annotations

from typing import NamedTuple

from expert.consultation.case import Case
from expert.consultation.relevance import Reach
from expert.language.rules import RuleBase


class Unanswered(NamedTuple):
    """A question without an answer, or answered with `unknown`, and what an answer could have changed.

    changes: verdict; shown (something else that is shown); undecided (that could not be told); nothing,
    whatever the other answers are that were not known either.
    """

    attribute: str
    said_unknown: bool
    changes: str


def unanswered(base: RuleBase, case: Case) -> list[Unanswered]:
    """The questions that a case leaves open, in the vocabulary's order: over all that could be answered."""
    known = Case({name: value for name, value in case.answers.items() if value is not None})
    reach = Reach(base)
    matters, verdicts = reach.matters(known), reach.changing_verdicts(known)
    questions = []
    for name in reach.open(known):
        effects = matters.get(name, {})
        if verdicts.get(name):
            changes = "verdict"
        elif not effects:
            changes = "nothing"
        elif name in verdicts or not any(effects.values()):
            changes = "undecided"
        else:
            changes = "shown"
        questions.append(Unanswered(name, name in case.answers, changes))
    return questions
