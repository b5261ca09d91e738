"""Attacks on a ledger, each tried as somebody would who may write the file: what is said, and what is kept.

`docs/ledger.md` has the table of them, with the test that tries each.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.ledger_make import (
    ALL,
    REPLACE,
    behind,
    contents_kept,
    copied,
    head_of,
    packed_contents,
    parts,
    rewritten,
    small,
    verified,
)
from support.ledger_worker import FILES, HEADER, content
from support.records import made, on_stderr, output, run, shown
from support.sizes import MORE

from expert.io.files import write_whole
from expert.io.json import canonical, digest
from expert.io.problems import CaseError, LedgerError
from expert.ledger.store import Ledger
from expert.ledger.trust.verification import verify

# --- the index against the table -----------------------------------------------------------------


def changed_index(path: Path, changes: dict[bytes, bytes]) -> None:
    """Change bytes in the one page of the index over ids, and leave the table as it is."""
    with behind(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_entries_1'"
        page = connection.execute(root).fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    data = bytearray(path.read_bytes())
    start = (page - 1) * size
    for before, after in changes.items():
        place = data.index(before, start, start + size)
        data[place : place + len(before)] = after
    path.write_bytes(data)


@pytest.fixture
def swapped(path: Path) -> tuple[str, str]:
    """Two records, 2 and 3, for each of which the index gives the number of the other."""
    ids = small(path)[1:3]
    second, third = (id.encode() for id in ids)
    changed_index(path, {second + b"\2": second + b"\3", third + b"\3": third + b"\2"})
    return ids[0], ids[1]


def test_an_index_that_leads_to_another_record(path: Path, swapped: tuple[str, str]) -> None:
    for id in swapped:
        for words in (("show", id), ("report", id, "-o", str(path.with_name("page.html"))), ("replay", id)):
            result = run(path, "audit", *words)
            assert result.code == 4 and f"gives another record for `{id}`" in on_stderr(result), words
    found = verified(path).fault
    assert found is not None and "its file is damaged" in found.message
    result = run(path, "audit", "verify")
    assert result.code == 1 and "4 were read" in result.stdout


def test_an_index_that_leads_to_another_record_erases_nothing(path: Path, swapped: tuple[str, str]) -> None:
    with behind(path) as connection:
        before = connection.execute(ALL).fetchall()
    result = run(path, "audit", "forget", swapped[0], "--yes")
    assert result.code == 4 and "gives another record" in on_stderr(result)
    with behind(path) as connection:
        assert connection.execute(ALL).fetchall() == before


def test_an_index_without_a_record(path: Path) -> None:
    """A record that only the table has is found, and the file is said to be damaged."""
    ids = small(path)
    changed_index(path, {ids[1].encode(): b"-----"})
    with Ledger(path) as ledger:
        assert ledger.entry(ids[1]).id == ids[1]
        fault = verify(ledger).fault
    assert fault is not None and "its file is damaged" in fault.message


# --- another schema --------------------------------------------------------------------------------
FOREIGN = {
    "a trigger that keeps what is forgotten": """
        CREATE TABLE kept (content TEXT);
        CREATE TRIGGER keep BEFORE UPDATE ON entries BEGIN INSERT INTO kept VALUES (old.content); END""",
    "a trigger alone": """
        CREATE TRIGGER keep BEFORE UPDATE ON entries BEGIN
          INSERT INTO drafts VALUES (old.id, '', old.content); END""",
    "a view in the place of a table": """
        ALTER TABLE entries RENAME TO entries_;
        CREATE VIEW entries AS SELECT * FROM entries_ WHERE seq <> 2""",
    "a constraint dropped": """
        CREATE TABLE copied (one INTEGER PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL);
        INSERT INTO copied SELECT * FROM head; DROP TABLE head; ALTER TABLE copied RENAME TO head""",
    "a column more": "ALTER TABLE entries ADD COLUMN more TEXT",
    "an index of another's": "CREATE INDEX fast ON entries (hash)",
    "a table less": "DROP TABLE drafts",
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_schema_is_refused(path: Path, kind: str) -> None:
    ids = small(path)
    packed = parts(packed_contents(path))
    with behind(path) as connection:
        connection.executescript(FOREIGN[kind])
    for write in (False, True):
        with pytest.raises(LedgerError, match="has been altered"):
            Ledger(path, write)
    if kind == "a trigger alone":
        for words in (("verify",), ("show", ids[1]), ("forget", ids[1], "--yes"), ("list",), ("export",)):
            result = run(path, "audit", *words)
            assert result.code == 4 and "`keep` is not ours" in on_stderr(result), words
        assert contents_kept(path, packed) == {ids[1], ids[2]}  # and nothing was done


def test_a_name_in_a_foreign_schema_is_shown_safely(path: Path) -> None:
    small(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('CREATE TABLE "a\x1b[31m\nerror: all is well" (x)')
    result = run(path, "audit", "verify")
    assert result.code == 4 and "\x1b" not in on_stderr(result) and "\nerror: all" not in on_stderr(result)


# --- single records --------------------------------------------------------------------------------
def changed(path: Path, seq: int, before: str, after: str) -> None:
    with behind(path) as connection:
        assert connection.execute(REPLACE, (before, after, seq)).rowcount == 1


def test_a_changed_verdict_is_shown_by_no_command(path: Path) -> None:
    id, other = made(path, "scar_depth=deep", "active_acne=no"), made(path, "scar_depth=shallow")
    changed(path, 1, '"punch-technique":"preferred"', '"punch-technique":"not-advised"')
    page = path.with_name("page.html")
    for words in (
        ("audit", "show", id),
        ("audit", "show", id, "--json"),
        ("audit", "report", id, "-o", str(page)),
        ("audit", "export", "--format", "prov", "--id", id),
        ("audit", "replay", id),
        ("audit", "forget", id, "--yes"),
        ("explain", "how", "punch", id),
        ("explain", "why-not", "punch", id),
        ("what-if", id, "active_acne=yes"),
    ):
        result = run(path, *words)
        assert result.code == 4 and f"record `{id}` has a changed content" in on_stderr(result), words
        assert not result.stdout and not page.exists()
    listed = run(path, "audit", "list", "--verdict", "not-advised")
    assert listed.code == 1 and "has a changed content" in listed.stdout
    assert "not-advised" not in listed.stdout
    assert run(path, "audit", "show", other).code == 0


def test_a_record_sealed_anew_is_not_what_the_next_rests_on(path: Path) -> None:
    """Header, content and hash of one record fit each other; the record after it, or the head, tells."""
    first, second = made(path, "scar_depth=deep"), made(path, "scar_depth=deep")
    for seq, id, said in ((1, first, "or the one after it"), (2, second, "is not the last")):
        attacked = copied(path, f"{seq}.sqlite")
        with behind(attacked) as connection:
            rows = {row[0]: row for row in connection.execute(ALL)}
            text = rows[seq][3].replace('"label":""', '"label":"forged"')
            assert text != rows[seq][3]
            header = canonical({**json.loads(rows[seq][2]), "content": digest(text)})
            own = digest(rows[1][4] if seq == 2 else "0" * 64, header)
            update = "UPDATE entries SET header = ?, content = ?, hash = ? WHERE seq = ?"
            connection.execute(update, (header, text, own, seq))
        result = run(attacked, "audit", "show", id)
        assert result.code == 4 and said in on_stderr(result) and not result.stdout


def test_the_last_record_hides_none(path: Path) -> None:
    """`last` passes over what was erased, and over nothing else."""
    first, second = made(path, "scar_depth=deep"), made(path, "scar_depth=shallow")
    with behind(path) as connection:
        connection.execute("UPDATE entries SET content = NULL WHERE seq = 2")
    result = run(path, "audit", "show", "last")
    assert result.code == 4 and f"record `{second}` has lost its content" in on_stderr(result)
    assert run(path, "audit", "show", second).code == 4
    assert shown(path, first)["header"]["id"] == first


def test_changed_knowledge_explains_nothing(path: Path) -> None:
    id = made(path, "scar_depth=deep")
    with behind(path) as connection:
        assert connection.execute("UPDATE knowledge SET files = replace(files, 'deep', 'flat')").rowcount == 1
    for words in (("audit", "show", id), ("audit", "replay", id), ("explain", "how", "punch", id)):
        result = run(path, *words)
        assert result.code == 4 and "has been changed" in on_stderr(result), words


def test_records_missing_are_in_the_list(path: Path) -> None:
    """Whatever is wanted: nobody can tell whether what is gone would fit."""
    with Ledger(path, write=True) as ledger:
        ids = [ledger.append(HEADER, content(name), FILES).id for name in ("one", "two", "three", "four")]
    with behind(path) as connection:
        connection.execute("DELETE FROM entries WHERE seq IN (2, 4)")
    result = run(path, "audit", "list", "--verdict", "preferred", "--json")
    found = json.loads(result.stdout)
    assert result.code == 1 and [s["id"] for s in found] == [ids[2], ""]
    assert "missing or out of order" in found[0]["fault"] and "head names entry 4" in found[1]["fault"]


def test_contents_lost_and_kept_are_in_the_list(path: Path) -> None:
    """A content that is gone although nobody erased it, one that is back, and another head."""
    with Ledger(path, write=True) as ledger:
        ids = [ledger.append(HEADER, content(name), FILES).id for name in ("one", "two", "three")]
        kept = str(ledger.row_at(2)[3])
        ledger.forget(ids[1], "asked for")
    assert run(path, "audit", "list").code == 0 and run(path, "audit", "stats").code == 0
    whole = path.read_bytes()
    for statement, listed, found in (
        ("UPDATE entries SET content = NULL WHERE seq = 1", LOST, f"{ids[0]} (number 1) {LOST}. 0 before it"),
        (f"UPDATE entries SET content = '{kept}' WHERE seq = 2", "and an erasure says", f"erased `{ids[1]}`"),
        (f"UPDATE head SET hash = '{'0' * 64}'", f"{ENDS} 4", f"The chain {ENDS} 4. 4 were read"),
        ("UPDATE head SET seq = 2", f"{ENDS} 2", f"The chain {ENDS} 2. 4 were read"),
    ):
        with behind(path) as connection:
            assert connection.execute(statement).rowcount == 1
        for words, says in (("list --verdict preferred --json", listed), ("verify", found)):
            told = run(path, "audit", *words.split())
            assert told.code == 1 and says in " ".join(told.stdout.split()), (statement, told)
        if "seq = 2" not in statement or "head" in statement:
            assert run(path, "audit", "stats").code == 4
        if "NULL" in statement:
            assert run(path, "audit", "replay", "--all").code == 4
        path.write_bytes(whole)


LOST = "has lost its content, and no erasure says so"
ENDS = "ends otherwise than the ledger's head says, which names entry"


# --- heads that are too short ---------------------------------------------------------------------------
def ground(path: Path, digits: int) -> str:
    """Change the last record and try salts until the head begins as it did; the head that was kept."""
    with behind(path) as connection:
        seq, _, header, text, kept = connection.execute(ALL).fetchall()[-1]
        previous = connection.execute("SELECT hash FROM entries WHERE seq = ?", (seq - 1,)).fetchone()[0]
        for n in range(16 ** (digits + 2)):
            forged = canonical({**json.loads(text), "label": "forged", "salt": f"{n:032x}"})
            fields = canonical({**json.loads(header), "content": digest(forged)})
            own = digest(previous, fields)
            if own.startswith(kept[:digits]):
                break
        update = "UPDATE entries SET header = ?, content = ?, hash = ? WHERE seq = ?"
        connection.execute(update, (fields, forged, own, seq))
        connection.execute("UPDATE head SET hash = ?", (own,))
    assert own != kept and own.startswith(kept[:digits])
    return str(kept)


def test_a_head_of_few_digits_is_no_proof(path: Path) -> None:
    """Two digits are forged here; eight, as earlier versions advised, take about a minute."""
    with Ledger(path, write=True) as ledger:
        for name in ("one", "two"):
            ledger.append(HEADER, content(name), FILES)
    kept = ground(path, 2)
    assert verified(path).fault is None and verified(path, kept[:2]).fault is None
    for digits, code in ((2, 2), (8, 2), (31, 2), (32, 1), (64, 1)):
        result = run(path, "audit", "verify", "--head", kept[:digits])
        assert result.code == code, (digits, result)
    short = run(path, "audit", "verify", "--head", kept[:8])
    assert "too short" in on_stderr(short) and "the first eight" in on_stderr(short) and not short.stdout


# --- output over the ledger ------------------------------------------------------------------------
OUTPUTS = {
    "report": ("audit", "report", "last", "-o"),
    "bundle": ("audit", "export", "-o"),
    "prov": ("audit", "export", "--format", "prov", "-o"),
    "picture": ("kb", "export", "--to", "dot", "-o"),
    "witness": ("audit", "head", "--witness"),
}


@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=MORE if k in ("prov", "picture") else []) for k in OUTPUTS]
)
def test_no_output_goes_over_a_ledger(path: Path, kind: str) -> None:
    """Nor over what SQLite keeps beside it, nor through a link; whichever ledger is read."""
    made(path, "scar_depth=deep")
    other = copied(path, "other.sqlite")
    link, hard = path.with_name("link"), path.with_name("hard")
    link.symlink_to(other.name)
    os.link(other, hard)
    log = path.with_name("other.sqlite-wal")
    log.write_bytes(b"")
    before = other.read_bytes()
    for target in (path, other, log, link, hard, path.with_name("other.sqlite-shm")):
        result = run(path, *OUTPUTS[kind], str(target))
        assert result.code == 2 and "is a ledger, or belongs to one" in on_stderr(result), target
    assert other.read_bytes() == before and link.is_symlink() and log.exists()
    assert verified(path).fault is None and not [*path.parent.glob("*.part")]


def test_no_output_goes_over_a_ledger_whose_records_are_in_its_log(path: Path) -> None:
    """While it is open, or after a crash, its file holds no page that says what it is."""
    with Ledger(path, write=True) as ledger:
        ledger.append(HEADER, content("one"), FILES)
        assert path.with_name(path.name + "-wal").stat().st_size
        with pytest.raises(CaseError, match="is a ledger"):
            write_whole(path, b"")
        with pytest.raises(CaseError, match="is a ledger"):
            write_whole(path.parent, b"")
        assert verify(ledger).entries == 1


def test_reports_and_bundles_are_private(path: Path) -> None:
    made(path, "scar_depth=deep")
    target = path.with_name("target")
    old = os.umask(0)
    try:
        for kind in ("report", "bundle"):
            for _ in range(2):
                output(path, *OUTPUTS[kind], str(target))
                assert target.stat().st_mode & 0o777 == 0o600
                target.chmod(0o666)  # as somebody may have made it who waits for what will be in it
    finally:
        os.umask(old)


def test_names_of_parts_cannot_be_planted(path: Path) -> None:
    """A link under the name that earlier versions wrote to first is not followed, and stays."""
    made(path, "scar_depth=deep")
    victim, target = path.with_name("victim"), path.with_name("page.html")
    victim.write_text("dear to somebody")
    planted = path.with_name("page.html.part")
    planted.symlink_to(victim)
    output(path, *OUTPUTS["report"], str(target))
    assert victim.read_text() == "dear to somebody" and planted.is_symlink() and "<html" in target.read_text()


def test_a_device_named_as_output_stays_one(path: Path) -> None:
    made(path, "scar_depth=deep")
    for kind in ("report", "bundle"):
        output(path, *OUTPUTS[kind], "/dev/null")
        assert Path("/dev/null").is_char_device()


def test_a_ledger_that_others_may_write(path: Path) -> None:
    made(path, "scar_depth=deep")
    assert not run(path, "audit", "verify").stderr
    path.chmod(0o662)
    for words in (("audit", "verify"), ("audit", "show"), ("consult", "scar_depth=deep", "--json")):
        result = run(path, *words) if words[-1] != "show" else run(path, *words, "last")
        assert result.code == 0 and "warning: others may write the ledger" in on_stderr(result)
    path.chmod(0o600)
    path.parent.chmod(0o777)
    assert "another file in the place of the ledger" in on_stderr(run(path, "audit", "verify"))
    path.parent.chmod(0o700)


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_a_ledger_that_is_no_file(path: Path, kind: str) -> None:
    """A pipe would be waited at for ever."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    place = Path("/dev/null") if kind == "device" else path
    for words in (("audit", "verify"), ("consult", "scar_depth=deep", "--brief")):
        result = run(place, *words)
        assert result.code == 4 and "error: the ledger" in on_stderr(result)


