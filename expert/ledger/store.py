"""The ledger: consultations appended to a file that cannot quietly change.

One SQLite file (WAL, every commit synced). Each entry is a header and, for a consultation, a
content. The header holds the content's digest; the entry's hash is SHA-256 over the hash of
the entry before and its own header. Both are stored as they were hashed, in the canonical
JSON of RFC 8785. The content begins with a random salt, so that a digest gives nothing away
once the content is erased: forgetting a person's answers deletes the content, appends an
entry that says so, and leaves the chain whole.

What a chain cannot show is that the whole of it was written anew: for that, keep a head hash
somewhere else.
"""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from random import SystemRandom
from typing import Any, NamedTuple

from platformdirs import user_data_dir

from expert.io.files import LEDGER
from expert.io.json import canonical, digest, strict
from expert.io.problems import LedgerError, shorten
from expert.ledger.chain import GENESIS, Fault, Row, check_link, files_of, hash_after, lost_or_kept
from expert.ledger.database import DAMAGED, connect, explained, to_wal
from expert.ledger.packing import Packing

# the layout of the file, which a program that does not know it refuses. In 2 a record may be of format 2,
# of which an earlier program would say that it comes out differently; in 3 a record may name its author, and
# there are notes and signed heads; all else is as in 1. A ledger gets the least that has what is added to it
FORMAT_2, WITH_NOTES = 2, 3
VERSION = WITH_NOTES
PACKED = 10  # is added to the layout once contents are packed, as those of new entries are: 12 is 2, packed

ID_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look alike
RANDOM = SystemRandom()  # as `secrets` takes it, which loads three times as much
MOST = (1 << 63) - 1  # entries that a ledger can have

# what reads sees as `entries` the view of unpacked texts that `packing` lays over the table, `main.entries`
ROWS = "SELECT seq, id, header, content, hash FROM entries"
ERASED = """SELECT CASE WHEN json_valid(header) THEN json_extract(header, '$.erases') END AS erased
  FROM main.entries WHERE content IS NULL"""

NEWER = "open it with the version of the program that wrote it, or a later one"
ALTERED = "do not go on with it: restore it from a copy, and hold that against a head kept elsewhere"

SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS knowledge (hash TEXT PRIMARY KEY, files TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, header TEXT NOT NULL, content TEXT, hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS head (
  one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS drafts (id TEXT PRIMARY KEY, time TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO head VALUES (1, 0, '{GENESIS}');
PRAGMA application_id = {LEDGER};
PRAGMA user_version = {PACKED + FORMAT_2};
COMMIT;
"""

# what stands in a ledger, as SQLite writes it down; what stands for a constraint has no text
TABLES = SCHEMA.split("CREATE TABLE IF NOT EXISTS ")[1:]
OBJECTS = {" ".join(table.partition(";")[0].split()) for table in TABLES}


class Entry(NamedTuple):
    """One link of the chain. `content` is None for an erasure, and after one.

    `erasure` is the header of the entry that says that this one was erased, where it was asked for by its id.
    Its kind is `consultation`, `erasure`, `note` or `signature`.
    """

    seq: int
    id: str
    header: dict[str, Any]
    content: dict[str, Any] | None
    hash: str
    erasure: dict[str, Any] | None = None

    def is_consultation(self) -> bool:
        """Whether it holds a consultation that is not erased."""
        return self.header["kind"] == "consultation" and self.content is not None


def default_path() -> Path:
    """CICATRIX_LEDGER, or the platform's directory for a user's data."""
    given = os.environ.get("CICATRIX_LEDGER")
    if given:
        return Path(given)
    return Path(user_data_dir("cicatrix", appauthor=False)) / "ledger.sqlite"


def utc_now() -> str:
    """The time, in UTC, to the millisecond."""
    return utc_time(time.time())


def utc_time(now: float) -> str:
    """A time in seconds, in UTC, to the millisecond."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z"


class Ledger:
    """An open ledger. Raises LedgerError where it cannot be opened, read or written."""

    def __init__(self, path: Path, write: bool = False) -> None:
        self.path = path
        with explained(path):
            self.connection = connect(path, write)
            # bytes that are no text any more must reach `verify`, which says where they are
            self.connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
            self.packing = Packing(self.connection)
            try:
                self._check(write)
                self.packing.show_texts()
            except BaseException:
                self.connection.close()
                raise

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def _check(self, write: bool) -> None:
        with self.view():  # another process may be making the tables just now
            application = self.connection.execute("PRAGMA application_id").fetchone()[0]
            version = self._stored_layout()
            objects = self.connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        tables = len(objects)
        if application != LEDGER and tables:
            raise LedgerError(f"`{self.path}` is a database, but not a ledger", "name another file")
        self._refuse_newer(version)
        if tables:
            self._refuse_foreign(objects)
        if not tables and not write:
            raise LedgerError(f"there is no ledger at `{self.path}` yet", "a consultation makes one")
        if write:  # not before it is known to be ours: WAL is written into the file
            to_wal(self.connection)
        if not tables:
            self.connection.executescript(SCHEMA)

    def _refuse_newer(self, version: int) -> None:
        if version % PACKED > VERSION or version // PACKED > 1:
            raise LedgerError(f"`{self.path}` was written by a newer version (layout {version})", NEWER)

    def _refuse_foreign(self, objects: list[tuple[str, str, str | None]]) -> None:
        """Refuse a file in which more stands than a ledger has, or less, or something in its place.

        A trigger could keep what is forgotten, and a view stand for a table.
        """
        present = {
            (kind, " ".join((sql or "").split()).removeprefix("CREATE TABLE ")): name
            for kind, name, sql in objects
            if sql is not None
        }
        ours = {("table", made) for made in OBJECTS}
        for thing, name in present.items():
            if thing not in ours:
                message = (
                    f"the ledger `{self.path}` has been altered: its {thing[0]} `{shorten(name)}` is not ours"
                )
                raise LedgerError(message, ALTERED)
        if ours - {*present}:
            missing = min(made for _, made in ours - {*present}).split()[0]
            raise LedgerError(
                f"the ledger `{self.path}` has been altered: it has no table `{missing}`", ALTERED
            )

    def layout(self) -> int:
        """The layout of what is in the file, however it is packed: see VERSION."""
        return self._stored_layout() % PACKED

    def _stored_layout(self) -> int:
        return int(self.connection.execute("PRAGMA user_version").fetchone()[0])

    def _to_layout(self, version: int) -> None:
        """Raise the layout to that of what is written in the same transaction, and never lower it."""
        stored = self._stored_layout()  # another process may have raised it since this one opened the file
        self._refuse_newer(stored)
        wanted = PACKED + max(stored % PACKED, version)
        if stored < wanted:
            self.connection.execute(f"PRAGMA user_version = {wanted}")

    @contextmanager
    def view(self) -> Iterator[None]:
        """Read one state of the ledger, whatever others append meanwhile."""
        if self.connection.in_transaction:  # which sees one state already
            yield
            return
        with explained(self.path):
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                with suppress(sqlite3.ProgrammingError):  # closed already: nothing is left of it
                    self.connection.rollback()

    # --- writing -------------------------------------------------------------------------

    def append(self, header: dict[str, Any], content: dict[str, Any], files: dict[str, str]) -> Entry:
        """Append a consultation; when this returns it is on the disk.

        `header` names the knowledge by hash; its files are kept once.
        """
        salted, text = _salted(content)
        with explained(self.path), self._transaction():
            known = "SELECT 1 FROM knowledge WHERE hash = ?"
            if not self.connection.execute(known, (header["knowledge"],)).fetchone():
                row = (header["knowledge"], canonical(files))
                self.connection.execute("INSERT INTO knowledge VALUES (?, ?)", row)
            self._to_layout(WITH_NOTES if "by" in content else FORMAT_2)
            return self._link({"kind": "consultation", **header, "content": digest(text)}, salted, text)

    def annotate(self, id: str, content: dict[str, Any]) -> Entry:
        """Append a note on a consultation, which stays as it is."""
        salted, text = _salted(content)
        with explained(self.path), self._transaction():
            entry = self.entry(id)
            if not entry.is_consultation():
                what = "was erased" if entry.header["kind"] == "consultation" else "is no consultation"
                raise LedgerError(f"record `{entry.id}` {what}: nothing can be noted on it")
            self._to_layout(WITH_NOTES)
            return self._link({"kind": "note", "about": entry.id, "content": digest(text)}, salted, text)

    def attest(self, sign: Callable[[], str]) -> Entry:
        """Append a signed head, whose text `sign` makes while nothing else is added."""
        with explained(self.path), self._transaction():
            self._to_layout(WITH_NOTES)
            return self._link({"kind": "signature", "checkpoint": sign()}, None, None)

    def forget(self, id: str, reason: str) -> Entry:
        """Erase the content of a consultation, with every note on it, or of a note.

        An entry is appended that says what was erased and when.
        """
        with explained(self.path):
            with self._transaction():
                entry = self.entry(id)
                if entry.content is None:
                    raise LedgerError(f"record `{id}` has nothing left to forget")
                for seq in [entry.seq, *(note.seq for note in self.notes_on(entry))]:
                    self.connection.execute("UPDATE main.entries SET content = NULL WHERE seq = ?", (seq,))
                erasure = self._link({"kind": "erasure", "erases": entry.id, "reason": reason}, None, None)
            # nor must the write-ahead log keep it; this waits for others that still read the old state
            if self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                message = f"record `{id}` is erased, but another program still reads `{self.path}`"
                help = "what was erased stays in its `-wal` file until every such program has finished"
                raise LedgerError(message, help)
            return erasure

    def _link(self, header: dict[str, Any], content: dict[str, Any] | None, text: str | None) -> Entry:
        seq, previous = self.head()
        whole = {**header, "seq": seq + 1, "id": self._new_id(), "time": utc_now()}
        linked = canonical(whole)
        own = hash_after(previous, linked)
        kept = None if text is None else self.packing.packed(linked, text)
        row = (seq + 1, whole["id"], linked, kept, own)
        self.connection.execute("INSERT INTO main.entries VALUES (?, ?, ?, ?, ?)", row)
        self.connection.execute("UPDATE head SET seq = ?, hash = ?", (seq + 1, own))
        self._expire_drafts()
        return Entry(seq + 1, whole["id"], whole, content, own)

    def _new_id(self) -> str:
        while True:
            id = "".join(RANDOM.choice(ID_LETTERS) for _ in range(5))
            # an id is never taken for a number or a verdict, and always has a figure
            mixed = any(c.isdigit() for c in id) and any(c.isalpha() for c in id)
            taken = "SELECT 1 FROM entries WHERE id = ?"
            if mixed and not self.connection.execute(taken, (id,)).fetchone():
                return id

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    # --- drafts --------------------------------------------------------------------------

    def save_draft(self, body: dict[str, Any]) -> str:
        """Keep an interrupted consultation; the draft's id."""
        with explained(self.path), self._transaction():
            id = self._new_id()
            row = (id, utc_now(), canonical(body))
            self._expire_drafts()
            self.connection.execute("INSERT INTO drafts VALUES (?, ?, ?)", row)
            return id

    def draft_rows(self) -> list[tuple[str, str, str]]:
        """Every draft as it is stored, with its id and time, the newest first."""
        with explained(self.path):
            return self.connection.execute(
                "SELECT id, time, body FROM drafts ORDER BY time DESC, id"
            ).fetchall()

    def _expire_drafts(self) -> None:
        """Forget the drafts that say until when they are kept, if that is over: with whatever is written."""
        over = "json_valid(body) AND json_extract(body, '$.expires') BETWEEN '0' AND ?"
        self.connection.execute(f"DELETE FROM drafts WHERE {over}", (utc_time(time.time()),))

    def drop_draft(self, id: str) -> None:
        """Forget a draft: it has been taken up, or is not wanted."""
        with explained(self.path), self._transaction():
            self.connection.execute("DELETE FROM drafts WHERE id = ?", (id,))

    # --- reading -------------------------------------------------------------------------

    def entry(self, id: str) -> Entry:
        """The entry with an id; `last` is the newest consultation that is not erased.

        It is held against its own hash, the entries beside it, and what was asked for. Raises LedgerError.
        """
        with explained(self.path), self.view():
            row = self._last() if id == "last" else self._row(id.lower())
            if not row:
                raise LedgerError(
                    f"the ledger has no record `{shorten(id)}`", "`audit list` shows the ids there are"
                )
            return self._checked(row)

    def _last(self) -> Row | None:
        """The newest row with a consultation; those that are newer are checked to be none, or erased."""
        for row in self.connection.execute(f"{ROWS} ORDER BY seq DESC"):
            taken: Row = row
            if self._checked(taken).is_consultation():
                return taken
        return None

    def _row(self, id: str) -> Row | None:
        """The row with an id: as the index has it, or else, if the index is damaged, the table."""
        row: Row | None = self.connection.execute(f"{ROWS} WHERE id = ?", (id,)).fetchone()
        row = row or self.connection.execute(f"{ROWS} WHERE +id = ?", (id,)).fetchone()
        if row and stored(id, row[2]).get("id") != id:
            raise LedgerError(
                f"the ledger `{self.path}` is damaged: it gives another record for `{id}`", DAMAGED
            )
        return row

    def _checked(self, row: Row) -> Entry:
        """The entry of a row, whose hash is that of what it holds, and which the next one rests on."""
        seq, id = row[0], row[1]
        beside = "SELECT seq, header, hash FROM main.entries WHERE seq IN (?, ?)"
        near = {r[0]: r for r in self.connection.execute(beside, (seq - 1, seq + 1)).fetchall()}
        fault = check_link(seq, near[seq - 1][2] if seq - 1 in near else GENESIS, row)
        if not fault and seq + 1 in near:
            if digest(row[4], near[seq + 1][1]) != near[seq + 1][2]:
                fault = Fault(seq, id, "or the one after it has been changed")
        elif not fault and self.head() != (seq, row[4]):
            fault = Fault(seq, id, "is not the last, as the ledger's head has it: what came after it is gone")
        if fault:
            raise LedgerError(f"record `{shorten(str(id))}` {fault.message}", "`audit verify` says more")
        entry = entry_of(row)
        if entry.content is not None or "content" not in entry.header:
            return entry
        erasure = self._erasure_of(entry)
        if not erasure:
            raise LedgerError(
                f"record `{id}` has lost its content, and no erasure says so", "`audit verify` says more"
            )
        return entry._replace(erasure=erasure)

    def _erasure_of(self, entry: Entry) -> dict[str, Any] | None:
        """The header of a later entry that says that this one was erased, or what it is a note on."""
        later = self.connection.execute(
            "SELECT header FROM main.entries WHERE seq > ? AND content IS NULL", (entry.seq,)
        )
        ids = (entry.id, entry.header.get("about", entry.id))
        headers = [stored("", header) for (header,) in later]
        erasing = [str(header.get("id")) for header in headers if header.get("erases") in ids]
        return self.entry(erasing[0]).header if erasing else None

    def notes_on(self, entry: Entry) -> list[Entry]:
        """The notes on a consultation, in order; those that were erased, too. Raises LedgerError."""
        return self._with("about", entry.id, entry.seq)

    def of_kind(self, kind: str) -> list[Entry]:
        """The entries of a kind, in order. Raises LedgerError."""
        return self._with("kind", kind, 0)

    def _with(self, name: str, value: str, after: int) -> list[Entry]:
        """The entries whose header says something, each held against its hash."""
        likely = "seq > ? AND instr(header, ?)"  # the text is canonical: most need not be taken apart
        with explained(self.path), self.view():
            values = (after, canonical({name: value})[1:-1])
            rows = self.connection.execute(f"{ROWS} WHERE {likely} ORDER BY seq", values).fetchall()
            found = [self._checked(row) for row in rows]
        return [entry for entry in found if entry.header.get(name) == value]

    def last_of(self, knowledge: str) -> str:
        """The id of the newest consultation with the knowledge base of that id; empty if there is none."""
        query = """
            SELECT id FROM entries WHERE CASE json_valid(content)
              WHEN 1 THEN json_extract(content, '$.consultation.knowledge.id') = ? END
            ORDER BY seq DESC LIMIT 1"""
        row = self._first(query, knowledge)
        return str(row[0]) if row else ""

    def entries(self, after: int = 0, last: int = MOST) -> Iterator[Entry]:
        """Every entry in order, or those of some numbers, each held against its hash and the entry before it.

        Raises LedgerError.
        """
        previous, erased = self.hash_of(after) if after else GENESIS, set[str]()
        rows = self.select(f"{ROWS} WHERE seq > {after} AND seq <= {last} ORDER BY seq")
        for expected, row in enumerate(rows, after + 1):
            fault = check_link(expected, previous, row)
            if not fault and row[3] is None and lost_or_kept(row, erased):
                erased = self.erased()  # read after the row: another program may be erasing
                fault = lost_or_kept(row, erased)
            if fault:
                message = f"record `{shorten(fault.id)}`" if fault.id else f"entry {fault.seq}"
                raise LedgerError(f"{message} {fault.message}", "`audit verify` says more")
            previous = row[4]
            yield entry_of(row)

    def erased(self) -> set[str]:
        """The ids of which some entry says that they were erased."""
        return {id for (id,) in self.select(ERASED) if isinstance(id, str)}

    def files(self, hash: str) -> dict[str, str]:
        """The knowledge files that a record was made with."""
        row = self._first("SELECT files FROM knowledge WHERE hash = ?", hash)
        if not row:
            raise LedgerError(f"the ledger has lost the knowledge {hash[:12]}")
        files = files_of(row[0], hash)
        if files is None:
            message = f"the ledger's knowledge {shorten(hash)[:12]} has been changed"
            raise LedgerError(message, "`audit verify` says more")
        return files

    def consultations(self) -> int:
        """How many consultations there are that are not erased."""
        kind = "CASE WHEN json_valid(header) THEN json_extract(header, '$.kind') ELSE 'consultation' END"
        query = f"SELECT count(*) FROM main.entries WHERE content IS NOT NULL AND {kind} = 'consultation'"
        return int(self._first(query)[0])

    def hashes(self) -> list[str]:
        """The hash of every entry, in order."""
        return [hash for (hash,) in self.select("SELECT hash FROM entries ORDER BY seq")]

    def rows(self) -> Iterator[Row]:
        """Every entry as it is stored."""
        return self.select(f"{ROWS} ORDER BY seq")

    def _first(self, query: str, *values: str | int) -> Any:
        """The first row of a query; None if there is none."""
        with explained(self.path):
            return self.connection.execute(query, values).fetchone()

    def select(self, query: str, values: Sequence[str] = ()) -> Iterator[Any]:
        """The rows of a query."""
        with explained(self.path):
            for row in self.connection.execute(query, values):  # noqa: UP028 - that would close
                yield row  # the cursor in the end, and fail if the ledger is closed already

    def knowledge_rows(self) -> list[tuple[str, str]]:
        """Every knowledge base as it is stored: its hash and its files."""
        with explained(self.path):
            return self.connection.execute("SELECT hash, files FROM knowledge ORDER BY hash").fetchall()

    def take(
        self, rows: Iterable[Row], knowledge: dict[str, str], head: tuple[int, str], layout: int
    ) -> None:
        """Fill a ledger with verified rows of some layout. Raises LedgerError if it is not empty."""
        with explained(self.path), self._transaction():
            if self.head()[0]:
                raise LedgerError(f"the ledger `{self.path}` has entries of its own", "import into a new one")
            self.connection.executemany("INSERT INTO knowledge VALUES (?, ?)", knowledge.items())
            packed = map(self._packed, rows)
            self.connection.executemany("INSERT INTO main.entries VALUES (?, ?, ?, ?, ?)", packed)
            self.connection.execute("UPDATE head SET seq = ?, hash = ?", head)
            self.connection.execute(f"PRAGMA user_version = {PACKED + layout}")

    def _packed(self, row: Row) -> tuple[Any, ...]:
        """A row as it is stored, its content compressed."""
        seq, id, header, content, hash = row
        return seq, id, header, None if content is None else self.packing.packed(header, content), hash

    def head(self) -> tuple[int, str]:
        """The number of entries and the hash of the last."""
        row = self._first("SELECT seq, hash FROM head")
        if row is None or not isinstance(row[0], int):
            raise LedgerError(f"the ledger `{self.path}` is damaged: it has no head", DAMAGED)
        return row[0], str(row[1])

    def has(self, id: str) -> bool:
        """Whether there is an entry with an id."""
        return self._first("SELECT 1 FROM main.entries WHERE id = ?", id.lower()) is not None

    def hash_of(self, seq: int) -> str:
        """The hash that entry number `seq` has; empty if there is no such entry."""
        row = self._first("SELECT hash FROM entries WHERE seq = ?", seq)
        return str(row[0]) if row else ""

    def row_at(self, seq: int) -> Row:
        """Entry number `seq` as it was hashed. Raises LedgerError."""
        row: Row | None = self._first(f"{ROWS} WHERE seq = ?", seq)
        if row is None:
            raise LedgerError(f"the ledger has no entry {seq}", "`audit verify` says more")
        return row

    def hash_before(self, seq: int) -> str:
        """The hash that entry number `seq` rests on."""
        return self.hash_of(seq - 1) if seq > 1 else GENESIS


def new_salt() -> str:
    """Something that nobody can guess: 128 bits, in hex."""
    return RANDOM.randbytes(16).hex()


def _salted(content: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """A content with its salt, and its text. Raises LedgerError."""
    salted = {"salt": new_salt(), **content}
    try:
        return salted, canonical(salted)
    except ValueError as error:  # half characters, or numbers that JSON has not
        raise LedgerError(f"this cannot be recorded: {shorten(str(error))}", "see its label") from None


def entry_of(row: Row) -> Entry:
    """The entry that a row is. Raises LedgerError if it was tampered with."""
    seq, id, header, content, hash = row
    return Entry(seq, id, stored(id, header), None if content is None else stored(id, content), hash)


def stored(id: str, text: str) -> dict[str, Any]:
    """The object that a text of record `id` holds. Raises LedgerError if it was tampered with."""
    with legible(id):
        data: dict[str, Any] = strict(text)
        if not isinstance(text, str) or not isinstance(data, dict):
            raise TypeError("it is no object")
        return data


@contextmanager
def legible(id: str) -> Iterator[None]:
    """Turn what goes wrong in taking record `id` apart into a LedgerError."""
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise LedgerError(
            f"record `{shorten(id)}` cannot be read: {shorten(str(error))}", "`audit verify` says more"
        ) from None
