"""Conditions as data say what the conditions say: each is read back, and evaluated by another evaluator."""

from __future__ import annotations

from expert.consultation.result import Statement
from expert.consultation.statements import states
from expert.language.conditions import AllOf, Arithmetic, Compare, Given, Known, Not, OptionIs, Ref, Unless
from expert.language.english import Phrases
from expert.language.rules import RuleBase

COUNT = Ref("attribute", "scar_count")


def test_each_kind_as_data(base: RuleBase) -> None:
    phrases = Phrases(base.knowledge)
    more = Compare(COUNT, "more-than", Arithmetic("times", (COUNT, 2)))
    of = '{"times": ["scar_count", "2"]}'
    number = Statement("attribute", "scar_count", None, "more-than", (), of)
    assert states(more, phrases) == number
    assert states(Not(more), phrases, "holds") == Statement("not", stands="holds", parts=(number,))
    known = Statement("attribute", "scar_count", None, "unknown")
    assert states(Unless(AllOf((Known(COUNT, False),))), phrases).parts[0].parts == (known,)
    given = Given(True, option="laser-treatment", written=OptionIs(("laser-treatment",)))
    one = Statement("option", "", "laser-treatment", "is", ("laser-treatment",))
    assert states(given, phrases) == one
    assert states(Given(True), phrases) == Statement("all")