# --- texts that a terminal would obey --------------------------------------------------------------
ODD_LABELS = {
    "an escape": "\x1b[2J\x1b]0;title\x07gone",
    "a turn of the direction": "safe \u202ekcatta\u202c",
    "several lines": "Ada\nRecord zzzz9, head " + "0" * 64,
    "a carriage return": "Ada\rRecord forged",
    "very long": "x" * 100_000,
    "of another page": "\x9b31m red \x85 \u2028 line",
}


def with_label(path: Path, label: str) -> str:
    """A record whose label somebody else's program wrote."""
    id = made(path, "scar_depth=deep", "active_acne=no")
    with Ledger(path, write=True) as ledger:
        entry = ledger.entry(id)
        assert entry.content is not None
        header = {name: entry.header[name] for name in ("knowledge", "programs")}
        files = ledger.files(header["knowledge"])
        return ledger.append(header, {**entry.content, "label": label}, files).id


@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=MORE if n % 2 else []) for n, k in enumerate(ODD_LABELS)]
)
def test_a_label_is_shown_and_not_obeyed(path: Path, kind: str) -> None:
    label = ODD_LABELS[kind]
    id, page = with_label(path, label), path.with_name("page.html")
    texts = [output(path, "audit", *words) for words in (("list",), ("show", id, "--brief"))]
    assert all(len(line) < 1000 for text in texts for line in text.splitlines())
    output(path, "audit", "report", id, "-o", str(page))
    texts.append(page.read_text())
    for text in texts:
        assert not [c for c in text if not c.isprintable() and c != "\n"], kind
        assert "\nRecord zzzz9" not in text and "\nRecord forged" not in text
    assert shown(path, id)["content"]["label"] == label  # of which JSON has every character, as an escape
    assert output(path, "audit", "show", id, "--json").isascii()


