"""Populations in tables: shares of the cases, what would settle most, whom an edit touches."""

from pathlib import Path

import pytest

pytest.importorskip("polars")

from expert.knowledge.load import load
from expert.language.rules import RuleBase
from expert.population.affected import Affected, Moved, Responsible
from expert.population.run import Counts
from expert.population.summary import ForTarget, PopulationSummary, Question, Share, Spread
from expert.views.populations import affected_blocks, run_blocks, summary_blocks
from expert.views.terminal import Look, shown

LOOK = Look()


def test_what_became_of_the_rows() -> None:
    lines = shown(run_blocks(Counts(1200, 1199, 1), Path("r.jsonl")), LOOK).split("\n")
    assert lines == [
        "1,200 read, 1,199 accepted, 1 rejected",
        "Rows that are no cases, with the reasons: r.jsonl",
    ]
    assert len(run_blocks(Counts(1, 1, 0), Path("r"))) == 1


def test_a_summary(base: RuleBase) -> None:
    k = base.knowledge
    first, second, *_ = k.options.values()
    name, term = next(iter(k.attributes.items()))
    target, about = next(iter(k.targets.items()))
    found = PopulationSummary(
        cases=4,
        verdicts=(
            Share(first.id, "option", 3),
            Share(first.id, "preferred", 1),
            Share(second.id, "option", 4),
        ),
        timings=(Share(first.id, "now", 2),),
        fired=(Share("rare", "", 1), Share("often", "", 4)),
        undecided=(Share(first.id, "", 3),),
        undecided_cases=3,
        questions=(Question(name, 2, 1), Question("other", 0, 0)),
        costs=(Spread(first.id, "low", 2, "2000.50", ("1", "2", "3", "4", "5")),),
        uncounted=(second.id,),
        targets=(ForTarget(first.id, target, "option", 2), ForTarget(first.id, target, "not-advised", 1)),
        now=(Share(first.id, "now", 2),),
    )
    text = shown(summary_blocks(found, k), LOOK)
    rows = [line.split() for line in text.split("\n")]
    assert [*first.label.split(), "option", "3", "75.0%", "2", "3"] in rows
    assert [*second.label.split(), "option", "4", "100.0%", "0", "not", "counted"] in rows
    assert [*first.label.split(), *about.label.split(), "option", "2", "50.0%"] in rows
    assert ["not", "advised", "1", "25.0%"] in rows
    assert [*term.label.split(), "2", "50.0%", "1"] in rows
    assert any(row[-7:] == ["2", "2,000.50", "1", "2", "3", "4", "5"] for row in rows)
    assert text.index("often") < text.index("rare")
    nobody = PopulationSummary(0, (), (), (), (), 0, (), (), ())
    assert "would settle" not in shown(summary_blocks(nobody, k), LOOK)


def test_whom_an_edit_touches() -> None:
    rule = Responsible("a-rule", ("p1s1",), 3, 4, True)
    moved = Moved("fern", "verdict", "option", "preferred", 2, (1, 5), (rule._replace(rule="b-rule"),))
    found = Affected(Counts(9, 9, 0), Counts(9, 8, 1), 8, 2, (moved,), (rule,))
    text = shown(affected_blocks(found), LOOK)
    assert text.startswith(
        "8 cases under both, of which 2 (25.0%) are shown something else\n\nAccepted: 9 by"
    )
    rows = [line.split() for line in text.split("\n")]
    assert ["fern", "verdict", "option", "->", "preferred", "2", "1", "5"] in rows
    assert ["b-rule", "p1s1", "yes", "-", "-"] in rows and ["a-rule", "p1s1", "yes", "3", "4"] in rows
    same = Affected(Counts(9, 9, 0), Counts(9, 9, 0), 9, 0, (), ())
    assert len(affected_blocks(same)) == 1
    none = Affected(Counts(9, 0, 9), Counts(9, 0, 9), 0, 0, (), ())
    assert shown(affected_blocks(none), LOOK).split("\n\n") == [
        "No row is a case under both: nothing was compared",
        "Rejected: 9 by the old, 9 by the new; `population run` says why",
    ]
    empty = Affected(Counts(0, 0, 0), Counts(0, 0, 0), 0, 0, (), ())
    assert shown(affected_blocks(empty), LOOK) == "There is no row: nothing was compared"


def test_without_options_nothing_is_said_of_verdicts() -> None:
    base = load(Path(__file__).parents[2] / "examples" / "sirs")
    text = shown(summary_blocks(PopulationSummary(2, (), (), (), (), 0, (), (), ()), base.knowledge), LOOK)
    assert "Cases: 2" in text and "Verdict" not in text and "verdict" not in text
