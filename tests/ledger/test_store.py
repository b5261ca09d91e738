"""The chain: whatever is changed in a ledger or a bundle is found, and the record is named."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from support.ledger_make import ALL, behind, bytes_kept, copied, head_of, rewritten, small, verified
from support.ledger_worker import FILES, HEADER, content
from support.shell import cicatrix

from expert.io.json import canonical
from expert.io.problems import CaseError, LedgerError
from expert.ledger import store as ledger_module
from expert.ledger.bundle import bundle_lines, import_bundle, verify_bundle
from expert.ledger.store import Ledger

Recorder = Callable[[str, object], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


def other_bytes(data: bytes, place: int) -> list[bytes]:
    """The data with the byte at a place changed: its lowest and highest bit, and to an x."""
    old = data[place]
    changed = {old ^ 1, old ^ 0x80, ord("x") if old != ord("x") else ord("y")}
    return [data[:place] + bytes([new]) + data[place + 1 :] for new in changed]


# --- every byte ------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["id", "header", "content", "hash"])
def test_every_byte_of_a_record(path: Path, column: str, record_property: Recorder) -> None:
    ids = small(path)
    tried = 0
    with behind(path) as connection, Ledger(path) as ledger:
        assert ledger.verify().fault is None
        for seq, id in enumerate(ids, 1):
            query = f"SELECT CAST({column} AS BLOB) FROM entries WHERE seq = ?"
            data = connection.execute(query, (seq,)).fetchone()[0]
            assert data or (column == "content" and seq in (1, 4))
            update = f"UPDATE entries SET {column} = CAST(? AS TEXT) WHERE seq = {seq}"
            for place in range(len(data or b"")):
                for changed in other_bytes(data, place):
                    connection.execute(update, (changed,))
                    fault = ledger.verify().fault
                    assert fault is not None, (column, seq, place)
                    assert fault.seq == seq, (column, seq, place, fault)
                    assert column == "id" or fault.id == id
                    tried += 1
            if data:
                connection.execute(update, (data,))
        assert ledger.verify().fault is None
    record_property("changes detected", tried)
    assert tried > 300 if column != "id" else tried > 30
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
                    fault = ledger.verify().fault
                    assert fault is not None and (fault.seq, fault.id) == (first, ids[first - 1])
            connection.execute(update, (data, key if isinstance(key, bytes) else key.encode()))
        assert ledger.verify().fault is None


def test_every_byte_of_the_head(path: Path) -> None:
    small(path)
    with behind(path) as connection, Ledger(path) as ledger:
        data = connection.execute("SELECT CAST(hash AS BLOB) FROM head").fetchone()[0]
        for place in range(len(data)):
            for changed in other_bytes(data, place):
                connection.execute("UPDATE head SET hash = CAST(? AS TEXT)", (changed,))
                assert ledger.verify().fault is not None


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


# --- records deleted, inserted, moved --------------------------------------------------------

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


def test_an_end_cut_off_with_its_head_is_found_by_the_head_kept(path: Path) -> None:
    small(path)
    _, kept = head_of(path)
    with behind(path) as connection:
        connection.execute("DELETE FROM entries WHERE seq = 4")
        connection.execute("UPDATE entries SET content = '{}' WHERE seq = 1")
        connection.execute("DELETE FROM entries WHERE seq = 3")
        connection.execute("DELETE FROM entries WHERE seq = 1")
        rewritten(connection)
    assert verified(path).fault is None
    fault = verified(path, kept).fault
    assert fault is not None and kept[:16] in fault.message


def test_a_history_rewritten_is_found_by_a_head_kept(path: Path) -> None:
    small(path)
    with Ledger(path) as ledger:
        heads = [row[4] for row in ledger.rows()]
    with behind(path) as connection:
        connection.execute("UPDATE entries SET content = replace(content, 'third', 'THIRD') WHERE seq = 3")
        assert verified(path).fault is not None
        rewritten(connection)
    assert verified(path).fault is None
    # the records before the change are the same: a head kept then says nothing of what came later
    assert [verified(path, head).fault is None for head in heads] == [True, True, False, False]
    for given, code in ((heads[3], 1), (heads[3][:8], 1), (heads[1].upper(), 0), ("beef", 2), ("x" * 64, 2)):
        result = cicatrix("audit", "verify", "--ledger", str(path), "--head", given)
        assert (result.code, "Traceback" in result.stderr) == (code, False), given


def test_the_erasure_must_be_of_something_erased(path: Path) -> None:
    with Ledger(path, write=True) as ledger:
        id = ledger.append(HEADER, content("back again"), FILES).id
        kept = next(ledger.rows())[3]
        erasure = ledger.forget(id, "")
        ledger.connection.execute("UPDATE entries SET content = ? WHERE id = ?", (kept, id))
        fault = ledger.verify().fault
    assert fault is not None and fault.id == erasure.id


def test_headers_that_are_no_records(path: Path) -> None:
    """Somebody else's ledger or bundle may hold anything; a chain of it is no reason to crash."""
    for header in ("[]", "1", '"x"', "{}", '{"kind":"erasure"}', '{"kind":[]}', "[" * 100_000, "\ud800"):
        from expert.io.json import digest
        from expert.ledger.chain import GENESIS, verify_rows

        hash = digest(GENESIS, header)
        found = verify_rows([(1, "abc22", header, None, hash)], {}, (1, hash), "")
        assert found.fault is not None and found.fault.seq == 1


