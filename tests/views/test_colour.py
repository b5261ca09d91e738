"""Colour: what has a role gets its shade, in every line it is broken into, and nothing else changes."""

from __future__ import annotations

import random

from wcwidth import strip_sequences

from expert.io.cells import wrapped
from expert.language.words import VERDICT_WORDS
from expert.views.colour import VERDICT_SHADES, painted
from expert.views.document import Cited, Item, Items, Line, Marked, Section, Table, Words, titled
from expert.views.terminal import Look, flat, shown

COLOUR = Look(colour=True)
BOLD, DIM, GREEN, END = "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[0m"


def test_a_role_keeps_its_shade_in_every_line() -> None:
    words: Words = ("one two ", Marked("three four five", "soft"), " six")
    lines = wrapped(flat(words), 10, "* ", "  ")
    assert lines == ["* one two", "  three", "  four", "  five six"]
    assert painted(lines, words, "* ") == [
        "* one two",
        f"  {DIM}three{END}",
        f"  {DIM}four{END}",
        f"  {DIM}five {END}six",
    ]


def test_verdicts_headings_and_references_have_one() -> None:
    rows = [["a", Marked("option", "verdict")], ["b", Marked("Not advised for the deep scars", "verdict")]]
    blocks = [
        Section(titled("Plan", "aside"), (Item("1  ", ("x  ", Cited(("p1s1",)))), Table(["A", "B"], rows)))
    ]
    text = shown(blocks, COLOUR)
    assert f"{BOLD}Plan  {END}{DIM}(aside){END}" in text
    assert f"1  x  {DIM}[p1s1]{END}" in text
    assert f"{GREEN}option{END}" in text and "\x1b[31mNot advised for the deep scars\x1b[0m" in text
    assert VERDICT_SHADES.keys() <= VERDICT_WORDS.keys()


def test_whatever_is_shown_is_the_same_without_colour() -> None:
    random.seed(5)
    for _ in range(100):
        words: list[str | Marked | Cited] = []
        for _ in range(random.randint(1, 9)):
            text = " ".join("x" * random.randint(1, 30) for _ in range(random.randint(1, 6)))
            words += [
                random.choice([text, Marked(text, "soft"), Marked("preferred", "verdict"), Cited(("p1s1",))]),
                " ",
            ]
        rows = [[tuple(words), text, Items((Item("a", text),))] for text in ("x", "y " * 30)]
        blocks = [Line(tuple(words), 3), Item("* ", tuple(words)), Table(["A", "B", "C"], rows)]
        for width in (30, 80, 100):
            assert strip_sequences(shown(blocks, Look(width, colour=True))) == shown(blocks, Look(width))
