"""Checkpoints (c2sp.org/tlog-checkpoint): the head of a log's Merkle tree as the text of a signed note.

Three lines: the origin, which names the log; how many leaves the tree has; its root.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from expert.ledger.transparency.signed_note import NoNote, SignedNote, from_base64, read_note, to_base64


class Checkpoint(NamedTuple):
    """The head of a tree: whose, of how many leaves, and its root; other lines are passed on as they are."""

    origin: str
    size: int
    root: bytes
    others: tuple[str, ...] = ()

    def text(self) -> str:
        lines = (self.origin, str(self.size), to_base64(self.root), *self.others)
        return "".join(f"{line}\n" for line in lines)


def checkpoint_in(note: SignedNote) -> Checkpoint:
    """The checkpoint that a note holds. Raises NoNote."""
    lines = note.text.split("\n")[:-1]
    if len(lines) < 3 or not all(lines):
        raise NoNote("a checkpoint has three lines: an origin, a size, and a root")
    origin, size, root = lines[:3]
    if not re.fullmatch("0|[1-9][0-9]{0,17}", size, re.ASCII):
        raise NoNote(f"`{size[:60]}` is no size")
    hash = from_base64(root)
    if len(hash) != 32:
        raise NoNote("its root is no SHA-256 hash")
    return Checkpoint(origin, int(size), hash, tuple(lines[3:]))


def read_checkpoint(text: str) -> tuple[Checkpoint, SignedNote]:
    """The checkpoint that a text holds, and the note with its signatures. Raises NoNote.

    One that nobody signed may be without the blank line.
    """
    if "\n\n" not in text:
        text += "\n"
    note = read_note(text)
    return checkpoint_in(note), note


def witness_request(note: SignedNote, old: int, proof: list[bytes]) -> str:
    """What a witness of c2sp.org/tlog-witness that has the tree of `old` leaves is sent: `add-checkpoint`."""
    lines = "".join(f"{to_base64(hash)}\n" for hash in proof)
    return f"old {old}\n{lines}\n{note.written()}"
