"""Evidence: one record in a file, for somebody who does not trust us and has no ledger.

The file is one JSON object: the record with the hash before it, the knowledge that it ran under, and the path
from it to a head of the ledger, as a proof that other tools verify (c2sp.org/tlog-proof). Of other records it
holds hashes alone, and the notes on this one only if they are wanted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from expert.io.json import NotRestored, canonical, plain, restore, strict
from expert.io.problems import CaseError, LedgerError, shorten
from expert.ledger.chain import Row, check_link, files_of
from expert.ledger.records import base_of, check_consultation, check_shape, refusal
from expert.ledger.shape import content_fault, header_fault
from expert.ledger.store import Entry, Ledger, entry_of
from expert.ledger.transparency.inclusion import Inclusion, read_inclusion
from expert.ledger.transparency.keys import signed_by
from expert.ledger.transparency.merkle import path_to
from expert.ledger.transparency.signed_note import NoNote, SignedNote
from expert.ledger.trust.attested import Attested, leaf_of, wrong_head
from expert.ledger.trust.signatures import check_whole, checkpoint_of, signed_heads
from expert.ledger.trust.verification import Kept

LAYOUT = 1  # of the file, which a program that does not know it refuses
BEGINNING = re.compile(r'\s*\{\s*"evidence"\s*:')
LONGEST = 50_000_000  # characters of the file


class Proven(NamedTuple):
    """An entry as it is stored, the hash of the one before it, and the path from it to a head."""

    seq: int
    id: str
    header: str
    content: str
    previous: str
    hash: str
    proof: str

    def row(self) -> Row:
        return self.seq, self.id, self.header, self.content, self.hash


class Last(NamedTuple):
    """The last entry that the head covers: its hash, which is the head of the chain then, and its path."""

    hash: str
    proof: str


class Files(NamedTuple):
    """The files of a knowledge base, as one text, and their hash."""

    hash: str
    files: str


class Evidence(NamedTuple):
    """What an evidence file holds."""

    evidence: int
    record: Proven
    notes: tuple[Proven, ...]
    head: Last
    knowledge: Files

    def files(self, hash: str) -> dict[str, str]:
        """The knowledge files that the record was made with. Raises LedgerError."""
        files = files_of(self.knowledge.files, hash, canonically=True)
        if files is None:
            raise LedgerError(f"it is not the knowledge with the hash {shorten(hash)[:12]}")
        return files

    def entry(self) -> Entry:
        """The record. Raises LedgerError if it cannot be read."""
        return entry_of(self.record.row())


# what stands for the head that a path leads to, beside the file itself
OUTSIDE = ("signature", "kept head", "witness", "kept checkpoint")


class Check(NamedTuple):
    """Something that was checked, whether it holds (None if nothing could be said of it), and how it is."""

    check: str
    holds: bool | None
    says: str


# --- writing -----------------------------------------------------------------------------------
class Written(NamedTuple):
    """An evidence file, and whether anybody says to have signed the head that its path leads to."""

    text: str
    signed: bool


def evidence_of(ledger: Ledger, entry: Entry, with_notes: bool, kept: Attested | None = None) -> Written:
    """The evidence file of a consultation, of a ledger that is whole.

    Its path leads to a head that was kept, or else to the newest signed head that covers it, or else to the
    present one. Raises LedgerError, and CaseError if the head that was kept is no head of the ledger or does
    not cover the record.
    """
    check_consultation(entry)
    with ledger.view():
        check_whole(ledger, "handed over")
        notes = [note for note in ledger.notes_on(entry) if note.content is not None] if with_notes else []
        seqs = [entry.seq, *(note.seq for note in notes)]
        rows = {seq: ledger.row_at(seq) for seq in seqs}
        hashes = ledger.hashes()
        note = _head_above(ledger, hashes, max(seqs), kept)
        before = {seq: ledger.hash_before(seq) for seq in seqs}
    size = int(note.text.split("\n")[1])
    leaves = [leaf_of(hash) for hash in hashes[:size]]

    def proof(seq: int) -> str:
        return Inclusion(seq - 1, tuple(path_to(seq - 1, leaves)), note).written()

    def proven(seq: int) -> Proven:
        _, id, header, content, hash = rows[seq]
        return Proven(seq, id, header, content or "", before[seq], hash, proof(seq))

    named = entry.header["knowledge"]
    knowledge = Files(named, canonical(ledger.files(named)))
    record, *others = map(proven, seqs)
    evidence = Evidence(LAYOUT, record, tuple(others), Last(hashes[size - 1], proof(size)), knowledge)
    return Written(canonical(plain(evidence)), bool(note.signatures))


def _head_above(ledger: Ledger, hashes: Sequence[str], least: int, kept: Attested | None) -> SignedNote:
    """A head of at least so many entries: that which was kept, or the newest with the most that signed it."""
    heads = signed_heads(ledger)
    if kept:
        return _kept_head(kept, heads, hashes, least)
    covering = [head for head in heads if head.checkpoint.size >= least]
    if not covering:
        return SignedNote(checkpoint_of(ledger).text())
    return max(covering, key=lambda head: (head.checkpoint.size, head.seq)).note


def _kept_head(kept: Attested, heads: Sequence[Attested], hashes: Sequence[str], least: int) -> SignedNote:
    if wrong := wrong_head([*heads, kept], hashes):
        raise CaseError(f"the ledger {wrong.message}")
    if kept.checkpoint.size < least:
        message = (
            f"the checkpoint is a head at entry {kept.checkpoint.size}, and does not cover number {least}"
        )
        raise CaseError(message, "take a newer one, or none")
    return kept.note


# --- reading -----------------------------------------------------------------------------------
def is_evidence(path: Path) -> bool:
    """Whether a file begins as evidence does; a pipe, which can be read once only, is taken for a bundle."""
    if not path.is_file():
        return False
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            return bool(BEGINNING.match(stream.read(200)))
    except OSError:
        return False


def read_evidence(path: Path) -> Evidence:
    """What an evidence file holds; nothing of it is checked. Raises CaseError if it is none."""
    try:
        with path.open(encoding="utf-8") as stream:
            text = stream.read(LONGEST)
        data = strict(text)
        if type(data["evidence"]) is int and data["evidence"] > LAYOUT:
            raise _no_evidence(path, "a newer version wrote it")
        found: Evidence = restore(Evidence, data)
        for proven in (found.record, *found.notes):
            strict(proven.header), strict(proven.content)
        if found.evidence < 1:
            raise _no_evidence(path, f"there is no layout {found.evidence} of it")
        # what nobody checks is not carried along with what is checked
        if plain(found) != data:
            raise _no_evidence(path, "it holds more than evidence does")
    except NotRestored as error:
        raise _no_evidence(path, str(error)) from None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OSError):
        raise _no_evidence(path, "it is damaged, or cut off") from None
    return found


def _no_evidence(path: Path, why: str) -> CaseError:
    return CaseError(f"`{path}` is no evidence: {why}", "`audit export --id ID` writes it")


# --- checking ----------------------------------------------------------------------------------
def checks(evidence: Evidence, kept: Kept) -> Iterator[Check]:
    """What can be checked of evidence without running it again, each with what was found."""
    record = evidence.record
    wrong = _wrong_entries(evidence)
    notes = len(evidence.notes)
    told = f", and so {'is 1 note' if notes == 1 else f'are {notes} notes'} on it" if notes else ""
    whole = f"the record is as its hash says{told}"
    yield Check("hash", not wrong, wrong or whole)
    wrong = _wrong_knowledge(evidence, whole=not wrong)
    yield Check("knowledge", not wrong, wrong or "it is as its hash says, which the record names")
    try:
        proofs = [read_inclusion(text) for text in _proofs(evidence)]
    except NoNote as error:
        yield Check("path", False, f"there is none: {error}")
        return
    head = proofs[0].checkpoint()
    wrong = _wrong_path(evidence, proofs)
    led = f"it leads from the record, number {record.seq}, to the head of {head.origin} at entry {head.size}"
    yield Check("path", not wrong, wrong or led)
    yield from _signatures(proofs[0].note, kept)
    yield from _held_against(evidence, Attested(0, "", head, proofs[0].note), kept)


def _proofs(evidence: Evidence) -> list[str]:
    return [evidence.record.proof, *(note.proof for note in evidence.notes), evidence.head.proof]


def _wrong_entries(evidence: Evidence) -> str:
    """What is wrong with the record, or a note on it; empty if nothing is."""
    record = evidence.record
    for proven in (record, *evidence.notes):
        which = "the record" if proven is record else f"the note `{shorten(proven.id)}`"
        fault = check_link(proven.seq, proven.previous, proven.row())
        wrong = fault.message if fault else ""
        if not wrong:
            header = json.loads(proven.header)
            wrong = header_fault(header)
            if not wrong and not (proven is record and refusal(evidence.entry())):
                wrong = content_fault(header, json.loads(proven.content), None)
            kind = "consultation" if proven is record else "note"
            if not wrong and header["kind"] != kind:
                wrong = f"is no {kind}"
            if not wrong and header.get("about", record.id) != record.id:
                wrong = "is on another record"
        if wrong:
            return f"{which} {wrong}"
    places = [proven.seq for proven in (record, *evidence.notes)]
    return "" if places == sorted(set(places)) else "the notes are not in their order, or one is there twice"


def _wrong_knowledge(evidence: Evidence, whole: bool) -> str:
    """What is wrong with the knowledge, or with a `whole` record as one of that; empty if nothing is."""
    try:
        evidence.files(evidence.knowledge.hash)
        entry = evidence.entry()
        if whole and entry.header["knowledge"] != evidence.knowledge.hash:
            return "it is not the knowledge that the record names"
        if whole and not refusal(entry):
            check_shape(entry, base_of(evidence, entry))
    except LedgerError as error:
        return error.problems[0].message
    return ""


def _wrong_path(evidence: Evidence, proofs: Sequence[Inclusion]) -> str:
    """What is wrong with the paths; empty if all lead to one head."""
    size = proofs[0].checkpoint().size
    places = [evidence.record.seq, *(note.seq for note in evidence.notes), size]
    hashes = [evidence.record.hash, *(note.hash for note in evidence.notes), evidence.head.hash]
    for seq, hash, proof in zip(places, hashes, proofs, strict=True):
        if proof.note != proofs[0].note:
            return "there are several heads in the file"
        if proof.place != seq - 1:
            return f"it begins at entry {proof.place + 1}, and not at number {seq}"
        if not re.fullmatch("[0-9a-f]{64}", hash) or not proof.holds(leaf_of(hash)):
            return f"it does not lead from entry {seq} to the head"
    return ""


def _signatures(note: SignedNote, kept: Kept) -> Iterator[Check]:
    for key in kept.keys:
        signed = signed_by(note, key)
        if signed.valid:
            yield Check("signature", True, f"the key of {key.name} has signed that head")
        elif signed.valid is None:
            yield Check("signature", False, f"the key of {key.name} has not signed that head")
        else:
            yield Check("signature", False, f"the signature of {key.name} is not that of its key")
    if not kept.keys:
        names = ", ".join(dict.fromkeys(signature.name for signature in note.signatures))
        told = (
            f"{names} has signed it, the file says; no key was given (--key)" if names else "nobody signed it"
        )
        yield Check("signature", None, told)


def _held_against(evidence: Evidence, head: Attested, kept: Kept) -> Iterator[Check]:
    """What was kept elsewhere: the hash of the record or of the chain, a witness, checkpoints."""
    size = head.checkpoint.size
    proven = (evidence.record, *evidence.notes)
    known = {size: evidence.head.hash, **{one.seq: one.hash for one in proven}}
    if kept.head:
        found = any(hash.startswith(kept.head) for hash in known.values())
        says = "it is the hash of the record, or of the head" if found else "it is the hash of nothing here"
        yield Check("kept head", found, says)
    if kept.heads:
        shared = [seq for seq in known if seq in kept.heads]
        agree = all(kept.heads[seq] == known[seq] for seq in shared)
        says = f"it has the same hash for entry {' and '.join(map(str, shared))}"
        if not shared:
            says = f"it has no hash of entry {evidence.record.seq}, nor of {size}"
        elif not agree:
            says = "it has another hash for the same entry"
        yield Check("witness", bool(shared) and agree, says)
    for other in kept.signed:
        same = other.checkpoint == head.checkpoint
        says = "it is the head that the path leads to"
        if not same:
            says = f"it is another head, of {other.checkpoint.origin} at entry {other.checkpoint.size}"
        yield Check("kept checkpoint", same, says)
