"""Blocks as Markdown: nothing in a text is markup, roles are, and blocks stand apart."""

from __future__ import annotations

import pytest

from expert.views.document import (
    Beside,
    Block,
    Cards,
    Cited,
    Details,
    Figure,
    Heading,
    Item,
    Items,
    Line,
    Marked,
    Note,
    Outline,
    Paragraph,
    Section,
    Table,
    Words,
)
from expert.views.markdown import markdown, text


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("*a*\n", r"\*a\*<br>"),
        (Marked("____", "blank"), "____"),
        (Marked("a_b", "code"), "`a_b`"),
        (Marked("a|b", "strong"), r"**a\|b**"),
        (Marked("a", "emphasis"), "*a*"),
        (Marked("a", "quote"), "“a”"),
        (Marked("a", "soft"), "a"),
        (("a ", Marked("it may be", "hedge")), "a *[it may be]*"),
        (Cited(("p1s1", "firing2")), r"\[p1s1 \#2\]"),
    ],
)
def test_words(words: Words, written: str) -> None:
    assert text(words) == written


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        (Section("a", (Line("b"), Section("c", (Line("d"),)))), ["## a", "", "b", "", "### c", "", "d"]),
        (Section("", (Line("b"),)), ["b"]),
        (Heading("a", 1), ["# a"]),
        (Paragraph("a"), ["a"]),
        (Note("a"), ["> a"]),
        (Item("* ", "a"), ["- a"]),
        (Items((Item("", "a"), Item("", "b"))), ["- a", "- b"]),
        (Items((Item("", "a"), Item("", "b")), ordered=True), ["1. a", "2. b"]),
        (Outline("a", (Outline("b"),)), ["- a", "  - b"]),
        (Details([("a", "b")]), ["- a: b"]),
        (Beside((Line("a"),), (Line("b"),)), ["a", "", "b"]),
        (Figure("a", "<svg></svg>"), ["a"]),
        (Cards((Section("a"), Section("b"))), ["## a", "", "## b"]),
        (
            Table(["A", "B"], [["a", Items((Item("", "b"), Item("", "c")))]]),
            ["| A | B |", "|---|---|", "| a | b<br>c |"],
        ),
    ],
)
def test_blocks(block: Block, lines: list[str]) -> None:
    assert list(markdown([block])) == lines
