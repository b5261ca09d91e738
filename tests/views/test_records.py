"""Records, and what was found of them."""

from expert.consultation.compare import Difference
from expert.language.rules import RuleBase
from expert.ledger.chain import Fault
from expert.ledger.history.impact import Impact
from expert.ledger.history.replay import Replayed
from expert.ledger.history.search import Summary
from expert.ledger.trust.verification import Erased, Verified
from expert.views.document import Line
from expert.views.records import (
    impact_blocks,
    record_blocks,
    records_table,
    replayed_blocks,
    verified_blocks,
)
from expert.views.terminal import Look, shown

LOOK = Look()


def test_labels_have_a_column_where_there_are_any() -> None:
    plain = Summary(1, "abc12", "2026", "", "plants 1", "fern: option", {}, "ff")
    assert records_table([plain]).headers == ["Record", "Time", "Knowledge", "What"]
    both = records_table([plain, plain._replace(label="mine")])
    assert [row[2] for row in both.rows] == ["", "mine"] and both.headers[2] == "Label"


def test_the_head_of_a_record() -> None:
    header = {"id": "abc12", "time": "2026", "seq": 3, "knowledge": "ff", "programs": {"a": "1", "b": "2"}}
    answers = [
        {"attribute": "light", "value": "shade", "asked": "What light?"},
        {"attribute": "pot", "value": "big", "asked": ""},
    ]
    text = shown([record_blocks(header, {"label": "mine", "answers": answers}, "ee")], LOOK)
    assert text.split("\n") == [
        "Record abc12 of 2026, mine",
        "  number 3, hash ee",
        "  knowledge ff",
        "  a 1, b 2",
        "   1  light = shade  (asked: What light?)",
        "   2  pot = big",
    ]


def test_what_a_verification_found() -> None:
    whole = Verified(2, 1, "ff", None, (Erased("abc12", "2026"),))
    assert verified_blocks(whole) == [
        Line("2 records, of them 1 erasure: the chain is whole."),
        Line("Head ff"),
        Line("abc12 was erased at 2026", 2),
    ]
    broken = Verified(2, 0, "ff", Fault(3, "abc12", "was altered"))
    assert verified_blocks(broken) == [Line("Record abc12 (number 3) was altered. 2 before it are whole.")]
    assert verified_blocks(broken._replace(fault=Fault(0, "", "is short"))) == [
        Line("The chain is short. 2 were read.")
    ]


def test_what_came_out_differently() -> None:
    assert shown(replayed_blocks([Replayed("abc12", False, "step 2")], 3), LOOK) == (
        "Record abc12 comes out differently: step 2.\n2 of 3 records came out the same."
    )


def test_other_rules_in_words(base: RuleBase) -> None:
    """By labels, as what-if says it; by its id what the current knowledge has no longer."""
    differences = (
        Difference("verdict", "chemical-peel", "option", "not-addressed"),
        Difference("target", "chemical-peel for deep", "not-advised", ""),
        Difference("timing", "chemical-peel", "clear-acne", "now"),
        Difference("flags", "laser-treatment", "several-sessions", ""),
        Difference("plan", "clear-acne", "clear-acne", ""),
        Difference("order", "plan", "clear-acne, gone", "gone"),
        Difference("argument", "r@chemical-peel for deep on effectiveness", "", "for: It works."),
        Difference("verdict", "gone", "", "option"),
        Difference("advice", "r@chemical-peel", "Do it.", ""),
    )
    changed = Impact("abc12", differences, ("r", "s"), ("p1s1",))
    clear = base.knowledge.steps["clear-acne"].label
    assert shown(impact_blocks([changed], 1, base.knowledge), Look(width=200)).splitlines() == [
        "Record abc12, through r, s [p1s1]",
        "  verdict Chemical peel: option -> not addressed",
        "  verdict Chemical peel for the deep scars: not advised -> -",
        f"  timing Chemical peel: after: {clear} -> now",
        "  flags Laser treatment: several sessions -> -",
        f"  plan {clear}: planned -> -",
        f"  order of the plan: {clear}; gone -> gone",
        "  argument Chemical peel for the deep scars, effectiveness (r): - -> for: It works.",
        "  verdict gone: - -> option",
        "  advice on Chemical peel: Do it. -> -",
        "1 of 1 record would come out differently.",
    ]
