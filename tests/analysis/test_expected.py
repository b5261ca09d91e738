"""The cases of kb/cases/: what must follow from them, and that they exercise every rule and condition."""

from __future__ import annotations

from pathlib import Path

import pytest

from expert.analysis.coverage import coverage
from expert.analysis.expected import Expected, failures, load_cases
from expert.analysis.mutation import mutate
from expert.analysis.shown import Listed, seen_by, seen_in, shown
from expert.consultation.engine import infer
from expert.knowledge.load import load
from expert.language.meaning import passes
from expert.language.rules import RuleBase

ROOT = Path(__file__).parents[2]
BASE = load(ROOT)
CASES = load_cases(ROOT, BASE)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(base: RuleBase, case: Expected) -> None:
    assert failures(case, seen_by(infer(base, case.given), base.knowledge)) == []


def test_every_case_says_what_must_follow_and_what_must_fire() -> None:
    for case in CASES:
        kinds = {check.kind for check in case.checks}
        assert {"verdict", "plan", "fired"} <= kinds, case.name


def test_every_rule_and_every_condition_is_exercised(base: RuleBase) -> None:
    assert coverage(base, CASES).missed == ()


def test_every_rule_is_named_by_a_case_it_fires_in(base: RuleBase) -> None:
    named = {id for case in CASES for check in case.checks if check.kind == "fired" for id in check.wanted}
    assert named == {rule.id for rule in base.rules}


def test_every_change_that_could_be_noticed_is(base: RuleBase) -> None:
    score = mutate(base, CASES)
    assert [survivor for survivor in score.survivors if not survivor.equivalent] == []
    assert score.share == (547, 547)


def test_all_cases_at_once_show_what_the_engine_shows_of_each(base: RuleBase) -> None:
    table = shown(base.knowledge, passes(base.instances), Listed(case.given for case in CASES))
    for n, case in enumerate(CASES):
        assert seen_in(table, n) == seen_by(infer(base, case.given), base.knowledge), case.name
