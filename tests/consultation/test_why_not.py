"""Why something is not so, and what would change it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.chained import chain
from support.constructs import case_of, opened

from expert.consultation import explain
from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.outcome import follow
from expert.consultation.relevance import Reach
from expert.consultation.subjects import Subject, find_subject
from expert.consultation.why_not import why_not
from expert.knowledge.load import load
from expert.language.policy import VERDICTS
from expert.language.rules import RuleBase

EXACT = Path(__file__).parents[1] / "data" / "exact"


def test_no_verdict_is_explained_that_cannot_be(base: RuleBase) -> None:
    case = parse_pairs(["scar_depth=deep"], base.knowledge)
    found = infer(base, case)
    for verdict in VERDICTS:
        reason = why_not(Reach(base), case, found, find_subject(base, "laser"), verdict)
        assert reason.possible == (verdict in ("uncertain", "open", "not-addressed"))


def test_how_far_changes_were_looked_for() -> None:
    """A reserve of three: no answers make an exact stock preferred, and one number makes it an option."""
    base = load(EXACT / "twonums")
    case = parse_pairs(["asked=100", "stock=99"], base.knowledge)
    found, ship = infer(base, case), find_subject(base, "ship")
    reason = why_not(Reach(base), case, found, ship, "option")
    assert [flip.changes for flip in reason.flips or ()] == [{"asked": "99"}, {"stock": "100"}]
    assert (reason.up_to, reason.decided) == (None, True)
    reason = why_not(Reach(base), case, found, ship, "preferred")
    assert (reason.flips, reason.up_to, reason.decided) == ((), None, True)


def test_what_is_settled_as_no_is_not_so(tmp_path: Path) -> None:
    """Why it is not `yes` is then asked; and of what is answered there is only the answer."""
    number = {"type": "number", "decimals": "0", "ask": "first", "question": "What?"}
    findings = {"s": "yes-no", "n": number}
    rules = [
        {
            "id": "r",
            "when": {"a": "yes", "b": "yes"},
            "then": {"settle": "s"},
            "otherwise": "It is not.",
        },
        {"id": "t", "when": {"a": "no"}, "then": {"conclude": {"n": {"times": [2, "x"]}}}},
    ]
    base = opened({"findings": findings, "rules": rules}, tmp_path)

    def asked(name: str, answers: dict[str, str]) -> tuple[bool, list[str], tuple[str, ...]]:
        case = case_of(base, answers)
        found = follow(base, case)
        why = why_not(Reach(base), case, found, Subject("finding", name, name))
        return why.already, [failed.rule for failed in why.failed], why.stands

    assert asked("s", {"a": "no"}) == (False, [], ("It is no.", "It is not."))
    assert asked("s", {"a": "yes"}) == (False, ["r"], ("It is open: it depends on it.",))
    assert asked("s", {"a": "yes", "b": "yes"}) == (True, [], ("It is yes.",))
    assert asked("n", {"a": "no", "x": "3"}) == (True, [], ("It is 6.",))
    assert asked("n", {"n": "5"}) == (True, [], ("It is 5, as answered.",))


@pytest.mark.parametrize(("settled", "answer"), [(True, "unknown"), (True, "no"), (False, "no")])
def test_why_the_end_of_a_long_chain_is_not_so(
    settled: bool, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down to the answer; each link is looked up, and not looked for among all rules."""
    base, fits, looked = chain(300, settled), explain._fits, []

    def counted(*given: Any) -> bool:
        looked.append(given)
        return fits(*given)

    monkeypatch.setattr(explain, "_fits", counted)
    case = parse_pairs([f"start={answer}"], base.knowledge)
    found = why_not(Reach(base), case, infer(base, case), find_subject(base, "one"))
    [tree] = found.failed[0].stands
    answers = [leaf.states for leaf in tree.leaves() if leaf.kind == "answer"]
    assert [states.name for states in answers if states] == ["start"]
    assert len(looked) <= 2 * len(base.rules)
