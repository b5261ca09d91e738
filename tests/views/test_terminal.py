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
from expert.views.terminal import Look, allotted, flat, shown, table_formats

WIDE = Look()
LONG = "one two three four five six seven eight"
TABLE = Table(["Option", "", "Note"], [["a", "first", "-"], ["b", "", "more"]])


def test_words_say_what_they_are() -> None:
    words = ("a ", Marked("b", "hedge"), " ", Marked("c", "quote"), " ", Cited(("p1s1", "firing2")))
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
        (Cards((Section("a", (Line("b"),)), Section("c"))), ["  a", "b", "  c"]),
        (TABLE, ["Option: a", "first", "", "Option: b", "Note: more"]),
        (Beside((Line("a"), Line("b")), (Line("c"),)), ["a", "b", "c"]),
    ],
)
def test_no_line_is_longer_than_asked(block: Block, lines: list[str]) -> None:
    assert shown([block], Look(20)).split("\n") == lines


def test_a_line_is_broken_only_where_it_is_too_long() -> None:
    assert shown([Line("a   b " * 13)], WIDE) == "a   b " * 13
    assert shown([Line("word " * 40)], WIDE).count("\n") == 2
    assert shown([Line("p1s1   " + "word " * 9, 2)], Look(30)).split("\n")[1].startswith(" " * 9 + "word")


def test_columns_give_way_where_a_table_is_too_wide() -> None:
    """The widest first, to their words and further; what has no room for columns is told in sentences."""
    assert allotted([10, 40, 30], [5, 8, 9], 80) == [10, 40, 30]
    assert allotted([10, 40, 30], [5, 8, 9], 60) == [10, 25, 25]
    assert allotted([10, 40, 30], [5, 35, 9], 60) == [10, 35, 15]
    assert allotted([10, 40, 30], [10, 40, 30], 60) == [10, 25, 25]
    assert allotted([10, 40, 30], [10, 40, 30], 20) is None
    assert allotted([10, 40, 30], [10, 40, 10], 50, [10, 30, 10]) == [10, 30, 10]


def test_headings_are_broken_between_words_before_any_cell_is_within_one() -> None:
    """As in a table of a result that each option has, with a date."""
    headings = ["#", "Gear", "The worth", "The length", "The day of the next check"]
    headings += ["Verdict", "When", "Cost", "For"]
    row = ["1", "Snowboard", "-1", "not concluded", "2022-06-01 and 2024-01-01"]
    row += ["not advised", "-", "200.03 CHF to 224.03 CHF", "piste"]
    drawn = shown([Table(headings, [row])], Look(80))
    for text in ("Snowboard", "2022-06-01", "2024-01-01", "concluded"):
        assert text in drawn
    wide = Table(["A", "B", "C"], [["one " * 12, "x" * 50, "c"]])
    for look in (WIDE, Look(100), Look(table_format="grid"), Look(90, table_format="github")):
        text = shown([wide], look)
        assert max(map(len, text.split("\n"))) <= look.width and "c" in text
    many = Table(["heading"] * 12, [["cell"] * 12])
    assert shown([many], WIDE) == "\n".join(["heading: cell"] * 12)


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
