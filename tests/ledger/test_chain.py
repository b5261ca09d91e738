"""The chain: whatever is changed in a ledger is found, and the record is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.ledger_make import ALL, behind, copied, small, verified
from support.ledger_worker import HEADER
from support.records import other_bytes
from support.sizes import some_or_all

from expert.io.problems import LedgerError
from expert.ledger.store import Ledger
from expert.ledger.trust.verification import Kept, verify

Recorder = Callable[[str, object], None]


@pytest.mark.parametrize("step", some_or_all(3, 1, more=1))
@pytest.mark.parametrize("column", ["id", "header", "content", "hash"])
def test_every_byte_of_a_record(path: Path, column: str, step: int, record_property: Recorder) -> None:
    ids = small(path)
    tried, meaningless = 0, 0
    with behind(path) as connection, Ledger(path) as ledger:
        assert verify(ledger).fault is None
        for seq, id in enumerate(ids, 1):
            query = f"SELECT CAST({column} AS BLOB) FROM entries WHERE seq = ?"
            data = connection.execute(query, (seq,)).fetchone()[0]
            assert data or (column == "content" and seq in (1, 4))
            kind = "BLOB" if column == "content" else "TEXT"
            update = f"UPDATE entries SET {column} = CAST(? AS {kind}) WHERE seq = {seq}"
            whole = [*ledger.rows()]
            for place in range(0, len(data or b""), step):
                for changed in other_bytes(data, place):
                    connection.execute(update, (changed,))
                    fault = verify(ledger).fault
                    if kind == "BLOB" and fault is None:  # a bit that means nothing: the text is the same
                        assert [*ledger.rows()] == whole
                        meaningless += 1
                        continue
                    assert fault is not None, (column, seq, place)
                    assert fault.seq == seq, (column, seq, place, fault)
                    assert column == "id" or fault.id == id
                    tried += 1
            if data:
                connection.execute(update, (data,))
        assert verify(ledger).fault is None
    record_property("changes detected", tried)
    assert meaningless < 9
    assert tried > (300 if column != "id" else 30) / step
    print(f"{column}: {tried} changes of one byte, all detected")


@pytest.mark.parametrize("column", ["files", "hash"])
def test_every_byte_of_the_knowledge(path: Path, column: str) -> None:
    ids = small(path)
    with behind(path) as connection, Ledger(path) as ledger:
        rows = connection.execute("SELECT hash, CAST(files AS BLOB) FROM knowledge").fetchall()
        assert len(rows) == 2
        for hash, files in rows:
            first = 1 if hash == HEADER["knowledge"] else 2
            data = files if column == "files" else hash.encode()
            key = hash
            for place in range(len(data)):
                for changed in other_bytes(data, place):
                    update = f"UPDATE knowledge SET {column} = CAST(? AS TEXT) WHERE CAST(hash AS BLOB) = ?"
                    connection.execute(update, (changed, key if isinstance(key, bytes) else key.encode()))
                    key = changed if column == "hash" else key
                    fault = verify(ledger).fault
                    assert fault is not None and (fault.seq, fault.id) == (first, ids[first - 1])
            connection.execute(update, (data, key if isinstance(key, bytes) else key.encode()))
        assert verify(ledger).fault is None


def test_every_byte_of_the_head(path: Path) -> None:
    small(path)
    with behind(path) as connection, Ledger(path) as ledger:
        data = connection.execute("SELECT CAST(hash AS BLOB) FROM head").fetchone()[0]
        for place in range(len(data)):
            for changed in other_bytes(data, place):
                connection.execute("UPDATE head SET hash = CAST(? AS TEXT)", (changed,))
                assert verify(ledger).fault is not None


def test_types_that_are_no_text(path: Path) -> None:
    ids = small(path)
    for value in ("NULL", "1", "x'00ff'", "zeroblob(3)"):
        for column in ("content", "header", "hash"):
            if value == "NULL" and column != "content":
                continue
            changed = copied(path, "changed.sqlite")
            with behind(changed) as connection:
                connection.execute(f"UPDATE entries SET {column} = {value} WHERE seq = 2")
            fault = verified(changed).fault
            assert fault is not None and (fault.seq, fault.id) == (2, ids[1]), (column, value)


TAMPERINGS = {
    "deleted": ("DELETE FROM entries WHERE seq = 2", 2, ""),
    "first deleted": ("DELETE FROM entries WHERE seq = 1", 1, ""),
    "deleted and closed up": (
        "DELETE FROM entries WHERE seq = 2; UPDATE entries SET seq = seq - 1 WHERE seq > 2",
        2,
        "third",
    ),
    "cut off": ("DELETE FROM entries WHERE seq = 4", 4, ""),
    "all deleted": ("DELETE FROM entries", 1, ""),
    "inserted": (
        """UPDATE entries SET seq = -seq WHERE seq > 2; UPDATE entries SET seq = 1 - seq WHERE seq < 0;
        INSERT INTO entries SELECT 3, 'zz2zz', header, content, hash FROM entries WHERE seq = 2""",
        3,
        "zz2zz",
    ),
    "appended": ("INSERT INTO entries SELECT 5, 'zz2zz', header, content, hash FROM entries LIMIT 1", 5, ""),
    "swapped": (
        """UPDATE entries SET seq = 9 WHERE seq = 2; UPDATE entries SET seq = 2 WHERE seq = 3;
        UPDATE entries SET seq = 3 WHERE seq = 9""",
        2,
        "third",
    ),
    "contents swapped": (
        """UPDATE entries SET content = (SELECT content FROM entries e WHERE e.seq = 5 - entries.seq)
        WHERE seq IN (2, 3)""",
        2,
        "second",
    ),
    "another id": ("UPDATE entries SET id = 'aaa22' WHERE seq = 2", 2, "aaa22"),
    "erased without an erasure": ("UPDATE entries SET content = NULL WHERE seq = 3", 3, "third"),
    "knowledge deleted": ("DELETE FROM knowledge", 1, "first"),
    "one knowledge deleted": (f"DELETE FROM knowledge WHERE hash <> '{HEADER['knowledge']}'", 2, "second"),
    "knowledge nothing rests on": ("INSERT INTO knowledge VALUES ('ab', '{}')", 0, ""),
    "knowledge that is no text": ("INSERT INTO knowledge VALUES (x'00ff', x'7b7d')", 0, ""),
    "head row lost": ("DELETE FROM head", 0, ""),
}


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_tampering_is_found(path: Path, kind: str) -> None:
    names = dict(zip(["first", "second", "third", "erasure"], small(path), strict=True))
    script, seq, who = TAMPERINGS[kind]
    with behind(path) as connection:
        before = connection.execute(ALL).fetchall()
        connection.executescript(script)
        assert "knowledge" in kind or "head" in kind or connection.execute(ALL).fetchall() != before
    if kind == "head row lost":
        with pytest.raises(LedgerError):
            verified(path)
        return
    fault = verified(path).fault
    assert fault is not None and fault.seq == seq
    assert not who or fault.id == names.get(who, who)


def test_headers_that_are_no_records(path: Path) -> None:
    """Somebody else's ledger or bundle may hold anything; a chain of it is no reason to crash."""
    for header in ("[]", "1", '"x"', "{}", '{"kind":"erasure"}', '{"kind":[]}', "[" * 100_000, "\ud800"):
        from expert.io.json import digest
        from expert.ledger.chain import GENESIS
        from expert.ledger.trust.verification import verify_rows

        hash = digest(GENESIS, header)
        found = verify_rows([(1, "abc22", header, None, hash)], {}, (1, hash), Kept())
        assert found.fault is not None and found.fault.seq == 1
