"""Records of consultations: which there are, what one says of itself, and what was noted on it."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from io import StringIO
from typing import TYPE_CHECKING, Any

from expert.consultation.case import CASE_FILE, COMMAND_LINE, DEFAULT, PROGRAM
from expert.consultation.result import FORMAT, Consultation
from expert.io.dates import in_zone
from expert.io.quoting import on_one_line
from expert.language.english import count
from expert.language.model import Knowledge, Quotes
from expert.ledger.drafts import Waiting
from expert.ledger.history.search import Summary
from expert.ledger.notes import Noted
from expert.ledger.store import Entry
from expert.views.document import Block, Item, Line, Marked, Paragraph, Section, Table, apart, quoted, titled

if TYPE_CHECKING:
    from expert.ledger.history.unanswered import Unanswered


def records_table(listed: Sequence[Summary], total: int | None = None, zone: tzinfo = UTC) -> Block:
    """The records, a row each, of so many that fit; that there is none, if so. Times are those of a zone."""
    if not listed:
        return Line("No record fits." if not total else "No record is shown.")
    heads, rows = ["Record", "Time"], [[s.id, _to_the_second(in_zone(s.time, zone))] for s in listed]
    # labels and authors are rare, and their columns have no room to spare; nor has that of several ledgers
    rare = {
        "Ledger": _told_apart([s.ledger for s in listed]),
        "Label": [s.label for s in listed],
        "By": [s.by for s in listed],
    }
    for head, texts in rare.items():
        if any(texts):
            heads.append(head)
            for row, text in zip(rows, texts, strict=True):
                row.append(on_one_line(text, 40))
    for row, s in zip(rows, listed, strict=True):
        row += [s.knowledge, on_one_line(s.what)]
    table = Table([*heads, "Knowledge", "What"], rows)
    if total is None or total == len(listed):
        return table
    return apart(table, Line(f"{len(listed)} of {count(total, 'record')}."))


def _to_the_second(time: str) -> str:
    """A time as it is read in a table; whole, it is in JSON and CSV."""
    return re.sub(r"T(\d\d:\d\d:\d\d)\.\d+", r" \1", time)


def _told_apart(files: Sequence[str]) -> list[str]:
    """Files without the folders that all of them are in."""
    folders = {os.path.dirname(os.path.abspath(file)) for file in files if file}
    if not folders:
        return [*files]
    shared = os.path.commonpath(folders)
    return [os.path.relpath(os.path.abspath(file), shared) if file else "" for file in files]


def records_csv(listed: Sequence[Summary]) -> Iterator[str]:
    """The records as CSV, line by line; no cell is taken for a formula by a spreadsheet."""
    yield "record,time,label,knowledge,what,hash,kind,by,ledger"
    for s in listed:
        texts = (s.id, s.time, s.label, s.knowledge, s.what, s.hash, s.kind, s.by, s.ledger)
        cells = [on_one_line(cell) for cell in texts]
        # a sign before which an apostrophe stands is read as text
        safe_cells = [f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in cells]
        line = StringIO()
        csv.writer(line, lineterminator="").writerow(safe_cells)
        yield line.getvalue()


def drafts_table(drafts: Sequence[Waiting]) -> Block:
    """The interrupted dialogues, a row each; of a damaged one, why it cannot be read."""
    if not drafts:
        return Line("No interrupted dialogue is kept.")
    rows = []
    for one in drafts:
        draft = one.draft
        if draft is None:
            rows.append([one.id, one.time, "", "", on_one_line(f"cannot be read: {one.damaged}")])
            continue
        until = f"; kept until {draft.expires[:10]}" if draft.expires else ""
        knowledge = on_one_line(f"{draft.knowledge} {draft.version}".strip(), 40)
        answers = on_one_line(" ".join(draft.answers), 500)
        rows.append([one.id, one.time, on_one_line(draft.label, 40), knowledge, f"{answers}{until}"])
    return Table(["Draft", "Time", "Label", "Knowledge", "Answers"], rows)


def record_blocks(
    header: dict[str, Any], content: dict[str, Any], hash: str, formats: Sequence[Line] = ()
) -> Section:
    """A record's head: when, by what, on which answers, in the order in which they were given."""
    programs = on_one_line(", ".join(f"{name} {version}" for name, version in header["programs"].items()))
    label = f", {on_one_line(content['label'])}" if content["label"] else ""
    answers = []
    for n, answer in enumerate(content["answers"], 1):
        given = GIVEN.get(str(answer.get("given", "")), "")
        told = f"asked: {on_one_line(answer['asked'], 1000)}" if answer["asked"] else given
        asked = f"  ({told})" if told and told != GIVEN[COMMAND_LINE] else ""
        given = on_one_line(f"{answer['attribute']} = {answer['value']}")
        answers.append(Item(f"{n:>2}  ", f"{given}{asked}"))
    return apart(
        Line(f"Record {header['id']} of {header['time']}{label}"),
        Line(f"number {header['seq']}, hash {hash}", 2),
        Line(f"knowledge {header['knowledge']}", 2),
        Line(programs, 2),
        *by_line(content),
        *formats,
        *answers,
    )


def head_of_record(
    entry: Entry, written: Consultation, consultation: Consultation, knowledge: Knowledge
) -> Section:
    """The head of a record, as it was `written` and is told today, with the edition of its places."""
    lines = [*_edition_of(knowledge), *_format_lines(written, consultation)]
    return record_blocks(entry.header, entry.content or {}, entry.hash, lines)


