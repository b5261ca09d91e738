"""The outcome as findings: over plain cases what their consultations show."""

from __future__ import annotations

from expert.analysis.shown import Listed
from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.language.keys import with_option
from expert.language.meaning import Reading
from expert.language.outcome import outcome_of
from expert.language.outcome_terms import outcome_findings
from expert.language.rules import RuleBase, passes


def test_terms_of_a_case_are_those_of_its_consultation(base: RuleBase) -> None:
    case = parse_pairs(["scar_depth=deep", "active_acne=yes", "scar_count=3", "budget=1000"], base.knowledge)
    found, algebra = infer(base, case), Listed([case])
    reading = Reading(algebra)
    fired = reading.derive(passes(base.instances))
    outcome = outcome_of(base.knowledge, reading, base.instances, fired)
    terms = outcome_findings(base, base.instances, fired, outcome, 0)
    there = {key: [value for value, where in some.items() if where & 1] for key, some in terms.items()}
    assert there["plan"] == [step.step for step in found.plan]
    assert {*there["rule"]} == {firing.rule for firing in found.firings}
    assert {*there["caution"]} == {advice.id for advice in found.advice if advice.kind == "caution"}
    for each in found.recommendations:
        assert there[with_option("verdict", each.option)] == [each.verdict]
        assert there[with_option("flag", each.option)] == [*each.flags]
        assert {*there[with_option("for", each.option)]} == {
            a.topic for a in each.arguments if a.stance == "for"
        }
