"""Text in the cells of a terminal: how many it takes, and in lines of at most so many."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import textwrap
from collections.abc import Mapping
from contextlib import suppress
from types import ModuleType

WIDTH = 80  # of lines, if no other is asked for

# each character takes one cell: of these texts nothing has to be looked up. A pattern that few texts need is
# compiled for the first of them
NARROW = "[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e]*"


def lazily(name: str) -> ModuleType:
    """A module that is loaded when something of it is used, whoever imports it."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def lightly(library: str, stand_ins: Mapping[str, ModuleType | None]) -> ModuleType:
    """A library, imported with others in the place of some that it would load; None: as if it were not there.

    If it asks more of them than they have, it is imported as it is.
    """
    if library not in sys.modules:
        there = {name: sys.modules[name] for name in stand_ins if name in sys.modules}
        sys.modules.update(stand_ins)  # type: ignore[arg-type] # None is what Python knows missing ones by
        try:
            with suppress(ImportError):
                importlib.import_module(library)
        finally:
            for name in stand_ins:
                del sys.modules[name]
            sys.modules.update(there)
    return importlib.import_module(library)


# it takes longer to load than all that we load of a terminal, and few texts need it
wcwidth = lazily("wcwidth")

QUOTED = r"(?:'[^']*'|\\.|[^\s'\\])+"  # a word of a shell, with its quotes
SHADE = "\x1b\\[[0-9;]*m"  # what changes the colour takes none


def narrow(text: str) -> bool:
    """Whether each character of the text takes one cell."""
    return text.isprintable() if text.isascii() else re.fullmatch(NARROW, text) is not None


def cells(text: str) -> int:
    """How many cells the text takes."""
    if "\x1b" in text:
        text = re.sub(SHADE, "", text)
    width: int = len(text) if narrow(text) else wcwidth.width(text)
    return width


def padded(text: str, width: int) -> str:
    """The text with spaces behind it, up to a width."""
    return text + " " * (width - cells(text))


def wrapped(
    text: str, width: int, first: str = "", rest: str | None = None, on_hyphens: bool = False
) -> list[str]:
    """The text in lines of at most `width` cells, under a first and a later indent.

    A word that is longer than a line is broken, unless it is a path, which nobody could copy then. Words with
    hyphens are broken at them `on_hyphens`. No indent takes more than half of a line.
    """
    later = rest if rest is not None else " " * cells(first)
    indents = [_indent(first, width), _indent(later, width)]
    room = width - max(map(cells, indents))
    paths = [word for word in text.split() if "/" in word and narrow(word) and len(word) > room]
    for path in paths:  # what names it stays before it: `error:`
        text = text.replace(f" {path}", f"\0{path}")
    wrap = textwrap.wrap if narrow(text) and narrow(first) else wcwidth.wrap
    lines: list[str] = wrap(
        text,
        width,
        initial_indent=indents[0],
        subsequent_indent=indents[1],
        break_long_words=not paths,
        break_on_hyphens=on_hyphens,
    )
    return [line.replace("\0", " ") for line in lines] or [first.rstrip()]


def continued(line: str, width: int, indent: str) -> list[str]:
    """A line of a shell in lines of that width, each but the last with the sign that it goes on."""
    if cells(indent + line) <= width:
        return [indent + line]
    lines = [indent]
    for word in re.findall(QUOTED, line):
        if lines[-1].strip() and cells(f"{lines[-1]}{word} \\") > width:
            lines[-1] += "\\"
            lines.append(indent + "  ")
        lines[-1] += f"{word} "
    return [*lines[:-1], lines[-1].rstrip()]


def _indent(indent: str, width: int) -> str:
    """An indent that leaves half of a line; a mark in it stays."""
    return indent if cells(indent) <= width // 2 else indent.strip() + " " * bool(indent.strip())
