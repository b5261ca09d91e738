"""The shell's own matcher against experta's, and what must not depend on how a process runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from support.compare import BASES, choices
from support.loading import read_anew
from support.oracle import OracleKB
from support.rete import Native
from support.sizes import some_or_all

from expert.consultation.case import Case, parse_pairs
from expert.consultation.engine import Engine, infer, prepare
from expert.io.json import plain
from expert.knowledge.load import load
from expert.language.rules import RuleBase

ROOT = Path(__file__).parents[2]
FRESH = """
import json, sys
from pathlib import Path
from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.io.json import plain
from expert.knowledge.load import load
for directory, cases in json.load(sys.stdin).items():
    base = load(Path(directory))
    for pairs in cases:
        print(json.dumps(plain(infer(base, parse_pairs(pairs, base.knowledge)))))
"""


def answers(directory: Path, number: int) -> list[list[str]]:
    """Random cases as `attribute=value` words, in a random order."""
    random, options = Random(number), choices(OracleKB(directory))
    cases = []
    for _ in range(number):
        pairs = [f"{n}={random.choice(v)}" for n, v in options.items() if random.random() < 0.8]
        cases.append(random.sample(pairs, len(pairs)))
    return cases


def text(base: RuleBase, pairs: list[str]) -> str:
    return json.dumps(plain(infer(base, parse_pairs(pairs, base.knowledge))))


def fired(engine: Engine) -> list[tuple[str, str | None]]:
    return [(firing.rule, firing.option) for firing in engine.memory.firings]


@pytest.mark.parametrize("count", some_or_all(5, 60, more=15))
@pytest.mark.parametrize("name", BASES)
def test_the_same_rules_fire_in_the_same_order_on_experta_itself(name: str, count: int) -> None:
    base = load(BASES[name])
    native = Native(base)
    for pairs in answers(BASES[name], count):
        case = parse_pairs(pairs, base.knowledge)
        assert native.run_case(case) == [(f.rule, f.option) for f in infer(base, case).firings], pairs


@pytest.mark.parametrize("seeds", some_or_all(range(1), range(6), more=range(2)))
def test_no_hash_seed_changes_a_byte(seeds: range) -> None:
    given = json.dumps({str(directory): answers(directory, 8) for directory in BASES.values()})
    outputs = set()
    for seed in seeds:
        environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", FRESH]
        outputs.add(subprocess.check_output(command, input=given, env=environment, text=True))
    assert len(outputs) == 1
    assert outputs.pop().count("\n") == 8 * len(BASES)


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("count", some_or_all(4, 12, more=12))
def test_no_order_of_the_answers_changes_a_byte(name: str, count: int) -> None:
    base, random = load(BASES[name]), Random(7)
    for pairs in answers(BASES[name], count):
        shuffled = [random.sample(pairs, len(pairs)) for _ in range(3)]
        assert {text(base, order) for order in [*shuffled, sorted(pairs)]} == {text(base, pairs)}


@pytest.mark.parametrize("name", BASES)
def test_engines_do_not_influence_each_other(name: str) -> None:
    """Engines that take turns, one firing each, fire what they fire alone."""
    base = load(BASES[name])
    cases = [parse_pairs(pairs, base.knowledge) for pairs in answers(BASES[name], 6)]
    alone = [[(f.rule, f.option) for f in infer(base, case).firings] for case in cases]
    engines = [started(base, case) for case in cases]
    for _ in range(max(map(len, alone)) + 1):
        for engine in engines:
            engine.run(1)
    assert [fired(engine) for engine in engines] == alone


def started(base: RuleBase, case: Case) -> Engine:
    engine = Engine(prepare(base), case)
    engine.reset()
    engine.tell()
    return engine


def test_consultations_leave_nothing_behind() -> None:
    """A case gives the same bytes first, after others, after another knowledge base, and loaded anew."""
    bases = {name: load(directory) for name, directory in BASES.items()}
    cases = [(name, pairs) for name in BASES for pairs in answers(BASES[name], 4)]
    first = [text(bases[name], pairs) for name, pairs in cases]
    assert [text(bases[name], pairs) for name, pairs in reversed(cases)] == first[::-1]
    assert [text(read_anew(BASES[name]), pairs) for name, pairs in cases] == first