# --- bundles ---------------------------------------------------------------------------------


@pytest.fixture
def bundle(path: Path) -> Path:
    small(path)
    found = path.with_name("bundle.jsonl")
    with Ledger(path) as ledger:
        found.write_text("".join(line + "\n" for line in bundle_lines(ledger)), encoding="utf-8")
    return found


def test_every_byte_of_a_bundle(bundle: Path, record_property: Recorder) -> None:
    data = bundle.read_bytes()
    assert verify_bundle(bundle, "").fault is None
    tried = 0
    with bundle.open("r+b", buffering=0) as stream:
        for place in range(len(data)):
            for changed in other_bytes(data, place):
                os.pwrite(stream.fileno(), changed[place : place + 1], place)
                try:
                    found = verify_bundle(bundle, "")
                except CaseError:
                    pass
                else:
                    assert found.fault is not None, (place, data[place - 20 : place + 20])
                tried += 1
            os.pwrite(stream.fileno(), data[place : place + 1], place)
    assert bundle.read_bytes() == data
    record_property("changes detected", tried)
    print(f"bundle: {tried} changes of one byte, all detected")


def test_lines_of_a_bundle(bundle: Path, tmp_path: Path) -> None:
    lines = bundle.read_text().splitlines(keepends=True)
    assert len(lines) == 1 + 2 + 4
    target = tmp_path / "imported.sqlite"
    wrong: list[list[str]] = [lines[:n] + lines[n + 1 :] for n in range(len(lines))]
    wrong += [[*lines[:n], lines[n], lines[n], *lines[n + 1 :]] for n in (0, 3, 4, 6)]
    wrong += [[*lines[:3], lines[4], lines[3], *lines[5:]], [], ["{}\n"], ["[]\n"], lines[1:] + lines[:1]]
    wrong += [[line.replace("second", "2econd") for line in lines], [line[:-3] for line in lines]]
    for changed in wrong:
        assert changed != lines
        bundle.write_text("".join(changed))
        for check in (lambda: verify_bundle(bundle, ""), lambda: import_bundle(bundle, target)):
            with contextlib.suppress(CaseError):
                assert check().fault is not None, changed
        assert not target.exists()


