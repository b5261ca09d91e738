"""Steps written as Python give what the steps mean."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from expert.knowledge.load import load
from expert.language.assignments import DEEPEST, Assignments
from expert.language.steps import Program, Step, needed
from tests.support.shell import ROOT


@pytest.fixture
def program() -> Program:
    return Program(load(ROOT).knowledge)


def followed(end: Step) -> Callable[[dict[str, Any]], Any]:
    """A function of answers, by what is written."""
    text = Assignments()
    for step, uses in needed([end]):
        text.take(step, uses)
    written = "\n".join([*text.lines, f"found = {text.name(end)}"])

    def found(answers: dict[str, Any]) -> Any:
        names: dict[str, Any] = {"get": answers.get}
        exec(written, names)
        return names["found"]

    return found


def test_long_chains_are_written_so_that_python_can_read_them(program: Program) -> None:
    """Each link of them is used once, so it would stand in brackets inside the next."""
    chain = program.false
    for n in range(2000):
        chain = chain | program.equals("scar_count", n)
    assert followed(chain)({"scar_count": 1999}) is True
    assert followed(chain)({"scar_count": 2000}) is False


def test_what_is_used_once_stands_where_it_is_used(program: Program) -> None:
    a, b = program.equals("active_acne", "yes"), program.known("scar_depth")
    text = Assignments()
    for step, uses in needed([(a & b) | ~a]):
        text.take(step, uses)
    assert [line for line in text.lines if "get(" not in line] == []
    assert DEEPEST > 3


def test_random_steps_mean_what_they_say(program: Program) -> None:
    random, answers = Random(5), {"scar_count": 1, "scar_depth": "deep"}
    steps = [program.known("budget"), *(program.equals("scar_count", n) for n in (1, 2)), program.true]
    means = [False, True, False, True]
    for _ in range(120):
        i, j = random.randrange(len(steps)), random.randrange(len(steps))
        step, so = random.choice(
            [
                (~steps[i], not means[i]),
                (steps[i] & steps[j], means[i] and means[j]),
                (steps[i] | steps[j], means[i] or means[j]),
            ]
        )
        steps.append(step)
        means.append(so)
        assert followed(step)(answers) == so


def test_sets_and_choices(program: Program) -> None:
    deep, bits = program.equals("scar_depth", "deep"), [program.constant(1 << n) for n in range(3)]
    some = program.union(program.choose(deep, bits[0], program.constant(0)), program.union(bits[1], bits[2]))
    assert [followed(some)({"scar_depth": depth}) for depth in ("deep", None)] == [7, 6]
