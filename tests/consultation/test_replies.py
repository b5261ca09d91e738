"""Replies are understood as people type them, and refused where they could mean two things."""

from __future__ import annotations

import pytest
from support.shell import ROOT

from expert.consultation.replies import shown_answer, understand, understood
from expert.knowledge.load import load
from expert.language.model import Term
from expert.language.rules import RuleBase


@pytest.mark.parametrize(
    ("reply", "name", "answer"),
    [
        ("1", "scar_depth", "deep"),
        ("3", "scar_depth", "both"),
        ("4", "scar_depth", "light-only"),
        ("5", "scar_depth", None),
        ("deep", "scar_depth", "deep"),
        ("deep and shallow", "scar_depth", "both"),
        ("deep and", "scar_depth", "both"),
        ("SHALLOW", "scar_depth", "shallow"),
        ("sh", "scar_depth", "shallow"),
        ("unk", "scar_depth", None),
        ("y", "active_acne", "yes"),
        ("n", "active_acne", "no"),
        ("did not help", "otc_result", "did-not-help"),
        ("not_tried", "otc_result", "not-tried"),
        ("not", "otc_result", "not-tried"),
        ("have", "otc_result", "not-tried"),
        (" 12 ", "scar_count", 12),
        ("12 scars", "scar_count", 12),
        ("1 scar", "scar_count", 1),
        ("1,200", "scar_count", 1200),
        ("99.5", "budget", 9950),
        ("$800", "budget", 80_000),
        ("$ 1,200.50", "budget", 120_050),
        ("800 dollars", "budget", 80_000),
        ("800 USD", "budget", 80_000),
        ("1 000 000", "budget", 100_000_000),
        ("1'200", "budget", 120_000),
        ("unknown", "budget", None),
        ("u", "budget", None),
    ],
)
def test_replies(base: RuleBase, reply: str, name: str, answer: object) -> None:
    assert understand(reply, base.knowledge.attributes[name]) == answer


@pytest.mark.parametrize(
    ("reply", "name", "words"),
    [
        ("", "scar_depth", "nothing was typed"),
        ("6", "scar_depth", "from 1 to 5"),
        ("0", "scar_depth", "from 1 to 5"),
        ("shalow", "scar_depth", "did you mean `shallow`?"),
        ("d", "scar_depth", "`d` could be deep or both (deep and shallow)"),
        ("de", "scar_depth", "`de` could be deep or both"),
        ("no", "otc_result", "not an answer to this question (allowed: not-tried, helping, did-not-help"),
        ("n", "otc_result", "not an answer to this question"),
        ("yes", "scar_depth", "not an answer to this question"),
        ("12.5", "scar_count", "whole number"),
        ("0", "scar_count", "out of range"),
        ("-1", "budget", "out of range"),
        ("1,00", "budget", "such as"),
        ("1,2000", "budget", "such as"),
        ("1,000'000", "budget", "such as"),
        ("£800", "budget", "such as"),
        ("800 scars", "budget", "such as"),
        ("about 800", "budget", "such as"),
        ("500-800", "budget", "such as"),
        ("٣", "scar_count", "whole number"),
        ("9" * 5000, "scar_count", "too long a number"),
    ],
)
def test_bad_replies(base: RuleBase, reply: str, name: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        understand(reply, base.knowledge.attributes[name])
    assert words in str(caught.value)
    assert len(str(caught.value)) < 400


def test_units_of_other_terms() -> None:
    share = Term("share", "attribute", "number", "a share", unit="percent", decimals=1)
    assert understand("12.5 %", share) == 125 and understand("12.5 percent", share) == 125
    price = Term("price", "attribute", "money", "a price", unit="EUR", decimals=2)
    assert understand("€5", price) == understand("5 euros", price) == understand("5 €", price) == 500
    bare = Term("size", "attribute", "count", "a size")
    assert understand("1,234,567", bare) == 1_234_567


def test_an_answer_is_shown_in_the_words_that_were_offered(base: RuleBase) -> None:
    attributes = base.knowledge.attributes
    for name, value, words in (
        ("otc_result", "not-tried", "have not been tried"),
        ("scar_count", 12, "12 scars"),
        ("budget", 120_050, "$1,200.50"),
        ("budget", None, "unknown"),
    ):
        assert shown_answer(value, attributes[name]) == words


# --- several answers to one question --------------------------------------------------------------
SIGNS = load(ROOT / "tests" / "data" / "tomato").knowledge.several["signs"]


@pytest.mark.parametrize(
    ("reply", "yes", "unknown"),
    [
        ("1, 3", "blotches rolled", ""),
        ("1 3", "blotches rolled", ""),
        ("brown, yel", "blotches yellow", ""),
        ("white down below; rolled", "down rolled", ""),
        ("2", "down", ""),
        ("none", "", ""),
        ("5", "", ""),
        ("unknown", "", "blotches down rolled yellow"),
        ("6", "", "blotches down rolled yellow"),
        ("1, 3?", "blotches", "rolled"),
        ("1 3? 4?", "blotches", "rolled yellow"),
        ("1, unknown", "blotches", "down rolled yellow"),
        ("down,", "down", ""),
    ],
)
def test_several_replies(reply: str, yes: str, unknown: str) -> None:
    answers = understood(reply, SIGNS)
    assert {name for name, answer in answers.items() if answer == "yes"} == {*map(SIGNS.part, yes.split())}
    assert {n for n, answer in answers.items() if answer is None} == {*map(SIGNS.part, unknown.split())}
    assert answers.keys() == {*SIGNS.parts}


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("", "nothing was typed"),
        (",", "nothing was typed"),
        ("1, 7", "from 1 to 6"),
        ("none, 2", "stands alone"),
        ("none?", "stands alone"),
        ("1, 1?", "`blotches` is answered twice"),
        ("1, blotc, dwn", "did you mean `down`"),
    ],
)
def test_what_is_no_several_replies(reply: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        understood(reply, SIGNS)