def test_a_bundle_verifies_and_imports_elsewhere(bundle: Path, path: Path, tmp_path: Path) -> None:
    there = tmp_path / "another-machine"
    there.mkdir()
    moved = Path(shutil.move(bundle, there / "theirs.jsonl"))
    count, head = head_of(path)
    path.unlink()
    elsewhere = {"CICATRIX_LEDGER": str(there / "none.sqlite")}
    checked = cicatrix("audit", "verify", str(moved), "--head", head, cwd=there, **elsewhere)
    assert checked.code == 0 and f"{count} records, 1 of them erasures" in checked.stdout
    assert cicatrix("audit", "verify", str(moved), "--head", "0123456789ab", **elsewhere).code == 1
    target = there / "new" / "ledger.sqlite"
    done = cicatrix("audit", "import", str(moved), "--ledger", str(target))
    assert done.code == 0 and head in done.stdout
    assert head_of(target) == (count, head)
    assert verified(target, head).fault is None
    with Ledger(target) as ledger:
        assert [line + "\n" for line in bundle_lines(ledger)] == moved.read_text().splitlines(keepends=True)
    again = cicatrix("audit", "import", str(moved), "--ledger", str(target))
    assert again.code == 4 and "has entries of its own" in again.stderr
    assert head_of(target) == (count, head)
    with Ledger(target, write=True) as ledger:  # and it goes on from there
        assert ledger.append(HEADER, content("fifth"), FILES).seq == count + 1
        assert ledger.verify(head).fault is None


def test_import_refuses_what_does_not_verify(bundle: Path, tmp_path: Path) -> None:
    bundle.write_text(bundle.read_text().replace("second", "zecond"))
    target = tmp_path / "new.sqlite"
    result = cicatrix("audit", "import", str(bundle), "--ledger", str(target))
    assert result.code == 1 and "has a changed content" in result.stdout
    assert not target.exists()


def test_a_bundle_of_a_damaged_ledger(path: Path) -> None:
    ids = small(path)
    with behind(path) as connection:
        connection.execute("UPDATE entries SET content = CAST(x'7bff7d' AS TEXT) WHERE seq = 2")
    result = cicatrix("audit", "export", "--ledger", str(path))
    assert result.code == 4 and ids[1] in result.stderr and "Traceback" not in result.stderr


def test_a_bundle_is_of_one_moment(path: Path) -> None:
    """What is appended or erased while it is being written is not in it, nor half in it."""
    ids = small(path)
    with Ledger(path) as reader, Ledger(path, write=True) as writer:
        lines = bundle_lines(reader)
        taken = [next(lines) for _ in range(2)]
        writer.connection.execute("UPDATE entries SET content = NULL WHERE id = ?", (ids[1],))
        writer.append(HEADER, content("late"), FILES)
        taken += lines
    bundle = path.with_name("moment.jsonl")
    bundle.write_text("\n".join(taken) + "\n")
    assert verify_bundle(bundle, "").fault is None


