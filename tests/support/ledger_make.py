"""Small ledgers for the tests, and ways to tamper with them behind the program's back."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from support.ledger_worker import FILES, HEADER, content

from expert.io.files import content_hash
from expert.io.json import canonical, digest
from expert.ledger.chain import GENESIS
from expert.ledger.packing import Packing
from expert.ledger.store import Ledger
from expert.ledger.trust.verification import Kept, Verified, verify

OTHER = {"kb/document.yaml": "id: other\n", "rules/1.yaml": "[]\n"}
TEXT = """CASE typeof(content) WHEN 'blob' THEN unpacked(CAST(header AS BLOB), content) ELSE content END"""
ALL = f"SELECT seq, id, header, {TEXT}, hash FROM entries ORDER BY seq"
REPLACE = f"UPDATE entries SET content = packed(header, replace({TEXT}, ?, ?)) WHERE seq = ?"


def small(path: Path) -> list[str]:
    """A ledger of three consultations, on two knowledge bases, and the erasure of one; the ids."""
    other = {**HEADER, "knowledge": content_hash(OTHER)}
    known = {"id": "other", "title": "", "version": "1", "hash": content_hash(OTHER), "disclaimer": ""}
    with Ledger(path, write=True) as ledger:
        ids = [
            ledger.append(HEADER, content("first"), FILES).id,
            ledger.append(other, content("second", knowledge=known), OTHER).id,
            ledger.append(HEADER, content("third, \u00e9\u20ac"), FILES).id,
        ]
        return [*ids, ledger.forget(ids[0], "asked to").id]


def in_haste(connecting: Callable[[Path, bool], sqlite3.Connection]) -> Callable[..., sqlite3.Connection]:
    """What connects to a ledger, and waits for no disk: here no power fails."""

    def connect(path: Path, write: bool) -> sqlite3.Connection:
        connection = connecting(path, write)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    return connect


@contextmanager
def behind(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as anybody with SQLite can change it, who knows how contents are packed."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        with_texts(connection)
        yield connection


def with_texts(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that pack contents and unpack them."""
    packing = Packing(connection)
    connection.create_function("packed", 2, packing.packed)
    connection.create_function("unpacked", 2, packing.unpacked)


def verified(path: Path, head: str = "") -> Verified:
    with Ledger(path) as ledger:
        return verify(ledger, Kept(head))


def head_of(path: Path) -> tuple[int, str]:
    with Ledger(path) as ledger:
        return ledger.head()


def copied(path: Path, name: str) -> Path:
    """A copy of a ledger that nobody has open, its log included."""
    with behind(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    target = path.with_name(name)
    shutil.copy(path, target)
    return target


def rewritten(connection: sqlite3.Connection) -> None:
    """Compute a whole new chain over what is there now, as somebody who knows the format can."""
    previous = GENESIS
    rows = connection.execute(ALL).fetchall()
    for seq, (old, id, header, text, _) in enumerate(rows, 1):
        fields: dict[str, Any] = json.loads(header) | {"seq": seq, "id": id}
        if text is not None:
            fields["content"] = digest(text)
        linked = canonical(fields)
        previous = digest(previous, linked)
        values = (seq, linked, previous, old)
        connection.execute("UPDATE entries SET seq = ?, header = ?, hash = ? WHERE seq = ?", values)
    connection.execute("UPDATE head SET seq = ?, hash = ?", (len(rows), previous))


def bytes_kept(path: Path, *sought: str) -> list[str]:
    """Which of the texts are in any file of the ledger."""
    data = b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
    return [text for text in sought if text.encode() in data]


def packed_contents(path: Path) -> dict[str, str | bytes]:
    """The contents as they are stored, compressed but for the shortest, by the ids of their records."""
    with behind(path) as connection:
        return dict(connection.execute("SELECT id, content FROM entries WHERE content IS NOT NULL"))


def parts(packed: dict[str, str | bytes]) -> dict[str, list[bytes]]:
    """Some pieces of each of some contents as they are stored, such as no other of them has."""
    stored = {id: one.encode() if isinstance(one, str) else one for id, one in packed.items()}
    found = {}
    for id, one in stored.items():
        others = b"".join(other for i, other in stored.items() if i != id)
        pieces = [one[max(end - 16, 0) : end] for end in range(len(one), 0, -max(len(one) // 6, 1))]
        found[id] = [piece for piece in pieces if piece not in others]
        assert found[id]
    return found


def contents_kept(path: Path, sought: dict[str, list[bytes]]) -> set[str]:
    """The ids of the contents of which any piece is in any file of the ledger."""
    data = b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
    return {id for id, pieces in sought.items() if any(piece in data for piece in pieces)}
