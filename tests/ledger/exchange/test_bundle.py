"""Bundles: a ledger to carry, whole or not there."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.ledger_make import behind, head_of, small, verified
from support.ledger_worker import FILES, HEADER, content
from support.records import ANSWERS, made, other_bytes, output, run
from support.shell import cicatrix
from support.sizes import some_or_all

from expert.io.problems import CaseError
from expert.ledger.exchange.bundle import bundle_lines, import_bundle, verify_bundle
from expert.ledger.store import Ledger
from expert.ledger.trust.verification import Kept, verify


def test_an_export_that_fails_half_way(path: Path) -> None:
    made(path, *ANSWERS)
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Ledger(path) as ledger:
        lines = bundle_lines(ledger)
        next(lines)
    del lines  # after the ledger was closed
    link = path.with_name("bundle")
    link.symlink_to("/dev/full")
    result = run(path, "audit", "export", "-o", str(link))
    assert result.code == 2 and "No space left" in result.stderr
    assert link.is_symlink() and not list(path.parent.glob("*.part"))


def test_an_export_is_whole_or_not_there(path: Path, tmp_path: Path) -> None:
    made(path, "scar_depth=deep")
    target = tmp_path / "bundle.jsonl"
    assert run(path, "audit", "export", "-o", str(target)).code == 0
    assert target.read_text() == output(path, "audit", "export")
    assert run(path, "audit", "export", "-o", str(tmp_path)).code == 2
    with behind(path) as connection:
        connection.execute("UPDATE entries SET content = CAST(x'ff' AS TEXT)")
    before = target.read_bytes()
    assert run(path, "audit", "export", "-o", str(target)).code == 4
    assert target.read_bytes() == before and not list(tmp_path.glob("*.part"))


Recorder = Callable[[str, object], None]


@pytest.fixture
def bundle(path: Path) -> Path:
    small(path)
    found = path.with_name("bundle.jsonl")
    with Ledger(path) as ledger:
        found.write_text("".join(line + "\n" for line in bundle_lines(ledger)), encoding="utf-8")
    return found


@pytest.mark.parametrize("step", some_or_all(7, 1, more=1))
def test_every_byte_of_a_bundle(bundle: Path, step: int, record_property: Recorder) -> None:
    data = bundle.read_bytes()
    assert verify_bundle(bundle).fault is None
    tried = 0
    with bundle.open("r+b", buffering=0) as stream:
        for place in range(0, len(data), step):
            for changed in other_bytes(data, place):
                os.pwrite(stream.fileno(), changed[place : place + 1], place)
                try:
                    found = verify_bundle(bundle)
                except CaseError:
                    pass
                else:
                    # the layout is a word to earlier programs: a later one has all that an earlier one has
                    later = place == len('{"bundle":') and changed[place] > data[place]
                    assert found.fault is not None or later, (place, data[place - 20 : place + 20])
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
        for check in (lambda: verify_bundle(bundle), lambda: import_bundle(bundle, target)):
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
    assert checked.code == 0 and f"{count} records, of them 1 erasure" in checked.stdout
    assert cicatrix("audit", "verify", str(moved), "--head", "0123456789ab" * 3, **elsewhere).code == 1
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
        assert verify(ledger, Kept(head)).fault is None


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
        writer.connection.execute("UPDATE main.entries SET content = NULL WHERE id = ?", (ids[1],))
        writer.append(HEADER, content("late"), FILES)
        taken += lines
    bundle = path.with_name("moment.jsonl")
    bundle.write_text("\n".join(taken) + "\n")
    assert verify_bundle(bundle).fault is None
