"""The document against the knowledge base: which sentence is encoded, context, missing, changed.

A place is `p7s1`: paragraph 7, sentence 1, counting non-empty lines as paragraphs, headings
included. The document's sentences are never stored, only their fingerprints.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from expert.knowledge.todo import is_todo
from expert.language.model import Claim, Quote, Quotes, numbers_of
from expert.language.rules import RuleBase, cited

# a sentence ends at . ! or ? (and what closes it), before a space and a capital, quote or figure
ENDS = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])")
NOT_ENDS = re.compile(r"\b(?:e\.g|i\.e|etc|cf|vs|approx|no|fig|mr|mrs|ms|dr|prof|st|[A-Z])\.$", re.I)
LAST = 40  # characters that hold the last word of a sentence, and what is around it


class Place(NamedTuple):
    """One sentence's standing.

    status: encoded, context, todo (the claim is unwritten), missing (no claim), changed, gone.
    """

    id: str
    paragraph: int
    status: str
    users: tuple[str, ...]  # rules and option properties that cite the claim


def sentences(document: str) -> dict[str, str]:
    """The document's sentences by place."""
    by_place = {}
    paragraphs = [line.strip() for line in document.splitlines() if line.strip()]
    for number, paragraph in enumerate(paragraphs, 1):
        for place, sentence in enumerate(split(paragraph), 1):
            by_place[f"p{number}s{place}"] = sentence
    return by_place


def split(paragraph: str) -> list[str]:
    """The sentences of a paragraph."""
    parts: list[str] = []
    start = 0
    for end in ENDS.finditer(paragraph):
        # only the last word matters, and a paragraph can be long
        if not NOT_ENDS.search(paragraph[max(start, end.end() - LAST) : end.end()].strip()):
            parts.append(paragraph[start : end.end()].strip())
            start = end.end()
    return [*parts, paragraph[start:].strip()]


def fingerprint(sentence: str) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the normalised sentence.

    Normalised: Unicode NFKC, straight quotes, single spaces, case folded; so a change of
    typography is no change, and a change of one letter is.
    """
    text = unicodedata.normalize("NFKC", sentence)
    text = text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'})
    return hashlib.sha256(" ".join(text.split()).casefold().encode()).hexdigest()[:16]


def coverage(base: RuleBase, document: str | None = None) -> list[Place]:
    """Every place in order, checked against the document if it is given."""
    claims, users = base.knowledge.claims, cited(base)
    by_place = {} if document is None else sentences(document)
    places = []
    for id in sorted({*claims, *by_place}, key=numbers_of):
        claim = claims.get(id)
        if claim is None:
            status = "missing"
        elif document is not None and id not in by_place:
            status = "gone"
        elif document is not None and fingerprint(by_place[id]) != claim.fingerprint:
            status = "changed"
        elif _unwritten(claim, base, bool(users[id])):
            status = "todo"
        else:
            status = "encoded" if users[id] else "context"
        places.append(Place(id, numbers_of(id)[0], status, tuple(users.get(id, ()))))
    return places


ANOTHER = "the text given has another sentence in this place, not the one that was encoded"
NOWHERE = "the text given does not have the sentence that was encoded"


def quotes(claims: Mapping[str, Claim], document: str) -> Quotes:
    """For each claim the very sentence of which it was made, wherever it stands, or that it is not there."""
    by_place = sentences(document)
    by_print = {fingerprint(text): text for text in reversed(by_place.values())}
    quoted = {}
    for id, claim in claims.items():
        text = by_print.get(claim.fingerprint)
        quoted[id] = Quote(text) if text else Quote(ANOTHER if id in by_place else NOWHERE, False)
    return quoted


def elsewhere(base: RuleBase, document: str) -> int:
    """How many claims' very sentences stand in the document, and not at their places."""
    by_place = sentences(document)
    prints = {fingerprint(text) for text in by_place.values()}
    count = 0
    for id, claim in base.knowledge.claims.items():
        here = id in by_place and fingerprint(by_place[id]) == claim.fingerprint
        count += claim.fingerprint in prints and not here
    return count


def _unwritten(claim: Claim, base: RuleBase, used: bool) -> bool:
    texts = [claim.says, base.knowledge.hedges[claim.hedge], "" if used else claim.context]
    return any(map(is_todo, texts)) or not (used or claim.context)
