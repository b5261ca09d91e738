"""The database of a ledger: opened, private, waited for, and what goes wrong with it in words that help."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from expert.io.files import SQLITE
from expert.io.problems import LedgerError

PATIENCE = 60.0  # seconds to wait for another process, unless CICATRIX_LEDGER_PATIENCE says otherwise

NO_LEDGER = "is not a ledger (no SQLite database)"
ANOTHER = "use --ledger to name another file"
DAMAGED = "restore it from a copy"


def _patience() -> float:
    """How many seconds another process is waited for: 60 where what is set is no number."""
    try:
        return float(os.environ.get("CICATRIX_LEDGER_PATIENCE", PATIENCE))
    except ValueError:
        return PATIENCE


def connect(path: Path, write: bool) -> sqlite3.Connection:
    """A connection; made for writing, the folder and the file are private to the user."""
    if not write:
        return _connect_to_read(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _begins(path, os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK, 0o600))
    connection = sqlite3.connect(path, timeout=_patience(), isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # no freed page keeps what was in it
    return connection


def _begins(path: Path, opened: int) -> None:
    """Close an open file, if it begins as a database does or is empty.

    SQLite does not look: it takes a file of a few bytes for an empty one, and writes over it; and it would
    wait at a pipe for ever.
    """
    try:
        regular = stat.S_ISREG(os.fstat(opened).st_mode)
        begin = os.read(opened, len(SQLITE)) if regular else b"?"
    finally:
        os.close(opened)
    if begin not in (b"", SQLITE):
        raise LedgerError(f"the ledger `{path}` {NO_LEDGER}", ANOTHER)


def _connect_to_read(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise LedgerError(f"there is no ledger at `{path}` yet", "a consultation makes one")
    _begins(path, os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    place = path.absolute().as_uri()
    connection = sqlite3.connect(f"{place}?mode=ro", uri=True, timeout=_patience(), isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error):
            raise
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            message = f"the ledger `{path}` cannot be read here: its newest records are in `{log.name}`"
            raise LedgerError(message, "copy both files to a folder that you may write to") from None
        # a folder in which SQLite cannot keep its own files
        connection = sqlite3.connect(f"{place}?immutable=1", uri=True, isolation_level=None)
    return connection


def to_wal(connection: sqlite3.Connection) -> None:
    """Switch a new file to WAL; SQLite does not wait for others here by itself."""
    until = time.monotonic() + _patience()
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say into a LedgerError that helps."""
    try:
        yield
    except (sqlite3.Error, OSError, sqlite3.Warning) as error:
        said = str(error)
        for sign, message, help in (
            ("locked", "is locked by another program", "try again when it has finished"),
            ("readonly", "cannot be written", "it or its folder is read-only: use --ledger"),
            ("disk is full", "cannot be written: the disk is full", "free some space, or use --ledger"),
            ("disk I/O", "cannot be used: the disk is full or fails", "free some space, or use --ledger"),
            ("not a database", NO_LEDGER, ANOTHER),
            ("malformed", "is damaged", DAMAGED),
        ):
            if sign in said:
                raise LedgerError(f"the ledger `{path}` {message}", help) from None
        reason = error.strerror if isinstance(error, OSError) and error.strerror else said
        help = "use --ledger or CICATRIX_LEDGER for another place"
        raise LedgerError(f"the ledger `{path}` cannot be used: {reason}", help) from None
