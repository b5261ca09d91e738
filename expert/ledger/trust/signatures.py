"""Signing a ledger: its head as a checkpoint, signed by its keeper and by witnesses, kept in the chain."""

from __future__ import annotations

from collections.abc import Sequence

from expert.io.problems import CaseError, LedgerError, shorten
from expert.ledger.store import Entry, Ledger
from expert.ledger.transparency.checkpoint import Checkpoint, checkpoint_in, witness_request
from expert.ledger.transparency.keys import Signer, Verifier, sign, signed_by
from expert.ledger.transparency.merkle import consistency_proof, root_of
from expert.ledger.transparency.signed_note import DASH, NoNote, SignedNote, read_note, read_signature
from expert.ledger.trust.attested import Attested, attested, leaf_of
from expert.ledger.trust.verification import verify

OWN = "cicatrix-ledger"  # the origin of a ledger that nobody has signed: with its first hash, it is its own


def signed_heads(ledger: Ledger) -> list[Attested]:
    """The signed heads in a ledger, in order. Raises LedgerError."""
    heads = []
    for entry in ledger.of_kind("signature"):
        try:
            heads.append(attested(entry.seq, entry.id, entry.header["checkpoint"]))
        except NoNote as error:
            raise LedgerError(f"record `{entry.id}` holds no signed head: {error}") from None
    return heads


def origin_of(ledger: Ledger, heads: Sequence[Attested] = ()) -> str:
    """What checkpoints call a ledger: as they did when it was signed, or by its first hash."""
    if heads:
        return heads[0].checkpoint.origin
    return f"{OWN}/{ledger.hash_of(1)[:32]}" if ledger.head()[0] else OWN


def checkpoint_of(ledger: Ledger, origin: str = "") -> Checkpoint:
    """The head of a ledger as a checkpoint."""
    with ledger.view():
        hashes = ledger.hashes()
        origin = origin or origin_of(ledger, signed_heads(ledger))
        return Checkpoint(origin, len(hashes), root_of(leaf_of(hash) for hash in hashes))


def sign_head(ledger: Ledger, signer: Signer, origin: str = "") -> tuple[Entry, SignedNote]:
    """Sign the head of a ledger that is whole, and append that. If no origin is given, it is the key's name.

    Raises LedgerError if it is empty or not whole, CaseError if it was signed under another origin, and
    MissingLibrary.
    """
    signed: list[SignedNote] = []

    def make() -> str:
        check_whole(ledger, "signed")
        heads = signed_heads(ledger)
        before = heads[0].checkpoint.origin if heads else ""
        if origin and before and origin != before:
            message = (
                f"the ledger was signed under the origin `{shorten(before)}`, which cannot be another now"
            )
            raise CaseError(message, "leave out --origin")
        text = checkpoint_of(ledger, before or origin or signer.name).text()
        signed.append(SignedNote(text, (sign(text, signer),)))
        return signed[0].written()

    return ledger.attest(make), signed[0]


def check_whole(ledger: Ledger, done: str) -> None:
    """Raise LedgerError for a ledger without entries, or one that does not verify."""
    if ledger.head()[0] == 0:
        raise LedgerError("the ledger has no entries: there is nothing to be " + done)
    if fault := verify(ledger).fault:
        what = f"record `{shorten(fault.id)}`" if fault.id else "the chain"
        message = f"the ledger is not whole, and nothing of it is {done}: {what} {fault.message}"
        raise LedgerError(message, "`audit verify` says more")


# --- witnesses ---------------------------------------------------------------------------------
def request_to_witness(ledger: Ledger, old: int) -> str:
    """What a witness that has the head of the first `old` entries is sent: the newest signed head.

    Raises LedgerError if nothing is signed, CaseError if the witness has more than that.
    """
    head = newest_signed(ledger)
    size = head.checkpoint.size
    if not 0 <= old <= size:
        message = f"the newest signed head is at entry {size}, and the witness is to have seen {old}"
        raise CaseError(message, "sign the present one: audit sign --key FILE")
    leaves = [leaf_of(hash) for hash in ledger.hashes()[:size]]
    return witness_request(head.note, old, consistency_proof(old, leaves))


def newest_signed(ledger: Ledger) -> Attested:
    """The signed head of most entries, the latest of these. Raises LedgerError if there is none."""
    heads = signed_heads(ledger)
    if not heads:
        raise LedgerError("no head of the ledger is signed", "audit sign --key FILE")
    return max(heads, key=lambda head: (head.checkpoint.size, head.seq))


def take_up(ledger: Ledger, text: str, keys: Sequence[Verifier]) -> tuple[Entry, SignedNote]:
    """Append a signed head with the signatures that others gave to it: each of the keys must have.

    The text is what they answered: the lines of their signatures below the newest signed head, or the whole
    note. Signatures of other keys are not taken up. Raises LedgerError, CaseError and MissingLibrary.
    """
    taken: list[SignedNote] = []

    def make() -> str:
        check_whole(ledger, "signed")
        head = newest_signed(ledger)
        answer = _answered(text, head.note)
        taken.append(_with(head.note, answer, keys))
        return taken[0].written()

    return ledger.attest(make), taken[0]


def _answered(text: str, note: SignedNote) -> SignedNote:
    """The note that an answer is, with its signatures. Raises CaseError."""
    try:
        if text.startswith(DASH):
            lines = text.splitlines()
            return SignedNote(note.text, tuple(read_signature(line) for line in lines if line))
        answer = read_note(text)
        checkpoint_in(answer)
    except NoNote as error:
        raise CaseError(f"the answer is no signed head, nor lines of signatures: {error}") from None
    if answer.text != note.text:
        message = "the answer is about another head than the newest that is signed in the ledger"
        raise CaseError(message, "`audit cosign` prints what it is about")
    return answer


def _with(note: SignedNote, answer: SignedNote, keys: Sequence[Verifier]) -> SignedNote:
    """A note with those signatures of an answer that some keys made. Raises CaseError if one made none."""
    ids = {(key.name, key.id()) for key in keys}
    added = [s for s in answer.signatures if (s.name, s.key_id) in ids and s not in note.signatures]
    for key in keys:
        valid = signed_by(answer, key).valid
        if not valid:
            how = "is not that of its key" if valid is False else "is not in the answer"
            raise CaseError(f"the signature of `{key.name}` {how}")
    return note._replace(signatures=(*note.signatures, *added))
