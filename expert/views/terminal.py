"""Lines and tables of text: 80 characters wide whatever the terminal, unless a user asks otherwise.

Plain output has no tables: each row is a paragraph of `heading: cell` lines, which a screen reader
reads in order, and which fits any width.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

WIDTH = 80


NARROWEST = 20


class _Look:
    """What a user asked for, once for the whole command."""

    width = WIDTH
    plain = False


def ask_for(width: int, plain: bool) -> None:
    """Lines of this width, and tables or (plain, or narrower than usual) none."""
    _Look.width, _Look.plain = width, plain or width < WIDTH


def is_plain() -> bool:
    """Whether nothing is to stand side by side."""
    return _Look.plain


def wrapped(text: str, first: str = "", rest: str | None = None, most: int = WIDTH) -> list[str]:
    """The text in lines of at most 80 (or `most`) characters, under a first and a later indent."""
    later = rest if rest is not None else " " * len(first)
    lines = textwrap.wrap(
        text,
        _Look.width if _Look.width != WIDTH else most,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [first.rstrip()]


def fitted(text: str) -> str:
    """The text in lines of the width that was asked for, if one was."""
    if _Look.width == WIDTH:
        return text
    return "\n".join(piece for line in text.split("\n") for piece in _fitted(line))


def _fitted(line: str) -> list[str]:
    if len(line) <= _Look.width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return wrapped(line.lstrip(), indent, indent + "  ")


def table(rows: Iterable[Iterable[str]], headers: list[str], format: str, widths: list[int | None]) -> str:
    """A table in one of tabulate's formats."""
    body = [list(row) for row in rows]
    if _Look.plain and format == "simple":
        return "\n\n".join("\n".join(_paragraph(row, headers)) for row in body)
    from tabulate import tabulate

    return tabulate(body, headers, tablefmt=format, maxcolwidths=widths, disable_numparse=True)


def _paragraph(row: list[str], headers: list[str]) -> list[str]:
    told = [(heading, cell) for heading, cell in zip(headers, row, strict=True) if cell.strip(" -")]
    return [
        line
        for heading, cell in told
        for line in wrapped(f"{heading}: {cell}" if heading else cell, "", "  ")
    ]


def table_formats() -> list[str]:
    """The names of tabulate's formats."""
    from tabulate import tabulate_formats

    return list(tabulate_formats)
