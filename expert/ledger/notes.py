"""Notes on records: what a second person says of a consultation, appended and chained, the record unchanged.

A note says who made it, whether that person agrees with what followed, and why. Its text may quote the
record, so it is erased with it.
"""

from __future__ import annotations

from typing import NamedTuple

from expert.io.problems import CaseError, LedgerError, not_among
from expert.ledger.shape import JUDGEMENTS, content_fault, header_fault
from expert.ledger.store import Entry, Ledger


class Noted(NamedTuple):
    """A note on a record. One that was erased has only its place: `erased` is true, and its texts are empty.

    `judgement` is one of `shape.JUDGEMENTS`, or empty where none was given.
    """

    id: str
    time: str
    about: str
    by: str
    judgement: str
    text: str
    hash: str
    erased: bool = False


def note_on(ledger: Ledger, id: str, by: str, judgement: str, text: str) -> Entry:
    """Append a note on a consultation: who makes it, and a judgement, a text or both.

    Raises LedgerError if there is no such consultation, CaseError for what can be no note.
    """
    if judgement and judgement not in JUDGEMENTS:
        raise CaseError([not_among("judgement", judgement, JUDGEMENTS)])
    if not by.strip():
        raise CaseError("it has to be said who notes it", "--by NAME, or CICATRIX_BY")
    if not text and not judgement:
        raise CaseError("it has to be said what is to be noted", "--text, or --judgement, or both")
    return ledger.annotate(id, {"by": by, "judgement": judgement, "text": text})


def note_of(entry: Entry) -> Noted:
    """The note that an entry is. Raises LedgerError for one that could be none, though its hash is right."""
    header, content = entry.header, entry.content or {"by": "", "judgement": "", "text": ""}
    wrong = header_fault(header) or (entry.content and content_fault(header, content, None))
    if wrong:
        raise LedgerError(f"record `{entry.id}` {wrong}", "somebody else's program wrote it")
    says = (content["by"], content["judgement"], content["text"])
    return Noted(entry.id, header["time"], header["about"], *says, entry.hash, entry.content is None)


def notes_on(ledger: Ledger, entry: Entry) -> list[Noted]:
    """The notes on a record that are not erased, in order."""
    return [note_of(note) for note in ledger.notes_on(entry) if note.content is not None]
