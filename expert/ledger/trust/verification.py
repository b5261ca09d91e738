"""Verification of a chain: entry by entry, as a whole, and against what was kept elsewhere.

What one link shows is in `chain.py`; here is what needs all of them: numbers and ids, knowledge, erasures and
notes, signed heads, and the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from expert.io.problems import CaseError, shorten
from expert.ledger.chain import GENESIS, Fault, Row, check_end, check_link, files_of
from expert.ledger.store import Ledger
from expert.ledger.transparency.keys import Verifier
from expert.ledger.transparency.signed_note import NoNote
from expert.ledger.trust.attested import Attested, SignedUpTo, attested, signed_up_to, wrong_head

DIGITS = 32  # of a head that is kept elsewhere: fewer can be forged by trying


class Erased(NamedTuple):
    """A record whose content was erased, when and why."""

    id: str
    time: str
    reason: str = ""


class Backwards(NamedTuple):
    """An entry that is dated before the one before it, and the two times."""

    id: str
    time: str
    after: str


class Kept(NamedTuple):
    """What was kept elsewhere: a head hash, or its beginning; heads by the number of entries then.

    `signed` are signed heads, `keys` are those that must have signed one.
    """

    head: str = ""
    heads: Mapping[int, str] = {}
    signed: Sequence[Attested] = ()
    keys: Sequence[Verifier] = ()


NOTHING = Kept()


class Verified(NamedTuple):
    """What a verification found: `fault` is None if all is well.

    `witnessed` is how many of the heads that were kept by number are there; `backwards` are entries that are
    dated before the one before them, as a clock was set back or somebody dated a record otherwise; `signed`
    is how far each key has signed it, or, if no key was given, by whom it says that it is. Of the entries, so
    many are erasures (`erased`), `notes`, and signed heads (`signatures`).
    """

    entries: int
    erased: int
    head: str
    fault: Fault | None
    erasures: tuple[Erased, ...] = ()
    witnessed: int = 0
    backwards: tuple[Backwards, ...] = ()
    signed: tuple[SignedUpTo, ...] = ()
    notes: int = 0
    signatures: int = 0


def checked_head(text: str) -> str:
    """A head hash that was kept, or as much of it as nobody can forge. Raises CaseError."""
    head = text.lower()
    if re.fullmatch("[0-9a-f]{1,64}", head) and len(head) >= DIGITS:
        return head
    if re.fullmatch("[0-9a-f]+", head) and len(head) < DIGITS:
        message = f"`{text}` is too short for a head hash: {DIGITS} digits at least are needed, of 64"
        help = (
            "earlier versions said that the first eight are enough; they are not, as somebody can write"
            " a chain anew until they fit: look for the whole of it where it was printed"
        )
        raise CaseError(message, help)
    message = f"`{shorten(text)}` is not a head hash, nor the first {DIGITS} digits of one or more"
    raise CaseError(message, "`audit head` prints the ledger's")


def verify(ledger: Ledger, kept: Kept = NOTHING) -> Verified:
    """Compute the whole chain of a ledger again, and hold it against what was kept elsewhere.

    Raises MissingLibrary where keys were kept and nothing here can read signatures.
    """
    with ledger.view():
        verified = verify_rows(ledger.rows(), dict(ledger.knowledge_rows()), ledger.head(), kept)
        return verified if verified.fault else verified._replace(fault=_damage(ledger))


def _damage(ledger: Ledger) -> Fault | None:
    """What SQLite finds wrong with the file, such as an index that leads to another row."""
    said = str(ledger.connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if said == "ok":
        return None
    return Fault(0, "", f"is whole, but its file is damaged: {shorten(said, 200)}")


# what is wrong with an entry beyond its hash, from its header and its content; empty if nothing is
Judge = Callable[[dict[str, Any], str | None], str]


def verify_rows(
    rows: Iterable[Row],
    knowledge: dict[str, str],
    head: tuple[int, str],
    kept: Kept,
    judge: Judge = lambda header, content: "",
) -> Verified:
    """Check stored rows (seq, id, header, content, hash) link by link; stop at the first fault."""
    seen = _Seen(knowledge, kept, judge)
    fault: Fault | None = None
    for row in rows:
        fault = check_link(seen.count + 1, seen.last, row) or seen.take(row)
        if fault:
            break
    fault = fault or seen.check_whole(head) or seen.check_signed()
    erasures = tuple(Erased(id, entry.time, entry.reason) for id, entry in seen.erasures.items())
    witnessed = sum(seq <= seen.count for seq in kept.heads)
    found = Verified(seen.count, len(erasures), seen.last, fault, erasures, witnessed)
    return found._replace(
        backwards=tuple(seen.backwards),
        signed=tuple(seen.signed),
        notes=len(seen.notes),
        signatures=len(seen.heads),
    )


class _Erasure(NamedTuple):
    seq: int
    id: str
    time: str
    reason: str


class _Seen:
    """What has been read of a chain, for what one link cannot show."""

    def __init__(self, knowledge: dict[str, str], kept: Kept, judge: Judge) -> None:
        self.count, self.last = 0, GENESIS
        self.judge = judge
        self.ids: set[str] = set()
        self.time = ""
        self.backwards: list[Backwards] = []
        self.knowledge, self.kept = knowledge, kept
        self.found_kept = not kept.head
        self.good: dict[str, bool] = {}  # the knowledge that is what its hash says
        self.consultations: set[str] = set()
        self.notes: dict[str, str] = {}  # and what each is about
        self.without: dict[str, int] = {}  # consultations and notes without a content
        self.erasures: dict[str, _Erasure] = {}
        self.hashes: list[str] = []
        self.heads: list[Attested] = []
        self.signed: list[SignedUpTo] = []

    def take(self, row: Row) -> Fault | None:
        """An entry whose link is whole."""
        seq, id, header, content, hash = row
        fields = json.loads(header)
        wrong = "has the id of another" if id in self.ids else self.judge(fields, content)
        if wrong:
            return Fault(seq, id, wrong)
        self.ids.add(id)
        if fields["time"] < self.time:
            self.backwards.append(Backwards(id, fields["time"], self.time))
        self.time = fields["time"]
        if wrong := self._take_fields(seq, id, fields, erased=content is None):
            return Fault(seq, id, wrong)
        self.count, self.last = seq, hash
        self.hashes.append(hash)
        self.found_kept = self.found_kept or hash.startswith(self.kept.head)
        if self.kept.heads.get(seq, hash) != hash:
            return Fault(seq, id, "has another hash than the witness has: the history was rewritten")
        return None

    def _take_fields(self, seq: int, id: str, fields: dict[str, Any], erased: bool) -> str:
        """What an entry is, by its header; what is wrong with that, if anything."""
        kind = fields["kind"]
        if kind == "erasure":
            self.erasures[fields["erases"]] = _Erasure(seq, id, fields["time"], str(fields.get("reason", "")))
        elif erased and "content" in fields:
            self.without[id] = seq
        if kind == "consultation":
            self.consultations.add(id)
            if not self.sound(fields["knowledge"]):
                return f"rests on knowledge {fields['knowledge'][:12]}, which is changed or gone"
        elif kind == "note":
            self.notes[id] = fields["about"]
            if fields["about"] not in self.consultations:
                return f"is a note on `{fields['about']}`, which is no record before it"
        elif kind == "signature":
            try:
                self.heads.append(attested(seq, id, fields["checkpoint"]))
            except NoNote as error:
                return f"holds no signed head: {error}"
        return ""

    def sound(self, hash: str) -> bool:
        """Whether the knowledge with a hash is there, unchanged."""
        if hash not in self.good:
            files = files_of(self.knowledge.get(hash, ""), hash, canonically=True)
            self.good[hash] = files is not None
        return self.good[hash]

    def check_signed(self) -> Fault | None:
        """The signed heads in the chain and those kept elsewhere, and the keys that must have signed one."""
        heads = [*self.heads, *self.kept.signed]
        wrong = wrong_head(heads, self.hashes)
        if wrong is None:
            self.signed, wrong = signed_up_to(heads, self.kept.keys)
        return Fault(*wrong) if wrong else None

    def check_whole(self, head: tuple[int, str]) -> Fault | None:
        """The chain's end, erasures, knowledge that no record rests on, a head kept elsewhere."""
        if wrong := check_end(self.count, self.last, head):
            return wrong
        for id, seq in self.without.items():
            if id not in self.erasures and self.notes.get(id) not in self.erasures:
                return Fault(seq, id, "has lost its content, and no erasure says so")
        for id, about in self.notes.items():
            if about in self.erasures and id not in self.without:
                return Fault(0, "", f"keeps the note `{id}` on `{about}`, which was erased")
        for id, erasure in self.erasures.items():
            if id not in self.without:
                return Fault(erasure.seq, erasure.id, f"erased `{id}`, which has a content or is not there")
        for hash in self.knowledge:
            if not self.sound(hash):
                return Fault(0, "", f"keeps the knowledge {str(hash)[:12]}, which is not what its hash says")
        newest = max(self.kept.heads, default=0)
        if newest > self.count:
            message = f"is missing, and the witness has a head of entry {newest}: the history was cut off"
            return Fault(self.count + 1, "", message)
        if self.found_kept or self.last.startswith(self.kept.head):  # the head of no entries is no entry's
            return None
        message = (
            f"has no entry with the hash {self.kept.head[:16]}… that was kept:"
            " the history was rewritten, or is another's"
        )
        if GENESIS.startswith(self.kept.head):
            message = "has entries, and the head that was kept is that of an empty ledger: it shows nothing"
        return Fault(0, "", message)
