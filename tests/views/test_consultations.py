"""A consultation as blocks: verdicts and references keep their roles, and nothing is shown twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from expert.analysis.expected import load_cases
from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.result import Consultation
from expert.consultation.standing import ranked
from expert.language.rules import RuleBase
from expert.language.words import VERDICT_WORDS
from expert.views.consultations import footer, last_words, recommendation_table
from expert.views.document import Cited, Line, Marked, Paragraph, Section, apart, pieces
from expert.views.screen import Below, Extent, consultation_blocks
from expert.views.terminal import Look, flat, shown

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found(base: RuleBase) -> Consultation:
    return infer(base, parse_pairs(["scar_depth=deep", "active_acne=yes"], base.knowledge))


def all_of(found: Consultation, base: RuleBase, **asked: bool) -> list[Section]:
    return consultation_blocks(found, base.knowledge, Extent(**{"full": True, **asked}), Below())


def test_sections_in_their_order(base: RuleBase, found: Consultation) -> None:
    whole = all_of(found, base)
    headings = [flat(section.heading).split("  ")[0] for section in whole]
    assert headings == ["Trace", "Arguments", "Advice", "Plan", "", "Cautions", ""]
    untraced = all_of(found, base, trace=False)
    assert untraced[:2] == whole[1:3] and untraced[3:-1] == whole[4:-1]
    assert untraced[2].blocks == whole[3].blocks
    assert all_of(found, base, brief=True) == untraced[2:]


def test_what_the_document_does_not_state_is_marked(base: RuleBase, found: Consultation) -> None:
    """In the plan, among the arguments and the cautions, on every case of the base."""
    marks = Counter[str]()
    for expected in load_cases(ROOT, base):
        found = infer(base, expected.given)
        text = " ".join(shown(all_of(found, base), Look(2000)).split("\n"))
        for step in found.plan:
            bases = {next(rule.basis for rule in base.rules if rule.id == name) for name in step.rules}
            mark = "" if "stated" in bases else " (inferred)" if "inferred" in bases else " (added)"
            assert f"{step.text}{mark}  [" in text
            marks[mark] += 1
        for said in found.advice:
            mark = "" if said.basis == "stated" else f" ({said.basis})"
            assert f"{said.text}{mark}  [" in text
            marks[mark] += 1
    assert len(marks) == 3


def test_the_best_verdict_first(base: RuleBase, found: Consultation) -> None:
    table = recommendation_table(found, base.knowledge)
    order = list(VERDICT_WORDS.values())
    verdicts = [row[1] for row in table.rows]
    assert verdicts == [Marked(VERDICT_WORDS[r.verdict], "verdict") for r in ranked(found, base.knowledge)]
    places = [order.index(verdict.text) for verdict in verdicts if isinstance(verdict, Marked)]
    assert places == sorted(places)


def test_every_step_of_the_trace_cites_what_it_rests_on(base: RuleBase, found: Consultation) -> None:
    trace = all_of(found, base)[0]
    cited = {id for line in trace.blocks if isinstance(line, Line) for piece in pieces(line.words)
             if isinstance(piece, Cited) for id in piece.ids}  # fmt: skip
    assert cited == {claim for firing in found.firings for claim in firing.claims}


def test_the_last_words(found: Consultation) -> None:
    steps, reviewed, disclaimer = last_words(found, ["a", "b"], recorded=False)
    assert (
        steps.startswith(f"{len(found.firings)} firings of ") and "2 have not been reviewed: see" in reviewed
    )
    assert found.knowledge.disclaimer in disclaimer
    assert "2 had not been reviewed when this was recorded" in last_words(found, ["a", "b"], True)[1]
    assert [flat(b.words) for b in footer(found).blocks if hasattr(b, "words")] == [steps, disclaimer]


def test_nothing_follows_from_nothing(base: RuleBase, found: Consultation) -> None:
    empty = found._replace(plan=(), recommendations=(), advice=(), firings=())
    assert all_of(empty, base, trace=False)[0] == apart(Paragraph("Nothing follows from what is known."))
    without_steps = all_of(found._replace(plan=()), base, trace=False)
    assert "Nothing follows" not in shown(without_steps, Look())
