"""Why a condition does not hold: the first part that fails, exceptions last, and what the case says of it."""

from __future__ import annotations

import pytest

from expert.consultation.silence import Silence
from expert.language.conditions import AllOf, AnyOf, Condition, Is, Known, Not, Ref, Unless
from expert.language.meaning import Evaluation

ONE, TWO = Ref("attribute", "one"), Ref("attribute", "two")
YES, OTHER = Is(ONE, ("yes",)), Is(TWO, ("yes",))
FOUND = Is(Ref("finding", "found"), ("yes",))


@pytest.mark.parametrize(
    ("condition", "answers", "reason", "failed"),
    [
        (AllOf((YES, OTHER)), {"one": "yes", "two": "no"}, "denied", OTHER),
        (AllOf((YES, OTHER)), {"two": "no"}, "unknown", YES),
        (AllOf((YES, AllOf((OTHER, FOUND)))), {"one": "yes", "two": "yes"}, "no-evidence", FOUND),
        (AnyOf((YES, OTHER)), {"one": "no"}, "unknown", AnyOf((YES, OTHER))),
        (AnyOf((YES, OTHER)), {"one": "no", "two": "no"}, "denied", AnyOf((YES, OTHER))),
        (Known(ONE), {}, "unknown", Known(ONE)),
        (Not(YES), {"one": "yes"}, "denied", Not(YES)),
        (Unless(YES, "one"), {"one": "yes"}, "denied", Unless(YES, "one")),
        (AllOf((Unless(YES), OTHER)), {"one": "yes", "two": "no"}, "denied", Unless(YES)),
    ],
)
def test_reasons(condition: Condition, answers: dict[str, str], reason: str, failed: Condition) -> None:
    said, part = Silence(condition, []).failure(Evaluation({"one": None, "two": None, **answers}))
    assert (said, part.condition) == (reason, failed)


def test_an_exception_comes_last() -> None:
    excepted = Unless(Is(Ref("finding", "!other-rule"), ("yes",)))
    silence = Silence(AllOf((excepted, YES)), [])
    case = Evaluation({"one": "no"})
    case.findings["!other-rule"] = {"yes": 1}
    assert silence.parts[0].exception
    assert silence.failure(case)[1].condition == YES
    case = Evaluation({"one": "yes"})
    case.findings["!other-rule"] = {"yes": 1}
    assert silence.failure(case)[1].exception


def test_what_could_leave_an_answer_out_of_account_is_asked_of_no_case() -> None:
    where = AnyOf((YES, OTHER))
    assert len(Silence(Unless(where), []).answers) == 2
    assert Silence(Unless(where), [where]).answers == []
    assert Silence(Unless(where, "two"), []).answers == []
