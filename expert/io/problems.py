"""Problems: what is wrong, where, what would be right, and the errors that carry them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from typing import NamedTuple


def _place(problem: Problem) -> tuple[str, int, int, str]:
    span = problem.span
    return (span.file, span.line, span.column, problem.message) if span else ("", 0, 0, problem.message)


NAMES_SHOWN = 100  # allowed names listed in one problem


SPELLINGS = {
    **dict.fromkeys(("true", "on", "y"), "yes"),
    **dict.fromkeys(("false", "off", "n"), "no"),
    **dict.fromkeys(("~", "null", "none"), "unknown"),
}


class Span(NamedTuple):
    """A place in a file; line and column count from one."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Problem(NamedTuple):
    """One thing that is wrong: lowercase message, where, and what would be right."""

    message: str
    span: Span | None = None
    help: str = ""

    def __str__(self) -> str:
        where = f"{self.span}: " if self.span else ""
        return f"{where}{self.message}" + (f"\n  help: {self.help}" if self.help else "")


class KnowledgeError(Exception):
    """A knowledge base that cannot be used; `problems` holds every reason found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class LedgerError(KnowledgeError):
    """A ledger, or a record of it, that cannot be used: why, and what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__([Problem(message, None, help)])


class CaseError(KnowledgeError):
    """Answers, or the name of something asked about, that the knowledge base does not allow."""


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed name that `word` was probably meant to be, or None if none is near."""
    import difflib

    folded = {name.casefold().replace("-", "_"): name for name in islice(allowed, 500)}
    meant = SPELLINGS.get(word.casefold())
    if meant in folded or len(word) > 60:
        return folded.get(meant or "")
    near = difflib.get_close_matches(word.casefold().replace("-", "_"), folded, n=1, cutoff=0.7)
    return folded[near[0]] if near else None


def not_among(what: str, word: str, allowed: Iterable[str], span: Span | None = None) -> Problem:
    """The problem of a name that is none of the allowed ones, with the near one if there is one."""
    names = list(allowed)
    near = nearest(word, names)
    hint = f"did you mean `{near}`? " if near else ""
    return Problem(f"unknown {what} `{shorten(word)}`", span, f"{hint}allowed: {listed(names)}")


def listed(names: Collection[str]) -> str:
    """The names with commas; the first of them if they are very many."""
    shown = ", ".join(islice(names, NAMES_SHOWN)) or "none are declared"
    return shown if len(names) <= NAMES_SHOWN else f"{shown} and {len(names) - NAMES_SHOWN:,} more"


def shorten(text: str, most: int = 60) -> str:
    """`text` on one line, printable, and no longer than `most` characters."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"
