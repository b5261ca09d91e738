"""Answers that disagree are named, with the one that is left out of account, and which no longer counts."""

from __future__ import annotations

from expert.consultation.case import parse_pairs
from expert.consultation.disagreement import disagreeing
from expert.consultation.engine import infer
from expert.language.rules import RuleBase

TEXT = (
    "Two answers disagree: the number of deep scars to treat is 3 scars, and the scars are shallow."
    " The answer on the number of deep scars to treat is left out of account."
)


def test_both_answers_are_named_as_they_were_given(base: RuleBase) -> None:
    case = parse_pairs(["scar_depth=shallow", "scar_count=3"], base.knowledge)
    [found] = disagreeing(base, case)
    assert (found.contradiction.attributes, found.contradiction.leaves_out) == (
        ("scar_count", "scar_depth"),
        "scar_count",
    )
    assert (found.answers, found.text) == ((3, "shallow"), TEXT)
    consultation = infer(base, case)
    assert [a.text for a in consultation.advice if a.kind == "caution"] == [TEXT]
    [recorded] = consultation.disagreements
    assert recorded == ("deep-scars-counted-and-none-to-treat", ("scar_count", "scar_depth"), "scar_count", 1)
    assert consultation.firings[recorded.firing - 1].basis == "added"


def test_what_is_left_out_contradicts_nothing_any_more(base: RuleBase) -> None:
    words = ["scar_depth=light-only", "light_scarring=no", "previous_punch=no", "scar_count=3"]
    case = parse_pairs(words, base.knowledge)
    assert [d.contradiction.id for d in disagreeing(base, case)] == ["only-light-scarring-without-a-punch"]
    assert disagreeing(base, parse_pairs(words[:1], base.knowledge)) == []
