"""The file of a ledger: where it cannot be written or read, is none of ours, or is locked.

Disks and folders are real ones (mounted small, or with other permissions); some are skipped without rights.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.ledger_make import behind, copied, head_of, small, verified
from support.ledger_worker import FILES, HEADER, content
from support.shell import PROGRAM, Result, cicatrix

from expert.ledger import database
from expert.ledger.store import VERSION, Ledger

ANSWERS = ("consult", "scar_depth=deep", "active_acne=no", "--brief")

# --- where it cannot be written ------------------------------------------------------------------


@pytest.fixture(scope="module")
def unsaved() -> str:
    """What a consultation prints when nothing is to be saved."""
    result = cicatrix(*ANSWERS, "--no-save")
    assert result.code == 0 and len(result.stdout) > 200
    return result.stdout


def failing(result: Result, unsaved: str, *said: str) -> None:
    """The result is printed all the same; the reason, once, in words; exit code 4."""
    assert result.code == 4, result
    assert result.stdout == unsaved
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("error:") and "\n  help: " in result.stderr
    assert result.stderr.endswith("The consultation was not recorded.\n")
    assert any(words in result.stderr for words in said), result.stderr


def consult(path: Path, **environment: str) -> Result:
    return cicatrix(*ANSWERS, "--ledger", str(path), **environment)


def root() -> bool:
    return os.name == "posix" and os.geteuid() == 0


@pytest.fixture
def mounted() -> Iterator[Callable[..., Path]]:
    """Mount something; skipped where that is not allowed."""
    if not root() or shutil.which("mount") is None:
        pytest.skip("mounting needs root")
    places: list[Path] = []

    def mount(*words: str) -> Path:
        place = Path(tempfile.mkdtemp(prefix="cicatrix-mount-"))
        done = subprocess.run(["mount", *words, str(place)], capture_output=True, text=True, check=False)
        if done.returncode:
            place.rmdir()
            pytest.skip(f"mount is not allowed here: {done.stderr.strip()}")
        places.append(place)
        return place

    yield mount
    for place in reversed(places):
        subprocess.run(["umount", str(place)], check=True)
        place.rmdir()


def filled(folder: Path, free: int) -> Path:
    """Fill a file system but for some bytes; the file that does it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(b"x" * 4096)
        except OSError:
            pass
        stream.truncate(stream.tell() // 4096 * 4096 - free)
    return filler


def test_a_full_disk(mounted: Callable[..., Path], unsaved: str) -> None:
    """Full from the start, or at any moment on the way."""
    folder = mounted("-t", "tmpfs", "-o", "size=1m", "tmpfs")
    path = folder / "sub" / "ledger.sqlite"
    outcomes = []
    for free in (0, 4096, 12 * 4096, 20 * 4096, 40 * 4096):  # there is no ledger yet
        filler = filled(folder, free)
        failing_or_saved(consult(path), unsaved, outcomes)
        filler.unlink()
        shutil.rmtree(path.parent, ignore_errors=True)
    assert outcomes[0] == 4, "nothing can be saved where there is no room at all"
    assert consult(path).code == 0
    count, head = head_of(path)
    for free in (0, 2 * 4096, 9 * 4096, 12 * 4096, 16 * 4096, 24 * 4096):
        filler = filled(folder, free)
        saved = failing_or_saved(consult(path), unsaved, outcomes)
        during = cicatrix("audit", "list", "--json", "--ledger", str(path))
        assert during.code == 0 or "Traceback" not in during.stderr
        filler.unlink()
        found = verified(path, head)
        assert (found.fault, found.entries) == (None, count + saved)
        count, head = head_of(path)
    assert outcomes.count(4) >= 4
    assert consult(path).code == 0 and head_of(path)[0] == count + 1
    print(f"full disk: {outcomes.count(4)} refusals, {outcomes.count(0)} saved")


def failing_or_saved(result: Result, unsaved: str, outcomes: list[int]) -> bool:
    outcomes.append(result.code)
    if result.code == 0:
        begin, end = unsaved.split("More: consult --full\n")
        assert result.stdout.startswith(begin + "More: audit show last --ledger ")
        assert ("\n" + end) in result.stdout
        return True
    failing(result, unsaved, "the disk is full", "No space left on device")
    return False


def contents(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_a_read_only_file_system(mounted: Callable[..., Path], tmp_path: Path, unsaved: str) -> None:
    source = tmp_path / "source"
    path = source / "ledger.sqlite"
    small(path)
    before = contents(source)
    place = mounted("--bind", str(source))
    subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
    failing(consult(place / "ledger.sqlite"), unsaved, "cannot be written", "Read-only file system")
    failing(consult(place / "new.sqlite"), unsaved, "Read-only file system")
    failing(consult(place / "sub" / "new.sqlite"), unsaved, "Read-only file system")
    for words in (("verify",), ("list",), ("export",)):  # but it can be read
        result = cicatrix("audit", *words, "--ledger", str(place / "ledger.sqlite"))
        assert result.code == 0, result.stderr
    erase = cicatrix("audit", "forget", "last", "--yes", "--ledger", str(place / "ledger.sqlite"))
    assert erase.code == 4 and "Traceback" not in erase.stderr
    assert contents(source) == before


def test_a_log_that_cannot_be_read_is_not_passed_over(mounted: Callable[..., Path], tmp_path: Path) -> None:
    """A copy on a read-only disk with its newest records still in the log: no reading without them."""
    source = tmp_path / "source"
    source.mkdir()
    small(tmp_path / "ledger.sqlite")
    with Ledger(tmp_path / "ledger.sqlite", write=True) as ledger:
        ledger.append(HEADER, content("newest"), FILES)
        for name in ("ledger.sqlite", "ledger.sqlite-wal"):
            shutil.copy(tmp_path / name, source / name)
    place = mounted("--bind", str(source))
    subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
    result = cicatrix("audit", "verify", "--ledger", str(place / "ledger.sqlite"))
    assert result.code == 4 and "its newest records are in `ledger.sqlite-wal`" in result.stderr
    assert verified(source / "ledger.sqlite").entries == 5


@pytest.fixture
def private(tmp_path: Path) -> Iterator[Path]:
    """A folder whose permissions a test may change."""
    folder = tmp_path / "private"
    folder.mkdir()
    yield folder
    folder.chmod(0o755)


def bound(*words: str) -> Result:
    """Run the program as somebody whom permissions bind: as root, without root's power over them."""
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] if root() else []
    if drop and shutil.which("setpriv") is None:
        pytest.skip("root is bound by no permission without setpriv")
    done = subprocess.run(
        [*drop, *PROGRAM, *words],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "80"},
        check=False,
    )
    if drop and done.stderr.startswith("setpriv"):
        pytest.skip(f"root's powers cannot be dropped here: {done.stderr.strip()}")
    return Result(done.stdout, done.stderr, done.returncode)


