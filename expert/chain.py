"""The chain: how entries of the ledger are hashed, and what a broken chain shows.

Header and content are hashed as they are stored: the canonical JSON of RFC 8785. An entry's
hash is SHA-256 over the hash of the entry before it and its own header; the header holds the
digest of the content, so that a content can be erased and the chain still be whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from expert.source import content_hash

GENESIS = "0" * 64  # the hash before the first entry
Row = tuple[int, str, str, str | None, str]  # seq, id, header, content, hash


class Fault(NamedTuple):
    """The first thing found wrong with a chain: at which entry, and what."""

    seq: int
    id: str
    message: str


class Verified(NamedTuple):
    """What a verification found: `fault` is None if all is well."""

    entries: int
    erased: int
    head: str
    fault: Fault | None


def canonical(data: Any) -> str:
    """The one JSON text of some data (RFC 8785)."""
    import rfc8785

    return rfc8785.dumps(data).decode()


def digest(*texts: str) -> str:
    """SHA-256, in hex, over texts."""
    return sha256("".join(texts).encode()).hexdigest()


def verify_rows(rows: Iterable[Row], knowledge: dict[str, str], head: tuple[int, str], kept: str) -> Verified:
    """Check stored rows (seq, id, header, content, hash) link by link; stop at the first fault."""
    previous, count, erased_at, erasures = GENESIS, 0, {}, set()
    seen_kept = not kept or GENESIS.startswith(kept)
    fault: Fault | None = None
    good_knowledge: dict[str, bool] = {}
    for seq, id, header, content, hash in rows:
        fault = _check_link(count + 1, previous, (seq, id, header, content, hash))
        if fault:
            break
        count, previous = count + 1, hash
        seen_kept = seen_kept or hash.startswith(kept)
        fields = json.loads(header)
        if fields["kind"] == "erasure":
            erasures.add(fields["erases"])
        else:
            if content is None:
                erased_at[id] = seq
            fault = _check_knowledge(seq, id, fields["knowledge"], knowledge, good_knowledge)
            if fault:
                break
    if not fault:
        fault = _check_whole(count, previous, head, kept, seen_kept, erased_at, erasures)
    return Verified(count, len(erasures), previous, fault)


def _check_link(expected: int, previous: str, row: Row) -> Fault | None:
    """One entry against the one before it."""
    seq, id, header, content, hash = row
    if any(not isinstance(value, str) for value in (id, header, hash)):
        return Fault(expected, str(id), "is not text any more")
    if seq != expected:
        return Fault(expected, "", f"is missing or out of order: the next there is `{id}`, number {seq}")
    if digest(previous, header) != hash:
        return Fault(seq, id, "has been changed, or something before it was inserted or removed")
    try:
        fields = json.loads(header)
    except ValueError:
        return Fault(seq, id, "has a header that is no JSON")
    if fields.get("seq") != seq or fields.get("id") != id:
        return Fault(seq, id, "does not carry its own number and id")
    if content is not None and (not isinstance(content, str) or digest(content) != fields.get("content")):
        return Fault(seq, id, "has a changed content")
    return None


def _check_knowledge(
    seq: int, id: str, hash: str, knowledge: dict[str, str], good: dict[str, bool]
) -> Fault | None:
    """The knowledge that a record names is there, unchanged."""
    if hash not in good:
        try:
            good[hash] = hash in knowledge and content_hash(json.loads(knowledge[hash])) == hash
            good[hash] = good[hash] and canonical(json.loads(knowledge[hash])) == knowledge[hash]
        except (ValueError, TypeError, AttributeError):
            good[hash] = False
    return None if good[hash] else Fault(seq, id, f"rests on knowledge {hash[:12]}, which is changed or gone")


def _check_whole(
    count: int,
    last: str,
    head: tuple[int, str],
    kept: str,
    seen_kept: bool,
    erased_at: dict[str, int],
    erasures: set[str],
) -> Fault | None:
    """What only the whole chain can show: its end, erasures, and a head kept elsewhere."""
    for id, seq in erased_at.items():
        if id not in erasures:
            return Fault(seq, id, "has lost its content, and no erasure says so")
    if head != (count, last):
        return Fault(count + 1, "", f"is missing: the ledger's head names entry {head[0]}")
    if not seen_kept:
        return Fault(0, "", f"no entry has the hash {kept[:16]} that was kept: the history was rewritten")
    return None
