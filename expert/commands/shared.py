"""What the commands share: the knowledge that they are asked about, checks of words, and JSON.

Every command imports this, so it imports nothing that a consultation does not need.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import Any

from expert.commands.saying import given_to_all
from expert.consultation.result import Consultation
from expert.io.json import plain, to_json
from expert.io.problems import CaseError, not_among, shorten
from expert.io.quoting import on_one_line
from expert.knowledge.cache import cache_place, load_cached
from expert.knowledge.directories import built_in
from expert.language.rules import RuleBase
from expert.review.approvals import Reviews, load_reviews


def directory_of(kb: Path | None) -> Path:
    """Where the knowledge base asked for is."""
    return built_in() if kb is None else kb


def open_knowledge(kb: Path | None) -> RuleBase:
    """The knowledge base asked for. Raises KnowledgeError."""
    return load_cached(directory_of(kb), cached_at())


def cached_at() -> Path | None:
    """Where knowledge bases that were read are cached; None if none is to be."""
    return None if given_to_all().get("no_cache") else cache_place()


def open_reviews(kb: Path | None) -> Reviews:
    """The approvals kept with the knowledge base asked for. Raises KnowledgeError."""
    return load_reviews(directory_of(kb))


def place_of(kb: Path | None) -> str:
    """The words by which a command is about the knowledge base in a directory; none for the built-in one."""
    return f"--kb {quote(str(kb))}" if kb else ""


def record_words(id: str, ledger: Path | None) -> str:
    """How a record is asked for after the name of a command."""
    return f"{id} --ledger {quote(str(ledger))}" if ledger else id


LONGEST_NOTE = 200


def checked_note(text: str, option: str, most: int = LONGEST_NOTE) -> str:
    """A few words that go into a record. Raises CaseError for what is no text on one line."""
    wrong = ""
    if any("\ud800" <= c <= "\udfff" for c in text):
        wrong = "is not UTF-8 text"
    elif len(text) > most:
        wrong = f"has {len(text):,} characters: {most:,} at most"
    elif on_one_line(text) != text:
        wrong = "has characters that are no text, or several lines"
    if wrong:
        raise CaseError(f"the text for {option} {wrong}: {shorten(text)}")
    return text


def check_format(name: str) -> None:
    """Raises CaseError if tabulate has no such format."""
    if name == "simple":
        return
    from expert.views.terminal import table_formats

    one_of(name, table_formats(), "table format")


def one_of(word: str, allowed: Collection[str], what: str) -> str:
    """The name that a word is. Raises CaseError, with the near one."""
    if word not in allowed:
        raise CaseError([not_among(what, word, allowed)])
    return word


def print_json(record: object) -> None:
    """One JSON object (or array), in ASCII so that every terminal and pipe gets the same bytes."""
    sys.stdout.write(to_json(record) + "\n")


def consultation_json(
    consultation: Consultation, unreviewed: Sequence[str], kept: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A consultation for a program: its results first, then all that it holds, and what nobody reviewed.

    `kept`: id and hash of the record that was kept of it, if one was.
    """
    held: dict[str, Any] = plain(consultation)
    return {"results": held["results"], **held, "unreviewed": unreviewed, "record": kept}
