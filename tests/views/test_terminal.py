"""Blocks as lines: sections apart, items under their marks, tables or sentences, and the width asked for."""

from __future__ import annotations

import pytest
from support.shell import cicatrix

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
    apart,
    citing,
)
from expert.views.terminal import Look, flat, shown, table_formats

WIDE = Look()
LONG = "one two three four five six seven eight"
TABLE = Table(["Option", "", "Note"], [["a", "first", "-"], ["b", "", "more"]])


def test_words_say_what_they_are() -> None:
    words = ("a ", Marked("b", "hedge"), " ", Marked("c", "quote"), " ", Cited(("p1s1", "step2")))
    assert flat(words) == "a [b] “c” [p1s1 #2]"
    assert flat(citing("a", [])) == "a"
    assert flat(citing(("a", "b"), ["p1s1"])) == "ab  [p1s1]"


def test_sections_stand_apart() -> None:
    blocks = [Line("a"), Section("B", (Line("b", 2),)), apart(), apart(Line("c"), apart(Line("d"))), "e"]
    assert shown(blocks, WIDE) == "a\n\nB\n  b\n\nc\n\nd\n\ne"


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        (Line(LONG, 1), [" one two three four", "   five six seven", "   eight"]),
        (Paragraph(LONG, 1, 2), [" one two three four", "   five six seven", "   eight"]),
        (Item("* ", LONG), ["  * one two three", "    four five six", "    seven eight"]),
        (Item("because ", LONG, 0, 4), ["because one two", "    three four five", "    six seven eight"]),
        (Outline("a", (Outline("b", (Outline("c"),)), Outline("d"))), ["a", "  b", "    c", "  d"]),
        (Details([("a", "1"), ("long", "2")]), ["a     1", "long  2"]),
        (Items((Item("1 ", "a"), Item("2 ", "b"))), ["  1 a", "  2 b"]),
        (Heading("a", 2, 4), ["    a"]),
        (Note("a"), ["a"]),
        (Figure("a", "<svg></svg>"), ["a"]),
        (Cards((Section("a", (Line("b"),)), Section("c"))), ["a", "b", "c"]),
        (TABLE, ["Option: a", "first", "", "Option: b", "Note: more"]),
        (Beside((Line("a"), Line("b")), (Line("c"),)), ["a", "b", "c"]),
    ],
)
def test_no_line_is_longer_than_asked(block: Block, lines: list[str]) -> None:
    assert shown([block], Look(20)).split("\n") == lines


def test_a_line_is_broken_only_where_a_width_is_asked() -> None:
    assert shown([Line("word " * 40)], WIDE) == "word " * 40
    assert shown([Line("word " * 40)], Look(100)).count("\n") == 2


def test_plain_text_has_no_tables() -> None:
    assert "--" in shown([TABLE], WIDE)
    assert shown([TABLE], Look(plain=True)) == shown([TABLE], Look(20))
    assert shown([TABLE], Look(plain=True, table_format="github")).startswith("| Option")
    assert "github" in table_formats()


def test_two_things_stand_side_by_side_where_there_is_room() -> None:
    both = Beside((Line(LONG),), (Line("x" * 50), Paragraph(LONG)))
    lines = shown([both], WIDE).split("\n")
    assert [line[:41].rstrip() for line in lines] == [LONG, "", ""]
    assert [line[41:] for line in lines] == ["x" * 39, "  " + "x" * 11, LONG]
    assert shown([both], Look(plain=True)) == f"{LONG}\n{'x' * 50}\n{LONG}"


def test_what_is_a_file_is_never_broken() -> None:
    """A graph for another program is the same whatever the width of results."""
    graph = ["kb", "export", "--to", "dot"]
    assert cicatrix("--width", "40", *graph).stdout == cicatrix(*graph).stdout
