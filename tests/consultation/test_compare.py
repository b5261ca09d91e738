"""What would be different."""

from __future__ import annotations

from pathlib import Path

from expert.consultation.case import parse_pairs
from expert.consultation.compare import Difference, what_if
from expert.consultation.engine import infer
from expert.knowledge.load import load
from expert.language.rules import RuleBase
from expert.views.terminal import Look, shown
from expert.views.what_if import what_if_blocks


def test_what_if_is_empty_only_for_equals(base: RuleBase) -> None:
    one = infer(base, parse_pairs(["scar_depth=deep"], base.knowledge))
    assert what_if(one, one) == []
    other = infer(base, parse_pairs(["scar_depth=shallow"], base.knowledge))
    kinds = {difference.kind for difference in what_if(one, other)}
    assert {"answer", "verdict", "firing", "plan", "advice"} <= kinds


def test_results_are_compared_as_they_stand() -> None:
    base = load(Path(__file__).parents[2] / "examples" / "sirs")
    before, after = (
        infer(base, parse_pairs(["temperature=39", pulse], base.knowledge))
        for pulse in ("pulse=120", "pulse=80")
    )
    found = [difference for difference in what_if(before, after) if difference.kind == "result"]
    assert found == [Difference("result", "sirs", "yes", "open")]


def test_a_verdict_that_changes_for_one_target_only(base: RuleBase) -> None:
    """Dermabrasion stays an option, for the shallow scars; for the deep ones it is not advised."""
    shallow, both = (
        infer(base, parse_pairs([f"scar_depth={depth}", "active_acne=no"], base.knowledge))
        for depth in ("shallow", "both")
    )
    found = [d for d in what_if(shallow, both) if d.name.startswith("dermabrasion")]
    assert found == [("target", "dermabrasion for deep", "", "not-advised")]
    text = shown(what_if_blocks(what_if(shallow, both), shallow, both, base.knowledge), Look(width=200))
    assert "Dermabrasion, chemical peel" in text
    assert "option for the shallow" in text
