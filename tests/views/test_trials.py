"""What was tried, in words: failures, mutants, claims dropped and differences."""

from __future__ import annotations

from pathlib import Path

import pytest

from expert.analysis.ablation import Example, Load, Loads
from expert.analysis.coverage import Coverage, Suggestion, Target
from expert.analysis.diff import Change, Differences, Thing
from expert.analysis.edited import Edited, KeyValue
from expert.analysis.expected import Expected, Failure, Requirement
from expert.analysis.mutants import Mutant
from expert.analysis.mutation import KINDS, Score, Survivor
from expert.consultation.case import parse_pairs
from expert.io.problems import Span
from expert.language.rules import RuleBase
from expert.views.terminal import Look, shown
from expert.views.trials import case_blocks, diff_blocks, failure_words, fits, load_blocks, score_blocks

LOOK = Look()
SPAN = Span("kb/cases/a.yaml", 3, 1)


@pytest.mark.parametrize(
    ("kind", "about", "seen", "words"),
    [
        ("fired", "", ("b",), "did not fire: a"),
        ("not-fired", "", ("a", "b"), "fired: a"),
        ("verdict", "fern", ("b",), "fern verdict: expected a, seen b"),
        ("plan", "", (), "plan: expected a, seen nothing"),
    ],
)
def test_a_failure_says_what_was_seen(kind: str, about: str, seen: tuple[str, ...], words: str) -> None:
    failure = Failure(Requirement(kind, about, frozenset({"a"}), SPAN), seen)
    assert failure_words(failure) == f"{SPAN}: {words}"


def test_a_case_older_than_the_verdict_open_is_told_of_it() -> None:
    wanted = Requirement("verdict", "fern", frozenset({"not-addressed"}), SPAN)
    words = failure_words(Failure(wanted, ("open",)))
    assert words.startswith(f"{SPAN}: fern verdict: expected not-addressed, seen open (an answer that")
    assert failure_words(Failure(wanted, ("option",))).endswith("seen option")


def test_cases_then_counts_then_what_would_cover_more(base: RuleBase) -> None:
    rule = base.rules[0].id
    case = parse_pairs(["scar_depth=deep"], base.knowledge)
    expected = Expected("mine", case, (), SPAN)
    failure = Failure(Requirement("plan", "", frozenset(), SPAN), ("a",))
    missed = Target(rule, -1, True)
    suggestions = [
        Suggestion(missed, 'that "it" fires', case, ""),
        Suggestion(missed, "that it does not", None, "it always does"),
    ]
    covered = Coverage((missed, Target(rule, 0, True)), (missed,))
    text = shown(case_blocks(base, [(expected, []), (expected, [failure])], covered, suggestions), LOOK)
    assert text.startswith(
        "pass  mine\nFAIL  mine\n      kb/cases/a.yaml:3:1: plan: expected nothing, seen a\n\n"
    )
    assert "2 cases: 1 pass, 1 fail.\nRules that fire in some case: 0 of 1 (0.0 %).\n" in text
    assert '\n\n# not covered: that "it" fires\n# what follows now' in text and "that 'it' fires" in text
    assert text.endswith("\n\n# not covered: that it does not\n# it always does")


def test_survivors_with_the_case_that_would_notice(base: RuleBase) -> None:
    mutant = Mutant("drop", "a-rule", "dropped", SPAN)
    case = parse_pairs(["scar_depth=deep"], base.knowledge)
    survivors = (
        Survivor(mutant, case, equivalent=False),
        Survivor(mutant, None, equivalent=True, why="it fires for the same cases"),
        Survivor(mutant, None, equivalent=False),
    )
    numbers = dict.fromkeys(KINDS, 2)
    lines = shown([score_blocks(Score(numbers, numbers, 1, survivors), base, None)], LOOK).split("\n")
    assert lines[0] == "Mutants noticed by some case:"
    first = len(KINDS) + 1
    assert lines[first].endswith("without 1 that no case could notice.")
    assert lines[first + 1] == "1 more would not have been loaded."
    assert [line.split()[0] for line in lines[first + 2 :]] == [
        "SURVIVES", "would", "equivalent", "it", "SURVIVES", "whether",
    ]  # fmt: skip
    assert "scar_depth=deep" in lines[first + 3]
    untried = shown([score_blocks(Score(numbers, numbers, 1, survivors, 2), base, None)], LOOK).split("\n")
    assert untried[first + 2].startswith("Of these, 2 mutants not tried, and counted as not noticed")


def test_what_goes_with_a_claim(base: RuleBase) -> None:
    id = next(iter(base.knowledge.claims))
    case = parse_pairs(["scar_depth=deep"], base.knowledge)
    load = Load(id, ("a", "b"), 1, 2, 3, 4, 5, Example(case, "fern", "option", "-"), ())
    text = shown(load_blocks(Loads((load,), {"fern": None, "moss": 6}, 7), base, None), LOOK)
    assert "(fern not counted, moss 6). Case files" in " ".join(text.split())
    assert f" {id} {base.knowledge.claims[id].says} without it go: a, b fern: option → -, as in " in " ".join(
        text.split()
    )
    assert text.split("\n")[-1].startswith("  ") and "scar_depth=deep" in text.split("\n")[-1]


def test_differences_and_how_sure_they_are(base: RuleBase) -> None:
    case = parse_pairs(["scar_depth=deep"], base.knowledge)
    thing = Thing("verdict", "fern", "")
    change = Change(thing, False, 2, 9, 20, 90, case, "option", "")
    edits = (
        Edited("rule", "a-rule", "edited", ("when",), (KeyValue("when", "", ""),)),
        Edited("claim", "p1s1", "added"),
    )
    text = shown(diff_blocks(Differences(edits, (change,)), [base, base], Path("d")), LOOK)
    assert "\n\nedited   rule a-rule (when)\nadded    claim p1s1\n\nfern verdict: differs in 2 of 9" in text
    assert "differs in 2 of 9 cases\n  option → nothing\n" in text and "--kb d" in text
    assert "the same" not in text
    uncounted = Differences((), (change._replace(cases=None),))
    assert "fern verdict: differs in some cases\n" in shown(diff_blocks(uncounted, [base, base], None), LOOK)
    same = Differences((), (change._replace(same=True, cases=0),))
    text = shown(diff_blocks(same, [base, base], None), LOOK)
    assert "Nothing declared was edited.\n\nVerdicts and timings: the same for every case" in text
    assert text.endswith("plan and advice: the same for every case.")
    undecided = Differences((), (change._replace(same=None, cases=None, example=None),))
    text = shown(diff_blocks(undecided, [base, base], None), LOOK)
    assert "fern verdict: whether it differs is not decided" in text and "the same" not in text
    assert fits(case, base)