def by_line(content: dict[str, Any]) -> list[Line]:
    """Who held a consultation, or made a note, if that was said."""
    return [Line(f"by {on_one_line(content['by'])}", 2)] if content.get("by") else []


AGREED = {"agree": "agrees", "disagree": "disagrees", "unsure": "is not sure", "": "notes"}


def note_words(note: Noted) -> str:
    """Who says what about a record, in a sentence."""
    text = on_one_line(note.text, 2000)
    return f"{on_one_line(note.by)} {AGREED[note.judgement]}{because(text)}"


def notes_section(notes: Sequence[Noted]) -> list[Section]:
    """What others noted on a record since; none if nobody did."""
    items = [Item("- ", f"{note_words(note)}  ({note.id}, {note.time})") for note in notes]
    return [Section("Notes", tuple(items))] if items else []


def note_blocks(note: Noted, seq: int, erasure: Mapping[str, Any] | None = None) -> list[Block]:
    """A note by itself; of one that was erased, when and why."""
    when = f" at {erasure['time']}{because(on_one_line(str(erasure.get('reason', ''))))}" if erasure else ""
    said = f"It was erased{when}." if note.erased else note_words(note)
    return [
        Line(f"Note {note.id} of {note.time} on record {note.about}"),
        Line(f"number {seq}, hash {note.hash}", 2),
        Paragraph(said),
    ]


def signature_blocks(entry: Entry) -> list[Block]:
    """A signed head by itself, as it is passed on."""
    return [
        Line(f"Signed head {entry.id} of {entry.header['time']}"),
        Line(f"number {entry.seq}, hash {entry.hash}", 2),
        *(Line(on_one_line(line, 500), 2) for line in str(entry.header["checkpoint"]).splitlines()),
    ]


GIVEN = {
    COMMAND_LINE: "given on the command line",
    CASE_FILE: "given in a file",
    PROGRAM: "given by a program",
    DEFAULT: "the day on which it was held",
}
CHANGES = {
    "verdict": "An answer could have changed a verdict",
    "shown": "An answer could have changed something that is shown, and {no verdict}",
    "undecided": "Whether an answer could have changed anything could not be told",
    "nothing": "An answer could have changed nothing",
}

COULD = {
    "verdict": "could have changed a verdict",
    "shown": "could have changed something that is shown, and {no verdict}",
    "undecided": "whether one could have changed anything could not be told",
    "nothing": "could have changed nothing",
}


def unanswered_section(open: Sequence[Unanswered], knowledge: Knowledge) -> list[Section]:
    """What was not known, by what it could have changed; none if all was answered."""
    blocks: list[Block] = []
    for changes, says in CHANGES.items():
        names = [one for one in open if one.changes == changes]
        if names:
            blocks.append(Paragraph(f"{_of_verdicts(says, knowledge)}:"))
        for one in names:
            said = " (the answer was: unknown)" if one.said_unknown else ""
            blocks.append(Item("- ", (Marked(one.attribute, "name"), f": {_question(one, knowledge)}{said}")))
    return [Section("What was not known", tuple(blocks))] if blocks else []


def unanswered_lines(open: Sequence[Unanswered], knowledge: Knowledge) -> list[Section]:
    """The same by labels, in a line for each kind."""
    lines = []
    for changes, could in COULD.items():
        labels = [knowledge.attributes[one.attribute].label for one in open if one.changes == changes]
        if labels:
            lines.append(Paragraph(f"{_of_verdicts(could, knowledge)}: {', '.join(labels)}", 2, 2))
    return [Section(titled("What was not known", "questions: --full"), tuple(lines))] if lines else []


def _of_verdicts(says: str, knowledge: Knowledge) -> str:
    """Where there are targets, an option's best verdict is meant: one for a target may change below it."""
    return says.replace("{no verdict}", "no option's best verdict" if knowledge.targets else "no verdict")


def _question(one: Unanswered, knowledge: Knowledge) -> str:
    return knowledge.attributes[one.attribute].question


def _format_lines(written: Consultation, consultation: Consultation) -> list[Line]:
    """That an earlier program wrote a record, and what is `found` of it today."""
    if written.format == FORMAT:
        return []
    lines = [f"written in format {written.format}, told in the words of this program: --json has its own"]
    if consultation.format != FORMAT:
        lines = [
            f"written in format {written.format}, where `not-addressed` could also mean that it was open",
            "something else follows from its answers today: see `audit replay`",
        ]
    return [Line(line, 2) for line in lines]


def _edition_of(knowledge: Knowledge) -> list[Line]:
    """Of which edition of the document the places are that a record names, if its knowledge says so."""
    return [Line(f"edition of the document: {knowledge.edition}", 2)] if knowledge.edition else []


def claims_used(consultation: Consultation, knowledge: Knowledge, quotes: Quotes) -> Section:
    """The claims that the firings rest on, each with the document's sentence."""
    blocks: list[Block] = []
    for id in consultation.rests_on():
        blocks.append(Item(f"{id:6} ", knowledge.claims[id].says))
        if id in quotes:
            blocks.append(Paragraph(quoted(quotes[id]), 9))
    return Section("Claims", tuple(blocks))


def because(reason: str) -> str:
    return f": {reason}" if reason else ""
