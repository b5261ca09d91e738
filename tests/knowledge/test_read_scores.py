"""Scores as they are read: items, their bounds, and what cannot be added up."""

from __future__ import annotations

import pytest
from support.chained import HEADS
from support.loading import MINIMAL, texts

from expert.knowledge.load import open_files
from expert.language.conclusions import First, Row, Tally
from expert.language.conditions import AllOf, Is, Ref

FINDING = "findings:\n  points: {type: count, label: Points, says: '{value} points'}\n"
DIM = AllOf((Is(Ref("attribute", "light"), ("dim",)),))


def scored(items: str, file: str = "- ") -> tuple[list[Tally], list[str]]:
    """The scores of the small knowledge base with a rule that adds some items up, and what is wrong."""
    files = texts(MINIMAL)
    vocabulary = files["kb/vocabulary.yaml"].replace("findings:\n", FINDING)
    rule = f"{{id: mine, claims: p1s1, basis: stated, because: So., then: {{score: {{points: {items}}}}}}}\n"
    base, problems = open_files({**files, "kb/vocabulary.yaml": vocabulary, "rules/3.yaml": file + rule})
    told = [problem.message for problem in problems]
    return [c for r in base.rules if r.id == "mine" for c in r.then if isinstance(c, Tally)], told


@pytest.mark.parametrize("file", ["- ", ""])  # one rule may stand in a file without a list
def test_items_of_a_score(file: str) -> None:
    rows = "{points: 2, when: {light: dim}}, {first: [{points: 1, when: {light: dim}}, 3]}, 4"
    [score], problems = scored(f"[{rows}]", file)
    assert problems == []
    assert score.items == (Row(2, DIM, ()), First((Row(1, DIM, ()),), 3), 4)


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ("3", "the items of `points` must be a list"),
        ("[{points: 1}]", "has no `when`"),
        ("[{first: [3, {points: 1, when: {light: dim}}]}]", "a number for the rest stands last"),
        ("[option.fee]", "is a property, and no item of a score"),
        ("[{points: -1, when: {light: dim}}]", "can add up to -1, less than its `min`"),
    ],
)
def test_what_is_no_score(items: str, told: str) -> None:
    _, problems = scored(items)
    assert any(told in message for message in problems), problems


def test_scores_that_add_up_each_other_in_a_long_line_have_ranges() -> None:
    """Each adds up the one before it, the first twenty those two before it: there are many ways down."""
    rules, findings, most = [], [], [0, 0]
    for n in range(600):
        added = [f"s{m}" for m in (n - 1, n - 2)[: 2 if n < 20 else 1] if m >= 0]
        items = ", ".join([*added, "{points: 1, when: {start: yes}}"])
        then = f"{{score: {{s{n}: [{items}]}}}}"
        rules.append(f"- {{id: r{n}, claims: p1s1, basis: stated, then: {then}, because: So.}}\n")
        findings.append(f"  s{n}: {{type: count, label: score {n}{', max: 3' if n == 599 else ''}}}\n")
        most.append(1 + most[-1] + (most[-2] if n < 20 else 0))
    vocabulary = (
        "attributes:\n  start: {type: yes-no, label: start, question: 'Does it?'}\n"
        f"findings:\n{''.join(findings)}topics: {{effect: {{label: effect, decides: yes}}}}\n"
    )
    _, problems = open_files({**HEADS, "kb/vocabulary.yaml": vocabulary, "rules/1.yaml": "".join(rules)})
    said = f"the items of `s599` can add up to {most[-1]}, more than its `max`, 3"
    assert [problem.message.replace(",", "") for problem in problems] == [said.replace(",", "")]
