"""Blocks as lines of text, as wide as is asked for, whatever the terminal.

Plain output has no tables and nothing side by side: each row is a paragraph of `heading: cell` lines, which
a screen reader reads in order, and which fits any width.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from expert.views.document import (
    Beside,
    Block,
    Cards,
    Cell,
    Cited,
    Details,
    Figure,
    Heading,
    Item,
    Items,
    Line,
    Note,
    Outline,
    Paragraph,
    Piece,
    Section,
    Table,
    Words,
    pieces,
)

WIDTH = 80


class Look(NamedTuple):
    """How wide lines are at most, and whether nothing is to stand side by side.

    Single lines are broken only if a width was asked for; a narrow text has no tables.
    """

    width: int = WIDTH
    plain: bool = False
    table_format: str = "simple"  # one of tabulate's

    @property
    def narrow(self) -> bool:
        return self.plain or self.width < WIDTH


def shown(blocks: Iterable[Block | str], look: Look) -> str:
    """The blocks as text; a text among them is a line."""
    lines = _stacked([Line(block) if isinstance(block, str) else block for block in blocks], look)
    if look.width != WIDTH:
        lines = [piece for line in lines for piece in _fitted(line, look.width)]
    return "\n".join(lines)


def flat(words: Words) -> str:
    """Words as they are read on a terminal."""
    return "".join(_piece(piece) for piece in pieces(words))


def _piece(piece: Piece) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Cited):
        return f"[{' '.join(id.replace('step', '#') for id in piece.ids)}]"
    match piece.role:
        case "hedge":
            return f"[{piece.text}]"
        case "quote":
            return f"“{piece.text}”"
        case "basis":
            return f"({piece.text})"
    return piece.text


def _stacked(blocks: Iterable[Block], look: Look) -> list[str]:
    """Blocks one below the other; an empty line parts sections from all else."""
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
                yield flat(heading)
            yield from _stacked(blocks, look)
        case Heading(words, _, indent) | Line(words, indent):
            yield from (" " * indent + line for line in flat(words).split("\n"))
        case Paragraph(words, indent, hang):
            yield from wrapped(flat(words), look.width, " " * indent, " " * (indent + hang))
        case Note(words):
            yield from wrapped(flat(words), look.width)
        case Item(mark, words, indent, hang):
            first = " " * indent + mark
            later = None if hang is None else " " * hang
            yield from wrapped(flat(words), look.width, first, later)
        case Items(items):
            yield from _stacked(items, look)
        case Outline():
            yield from _branches(block, look.width, "")
        case Details(rows):
            widest = max((len(name) for name, _ in rows), default=0)
            yield from (f"{name:{widest}}  {flat(words)}" for name, words in rows)
        case Table():
            yield from table(block, look)
        case Beside(left, right):
            yield from _beside(left, right, look)
        case Figure(caption):
            yield flat(caption)
        case Cards(sections):
            for section in sections:
                yield from _lines(section, look)


def _branches(tree: Outline, width: int, indent: str) -> Iterator[str]:
    """A tree, two spaces a level."""
    yield from wrapped(flat(tree.words), width, indent, indent + "    ")
    for part in tree.parts:
        yield from _branches(part, width, indent + "  ")


def _beside(left: Sequence[Block], right: Sequence[Block], look: Look) -> Iterator[str]:
    if look.narrow:
        yield from (*_stacked(left, look), *_stacked(right, look))
        return
    column = (look.width - 2) // 2
    columns = _column(left, look, column), _column(right, look, column)
    for one, other in zip_longest(*columns, fillvalue=""):
        yield f"{one:{column}}  {other}".rstrip()


def _column(blocks: Sequence[Block], look: Look, width: int) -> list[str]:
    """Blocks in lines none of which is longer, even if a word is."""
    lines = []
    for line in _stacked(blocks, look._replace(width=width)):
        indent = line[: len(line) - len(line.lstrip())]
        later = indent + "  "
        lines += textwrap.wrap(line, width, subsequent_indent=later, break_on_hyphens=False) or [""]
    return lines


def wrapped(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """The text in lines of at most `width` characters, under a first and a later indent."""
    later = rest if rest is not None else " " * len(first)
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [first.rstrip()]


def _fitted(line: str, width: int) -> list[str]:
    """A line in lines of that width."""
    if len(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return wrapped(line.lstrip(), width, indent, indent + "  ")


def table(block: Table, look: Look) -> Iterator[str]:
    """A table in one of tabulate's formats; or, in plain or narrow text, a paragraph for each row."""
    body = [[cell_text(cell) for cell in row] for row in block.rows]
    if look.narrow and look.table_format == "simple":
        for place, row in enumerate(body):
            if place:
                yield ""
            yield from _paragraph(row, block.headers, look.width)
        return
    from tabulate import tabulate  # takes longest to import, and many results have no table

    widths = block.widths or [None] * len(block.headers)
    drawn = tabulate(
        body, block.headers, tablefmt=look.table_format, maxcolwidths=widths, disable_numparse=True
    )
    yield from drawn.split("\n")


def cell_text(cell: Cell) -> str:
    """A cell as it is read on a terminal."""
    return "; ".join(flat(item.words) for item in cell.items) if isinstance(cell, Items) else flat(cell)


def _paragraph(row: Sequence[str], headers: Sequence[str], width: int) -> Iterator[str]:
    for heading, cell in zip(headers, row, strict=True):
        if cell.strip(" -"):
            yield from wrapped(f"{heading}: {cell}" if heading else cell, width, "", "  ")


def table_formats() -> list[str]:
    """The names of tabulate's formats."""
    from tabulate import tabulate_formats

    return list(tabulate_formats)
