"""What contradictions and exceptions add to rules."""

from __future__ import annotations

from expert.language.conditions import AllOf, Unless
from expert.language.contradictions import Contradictions
from expert.language.guards import counting, excepting, uncountable
from expert.language.rules import RuleBase


def test_what_is_added_comes_last_and_the_rule_as_written_is_kept(base: RuleBase) -> None:
    of = Contradictions(base.knowledge.contradictions)
    written = {rule.id: rule for rule in base.written}
    assert [*written] == [rule.id for rule in base.rules]
    rule = written["cost-by-the-scar"]
    guarded = counting(rule, of)
    assert guarded == base.rule(rule.id) != rule
    assert isinstance(guarded.when, AllOf) and isinstance(guarded.when.parts[-1], Unless)
    assert not [*uncountable(rule, of)]
    assert counting(rule, Contradictions(())) is rule
    excepted = excepting(rule, [written["within-the-budget"]]).when
    assert isinstance(excepted, AllOf) and isinstance(excepted.parts[-1], Unless)
    assert len(excepted.parts) == 1 + len(rule.when.parts if isinstance(rule.when, AllOf) else (rule.when,))
