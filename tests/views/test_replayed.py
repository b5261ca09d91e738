"""Records run again, in words."""

from expert.consultation.compare import Difference
from expert.language.rules import RuleBase
from expert.ledger.history.impact import Impact
from expert.ledger.history.replay import Replayed
from expert.views.replayed import impact_blocks, replayed_blocks
from expert.views.terminal import Look, shown


def test_what_came_out_differently() -> None:
    assert shown(replayed_blocks([Replayed("abc12", False, "step 2")], 3), Look()) == (
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
