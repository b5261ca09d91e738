"""The chain: how entries of the ledger are hashed, and what a broken link shows.

Header and content are hashed as they are stored: the canonical JSON of RFC 8785. An entry's
hash is SHA-256 over the hash of the entry before it and its own header; the header holds the
digest of the content, so that a content can be erased and the chain still be whole.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any, NamedTuple

from expert.io.files import content_hash
from expert.io.json import canonical, digest, strict

GENESIS = "0" * 64  # the hash before the first entry

Row = tuple[int, str, str, str | None, str]  # seq, id, header, content, hash

NEEDED = {
    "consultation": ("knowledge", "content", "time"),
    "erasure": ("erases", "time"),
    "note": ("about", "content", "time"),
    "signature": ("checkpoint", "time"),
}


class Fault(NamedTuple):
    """The first thing found wrong with a chain: at which entry, and what."""

    seq: int
    id: str
    message: str


def hash_after(previous: str, header: str) -> str:
    """The hash of an entry, from that of the entry before it and its own header."""
    return digest(previous, header)


def check_link(expected: int, previous: str, row: Row) -> Fault | None:
    """One entry against the one before it: its number, its hash, its own header and content."""
    seq, id, header, content, hash = row
    if any(not isinstance(value, str) for value in (id, header, hash)):
        return Fault(expected, str(id), "is not text any more")
    if seq != expected:
        return Fault(expected, "", f"is missing or out of order: the next there is `{id}`, number {seq}")
    if hash_after(previous, header) != hash:
        return Fault(seq, id, "has been changed, or something before it was inserted or removed")
    fields = fields_of(header)
    if not all(isinstance(fields.get(name), str) for name in NEEDED.get(str(fields.get("kind")), ("",))):
        return Fault(seq, id, "has a header that is no record's")
    if fields.get("seq") != seq or fields.get("id") != id:
        return Fault(seq, id, "does not carry its own number and id")
    if content == "":  # see packing.py
        return Fault(seq, id, "has a content that cannot be unpacked: it or its knowledge has been changed")
    whole = content is None or (isinstance(content, str) and digest(content) == fields.get("content"))
    return None if whole else Fault(seq, id, "has a changed content")


def check_end(count: int, last: str, head: tuple[int, str]) -> Fault | None:
    """The head that the ledger names, as number and hash, against the number of entries and the last hash."""
    seq, hash = head
    if seq > count:
        return Fault(count + 1, "", f"is missing: the ledger's head names entry {seq}")
    if (seq, hash) != (count, last):
        return Fault(0, "", f"ends otherwise than the ledger's head says, which names entry {seq}")
    return None


def lost_or_kept(row: Row, erased: Container[str]) -> Fault | None:
    """An entry, which is as its hash says, against those that say what was erased: their ids."""
    seq, id, header, content, _ = row
    fields = fields_of(header)
    if fields.get("content") is None:
        return None
    said = id in erased or fields.get("about") in erased
    if content is None and not said:
        return Fault(seq, id, "has lost its content, and no erasure says so")
    if content is not None and said:
        return Fault(seq, id, "has a content, and an erasure says that it has none")
    return None


def files_of(text: str, hash: str, canonically: bool = False) -> dict[str, str] | None:
    """The knowledge files that a text holds, if they are those of a hash, and the text is theirs alone."""
    try:
        files: dict[str, str] = strict(text)
        sound = content_hash(files) == hash and (not canonically or canonical(files) == text)
        return files if sound else None
    except (TypeError, ValueError, AttributeError, RecursionError):
        return None


def fields_of(header: str | bytes) -> dict[str, Any]:
    """The fields of a header; none if it is no JSON object."""
    try:
        fields = strict(header)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}
