"""The fast evaluator against `infer`, on two knowledge bases and on random ones."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support import sizes
from support.compare import BASES, choices, exact
from support.deciding import both_ways
from support.generate import DAYS, knowledge_files, random_answers
from support.loading import read_anew
from support.oracle import OracleKB
from support.size import combinations
from support.sizes import some_or_all

from expert.backends import python
from expert.backends.program import lines
from expert.backends.python import FIRST, Decision, costs_of, decider, source
from expert.consultation.case import Case, cell_answer, make_case, parse_pairs
from expert.consultation.engine import infer
from expert.consultation.result import Consultation
from expert.knowledge.load import load, open_files
from expert.language.rules import RuleBase

# in the fewest, every rule fires in some
SOME, MORE, CASES = {"acne": 51, "bicycle": 36}, {"acne": 150, "bicycle": 190}, {"acne": 1500, "bicycle": 500}
CASES_EACH = 10
MOST = 3000  # combinations
Answers = dict[str, str]


def decision(base: RuleBase, c: Consultation) -> Decision:
    """A consultation as a decision."""
    k = base.knowledge

    def scaled(amount: int | float | str | None) -> int | None:
        if amount is None or not k.cost:
            return None
        found = Fraction(exact(amount) or 0) * 10 ** k.findings[k.cost[0]].decimals
        assert found.denominator == 1
        return int(found)

    return Decision(
        verdicts={r.option: r.verdict for r in c.recommendations},
        timings={r.option: r.timing for r in c.recommendations},
        costs={r.option: (scaled(r.cost.low), scaled(r.cost.high)) for r in c.recommendations if r.cost},
        flags=tuple((r.option, flag) for r in c.recommendations for flag in r.flags),
        findings=tuple(
            (f"{f.finding}@{f.option}" if f.option else f.finding, str(f.value))
            for f in c.findings
            if not k.findings[f.finding].ordered
        ),
        fired=tuple(f"{f.rule}@{f.option}" if f.option else f.rule for f in c.firings),
    )


def in_any_order(found: Decision) -> dict[str, Any]:
    """A decision without the order of what is a set, and without options that have no cost."""
    for names in (found.flags, found.findings, found.fired):
        assert len(set(names)) == len(names)
    costs = {option: cost for option, cost in found.costs.items() if cost != (None, None)}
    sets = {name: set(getattr(found, name)) for name in ("flags", "findings", "fired")}
    return {**found._asdict(), "costs": costs, **sets}


def random_case(base: RuleBase, options: dict[str, list[str]], random: Random) -> Case:
    """An answer to most of the questions; some are `unknown`, and kept so or left out."""
    terms = base.knowledge.attributes
    asked = [name for name in options if random.random() < 0.85]
    answers = {name: random.choice([*options[name], "unknown"]) for name in asked}
    return make_case({name: cell_answer(text, terms[name]) for name, text in answers.items()}, base.knowledge)


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("cases", some_or_all(SOME, CASES, more=MORE))
def test_a_decision_is_what_infer_says(name: str, cases: dict[str, int]) -> None:
    base, random = load(BASES[name]), Random(2)
    decide, options = both_ways(base), choices(OracleKB(BASES[name]))
    fired: set[str] = set()
    for case in [Case({}), *(random_case(base, options, random) for _ in range(cases[name]))]:
        found = in_any_order(decide(case))
        assert found == in_any_order(decision(base, infer(base, case))), case
        fired |= found["fired"]
    assert {id.split("@")[0] for id in fired} == {rule.id for rule in base.rules}


@pytest.mark.parametrize("name", ["acne", pytest.param("bicycle", marks=sizes.MORE)])
def test_every_answer_alone(name: str) -> None:
    base = load(BASES[name])
    decide = both_ways(base)
    for attribute, values in choices(OracleKB(BASES[name])).items():
        for value in [*values, "unknown"]:
            case = parse_pairs([f"{attribute}={value}"], base.knowledge)
            assert in_any_order(decide(case)) == in_any_order(decision(base, infer(base, case))), case


def compare_generated(seed: int, cases: int) -> int | None:
    """Decisions are what `infer` says, on a generated knowledge base; how many rules fired."""
    random = Random(seed)
    base, problems = open_files(knowledge_files(random))
    assert not problems, f"{seed}: {problems[0]}"
    if combinations(base) > MOST:
        return None
    decide, fired = both_ways(base), 0
    for _ in range(cases):
        answers = random_answers(base, random)
        case = parse_pairs([f"{name}={value}" for name, value in answers.items()], base.knowledge)
        found = decide(case)
        assert in_any_order(found) == in_any_order(decision(base, infer(base, case))), (seed, answers)
        fired += len(found.fired)
    return fired


@pytest.mark.parametrize("seeds", some_or_all(range(1003, 1006), range(1000, 1100), more=range(1000, 1012)))
def test_generated_knowledge_bases(seeds: range) -> None:
    fired = [compare_generated(seed, CASES_EACH) for seed in seeds]
    assert fired.count(None) <= max(2, len(fired) / 12)
    assert sum(n or 0 for n in fired) > 3 * len(fired) * CASES_EACH


@pytest.mark.long
def test_very_many_generated_knowledge_bases() -> None:
    for seed in range(2000, 4000):
        compare_generated(seed, 30)


@pytest.mark.parametrize("seeds", some_or_all(range(1000, 1003), range(1000, 1040), more=range(1000, 1010)))
def test_numbers_of_any_length(seeds: range) -> None:
    """Python's numbers have no end: what columns must refuse, a decision gives."""
    random = Random(8)
    for seed in seeds:
        base, _ = open_files(knowledge_files(Random(seed)))
        if combinations(base) > MOST:
            continue
        decide = both_ways(base)
        for _ in range(5):
            answers = {}
            for name, term in base.knowledge.attributes.items():
                low, high = term.bounds
                numbers = [low, high, int(10**term.decimals), random.randint(low, high)]
                known = numbers if term.numeric else list(term.values)
                answers[name] = random.choice([term.parse(day) for day in DAYS] if term.is_date else known)
            case = make_case(answers, base.knowledge)
            assert in_any_order(decide(case)) == in_any_order(decision(base, infer(base, case))), seed


def text_of(base: RuleBase) -> str:
    program = lines(base)
    return source(program, costs_of(base, program))


def test_the_text_is_the_same_every_time(base: RuleBase) -> None:
    again = read_anew(Path(__file__).parents[2])
    assert text_of(base) == text_of(again)


def test_the_first_cases_do_not_wait_for_the_function(
    base: RuleBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[RuleBase] = []

    def counted(steps: python.Stepwise) -> python.Decider:
        compiled.append(base)
        return made(steps)

    made = python.Stepwise.compiled
    monkeypatch.setattr(python.Stepwise, "compiled", counted)
    decide, case = decider(base), Case({})
    found = [decide(case) for _ in range(FIRST)]
    assert not compiled
    found += [decide(case) for _ in range(3)]
    assert len(compiled) == 1
    assert found == [found[0]] * (FIRST + 3)
