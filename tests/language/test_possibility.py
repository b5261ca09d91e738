"""What must and what may hold, against completions of cases by the naive evaluator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from support.compare import BASES, choices
from support.generate import knowledge_files, tried, write_files
from support.oracle import OracleKB, fires
from support.sizes import some_or_all

from expert.consultation.case import parse_pairs
from expert.knowledge.load import load
from expert.language.grids import Grid
from expert.language.meaning import Reading
from expert.language.possibility import Possibilities
from expert.language.rules import RuleBase, passes

Answers = dict[str, str]
Fired = set[tuple[str, str | None]]
CASES, COMPLETIONS = {"acne": 30, "bicycle": 20}, 8
CASES_EACH = 4


def bounds(base: RuleBase, answers: Answers) -> tuple[Fired, Fired]:
    """The instances that must fire, and those that may, whatever is not answered."""
    case = parse_pairs([f"{name}={value}" for name, value in answers.items()], base.knowledge)
    grid = Grid({name: (value,) for name, value in case.answers.items()})
    fired = Reading(Possibilities(grid)).derive(passes(base.instances))
    by_key = {(i.rule.id, i.option or None): fired[i.id] for i in base.instances}
    must = {key for key, where in by_key.items() if where.must & 1}
    return must, {key for key, where in by_key.items() if where.may & 1}


def partial(options: dict[str, list[str]], random: Random, share: float) -> Answers:
    """Answers to about that share of the questions; of the others, some are `unknown`."""
    answers = {}
    for name, values in options.items():
        if random.random() < share:
            answers[name] = random.choice(values)
        elif random.random() < 0.3:
            answers[name] = "unknown"
    return answers


def completions(answers: Answers, options: dict[str, list[str]], random: Random) -> Iterator[Answers]:
    """The case itself, and cases in which more, or all, of it is answered."""
    known = {name: value for name, value in answers.items() if value != "unknown"}
    yield answers
    for share in [0.5, *[1.0] * (COMPLETIONS - 1)]:
        more = {name: random.choice(values) for name, values in options.items() if random.random() < share}
        yield {**more, **known}


def held(base: RuleBase, kb: OracleKB, options: dict[str, list[str]], random: Random) -> tuple[Fired, Fired]:
    """Hold one case against its completions; what must and what may fire in it."""
    answers = partial(options, random, random.choice((0.2, 0.5, 0.8)))
    must, may = bounds(base, answers)
    for completion in completions(answers, options, random):
        found = fires(kb, completion)
        assert must <= found <= may, (answers, completion)
    return must, may


@pytest.mark.parametrize("share", some_or_all(3, 1))
@pytest.mark.parametrize("name", BASES)
def test_completions_lie_between(name: str, share: int) -> None:
    base, kb, random = load(BASES[name]), OracleKB(BASES[name]), Random(17)
    several = 0
    count = CASES[name] // share
    for _ in range(count):
        must, may = held(base, kb, choices(kb), random)
        several += must != may
    assert several > count // 2


@pytest.mark.parametrize("bases", some_or_all(range(500, 502), range(500, 530), more=range(500, 508)))
def test_completions_lie_between_in_generated_knowledge(bases: range, tmp_path: Path) -> None:
    for number in bases:
        random = Random(number)
        directory = write_files(knowledge_files(random), tmp_path / str(number))
        base, kb = load(directory), OracleKB(directory)
        options = {
            name: tried(term, ["0", "1", "2", "3"]) for name, term in base.knowledge.attributes.items()
        }
        for _ in range(CASES_EACH):
            held(base, kb, options, random)


@pytest.mark.parametrize("name", BASES)
def test_with_everything_answered_nothing_is_left_open(name: str) -> None:
    base, kb, random = load(BASES[name]), OracleKB(BASES[name]), Random(18)
    for _ in range(10):
        answers = {option: random.choice(values) for option, values in choices(kb).items()}
        must, may = bounds(base, answers)
        assert must == may == fires(kb, answers)
