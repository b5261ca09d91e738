"""What was not known when a record was made, and whether it could have mattered."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.records import made, output

from expert.consultation.case import Case, parse_pairs
from expert.consultation.engine import infer
from expert.knowledge.load import load
from expert.ledger.history.unanswered import unanswered

BASE = load(Path(__file__).parents[3])
SMALL = load(Path(__file__).parents[2] / "data" / "minimal")


def shown(case: Case) -> object:
    """What a person sees of a consultation, but for the answers themselves."""
    found = infer(SMALL, case)
    return [(r.option, r.verdict, r.timing, r.cost, r.arguments) for r in found.recommendations], [
        (f.rule, f.because) for f in found.firings
    ]


def test_what_could_change_nothing_changes_nothing() -> None:
    """Held against every answer to it, of cases that leave all else as it is."""
    tried = 0
    for name, term in SMALL.knowledge.attributes.items():
        for value in term.values:
            case = parse_pairs([f"{name}={value}"], SMALL.knowledge)
            for one in unanswered(SMALL, case):
                values = SMALL.knowledge.attributes[one.attribute].values
                pairs = [[f"{name}={value}", f"{one.attribute}={other}"] for other in values]
                outcomes = [shown(parse_pairs(pair, SMALL.knowledge)) for pair in pairs]
                if one.changes == "nothing":
                    assert all(outcome == shown(case) for outcome in outcomes), (name, value, one)
                    tried += 1
                else:
                    assert one.changes in ("verdict", "shown", "undecided")
    assert tried or not any(u.changes == "nothing" for u in unanswered(SMALL, Case({})))


def test_an_answer_that_is_unknown_was_not_known() -> None:
    found = {u.attribute: u for u in unanswered(BASE, parse_pairs(["scar_depth=unknown"], BASE.knowledge))}
    assert found["scar_depth"].said_unknown and found["scar_depth"].changes == "verdict"
    assert not found["budget"].said_unknown
    deep = parse_pairs(["scar_depth=deep"], BASE.knowledge)
    assert "scar_depth" not in {u.attribute for u in unanswered(BASE, deep)}


def test_records_and_reports_say_it(path: Path) -> None:
    id, page = made(path, "scar_depth=unknown"), path.with_name("page.html")
    output(path, "audit", "report", id, "-o", str(page))
    for shown_text in (output(path, "audit", "show", id, "--full"), page.read_text()):
        text = " ".join(shown_text.split())
        assert "What was not known" in text and "could have changed a verdict" in text
        assert "the answer was: unknown" in text
    short = output(path, "audit", "show", id)
    assert "What was not known  (questions: --full)\n  could have changed a verdict: " in short
    assert "\n  could have changed something that is shown, and no option's best verdict:" in short
    assert "What was not known" not in output(path, "audit", "show", id, "--brief")


def verdicts_of(case: Case) -> list[tuple[str, object]]:
    """Each option with its verdicts on a case."""
    return [(r.option, (r.verdict, r.targets)) for r in infer(BASE, case).recommendations]


@pytest.mark.parametrize("given", [["scar_depth=deep"], ["scar_depth=deep", "active_acne=no"], []])
def test_an_answer_that_changes_a_verdict_alone_is_said_to(given: list[str]) -> None:
    """Each answer is tried by itself: whatever turns a verdict is not said to change only what is shown."""
    case = parse_pairs(given, BASE.knowledge)
    before, turning = verdicts_of(case), 0
    for one in unanswered(BASE, case):
        for value in BASE.knowledge.attributes[one.attribute].values:
            after = verdicts_of(parse_pairs([*given, f"{one.attribute}={value}"], BASE.knowledge))
            if after != before:
                turning += 1
                assert one.changes == "verdict", (given, one, value)
    assert turning
