"""Blocks as HTML: every text escaped, roles as elements and classes, references as links."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from expert.io.quoting import safe
from expert.io.unwinding import Unfolding, unwound
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

# elements after which a line ends
ENDING = ("section", "header", "footer", "h1", "h2", "h3", "p", "dd", "li", "tr", "table", "path", "g")

ELEMENTS = {"code": "code", "command": "code", "name": "code", "strong": "b", "emphasis": "em", "quote": "q"}


def html(blocks: Iterable[Block]) -> str:
    """The blocks, one after the other."""
    return "".join(_block(block) for block in blocks)


def element(tag: str, *parts: str, **attributes: str) -> str:
    """An element. Its parts are HTML already; its attributes are text, with `class_` for `class`, and
    `aria_label` for `aria-label`."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    written = "".join(f' {name}="{escape(safe(value))}"' for name, value in named.items())
    return f"<{tag}{written}>{''.join(parts)}</{tag}>" + "\n" * (tag in ENDING)


def inline(words: Words) -> str:
    """Words inside an element."""
    return "".join(_piece(piece) for piece in pieces(words))


def _piece(piece: Piece) -> str:
    if isinstance(piece, str):
        return escape(safe(piece)).replace("\n", "<br>")
    if isinstance(piece, Cited):
        links = (element("a", escape(id.replace("firing", "#")), href=f"#{id}") for id in piece.ids)
        return element("span", " ".join(links), class_="refs")
    attributes = {"id": piece.id} if piece.id else {}
    tag = ELEMENTS.get(piece.role, "span")
    if tag == "span" and piece.role:
        attributes["class_"] = f"basis {piece.text}" if piece.role == "basis" else piece.role
    return element(tag, escape(safe(piece.text)), **attributes)


def _block(block: Block) -> str:
    match block:
        case Section(heading, blocks):
            head = element("h2", inline(heading)) if heading else ""
            return element("section", head, html(blocks))
        case Heading(words, level):
            return element(f"h{level}", inline(words))
        case Paragraph(words, _, _, role):
            return element("p", inline(words), **({"class_": role} if role else {}))
        case Line(words):
            return element("p", inline(words))
        case Note(words):
            return element("p", inline(words), class_="note")
        case Item():
            return element("ul", _item(block))
        case Items(items, ordered):
            return element("ol" if ordered else "ul", *(_item(item) for item in items))
        case Outline():
            return element("ul", unwound(_branch(block)))
        case Details(rows):
            told = (element("dt", name) + element("dd", inline(words)) for name, words in rows)
            return element("dl", *told)
        case Table():
            return _table(block)
        case Beside(left, right):
            return element("div", html(left)) + element("div", html(right))
        case Figure(caption, svg):
            # what is wider than a phone is scrolled in a place of its own, by keys as well
            place = element("div", svg, class_="scroll", tabindex="0", role="group", aria_label="Drawing")
            return element("figure", element("figcaption", inline(caption)), place, class_="graph")
        case Cards(sections):
            return element("div", *(_card(section) for section in sections), class_="cards")


def _item(item: Item) -> str:
    return element("li", inline(item.words))


def _branch(branch: Outline) -> Unfolding[str]:
    parts = []
    for part in branch.parts:
        parts.append((yield _branch(part)))
    below = element("ul", *parts) if parts else ""
    return element("li", inline(branch.words), below)


def _card(section: Section) -> str:
    return element("div", element("h3", inline(section.heading)), html(section.blocks), class_="card")


def _table(block: Table) -> str:
    """A table; a row's first cell is its heading. Each other has its column's beside it, for where there is
    room for one column only."""
    head = element("tr", *(element("th", escape(name), scope="col") for name in block.headers))
    body = []
    for first, *rest in block.rows:
        named = zip(block.headers[1:], rest, strict=True)
        cells = (element("td", _cell(cell), data_label=name) for name, cell in named)
        body.append(element("tr", element("th", _cell(first), scope="row"), *cells))
    caption = element("caption", escape(block.caption)) if block.caption else ""
    return element("table", caption, element("thead", head), element("tbody", *body), class_=block.kind)


def _cell(cell: Cell) -> str:
    """What is in a cell; a dash says that there is nothing to say."""
    return _block(cell) if isinstance(cell, Items) else inline(cell) or "-"
