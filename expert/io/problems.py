"""Problems: what is wrong, where, what would be right, and the errors that carry them."""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

import difflib
from collections.abc import Collection, Iterable
from itertools import islice
from typing import ClassVar, NamedTuple

from expert.io.program import install_words


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


def place_in_files(problem: Problem) -> tuple[str, int, int, str]:
    """What puts problems in the order of the files; those with no place come first."""
    span = problem.span
    return (span.file, span.line, span.column, problem.message) if span else ("", 0, 0, problem.message)


# --- the errors: each kind ends a command with a code of its own ---------------------------------
class CicatrixError(Exception):
    """What stops a command: `problems` holds every reason found, `exit_code` is what the command ends with.

    It is made of those, or of a message and a help where there is one and it has no place. Each kind is a
    class directly under this one, and says in `meaning` what its code tells a script.
    """

    exit_code: ClassVar[int]
    meaning: ClassVar[str]

    def __init__(self, wrong: Iterable[Problem] | str = (), help: str = "") -> None:
        self.problems = (Problem(wrong, None, help),) if isinstance(wrong, str) else tuple(wrong)
        super().__init__("\n".join(map(str, self.problems)))


class CheckFailed(CicatrixError):
    """A check that found something, which is the result and has been shown."""

    exit_code = 1
    meaning = "a check found something, or rows were rejected, or somebody is touched"


class CaseError(CicatrixError):
    """Answers, or the name of something asked about, that the knowledge base does not allow."""

    exit_code = 2
    meaning = "bad input: answers, names, files of answers, options of the command line"


class KnowledgeError(CicatrixError):
    """A knowledge base that cannot be used."""

    exit_code = 3
    meaning = "the knowledge base cannot be used"


class LedgerError(CicatrixError):
    """A ledger, or a record of it, that cannot be used: why, and what to do."""

    exit_code = 4
    meaning = (
        "the ledger, or the record asked for, cannot be used; a consultation's result is printed all the same"
    )


class MissingLibrary(CicatrixError):
    """An optional library, or what it needs, that is not installed: and how to install it."""

    exit_code = 5
    meaning = "an optional library is missing; the message says which to install"


class OutputLost(CicatrixError):
    """What is printed cannot be written."""

    exit_code = 6
    meaning = "the result could not be written: standard output is full"


class Stopped(CicatrixError):
    """The user has interrupted, or has not agreed to what was asked, and has been told what is left."""

    exit_code = 130
    meaning = "interrupted, or not agreed to; answers so far are kept, half-written files are not"


def not_installed(command: str, library: str, extra: str) -> MissingLibrary:
    """The error of a command without an optional library, which one of our extras brings."""
    return MissingLibrary(f"`{command}` needs {library}, which is not installed", install_words(extra))


# --- names ---------------------------------------------------------------------------------------
NAMES_SHOWN = 100  # allowed names listed in one problem

SPELLINGS = {
    **dict.fromkeys(("true", "on", "y"), "yes"),
    **dict.fromkeys(("false", "off", "n"), "no"),
    **dict.fromkeys(("~", "null", "none"), "unknown"),
}


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed name that `word` was probably meant to be, or None if none is near."""
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
