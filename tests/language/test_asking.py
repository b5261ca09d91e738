"""Conditions as functions of a case: what they give is what the meaning of conditions gives."""

from __future__ import annotations

import pytest
from support.generate import generated_cases
from support.sizes import some_or_all

from expert.consultation.memory import WorkingMemory
from expert.consultation.wording import Wording
from expert.language.asking import FALSE, TRUE, Askable, OneOf, compiled
from expert.language.conditions import Condition, walk
from expert.language.meaning import Evaluation


@pytest.mark.parametrize("bases", some_or_all(2, 40, more=6))
def test_a_condition_asked_is_what_it_means(bases: int) -> None:
    """Of every condition in generated rules, and all inside, before the first firing and after the last."""
    tried = 0
    for base, case in generated_cases(bases):
        memory = WorkingMemory(Wording(base), case)
        parts: dict[Condition, None] = {}
        for instance in base.instances:
            parts |= dict.fromkeys(part for part, _ in walk(instance.when))
        tests = [(part, *compiled(part)) for part in parts]
        tried += agreeing(memory.reading, tests)
        waiting = [*base.instances]
        while instance := next((i for i in waiting if memory.reading.test(i.when)), None):
            waiting.remove(instance)
            memory.fire(instance)
        tried += agreeing(memory.reading, tests)
    assert tried > 150 * bases


def agreeing(reading: Evaluation, tests: list[tuple[Condition, object, object]]) -> int:
    for part, held, denied in tests:
        assert held(reading) == reading.test(part), part  # type: ignore[operator]
        assert denied(reading) == reading.denies(part), part  # type: ignore[operator]
    return len(tests)


def test_what_is_so_of_every_case_is_asked_of_none() -> None:
    other = Askable(lambda case: 1 / 0 > 0)
    assert (TRUE & other, other & TRUE, FALSE | other, other | FALSE) == (other,) * 4
    assert (FALSE & other, other & FALSE, ~TRUE) == (FALSE,) * 3
    assert (TRUE | other, other | TRUE, ~FALSE) == (TRUE,) * 3


def test_values_of_one_attribute_are_one_test() -> None:
    one, two, other = (OneOf(name, frozenset([value])) for name, value in ("ax", "ay", "bx"))
    assert isinstance(one | two, OneOf) and not isinstance(one | other, OneOf)
    for answers, so in (({"a": "y"}, True), ({"a": "z"}, False), ({}, False)):
        assert (one | two).test(Evaluation(dict(answers))) is so
    assert (one | other).test(Evaluation({"a": None, "b": "x"}))
