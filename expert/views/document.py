"""What is shown, as blocks: views make them of results, and renderers write them.

There is a renderer for a terminal (and for plain sentences), one for HTML and one for Markdown.

Blocks say what a thing is (a heading, an item, a verdict, what it rests on), never how it looks. They are
named tuples, which cost a sixth of a dataclass to define, at every start.
"""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from expert.io.quoting import safe
from expert.language.model import Quote

Role = Literal[
    "", "heading", "verdict", "name", "code", "strong", "emphasis", "soft", "mark", "quote", "hedge", "basis",
    "command", "blank",
]  # fmt: skip


class Marked(NamedTuple):
    """Words with a role; `id` is what a reference elsewhere leads to."""

    text: str
    role: Role
    id: str = ""


class Cited(NamedTuple):
    """What something rests on: claims by id, and firings as `firing1`."""

    ids: tuple[str, ...]


Piece = str | Marked | Cited
Words = Piece | Sequence[Piece]  # one after the other; a line break in them is a line break


class Heading(NamedTuple):
    """A heading inside a section; 1 is the page's own."""

    words: Words
    level: int = 3
    indent: int = 0


class Paragraph(NamedTuple):
    """Sentences; on a terminal indented, and later lines by so much more."""

    words: Words
    indent: int = 0
    hang: int = 0
    role: Role = ""


class Line(NamedTuple):
    """One line, which is broken only if it is too long: a command, a place, a count."""

    words: Words
    indent: int = 0


class Note(NamedTuple):
    """What has to be said of all the rest."""

    words: Words


class Item(NamedTuple):
    """One of a list: its mark, with the space up to the words.

    Later lines begin at the column `hang`, or below the words.
    """

    mark: str
    words: Words
    indent: int = 2
    hang: int | None = None


class Items(NamedTuple):
    """A list; numbered where it is the order that counts."""

    items: tuple[Item, ...]
    ordered: bool = False


Cell = Words | Items


class Table(NamedTuple):
    """Rows below headings."""

    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""
    kind: str = "wide"


class Details(NamedTuple):
    """Names, and what is to be said of each."""

    rows: Sequence[tuple[str, Words]]


class Outline(NamedTuple):
    """Words, and what they rest on, in turn."""

    words: Words
    parts: "tuple[Outline, ...]" = ()


class Beside(NamedTuple):
    """Two things to be compared: side by side where there is room for it."""

    left: "tuple[Block, ...]"
    right: "tuple[Block, ...]"


class Figure(NamedTuple):
    """A drawing, in SVG, and its caption. A terminal shows the caption."""

    caption: Words
    svg: str


class Section(NamedTuple):
    """Blocks that belong together, apart from all others."""

    heading: Words
    blocks: "tuple[Block, ...]" = ()


class Cards(NamedTuple):
    """Small sections, as many side by side as there is room for."""

    sections: tuple[Section, ...]


Block = (
    Heading
    | Paragraph
    | Line
    | Note
    | Item
    | Items
    | Table
    | Details
    | Outline
    | Beside
    | Figure
    | Section
    | Cards
)


def branches_of(outline: Outline) -> Iterator[tuple[int, Outline]]:
    """An outline, and all that is below it, with their levels, each before what is below it."""
    waiting = [(0, outline)]
    while waiting:
        level, branch = waiting.pop()
        yield level, branch
        waiting += [(level + 1, part) for part in reversed(branch.parts)]


def pieces(words: Words) -> Sequence[Piece]:
    """The pieces that words consist of."""
    return (words,) if isinstance(words, (str, Marked, Cited)) else words


def as_read(piece: Piece) -> str:
    """A piece as it is read on a terminal, where its role is a sign; nothing in it is obeyed by one."""
    if isinstance(piece, str):
        return safe(piece)
    if isinstance(piece, Cited):
        return f"[{' '.join(safe(id.replace('firing', '#')) for id in piece.ids)}]"
    text = safe(piece.text)
    match piece.role:
        case "hedge":
            return f"[{text}]"
        case "quote":
            return f"“{text}”"
        case "basis":
            return f"({text})"
    return text


def on(command: str, place: str) -> str:
    """A command on a knowledge base, whose place is in words; on the built-in one it has none."""
    return f"{command} {place}".rstrip()


def citing(text: Words, ids: Sequence[str]) -> Words:
    """Words, and then what they rest on, if anything."""
    return (*pieces(text), "  ", Cited(tuple(ids))) if ids else text


def grounded(text: Words, ids: Sequence[str], basis: str) -> Words:
    """Words, on what basis they stand if the document does not state them, and what they rest on."""
    return citing(text if basis == "stated" else (*pieces(text), " ", Marked(basis, "basis")), ids)


def quoted(quote: Quote) -> Marked:
    """A sentence of the document, or that the text at hand does not have it."""
    return Marked(quote.text, "quote") if quote.encoded else Marked(f"({quote.text})", "soft")


def titled(title: str, aside: str = "") -> Words:
    """A heading, and what is to be said of what stands below it, if anything."""
    return (title, Marked(f"  ({aside})", "soft")) if aside else title


def apart(*blocks: Block) -> Section:
    """A section without a heading."""
    return Section("", blocks)