@pytest.mark.parametrize("kind", ODD_LABELS)
def test_no_such_label_is_recorded(path: Path, kind: str) -> None:
    """It is refused before anything is asked or concluded."""
    result = run(path, "consult", "scar_depth=deep", "--label", ODD_LABELS[kind])
    assert result.code == 2 and "--label" in on_stderr(result) and not result.stdout
    assert "\x1b" not in on_stderr(result) and len(result.stderr) < 500 and not path.exists()


def test_a_label_that_is_not_utf8(path: Path) -> None:
    """A terminal in Latin-1 sends bytes that are no UTF-8, which Python passes on as half characters."""
    result = run(path, "consult", "scar_depth=deep", "--label", "Andr\udce9")
    assert result.code == 2 and "is not UTF-8 text" in on_stderr(result) and not path.exists()
    made(path, "scar_depth=deep")
    result = run(path, "audit", "forget", "last", "--yes", "--reason", "Andr\udce9")
    assert result.code == 2 and verified(path).erased == 0
    with Ledger(path, write=True) as ledger, pytest.raises(LedgerError, match="cannot be recorded"):
        ledger.append(HEADER, content("Andr\udce9"), FILES)


def test_labels_of_other_scripts_are_labels(path: Path) -> None:
    for label in ("Zoë, zweiter Besuch", "مریم ۲", "患者 7", "👩‍⚕️"):
        id = made(path, "scar_depth=deep", "--label", label)
        assert label in output(path, "audit", "show", id, "--brief")


