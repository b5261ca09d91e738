"""A case followed without the engine gives the record that the engine gives."""

from __future__ import annotations

import json
import random
from pathlib import Path
from random import Random

import pytest
from support.compare import BASES, choices
from support.generate import generated_cases
from support.oracle import OracleKB
from support.sizes import first, some_or_all

from expert.consultation.case import Case, make_case, parse_pairs
from expert.consultation.engine import infer
from expert.consultation.outcome import follow
from expert.io.json import plain
from expert.knowledge.load import load
from expert.language.rules import RuleBase

BASES_TRIED = some_or_all(2, 40, more=12)


@pytest.mark.parametrize("bases", BASES_TRIED)
def test_generated_cases_followed_without_the_engine_give_the_same_record(bases: int) -> None:
    for base, case in generated_cases(bases):
        record = infer(base, case)
        assert json.dumps(plain(record)) == json.dumps(plain(follow(base, case)))
        assert len(record.not_fired) == len(list(record.not_fired))


def random_case(base: RuleBase, seed: int) -> Case:
    choose = random.Random(seed)
    answers: dict[str, str | int | None] = {}
    for name, term in base.knowledge.attributes.items():
        if choose.random() < 0.7:
            numbers = [1, 2, 12, 120, 60_000]
            answers[name] = choose.choice([*(term.values or numbers), None])
    return make_case(answers, base.knowledge)


@pytest.mark.parametrize("seed", first(6, 60, more=20))
def test_following_is_inferring_without_the_engine(base: RuleBase, seed: int) -> None:
    case = random_case(base, seed)
    assert follow(base, case) == infer(base, case)


def answers(directory: Path, number: int) -> list[list[str]]:
    """Random cases as `attribute=value` words, in a random order."""
    random, options = Random(number), choices(OracleKB(directory))
    cases = []
    for _ in range(number):
        pairs = [f"{n}={random.choice(v)}" for n, v in options.items() if random.random() < 0.8]
        cases.append(random.sample(pairs, len(pairs)))
    return cases


@pytest.mark.parametrize("count", some_or_all(8, 60, more=20))
@pytest.mark.parametrize("name", BASES)
def test_a_case_followed_without_the_engine_gives_the_same_record(name: str, count: int) -> None:
    base = load(BASES[name])
    for pairs in answers(BASES[name], count):
        case = parse_pairs(pairs, base.knowledge)
        record = infer(base, case)
        assert follow(base, case) == record, pairs
        assert all(len(set(finding.firings)) == len(finding.firings) for finding in record.findings), pairs
