"""Proofs that a log holds an entry (c2sp.org/tlog-proof): its place, the path, and the head it leads to."""

from __future__ import annotations

import re
from typing import NamedTuple

from expert.ledger.transparency.checkpoint import Checkpoint, checkpoint_in
from expert.ledger.transparency.merkle import root_along
from expert.ledger.transparency.signed_note import NoNote, SignedNote, from_base64, read_note, to_base64

FIRST = "c2sp.org/tlog-proof@v1"
HIGHEST = 64  # hashes of a path


class Inclusion(NamedTuple):
    """Where in a log an entry is (0 for the first), the hashes beside its path, and the signed head."""

    place: int
    path: tuple[bytes, ...]
    note: SignedNote

    def written(self) -> str:
        hashes = "".join(f"{to_base64(hash)}\n" for hash in self.path)
        return f"{FIRST}\nindex {self.place}\n{hashes}\n{self.note.written()}"

    def checkpoint(self) -> Checkpoint:
        return checkpoint_in(self.note)

    def holds(self, leaf: bytes) -> bool:
        """Whether the path leads from the hash of a leaf to the head."""
        head = self.checkpoint()
        return root_along(self.path, leaf, self.place, head.size) == head.root


def read_inclusion(text: str) -> Inclusion:
    """The proof that a text is; nothing of it is verified. Raises NoNote."""
    proof, _, rest = text.partition("\n\n")
    first, *lines = proof.split("\n")
    if lines and lines[0].startswith("extra "):  # what others put there, which proves nothing
        del lines[0]
    found = re.fullmatch("index (0|[1-9][0-9]{0,17})", lines[0], re.ASCII) if lines else None
    if first != FIRST or found is None or len(lines) > HIGHEST + 1:
        raise NoNote(f"it does not begin with `{FIRST}`, an index and a path")
    path = tuple(from_base64(line) for line in lines[1:])
    if any(len(hash) != 32 for hash in path):
        raise NoNote("its path has what is no SHA-256 hash")
    note = read_note(rest)
    checkpoint_in(note)
    return Inclusion(int(found[1]), path, note)