# --- the clock -------------------------------------------------------------------------------------
def test_times_that_run_backwards_are_named(path: Path) -> None:
    with Ledger(path, write=True) as ledger:
        ids = [ledger.append(HEADER, content(name), FILES).id for name in ("one", "two", "three")]
    with behind(path) as connection:
        query = (
            "UPDATE entries SET header = json_set(header, '$.time', '2020-01-01T00:00:00.000Z') WHERE seq = 2"
        )
        connection.execute(query)
        rewritten(connection)
    said = output(path, "audit", "verify")
    assert "the chain is whole" in said and f"{ids[1]} is dated 2020-01-01T00:00:00.000Z, before" in said
    assert [b["id"] for b in json.loads(output(path, "audit", "verify", "--json"))["backwards"]] == [ids[1]]


# --- what a page was held against ------------------------------------------------------------------
def test_a_page_says_when_and_against_what_it_was_checked(path: Path) -> None:
    """With SOURCE_DATE_EPOCH the same page is made again, to the byte."""
    id, other = made(path, "scar_depth=deep"), made(path, "scar_depth=shallow")
    texts = []
    for _ in range(2):
        words = ("audit", "report", id, "-o", str(path.with_name("page.html")))
        output(path, *words, SOURCE_DATE_EPOCH="1767225600")
        texts.append(path.with_name("page.html").read_text())
    assert texts[0] == texts[1] and head_of(path)[1] in texts[0]
    assert "<dd>made 2026-01-01T00:00:00Z</dd>" in texts[0]
    assert "<dd>the record is as its hash says, and its ledger of 2 entries" in texts[0]
    output(path, *words)
    assert "made 2026-01-01T00:00:00Z" not in path.with_name("page.html").read_text()
    changed(path, 2, "scar_depth", "scar_death")
    output(path, *words)  # this record is as it was, and the page says that not all is
    assert f"its ledger is not whole. Record {other}" in path.with_name("page.html").read_text()
