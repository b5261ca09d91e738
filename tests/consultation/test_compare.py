"""What would be different."""

from __future__ import annotations

from expert.consultation.case import parse_pairs
from expert.consultation.compare import what_if
from expert.consultation.engine import infer
from expert.language.rules import RuleBase


def test_what_if_is_empty_only_for_equals(base: RuleBase) -> None:
    one = infer(base, parse_pairs(["scar_depth=deep"], base.knowledge))
    assert what_if(one, one) == []
    other = infer(base, parse_pairs(["scar_depth=shallow"], base.knowledge))
    kinds = {difference.kind for difference in what_if(one, other)}
    assert {"answer", "verdict", "firing", "plan", "advice"} <= kinds