def test_a_folder_without_permission(private: Path, unsaved: str) -> None:
    path = private / "ledger.sqlite"
    small(path)
    before = contents(private)
    path.chmod(0o444)
    private.chmod(0o555)
    failing(bound(*ANSWERS, "--ledger", str(path)), unsaved, "Permission denied")
    assert bound("audit", "verify", "--ledger", str(path)).code == 0
    path.chmod(0o600)
    private.chmod(0o755)
    assert contents(private) == before


@pytest.mark.long
@pytest.mark.more
def test_folders_and_files_without_permission(
    private: Path, unsaved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bound(*ANSWERS, "--no-save").stdout == unsaved
    path = private / "ledger.sqlite"
    small(path)
    before = contents(private)
    path.chmod(0o444)
    private.chmod(0o555)
    failing(bound(*ANSWERS, "--ledger", str(private / "new.sqlite")), unsaved, "Permission denied")
    failing(bound(*ANSWERS, "--ledger", str(private / "sub" / "l.sqlite")), unsaved, "Permission denied")
    failing(bound(*ANSWERS, "--ledger", "/proc/ledger.sqlite"), unsaved, "cannot be used")
    path.chmod(0o644)  # the file could be written, but its log could not
    failing(bound(*ANSWERS, "--ledger", str(path)), unsaved, "cannot be")
    path.chmod(0o000)
    monkeypatch.setenv("CICATRIX_LEDGER", str(path))
    failing(bound(*ANSWERS), unsaved, "Permission denied")
    unreadable = bound("audit", "list")
    assert unreadable.code == 4 and "Permission denied" in unreadable.stderr
    path.chmod(0o600)
    private.chmod(0o755)
    assert contents(private) == before


# --- files that are no ledgers -----------------------------------------------------------------


def newer(path: Path) -> None:
    small(path)
    with behind(path) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 98}")


