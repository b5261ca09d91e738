"""Blocks as Markdown: nothing in a text is read as markup, roles are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from expert.io.quoting import safe
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
    branches_of,
    pieces,
)

MARKS = {"strong": "**", "name": "**", "verdict": "**", "emphasis": "*"}  # on both sides, by role


def markdown(blocks: Iterable[Block], level: int = 2) -> Iterator[str]:
    """The lines of the blocks, with an empty line between any two; sections are headed at this level."""
    first = True
    for block in blocks:
        lines = list(_lines(block, level))
        if lines and not first:
            yield ""
        first = first and not lines
        yield from lines


def text(words: Words) -> str:
    """Words on one line."""
    return "".join(_piece(piece) for piece in pieces(words))


def plain(words: str) -> str:
    """A text in which nothing is Markdown."""
    return re.sub(r"([\\`*_\[\]<>|#~&$])", r"\\\1", safe(words))


def _piece(piece: Piece) -> str:
    if isinstance(piece, str):
        return plain(piece).replace("\n", "<br>")
    if isinstance(piece, Cited):
        return plain(f"[{' '.join(id.replace('firing', '#') for id in piece.ids)}]")
    match piece.role:
        case "blank":
            return piece.text  # a place to write on
        case "code" | "command":
            return f"`{safe(piece.text)}`"
        case "hedge":
            return f"*[{plain(piece.text)}]*"
        case "quote":
            return f"“{plain(piece.text)}”"
    mark = MARKS.get(piece.role, "")
    return f"{mark}{plain(piece.text)}{mark}"


def _lines(block: Block, level: int) -> Iterator[str]:
    match block:
        case Section(heading, blocks):
            yield from markdown([*([Heading(heading, level)] if heading else []), *blocks], level + 1)
        case Heading(words, depth):
            yield f"{'#' * depth} {text(words)}"
        case Paragraph(words) | Line(words):
            yield text(words)
        case Note(words):
            yield f"> {text(words)}"
        case Item():
            yield _item(block, "-")
        case Items(items, ordered):
            yield from (_item(item, f"{n}." if ordered else "-") for n, item in enumerate(items, 1))
        case Outline():
            yield from _branches(block)
        case Details(rows):
            yield from (f"- {plain(name)}: {text(words)}" for name, words in rows)
        case Table(headers, rows):
            yield _row([plain(name) for name in headers])
            yield f"|{'---|' * len(headers)}"
            yield from (_row([_cell(cell) for cell in row]) for row in rows)
        case Beside(left, right):
            yield from markdown([*left, *right], level)
        case Figure(caption):
            yield text(caption)
        case Cards(sections):
            yield from markdown(sections, level)


def _item(item: Item, mark: str) -> str:
    return f"{mark} {text(item.words)}"


def _branches(outline: Outline) -> Iterator[str]:
    for level, branch in branches_of(outline):
        yield f"{'  ' * level}- {text(branch.words)}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    return "<br>".join(text(item.words) for item in cell.items) if isinstance(cell, Items) else text(cell)
