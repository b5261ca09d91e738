"""Blocks as lines of text, as wide as is asked for, whatever the terminal.

Plain output has no tables and nothing side by side: each row is a paragraph of `heading: cell` lines, which
a screen reader reads in order, and which fits any width.
"""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from types import ModuleType
from typing import Any, NamedTuple

from expert.io.cells import WIDTH, cells, continued, lightly, narrow, padded, wcwidth, wrapped
from expert.views.colour import painted
from expert.views.document import (
    Beside,
    Block,
    Cards,
    Cell,
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
    Role,
    Section,
    Table,
    Words,
    as_read,
    branches_of,
    pieces,
)

# what a line hangs below: its indent, or a short mark as that of a list
BEGINNING = r"( *)((?:\S{1,8}  +)?)"
HEADING = 2  # by so much a column is wider than its heading, as tabulate draws it
LEAST = 8  # the narrowest that a column is made


class Look(NamedTuple):
    """How wide lines are at most, in cells, whether nothing is to stand side by side, and whether in colour.

    A narrow text has no tables.
    """

    width: int = WIDTH
    plain: bool = False
    table_format: str = "simple"  # one of tabulate's
    colour: bool = False

    @property
    def narrow(self) -> bool:
        return self.plain or self.width < WIDTH


def shown(blocks: Iterable[Block | str], look: Look) -> str:
    """The blocks as text; a text among them is a line."""
    return "\n".join(lines_of([Line(block) if isinstance(block, str) else block for block in blocks], look))


def flat(words: Words) -> str:
    """Words as they are read on a terminal."""
    return "".join(as_read(piece) for piece in pieces(words))


def lines_of(blocks: Iterable[Block], look: Look) -> list[str]:
    """The lines of blocks, one below the other; an empty line parts sections from all else."""
    lines: list[str] = []
    after_section = False
    for block in blocks:
        section = isinstance(block, Section)
        new = list(_lines(block, look))
        if new and lines and (section or after_section):
            lines.append("")
        lines += new
        after_section = section if new else after_section
    return lines


def _lines(block: Block, look: Look) -> Iterator[str]:
    """One block as lines."""
    match block:
        case Section(heading, blocks):
            if heading:
                yield from _line(heading, look, 0, "heading")
            yield from lines_of(blocks, look)
        case Heading(words, _, indent):
            yield from _line(words, look, indent, "heading")
        case Line(words, indent):
            yield from _line(words, look, indent)
        case Paragraph(words, indent, hang):
            yield from _laid(words, look, " " * indent, " " * (indent + hang))
        case Note(words):
            yield from _laid(words, look)
        case Item(mark, words, indent, hang):
            yield from _laid(words, look, " " * indent + mark, None if hang is None else " " * hang)
        case Items(items):
            yield from lines_of(items, look)
        case Outline():
            yield from _branches(block, look)
        case Details(rows):
            widest = max((cells(name) for name, _ in rows), default=0)
            for name, words in rows:
                yield from _laid(words, look, f"{padded(name, widest)}  ")
        case Table():
            yield from table(block, look)
        case Beside(left, right):
            yield from _beside(left, right, look)
        case Figure(caption):
            yield from _laid(caption, look)
        case Cards(sections):
            for section in sections:
                yield from _line(section.heading, look, 2, "heading")
                yield from lines_of(section.blocks, look)


def _laid(words: Words, look: Look, first: str = "", rest: str | None = None) -> list[str]:
    """Words in lines, under a first and a later indent."""
    lines = wrapped(flat(words), look.width, first, rest)
    return painted(lines, words, first) if look.colour else lines


def _line(words: Words, look: Look, indent: int, role: Role = "") -> list[str]:
    """Words as they are, broken only where they are too long."""
    lines = []
    for line in flat(words).split("\n"):
        text = " " * indent + line
        if cells(text) <= look.width:
            lines.append(text)
            continue
        begun = re.match(BEGINNING, text)
        spaces, mark = begun.groups() if begun else ("", "")
        if any(isinstance(piece, Marked) and piece.role == "command" for piece in pieces(words)):
            lines += continued(text.lstrip(), look.width, spaces)
            continue
        rest = " " * cells(spaces + mark) if mark else spaces + "  "
        rest = "# " if text.startswith("# ") else rest  # a comment in a file stays one
        lines += wrapped(text.lstrip(), look.width, spaces, rest)
    return painted(lines, words, "", role) if look.colour else lines


def _branches(tree: Outline, look: Look) -> Iterator[str]:
    """A tree, two spaces a level; where half the width is gone, levels are numbered instead."""
    deepest = look.width // 4
    for level, branch in branches_of(tree):
        indent = "  " * min(level, deepest)
        number = (f"{level}: ",) if level > deepest else ()
        yield from _laid((*number, *pieces(branch.words)), look, indent, indent + "    ")


def _beside(left: Sequence[Block], right: Sequence[Block], look: Look) -> Iterator[str]:
    if look.narrow:
        yield from (*lines_of(left, look), *lines_of(right, look))
        return
    column = (look.width - 2) // 2
    columns = [lines_of(blocks, look._replace(width=column)) for blocks in (left, right)]
    for one, other in zip_longest(*columns, fillvalue=""):
        yield f"{padded(one, column)}  {other}".rstrip()