# --- forgetting ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 300, 3_000, 30_000])
def test_what_is_forgotten_is_gone_from_every_file(path: Path, size: int) -> None:
    """In whatever order, and whatever else shares its pages; the others stay."""
    choose = random.Random(size)
    tags = {f"secret{n:03}{choose.getrandbits(64):016x}" for n in range(40)}
    with Ledger(path, write=True) as ledger:
        ids = {
            tag: ledger.append(HEADER, content(tag, more=f"{tag}," * (size // 25)), FILES).id for tag in tags
        }
        left = sorted(tags)
        choose.shuffle(left)
        while len(left) > 5:
            tag = left.pop()
            ledger.forget(ids[tag], "asked to")
            assert not bytes_kept(path, *tags - set(left)), f"{40 - len(left)} forgotten"
            assert set(bytes_kept(path, *left)) == set(left)
        found = ledger.verify()
    assert found.fault is None and found.erased == 35
    assert {e.id for e in found.erasures} == {ids[tag] for tag in tags - set(left)}


def test_forgetting_says_if_another_program_keeps_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CICATRIX_LEDGER_PATIENCE", "0.05")
    with Ledger(path, write=True) as ledger, Ledger(path) as reader:
        id = ledger.append(HEADER, content("secret"), FILES).id
        with reader.view():
            assert reader.head()[0] == 1
            with pytest.raises(LedgerError, match="is erased, but another program still reads"):
                ledger.forget(id, "")
        assert ledger.verify().erased == 1


def test_drafts_leave_nothing(path: Path) -> None:
    with Ledger(path, write=True) as ledger:
        id = ledger.save_draft({"answers": ["a_secret=" + "deep" * 500]})
        assert ledger.draft() is not None
        ledger.drop_draft(id)
        assert ledger.draft() is None
    assert not bytes_kept(path, "a_secret", "deepdeep")


# --- the file --------------------------------------------------------------------------------


def test_file_and_folder_are_private(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        path = tmp_path / "made" / "here" / "ledger.sqlite"
        small(path)
        with Ledger(path, write=True) as ledger:
            ledger.append(HEADER, content("open"), FILES)
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert len(modes) == 3 and set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


ANSWERS = ("consult", "scar_depth=deep", "--json")


def test_where_the_ledger_is(tmp_path: Path) -> None:
    home, given, named = tmp_path / "home", tmp_path / "given.sqlite", tmp_path / "named.sqlite"
    home.mkdir()
    at_home = {"CICATRIX_LEDGER": "", "HOME": str(home), "XDG_DATA_HOME": ""}
    assert cicatrix(*ANSWERS, **at_home).code == 0
    found = list(home.rglob("ledger.sqlite"))
    assert len(found) == 1 and found[0].parent.name == "cicatrix"
    assert stat.S_IMODE(found[0].parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(found[0].stat().st_mode) == 0o600
    if os.name == "posix" and os.uname().sysname == "Linux":
        assert found[0] == home / ".local/share/cicatrix/ledger.sqlite"
        assert cicatrix(*ANSWERS, **{**at_home, "XDG_DATA_HOME": str(tmp_path / "xdg")}).code == 0
        assert verified(tmp_path / "xdg/cicatrix/ledger.sqlite").entries == 1
    assert cicatrix(*ANSWERS, CICATRIX_LEDGER=str(given)).code == 0
    assert cicatrix(*ANSWERS, "--ledger", str(named), CICATRIX_LEDGER=str(given)).code == 0
    assert cicatrix(*ANSWERS, "--no-save", CICATRIX_LEDGER=str(given)).code == 0
    assert [verified(p).entries for p in (found[0], given, named)] == [1, 1, 1]
    listed = cicatrix("audit", "list", "--json", CICATRIX_LEDGER=str(given))
    assert len(json.loads(listed.stdout)) == 1


def test_reading_makes_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "none" / "ledger.sqlite"
    for words in (("list",), ("show", "last"), ("verify",), ("forget", "last", "--yes"), ("export",)):
        result = cicatrix("audit", *words, "--ledger", str(path))
        assert result.code == 4 and "there is no ledger" in result.stderr
    assert not path.parent.exists()


def test_ids_can_be_typed(path: Path) -> None:
    with Ledger(path, write=True) as ledger:
        ids = [ledger._new_id() for _ in range(500)]
        entry = ledger.append(HEADER, content("one"), FILES)
        assert ledger.entry(entry.id.upper()).hash == ledger.entry("last").hash == entry.hash
        with pytest.raises(LedgerError, match="no record `nope1`"):
            ledger.entry("nope1")
    assert all(len(id) == 5 and set(id) <= set(ledger_module.ID_LETTERS) for id in ids)
    assert all(any(c.isdigit() for c in id) and any(c.isalpha() for c in id) for id in ids)


def test_stored_as_hashed(path: Path) -> None:
    """The texts are canonical JSON, and each content has a salt of its own."""
    small(path)
    with Ledger(path) as ledger:
        rows = list(ledger.rows())
    salts = set()
    for _, _, header, text, _ in rows:
        assert canonical(json.loads(header)) == header
        if text:
            assert canonical(json.loads(text)) == text
            salts.add(json.loads(text)["salt"])
    assert len(salts) == 2 and all(len(salt) == 32 for salt in salts)
