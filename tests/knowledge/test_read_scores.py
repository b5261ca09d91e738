"""Scores as they are read: items, their bounds, and what cannot be added up."""

from __future__ import annotations

import pytest
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
