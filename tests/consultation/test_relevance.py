"""What answers can still do: which matter, and the smallest changes to a goal."""

from __future__ import annotations

import itertools
import random

import pytest
from support.sizes import first, some_or_all

from expert.consultation.case import UNKNOWN, Case, make_case, parse_answer, parse_pairs
from expert.consultation.dialogue import Dialogue
from expert.consultation.engine import infer
from expert.consultation.relevance import Reach
from expert.consultation.result import Consultation
from expert.consultation.subjects import find_subject
from expert.consultation.why_not import why_not
from expert.language.policy import NOW
from expert.language.rules import RuleBase

GOALS = ("preferred", "option", NOW)


def random_case(base: RuleBase, seed: int) -> Case:
    choose = random.Random(seed)
    answers: dict[str, str | int | None] = {}
    for name, term in base.knowledge.attributes.items():
        if choose.random() < 0.7:
            numbers = [1, 2, 12, 120, 60_000]
            answers[name] = choose.choice([*(term.values or numbers), None])
    return make_case(answers, base.knowledge)


def naive_flips(base: RuleBase, case: Case, option: str, goal: str) -> list[dict[str, object]]:
    """The smallest changes by trying every change of one answer, then of two, by running them."""
    numbers = {"scar_count": [1, 2, 120], "budget": [0, 10_000, 10**9]}
    names = [
        name
        for name, term in base.knowledge.attributes.items()
        if not (term.fixed and case.value(name) is not None) and name not in numbers
    ]
    for size in (1, 2):
        found: list[dict[str, object]] = []
        for chosen in itertools.combinations(names, size):
            for values in itertools.product(*(base.knowledge.attributes[n].values for n in chosen)):
                change = dict(zip(chosen, values, strict=True))
                if all(case.value(name) != value for name, value in change.items()):
                    result = infer(base, case.with_answers({**change}, base.knowledge)).recommendation(option)
                    if goal in (result.verdict, result.timing):
                        found.append({**change})
        if found:
            return found
    return []


@pytest.mark.parametrize("goals", some_or_all(("preferred",), GOALS, more=GOALS))
@pytest.mark.parametrize("seed", first(1, 4))
def test_flips_are_all_the_smallest(base: RuleBase, seed: int, goals: tuple[str, ...]) -> None:
    reach, case = Reach(base), random_case(base, seed)
    found = infer(base, case)
    for option in ("punch-technique", "chemical-peel"):
        for goal in goals:
            result = found.recommendation(option)
            if goal in (result.verdict, result.timing):
                continue
            expected = naive_flips(base, case, option, goal)
            flips = why_not(reach, case, found, find_subject(base, option), goal).flips or ()
            if expected:
                assert [flip.changes for flip in flips] == expected
            for flip in flips:
                terms = base.knowledge.attributes
                changes = {n: parse_answer(v, terms[n]) for n, v in flip.changes.items()}
                assert UNKNOWN not in flip.changes.values()
                again = infer(base, case.with_answers(changes, base.knowledge)).recommendation(option)
                assert goal in (again.verdict, again.timing)


def test_history_is_left_alone(base: RuleBase) -> None:
    """An answer about the past that was given is not among the changes."""
    case = parse_pairs(["scar_depth=deep", "active_acne=no", "previous_punch=no"], base.knowledge)
    flips = why_not(Reach(base), case, infer(base, case), find_subject(base, "peel"), "option").flips or ()
    assert [flip.changes for flip in flips] == [{"scar_depth": "shallow"}, {"scar_depth": "both"}]


NUMBERS = {"scar_count": [1, 2, 3, 500], "budget": [0, 4999, 5000, 10_000, 10_001, 600_000, 10**9]}


def values(base: RuleBase, name: str) -> list[str | int | None]:
    return [*(NUMBERS.get(name) or base.knowledge.attributes[name].values), None]


def shown(found: Consultation) -> object:
    """What a person sees of a consultation: all but the trace's bookkeeping."""
    arguments = [(r.option, r.verdict, r.timing, r.cost, r.flags, r.targets) for r in found.recommendations]
    reasons = {(r.option, a.rule, a.topic) for r in found.recommendations for a in r.arguments}
    advice = {(a.kind, a.id, a.option) for a in found.advice}
    return arguments, reasons, advice, [step.step for step in found.plan]


@pytest.mark.parametrize("seed", first(1, 12, more=2))
def test_it_never_asks_what_cannot_matter(base: RuleBase, seed: int) -> None:
    """For every question asked, some answers to the open questions make a difference by it alone."""
    choose = random.Random(seed)
    dialogue = Dialogue(Reach(base), Case({}))
    while term := dialogue.next_question():
        assert differs(base, dialogue.case, term.name), (dialogue.case, term.name)
        dialogue.answer(term.name, choose.choice(values(base, term.name)))


def differs(base: RuleBase, case: Case, name: str) -> bool:
    """A witness: two cases that differ in this answer only, with different outcomes."""
    effects = [*Reach(base).matters(case)[name]]
    others = Reach(base).cones.support([i for e in effects[:1] for i in e.instances])
    free = [other for other in others if other != name and other not in case.answers]
    for chosen in itertools.product(*(values(base, other) for other in free)):
        around = case.with_answers(dict(zip(free, chosen, strict=True)), base.knowledge)
        cases = [around.with_answers({name: value}, base.knowledge) for value in values(base, name)]
        outcomes = [shown(infer(base, each)) for each in cases]
        if any(outcome != outcomes[0] for outcome in outcomes):
            return True
    return False
