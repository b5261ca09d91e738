"""Small ledgers for the tests, and ways to tamper with them behind the program's back."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from support.ledger_worker import FILES, HEADER, content

from expert.io.files import content_hash
from expert.io.json import canonical, digest
from expert.ledger.chain import GENESIS, Verified
from expert.ledger.store import Ledger

OTHER = {"kb/document.yaml": "id: other\n", "rules/1.yaml": "[]\n"}
ALL = "SELECT seq, id, header, content, hash FROM entries ORDER BY seq"


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


@contextmanager
def behind(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as anybody with SQLite can change it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        yield connection


def verified(path: Path, head: str = "") -> Verified:
    with Ledger(path) as ledger:
        return ledger.verify(head)


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