def newer_without_wal(path: Path) -> None:
    newer(path)
    with behind(path) as connection:
        assert connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)


def no_database(path: Path) -> None:
    path.write_text("Dear diary,\n" * 500)


def short_text(path: Path) -> None:
    path.write_text("x")


def beheaded(path: Path) -> None:
    small(path)
    path.write_bytes(b"\0" * 100 + copied(path, "copy").read_bytes()[100:])


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE entries (seq, id, header, content, hash)")
        connection.execute("INSERT INTO entries VALUES (1, 2, 3, 4, 5)")
        connection.commit()


def foreign_id(path: Path) -> None:
    foreign(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 252006674")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (newer, "was written by a newer version"),
        (newer_without_wal, "was written by a newer version"),
        (no_database, "is not a ledger"),
        (short_text, "is not a ledger"),
        (beheaded, "is not a ledger"),
        (foreign, "is a database, but not a ledger"),
        (foreign_id, "is a database, but not a ledger"),
    ],
)
def test_a_file_that_is_no_ledger_of_ours(
    make: Callable[[Path], None], said: str, tmp_path: Path, unsaved: str
) -> None:
    path = tmp_path / "ledger.sqlite"
    make(path)
    before = contents(tmp_path)
    failing(consult(path), unsaved, said)
    for words in (("list",), ("forget", "last", "--yes")):
        result = cicatrix("audit", *words, "--ledger", str(path))
        assert result.code == 4 and said in result.stderr and "Traceback" not in result.stderr
    after = contents(tmp_path)
    assert {name: data for name, data in after.items() if not name.endswith(("-shm", "-wal"))} == before
    assert not any(data for name, data in after.items() if name.endswith("-wal"))


def test_a_directory_as_the_ledger(tmp_path: Path, unsaved: str) -> None:
    failing(consult(tmp_path), unsaved, "Is a directory")
    failing(consult(tmp_path, CICATRIX_LEDGER="/"), unsaved, "Is a directory")
    assert cicatrix("audit", "list", "--ledger", str(tmp_path)).code == 4
    (tmp_path / "file").write_text("a file, not a folder")
    failing(consult(tmp_path / "file" / "ledger.sqlite"), unsaved, "cannot be used")
    assert contents(tmp_path) == {"file": b"a file, not a folder"}


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.touch()
    assert cicatrix("audit", "list", "--ledger", str(path)).code == 4
    assert consult(path).code == 0 and verified(path).entries == 1


@pytest.mark.parametrize("mode", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "locking_mode"])
def test_a_locked_database(tmp_path: Path, unsaved: str, mode: str) -> None:
    path = tmp_path / "ledger.sqlite"
    small(path)
    count, head = head_of(path)
    with behind(path) as connection:
        if mode == "locking_mode":
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE" if mode == "locking_mode" else mode)
        connection.execute("UPDATE head SET seq = seq")
        start = time.monotonic()
        failing(consult(path, CICATRIX_LEDGER_PATIENCE="0.3"), unsaved, "is locked by another program")
        assert time.monotonic() - start < 20
        reading = cicatrix("audit", "list", "--ledger", str(path), CICATRIX_LEDGER_PATIENCE="0.3")
        assert (reading.code, "Traceback" in reading.stderr) == (4 if mode == "locking_mode" else 0, False)
        connection.execute("ROLLBACK")
    assert head_of(path) == (count, head) and verified(path, head).fault is None


def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    small(path)
    with behind(path) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        process = subprocess.Popen(
            [*PROGRAM, *ANSWERS, "--ledger", str(path)], stdout=subprocess.PIPE, text=True
        )
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.7)
        connection.execute("COMMIT")
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 0 and head_of(path)[1] in output.splitlines()[-1]


def test_patience_that_is_no_number(tmp_path: Path) -> None:
    assert consult(tmp_path / "ledger.sqlite", CICATRIX_LEDGER_PATIENCE="long").code == 0


def test_what_is_written_is_on_the_disk_before_it_is_acknowledged(path: Path) -> None:
    with closing(database.connect(path, write=True)) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
