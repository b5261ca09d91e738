"""Signed heads in a chain: whether they are heads of it, and how far somebody has signed it.

A head is a checkpoint of the Merkle tree over the entries. Its leaves are their hashes, as 32 bytes, in
order: so the chain up to each entry is in it, and erasing a content changes nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from expert.io.dates import at_second
from expert.io.problems import shorten
from expert.ledger.transparency.checkpoint import Checkpoint, read_checkpoint
from expert.ledger.transparency.keys import Verifier, signed_by
from expert.ledger.transparency.merkle import leaf_hash, roots_at
from expert.ledger.transparency.signed_note import SignedNote


class Attested(NamedTuple):
    """A signed head: the entry that holds it (number 0 if it was kept elsewhere), and what it says."""

    seq: int
    id: str
    checkpoint: Checkpoint
    note: SignedNote

    def names(self) -> list[str]:
        """Under which names it is signed, which proves nothing yet."""
        return list(dict.fromkeys(signature.name for signature in self.note.signatures))


class SignedUpTo(NamedTuple):
    """How far somebody has signed a ledger: up to which entry, and when, if a cosigner says so.

    `checked` is whether that was held against a key; without one it is no more than what is written there.
    """

    name: str
    entries: int
    checked: bool
    time: str = ""


class Wrong(NamedTuple):
    """What is wrong with a signed head, or with all of them (number 0)."""

    seq: int
    id: str
    message: str


def attested(seq: int, id: str, text: str) -> Attested:
    """The signed head that a text is. Raises NoNote."""
    return Attested(seq, id, *read_checkpoint(text))


def leaf_of(hash: str) -> bytes:
    """The leaf of an entry, by its hash."""
    return leaf_hash(bytes.fromhex(hash))


KEPT = "does not agree with the checkpoint that was kept, which "  # of a chain


def wrong_head(heads: Sequence[Attested], hashes: Sequence[str]) -> Wrong | None:
    """What is wrong with the first of some heads that is none of a chain's; None if all are.

    `hashes` are those of the chain's entries.
    """
    origin = heads[0].checkpoint.origin if heads else ""
    leaves = [leaf_of(hash) for hash in hashes] if heads else []
    roots = roots_at(leaves, {head.checkpoint.size for head in heads})
    for seq, id, checkpoint, _ in heads:
        size, kept = checkpoint.size, "" if id else KEPT
        if size > len(hashes):
            message = (
                f"is a head at entry {size}, and the last is {len(hashes)}:"
                " the history was cut off, or is another's"
            )
        elif checkpoint.root != roots[size]:
            message = f"is another head at entry {size} than here: the history was rewritten, or is another's"
        elif checkpoint.origin != origin:
            message = (
                f"names the origin `{shorten(checkpoint.origin)}`, and the first one `{shorten(origin)}`"
            )
        else:
            continue
        return Wrong(seq, id, f"{kept}{message}")
    return None


def signed_up_to(
    heads: Sequence[Attested], keys: Sequence[Verifier]
) -> tuple[list[SignedUpTo], Wrong | None]:
    """How far each key has signed, and what is wrong: a key has signed nothing, or a signature is forged.

    Without keys, by which names the newest head says that it is signed. Raises MissingLibrary.
    """
    found = []
    if not keys and heads:
        newest = max(heads, key=lambda head: head.checkpoint.size)
        found = [SignedUpTo(name, newest.checkpoint.size, False) for name in newest.names()]
    for key in keys:
        best: SignedUpTo | None = None
        for seq, id, checkpoint, note in heads:
            signed = signed_by(note, key)
            if signed.valid is False:
                return found, Wrong(seq, id, f"carries a signature of `{key.name}` that its key did not make")
            if signed.valid and (best is None or checkpoint.size >= best.entries):
                time = "" if signed.time is None else at_second(signed.time)
                best = SignedUpTo(key.name, checkpoint.size, True, time)
        if best is None:
            return found, Wrong(0, "", f"has no head that the key of `{key.name}` has signed")
        found.append(best)
    return found, None
