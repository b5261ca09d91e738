"""The commands `audit show` and `audit report`: one record, on the terminal or as a page."""

from pathlib import Path
from typing import Annotated

import typer

from expert.commands.documents import read_quotes
from expert.commands.ledgers import open_record
from expert.commands.options import Brief, Document, Full, Json, LedgerFiles, RecordId, Trace
from expert.commands.shared import cached_at, open_knowledge, print_json, record_words
from expert.commands.showing import emit
from expert.io.dates import made_at
from expert.io.files import write_whole
from expert.io.problems import KnowledgeError
from expert.language.model import Knowledge
from expert.ledger.formats import retold
from expert.ledger.notes import note_of, notes_on
from expert.ledger.records import case_of, opened, unreviewed_in
from expert.ledger.trust.verification import verify as verify_ledger
from expert.views.records import (
    claims_used,
    head_of_record,
    note_blocks,
    notes_section,
    signature_blocks,
    unanswered_lines,
    unanswered_section,
)
from expert.views.report import Aside, page
from expert.views.screen import Below, Extent, consultation_blocks
from expert.views.verified import checked_words


def show(
    id: RecordId,
    brief: Brief = False,
    trace: Trace = True,
    full: Full = False,
    document: Document = None,
    json: Json = False,
    ledger: LedgerFiles = None,
) -> None:
    """A record as it was made: answers, result and trace, with what was noted on it since; or a note.

    Example: cicatrix audit show last --brief
    """
    with open_record(ledger, id) as (store, entry):
        noted = notes_on(store, entry) if entry.is_consultation() else []
        if json:
            shown = {"header": entry.header, "content": entry.content, "hash": entry.hash}
            print_json({**shown, "notes": noted} if noted else shown)
            return
        if entry.header["kind"] == "signature":
            emit(*signature_blocks(entry))
            return
        if entry.header["kind"] == "note":
            emit(*note_blocks(note_of(entry), entry.seq, entry.erasure))
            return
        written, base = opened(store, entry, cached_at())
        consultation, quotes = retold(written, base), read_quotes(document, base)
    blocks = [head_of_record(entry, written, consultation, base.knowledge), *notes_section(noted)]
    if quotes:
        blocks.append(claims_used(consultation, base.knowledge, quotes))
    below = Below(
        "audit show",
        record_words(entry.id, store.path if ledger else None),
        unreviewed_in(entry, consultation) or (),
        recorded=True,
        place=_place_of(base.knowledge),
    )
    if not brief:
        from expert.ledger.history.unanswered import unanswered

        open = unanswered(base, case_of(consultation, base))
        blocks += (unanswered_section if full else unanswered_lines)(open, base.knowledge)
    blocks += consultation_blocks(consultation, base.knowledge, Extent(brief, trace, full), below)
    emit(*blocks, paged=False)


def _place_of(recorded: Knowledge) -> str | None:
    """The words by which a command is about the knowledge base of a record: none but for the built-in one."""
    try:
        return "" if open_knowledge(None).knowledge.id == recorded.id else None
    except KnowledgeError:  # of which whoever looks a claim up is told
        return ""


def report(
    id: RecordId,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The HTML file to write; ID.html if none.")
    ] = None,
    document: Document = None,
    ledger: LedgerFiles = None,
) -> None:
    """One self-contained, printable page about a record.

    Example: cicatrix audit report last -o report.html
    """
    from expert.ledger.history.unanswered import unanswered

    with open_record(ledger, id) as (store, entry):
        written, base = opened(store, entry, cached_at())
        consultation = retold(written, base)
        noted = notes_on(store, entry)
        output = output or Path(f"{entry.id}.html")
        open = unanswered(base, case_of(consultation, base))
        beside = Aside(made_at(), checked_words(verify_ledger(store)), open, noted)
        text = page(entry, consultation, base.knowledge, read_quotes(document, base), beside)
        write_whole(output, [text], private=True)
    emit(f"Wrote {output}")