# --- tables ----------------------------------------------------------------------------------
def table(block: Table, look: Look) -> Iterator[str]:
    """A table in one of tabulate's formats; or, in plain or narrow text, a paragraph for each row.

    Columns are as wide as what is in them; where that is too wide, the widest give way, and where there is no
    room even so, there is a paragraph for each row as well. Formats that are for
    other programs, in which a cell is one line, are as wide as they come out.
    """
    simple = look.table_format == "simple"
    if look.narrow and simple:
        yield from _paragraphs(block, look)
        return
    body = [[cell_text(cell) for cell in row] for row in block.rows]
    natural = [max(map(cells, column)) for column in _columns(block.headers, body)]
    # between columns of the simple format there are two spaces; of another, drawing tells
    lines = [] if simple else _drawn(block, natural, look)
    drawn = sum(natural) + 2 * (len(natural) - 1) if simple else max(map(cells, lines), default=0)
    over = drawn - look.width
    if over > 0 and look.table_format in _tabulate().multiline_formats:
        columns = _columns(block.headers, body)
        least = [_longest_word(column) for column in columns]
        broken = [_longest_word([_longest_of(column[0]), *column[1:]]) for column in columns]
        widths = allotted(natural, least, sum(natural) - over, broken)
        if widths is None:
            yield from _paragraphs(block, look)
            return
        natural, lines = widths, []
    yield from lines or _drawn(block, natural, look)


def allotted(
    natural: Sequence[int], least: Sequence[int], room: int, broken: Sequence[int] = ()
) -> list[int] | None:
    """How wide columns are in so much room: the widest give way, to their longest words, then further.

    `broken` is how wide they are at least where headings are broken between words, too, before any word is.
    None if there is no room for them.
    """
    widths = list(natural)
    for floors in (least, broken or least, [LEAST] * len(natural)):
        while sum(widths) > room:
            giving = [place for place, width in enumerate(widths) if width > floors[place]]
            if not giving:
                break
            widths[max(giving, key=lambda place: widths[place])] -= 1
    return widths if sum(widths) <= room else None


def _columns(headers: Sequence[str], body: Sequence[Sequence[str]]) -> list[list[str]]:
    """The texts of each column; a heading has more room than it takes, as tabulate draws it."""
    columns = [[heading + " " * HEADING] for heading in headers]
    for row in body:
        for column, text in zip(columns, row, strict=True):
            column.append(text)
    return columns


def _longest_word(texts: Sequence[str]) -> int:
    words = [word for text in texts[1:] for word in text.split()]
    return max(map(cells, [texts[0], *words]))


def _longest_of(heading: str) -> str:
    """The longest word of a heading, with the room that it has beside it."""
    return max(heading.split(), key=cells, default="") + " " * HEADING


def _drawn(block: Table, widths: Sequence[int], look: Look) -> list[str]:
    """The table with columns of these widths."""
    tabulate = _tabulate()
    headers = [
        "\n".join(wrapped(heading, max(1, width - HEADING), on_hyphens=True))
        for heading, width in zip(block.headers, widths, strict=True)
    ]
    body = []
    for row in block.rows:
        body.append([_cell(cell, width, look) for cell, width in zip(row, widths, strict=True)])
    texts = [*headers, *(text for row in body for text in row)]
    # wide characters are looked up only where there are any
    tabulate.wcwidth = None if all(narrow(text.replace("\n", "")) for text in texts) else wcwidth
    tabulate.WIDE_CHARS_MODE = tabulate.wcwidth is not None
    drawn: str = tabulate.tabulate(body, headers, tablefmt=look.table_format, disable_numparse=True)
    return drawn.split("\n")


def _tabulate() -> Any:
    """It takes longest to import, and longer with what it knows cells by; many results have no table.

    It looks its own version up, for which nobody here asks: what reads that (and with it what reads mail)
    takes four times as long to load as the rest.
    """
    return lightly("tabulate", {"wcwidth": None, "importlib.metadata": _no_packages()})


def _no_packages() -> ModuleType:
    """What stands for `importlib.metadata` where it is asked for a version: it finds none."""

    def version(package: str) -> str:
        raise ModuleNotFoundError(package)

    packages = ModuleType("importlib.metadata")
    vars(packages).update(version=version, PackageNotFoundError=ModuleNotFoundError)
    return packages


def _cell(cell: Cell, width: int, look: Look) -> str:
    text = cell_text(cell)
    lines = [text] if cells(text) <= width else wrapped(text, width, on_hyphens=True)
    if look.colour and not isinstance(cell, Items):
        lines = painted(lines, cell)
    return "\n".join(lines)


def cell_text(cell: Cell) -> str:
    """A cell as it is read on a terminal."""
    return (
        "; ".join(flat(item.words) for item in cell.items) if isinstance(cell, Items) else flat(cell)
    ).strip()


def _paragraphs(block: Table, look: Look) -> Iterator[str]:
    """A paragraph for each row: `heading: cell` lines."""
    for place, row in enumerate(block.rows):
        if place:
            yield ""
        for heading, cell in zip(block.headers, row, strict=True):
            text = cell_text(cell)
            if text.strip(" -"):
                words = (text,) if isinstance(cell, Items) else pieces(cell)
                yield from _laid((f"{heading}: ", *words) if heading else words, look, "", "  ")


def table_formats() -> list[str]:
    """The names of tabulate's formats."""
    return list(_tabulate().tabulate_formats)
