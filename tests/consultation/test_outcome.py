"""A case followed without the engine gives the record that the engine gives."""

from __future__ import annotations

import json
import random
from pathlib import Path
from random import Random

import pytest
from support.chained import chain
from support.compare import BASES, choices
from support.generate import generated_cases
from support.oracle import OracleKB
from support.proving import some_case
from support.sizes import first, some_or_all

from expert.consultation.case import Answer, Case, make_case, parse_pairs
from expert.consultation.engine import infer
from expert.consultation.outcome import follow
from expert.consultation.standing import cost_of
from expert.io.json import plain
from expert.knowledge.load import load
from expert.language.conditions import Condition
from expert.language.meaning import Evaluation
from expert.language.rules import RuleBase

ROOT = Path(__file__).parents[2]
PRICED = {
    "acne": ROOT,
    "bicycle": ROOT / "tests" / "data" / "bicycle",
    "benefit": ROOT / "examples" / "benefit",
}  # fmt: skip
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


@pytest.mark.parametrize("cases", some_or_all(4, 2_000, more=100))
@pytest.mark.parametrize("name", PRICED)
def test_a_cost_that_answers_may_still_give_is_not_said_to_be_not_stated(name: str, cases: int) -> None:
    base, choose = load(PRICED[name]), random.Random(name)
    for _ in range(cases):
        case = some_case(base, choose, choose.random(), 10**6)
        rest = some_case(base, choose, 1.0, 10**6).answers
        full = follow(base, make_case({**rest, **known(case)}, base.knowledge))
        for r, completed in zip(follow(base, case).recommendations, full.recommendations, strict=True):
            assert r.cost is None or not r.cost_depends_on
            assert not set(r.cost_depends_on) & set(known(case))
            if r.cost is None and not r.cost_depends_on:
                assert completed.cost is None


@pytest.mark.parametrize("cases", some_or_all(10, 2_000, more=100))
def test_without_the_answers_that_a_cost_depends_on_there_is_none(cases: int) -> None:
    base, choose = load(PRICED["benefit"]), random.Random(cases)
    for _ in range(cases):
        case = some_case(base, choose, choose.random(), 10**6)
        rest = some_case(base, choose, 1.0, 10**6).answers
        for r in follow(base, case).recommendations:
            if r.cost_depends_on:
                others = {name: value for name, value in rest.items() if name not in r.cost_depends_on}
                reached = follow(base, make_case({**others, **known(case)}, base.knowledge))
                assert next(o.cost for o in reached.recommendations if o.option == r.option) is None


def says_what_it_costs(base: RuleBase, option: str) -> bool:
    """Whether a rule says what an option costs, in whatever case, or the document has a price of it."""
    knowledge = base.knowledge
    priced = any(knowledge.properties[name].per for name in knowledge.options[option].properties)
    concluded = {(c.name, c.option) for i in base.instances for c in i.then if c.kind in ("finding", "score")}
    return priced or any((name, option) in concluded for name in knowledge.cost or ())


def hold_to_the_rules(base: RuleBase, case: Case) -> None:
    """A cost is not stated where no rule says it in any case, and nowhere else."""
    for r in follow(base, case).recommendations:
        said = cost_of(r)
        assert (said == "not stated") == (not says_what_it_costs(base, r.option))
        assert (said == "not known yet") == bool(r.cost_depends_on)
        assert (said in ("not stated", "not known yet", "-")) == (r.cost is None)
        stands = {"not stated": "not-stated", "not known yet": "open", "-": "not-concluded"}
        assert r.cost_stands == stands.get(said, "concluded")


@pytest.mark.parametrize("cases", some_or_all(4, 2_000, more=100))
@pytest.mark.parametrize("name", PRICED)
def test_a_cost_is_not_stated_where_no_rule_says_it_in_any_case(name: str, cases: int) -> None:
    base, choose = load(PRICED[name]), random.Random(name)
    for _ in range(cases):
        hold_to_the_rules(base, some_case(base, choose, choose.random(), 10**6))


@pytest.mark.parametrize("bases", BASES_TRIED)
def test_a_cost_of_a_generated_base_is_not_stated_where_no_rule_says_it(bases: int) -> None:
    for base, case in generated_cases(bases):
        hold_to_the_rules(base, case)


def known(case: Case) -> dict[str, Answer]:
    """The answers that are more than `unknown`."""
    return {name: value for name, value in case.answers.items() if value is not None}


def test_an_amount_that_is_open_is_not_called_silence() -> None:
    base = load(PRICED["benefit"])
    case = parse_pairs(["born=1990-01-01", "decided=2020-01-01"], base.knowledge)
    costs = {r.option: cost_of(r) for r in follow(base, case).recommendations}
    assert costs == {
        "basic-income": "€600",
        "housing-allowance": "-",  # is none after 2016, and was paid before
        "parenting-allowance": "not known yet",
        "pension": "not stated",  # the document has no amount
        "contribution": "not known yet",
    }


def test_a_chain_is_followed_in_steps_linear_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    base, test, tested = chain(300, settled=True), Evaluation.test, []

    def counted(reading: Evaluation, condition: Condition) -> bool:
        tested.append(condition)
        return test(reading, condition)

    monkeypatch.setattr(Evaluation, "test", counted)
    found = follow(base, parse_pairs(["start=no"], base.knowledge))
    assert len(found.firings) == 300 and found.findings[-1].value == "no"
    assert len(tested) <= 3 * len(base.instances)
