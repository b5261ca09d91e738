"""Answers of a case that contradict each other, in words."""

from __future__ import annotations

from typing import NamedTuple

from expert.consultation.case import Answer, Case
from expert.language.conclusions import Caution
from expert.language.contradictions import Contradiction
from expert.language.english import fill
from expert.language.meaning import Evaluation
from expert.language.rules import RuleBase


class Disagreeing(NamedTuple):
    """Two answers of which both cannot be so: which, that they are given and what it comes to, and why."""

    contradiction: Contradiction
    answers: tuple[Answer, Answer]
    text: str
    because: str


def disagreeing(base: RuleBase, case: Case) -> list[Disagreeing]:
    """The answers of a case that contradict each other, as its cautions say it."""
    knowledge = base.knowledge
    if not knowledge.contradictions:
        return []
    reading = Evaluation(case.answers)

    def shown(name: str) -> str:
        value = case.value(name)
        return "" if value is None else knowledge.attributes[name].show(value)

    pairs = []
    for contradiction in knowledge.contradictions:
        rule = base.rule(contradiction.id)
        if reading.test(rule.when):
            one, other = (case.value(name) for name in contradiction.attributes)
            said = [fill(c.text, shown) for c in rule.then if isinstance(c, Caution)]
            pairs.append(Disagreeing(contradiction, (one, other), " ".join(said), rule.because))
    return pairs
