"""The cases of kb/cases/: what must follow from them, and that they exercise every rule and condition."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.text import joined
from support.trying import kb, only_case

from expert.analysis.coverage import coverage
from expert.analysis.expected import Expected, failures, load_cases
from expert.analysis.mutation import mutate
from expert.analysis.shown import Listed, seen_by, seen_in, shown
from expert.consultation.engine import infer
from expert.knowledge.load import load
from expert.language.rules import RuleBase, passes

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


@pytest.mark.long
def test_every_change_that_could_be_noticed_is(base: RuleBase) -> None:
    score = mutate(base, CASES)
    assert [survivor for survivor in score.survivors if not survivor.equivalent] == []
    assert score.share == (719, 719)


def test_all_cases_at_once_show_what_the_engine_shows_of_each(base: RuleBase) -> None:
    table = shown(base.knowledge, passes(base.instances), Listed(case.given for case in CASES))
    for n, case in enumerate(CASES):
        assert seen_in(table, n) == seen_by(infer(base, case.given), base.knowledge), case.name


def test_every_problem_of_the_case_files_at_once(copy: Path) -> None:
    text = """- case: one
  given: {scar_dept: deep, active_acne: perhaps, scar_count: 0, budget: [1]}
  expect:
    punch: {verdict: prefered}
    laser-treatment: {verdict: prefered, timing: later, low: many, flags: [over-budge], for: [costs]}
    dermabrasion: {targets: {deap: option}, findings: {least_cos: 3}, cost: 1}
  plan: [treat-scars, establish-depth, establish-depth]
  findings: {deep_scar_cause: [sever-acne]}
  fired: [deep-scar-present]
- case: one
  given: {}
- given: {}
  plan: []
- nothing
"""
    only_case(copy, text)
    (copy / "kb/cases/two.yaml").write_text("case: x\n")
    (copy / "kb/cases/three.yml").write_text("")
    (copy / "kb/cases/four.yaml").write_text("- case: [\n")
    result = kb("test", "--kb", copy)
    assert result.exit_code == 3 and not result.stdout
    shown_problems = joined(result.stderr)
    for said in (
        "one.yaml:2:11: unknown attribute `scar_dept`", "did you mean `scar_depth`?",
        "one.yaml:2:41: unknown value for `active_acne` `perhaps`", "`0` is out of range",
        "`budget` must be a", "unknown option `punch`", "unknown verdict `prefered`",
        "did you mean `preferred`?", "unknown timing `later`", "`many` is not a number",
        "unknown flag `over-budge`", "unknown topic `costs`", "unknown target `deap`",
        "unknown finding `least_cos`", "unknown key in `dermabrasion` `cost`",
        "`establish-depth` is given twice", "not in the order of the steps",
        "unknown value for `deep_scar_cause` `sever-acne`", "unknown rule `deep-scar-present`",
        "did you mean `deep-scars-present`?", "duplicate case `one`", "the case expects nothing",
        "a case has no `case`", "a case must be a mapping, not `nothing`",
        "two.yaml:1:1: a case file must be a list", "three.yml", "four.yaml:2:1: not valid YAML",
    ):  # fmt: skip
        assert said in shown_problems, said
