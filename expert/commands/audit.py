"""The `audit` commands: read, check and carry the record of past consultations."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from expert.commands import completion
from expert.commands.documents import read_quotes
from expert.commands.ledgers import open_ledger, open_record
from expert.commands.shared import (
    Brief,
    By,
    Document,
    Full,
    Json,
    LedgerFile,
    LedgerFiles,
    RecordId,
    Trace,
    WitnessFile,
    ask_line,
    checked_note,
    kept_at,
    one_of,
    open_knowledge,
    print_json,
    record_words,
    say,
)
from expert.commands.showing import emit, emit_file
from expert.commands.sign import PublicKeys, kept_checkpoint, public_keys
from expert.io.dates import made_at
from expert.io.files import write_whole
from expert.io.problems import (
    CaseError,
    CheckFailed,
    KnowledgeError,
    LedgerError,
    Problem,
    Stopped,
    not_among,
)
from expert.io.quoting import on_one_line
from expert.language.english import count
from expert.language.model import Knowledge
from expert.ledger.drafts import waiting
from expert.ledger.exchange import bundle as bundles
from expert.ledger.exchange.evidence import evidence_of, is_evidence
from expert.ledger.exchange.prov import provenance
from expert.ledger.formats import retold
from expert.ledger.history.search import Filter, summaries
from expert.ledger.notes import note_of, note_on, notes_on
from expert.ledger.records import case_of, opened, unreviewed_in
from expert.ledger.shape import JUDGEMENTS
from expert.ledger.store import Entry, Ledger
from expert.ledger.trust.attested import Attested
from expert.ledger.trust.signatures import checkpoint_of
from expert.ledger.trust.verification import Kept, checked_head
from expert.ledger.trust.verification import verify as verify_ledger
from expert.ledger.trust.witness import bear_witness, hold_against, witnessed
from expert.views.records import (
    claims_used,
    drafts_table,
    head_of_record,
    note_blocks,
    notes_section,
    signature_blocks,
    unanswered_lines,
    unanswered_section,
)
from expert.views.report import Aside, page
from expert.views.screen import Below, Extent, consultation_blocks
from expert.views.verified import checked_words, verified_blocks


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
        written, base = opened(store, entry, kept_at())
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


HeadHash = Annotated[
    str, typer.Option(metavar="HASH", help="A head hash kept elsewhere, or its first 32 digits or more.")
]


def verify(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="A bundle, or the evidence of a record, instead of the ledger."
        ),
    ] = None,
    head: HeadHash = "",
    key: PublicKeys = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", metavar="FILE", help="A checkpoint kept elsewhere (may be repeated)."),
    ] = None,
    witness: WitnessFile = None,
    show: Annotated[bool, typer.Option("--show", help="Of evidence: print the record as well.")] = False,
    json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """Compute the whole chain again; exits with 1 and names the first record at fault.

    Of the evidence of a record, every check is told, and the record is run again.

    Examples: cicatrix audit verify --witness /media/usb/heads
              cicatrix audit verify k7q2x.evidence --key clinic.example/ledger+9aec4ce1+AZP7...
    """
    kept = _kept(head, witness)._replace(
        signed=[kept_checkpoint(path) for path in checkpoint or []], keys=public_keys(key or [])
    )
    if file and is_evidence(file):
        from expert.commands.evidence import verify_evidence

        verify_evidence(file, kept, show, json)
        return
    if show:
        help = "`audit show` prints a record of the ledger"
        raise CaseError([Problem("`--show` goes with the evidence of a record", None, help)])
    if file:
        verified = bundles.verify_bundle(file, kept)
    else:
        with open_ledger(ledger) as store:
            verified = verify_ledger(store, kept)
    if json:
        print_json(verified)
    else:
        emit(*verified_blocks(verified))
    if verified.fault:
        raise CheckFailed


def _kept(head: str, witness: Path | None) -> Kept:
    """What was kept elsewhere. Raises CaseError."""
    return Kept(checked_head(head) if head else "", witnessed(witness) if witness else {})


def show_head(
    witness: WitnessFile = None,
    checkpoint: Annotated[
        bool, typer.Option("--checkpoint", help="As the checkpoint of a log, which nobody has signed.")
    ] = False,
    json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """The head hash, to be kept elsewhere: with a witness, it is appended to that.

    Example: cicatrix audit head --witness /media/usb/heads
    """
    with open_ledger(ledger) as store:
        if witness:
            hold_against(store, witness)
        with store.view():
            seq, head = store.head()
            text = checkpoint_of(store).text() if checkpoint else ""
    if witness and seq:
        bear_witness(witness, seq, head)
    if json:
        found = {"entries": seq, "head": head}
        print_json({**found, "checkpoint": text} if checkpoint else found)
    elif checkpoint:
        emit_file(text.splitlines())
    else:
        emit(count(seq, "record"), f"Head {head}")


LONGEST_TEXT = 2000  # characters of a note


def note(
    id: RecordId,
    text: Annotated[str, typer.Option(metavar="WORDS", help="What is to be noted.")] = "",
    judgement: Annotated[
        str, typer.Option(metavar="WORD", help=f"Of what followed: {', '.join(JUDGEMENTS)}.")
    ] = "",
    by: By = "",
    witness: WitnessFile = None,
    ledger: LedgerFile = None,
) -> None:
    """Append what a second person says of a record, which stays as it is.

    Example: cicatrix audit note last --by 'R. Hill' --judgement disagree --text 'the gauge was not read'
    """
    by, text = checked_note(by.strip(), "--by"), checked_note(text, "--text", LONGEST_TEXT)
    with open_ledger(ledger, write=True) as store:
        if witness:
            hold_against(store, witness)
        entry = note_on(store, id, by, judgement, text)
        if witness:
            bear_witness(witness, entry.seq, entry.hash)
    emit(f"Noted on {entry.header['about']}: record {entry.id}", f"Head {entry.hash}")


def forget(
    id: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="A record's id, or `last`.", autocompletion=completion.records),
    ] = None,
    before: Annotated[
        str, typer.Option("--before", metavar="TIME", help="Every record from before this time.")
    ] = "",
    label: Annotated[
        str, typer.Option(metavar="WORDS", help="Every record with these words in its label.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    reason: Annotated[str, typer.Option(help="Kept in the chain with the erasure.")] = "",
    witness: WitnessFile = None,
    ledger: LedgerFile = None,
) -> None:
    """Erase a record's answers and all that followed from them; the chain keeps that it was erased.

    Example: cicatrix audit forget last --reason 'asked for by the person'
    """
    reason = checked_note(reason, "--reason")
    if (id is None) == (not before and not label):
        help = "an id, or --before or --label"
        raise CaseError([Problem("it has to be said which records are to be erased", None, help)])
    wanted = Filter(since=before, label=label).checked("--before")
    with open_ledger(ledger, write=True) as store:
        if witness:
            hold_against(store, witness)
        entries = [store.entry(id)] if id is not None else _to_forget(store, wanted)
        if not entries:
            emit("No record fits: nothing was erased.")
            return
        notes = {entry.id: len(notes_on(store, entry)) for entry in entries}
        if len(entries) > 1:
            _say_records(entries)
        if not yes and not _agreed(entries, sum(notes.values())):
            say("Nothing was erased.")
            raise Stopped
        for entry in entries:
            erasure = store.forget(entry.id, reason)
            if witness:
                bear_witness(witness, erasure.seq, erasure.hash)
            noted = f", and {count(notes[entry.id], 'note')} on it" if notes[entry.id] else ""
            emit(f"Erased {entry.id}{noted}: record {erasure.id}", f"Head {erasure.hash}")


def _to_forget(store: Ledger, wanted: Filter) -> list[Entry]:
    """The records that are not erased yet, from before `since` and with the label. Raises LedgerError."""
    listed = list(summaries(store, wanted._replace(since="")))
    if any(summary.fault for summary in listed):
        raise LedgerError("the ledger is not whole, and nothing is erased in it", "`audit verify` says more")
    early = [s for s in listed if not wanted.since or s.time < wanted.since]
    entries = [store.entry(s.id) for s in early]
    return [entry for entry in entries if entry.is_consultation()]


def _say_records(entries: list[Entry]) -> None:
    for entry in entries:
        words = on_one_line((entry.content or {}).get("label", ""), 40)
        say(f"{entry.id}  {entry.header['time']}  {words}".rstrip())


def _agreed(entries: list[Entry], notes: int) -> bool:
    """Whether the user says that these are to be erased."""
    first = entries[0]
    what = f"record {first.id} of {first.header['time']}" if len(entries) == 1 else ""
    noted = f", and of {count(notes, 'note')} on {'it' if what else 'them'}," if notes else ""
    say(f"Erase the content of {what or f'these {len(entries)} records'}{noted} for good? (yes/no)")
    try:
        return ask_line("> ").strip().lower() == "yes"
    except (EOFError, KeyboardInterrupt):
        return False


def export(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file; standard output if none.")
    ] = None,
    format: Annotated[
        str, typer.Option(help="jsonl (a bundle), evidence (one record), or prov (one, as W3C PROV-JSON).")
    ] = "",
    id: Annotated[
        str, typer.Option(metavar="ID", help="One record alone: as evidence, if no format is named.")
    ] = "",
    notes: Annotated[
        bool, typer.Option("--notes", help="In evidence: with the notes on the record.")
    ] = False,
    checkpoint: Annotated[
        Path | None,
        typer.Option("--checkpoint", metavar="FILE", help="Of evidence: the signed head that it leads to."),
    ] = None,
    ledger: LedgerFile = None,
) -> None:
    """The whole ledger as a bundle of JSON Lines; or one record, as evidence for others or as PROV-JSON.

    Examples: cicatrix audit export -o consultations.jsonl
              cicatrix audit export --id k7q2x -o k7q2x.evidence
    """
    format = one_of(format or ("evidence" if id else "jsonl"), ("jsonl", "evidence", "prov"), "format")
    if format == "jsonl" and id:
        help = "leave out --format for the record alone, or --id for all of them"
        raise CaseError([Problem("a bundle holds every record of a ledger", None, help)])
    if format != "evidence" and (notes or checkpoint):
        raise CaseError([Problem("`--notes` and `--checkpoint` go with the evidence of a record: --id ID")])
    kept = kept_checkpoint(checkpoint) if checkpoint else None
    with open_ledger(ledger) as store:
        if format == "jsonl":
            lines: Iterable[str] = bundles.bundle_lines(store)
        else:
            entry = store.entry(id or "last")
            if format == "evidence":
                lines = [_evidence(store, entry, notes, kept)]
            else:
                lines = [provenance(store, entry)]
        if output is None:
            emit_file(lines)
        else:
            write_whole(output, lines, private=True)


def _evidence(store: Ledger, entry: Entry, notes: bool, kept: Attested | None) -> str:
    """The evidence of a record; what it lacks that it could have is said."""
    found = evidence_of(store, entry, notes, kept)
    left_out = 0 if notes else len(notes_on(store, entry))
    if left_out:
        say(f"Left out: {count(left_out, 'note')} on the record (--notes).")
    if not found.signed:
        say("Nobody has signed a head that covers the record: audit sign --key FILE")
    return found.text


def drafts(
    delete: Annotated[
        list[str] | None,
        typer.Option(
            "--delete",
            metavar="ID",
            help="Delete this one (may be repeated), or `all`.",
            autocompletion=completion.drafts,
        ),
    ] = None,
    json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """The interrupted dialogues that `consult --resume` can take up, the newest first.

    Example: cicatrix audit drafts --delete k7q2x
    """
    with open_ledger(ledger, write=bool(delete)) as store:
        drafted = waiting(store)
        if delete:
            ids = [one.id for one in drafted]
            wanted = ids if delete == ["all"] else list(dict.fromkeys(id.lower() for id in delete))
            unknown = [not_among("interrupted consultation", id, ids) for id in wanted if id not in ids]
            if unknown:
                raise CaseError(unknown)
            for id in wanted:
                store.drop_draft(id)
            emit(f"Deleted {', '.join(wanted) or 'none: there is none'}")
        elif json:
            print_json(tuple(drafted))
        else:
            emit(drafts_table(drafted))


def import_bundle(
    bundle: Annotated[Path, typer.Argument(help="A bundle that `audit export` wrote.")],
    ledger: Annotated[Path, typer.Option("--ledger", metavar="FILE", help="The new ledger to make of it.")],
    head: HeadHash = "",
    witness: WitnessFile = None,
) -> None:
    """Make a ledger of a bundle, after verifying it, to read it with every audit command.

    Example: cicatrix audit import consultations.jsonl --ledger theirs.sqlite
    """
    verified = bundles.import_bundle(bundle, ledger, _kept(head, witness))
    emit(*verified_blocks(verified))
    if verified.fault:
        raise CheckFailed


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
        written, base = opened(store, entry, kept_at())
        consultation = retold(written, base)
        noted = notes_on(store, entry)
        output = output or Path(f"{entry.id}.html")
        open = unanswered(base, case_of(consultation, base))
        beside = Aside(made_at(), checked_words(verify_ledger(store)), open, noted)
        text = page(entry, consultation, base.knowledge, read_quotes(document, base), beside)
        write_whole(output, [text], private=True)
    emit(f"Wrote {output}")
