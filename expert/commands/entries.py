"""The commands `audit note`, `audit forget` and `audit drafts`: what is added to a ledger, and erased."""

from typing import Annotated

import typer

from expert.commands import completion
from expert.commands.ledgers import open_ledger
from expert.commands.options import By, Json, LedgerFile, RecordId, WitnessFile
from expert.commands.saying import ask_line, say
from expert.commands.shared import checked_note, print_json
from expert.commands.showing import emit
from expert.io.problems import CaseError, LedgerError, Stopped, not_among
from expert.io.quoting import on_one_line
from expert.language.english import count
from expert.ledger.drafts import waiting
from expert.ledger.history.search import Filter, summaries
from expert.ledger.notes import note_on, notes_on
from expert.ledger.shape import JUDGEMENTS
from expert.ledger.store import Entry, Ledger
from expert.ledger.trust.witness import bear_witness, hold_against
from expert.views.records import drafts_table

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
        hold_against(store, witness)
        entry = note_on(store, id, by, judgement, text)
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
        raise CaseError("it has to be said which records are to be erased", "an id, or --before or --label")
    wanted = Filter(since=before, label=label).checked("--before")
    with open_ledger(ledger, write=True) as store:
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
