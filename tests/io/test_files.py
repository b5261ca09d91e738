"""Files are written whole, or what was there stays."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from expert.io.files import take_away_left_by, write_whole, written_together
from expert.io.problems import CaseError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_lines_and_bytes(tmp_path: Path) -> None:
    write_whole(tmp_path / "lines", (word for word in ("é", "", "b")))
    write_whole(tmp_path / "bytes", b"\r\n\xff")
    assert (tmp_path / "lines").read_bytes() == "é\n\nb\n".encode()
    assert (tmp_path / "bytes").read_bytes() == b"\r\n\xff"
    assert names(tmp_path) == ["bytes", "lines"]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_lines_that_fail_half_way(tmp_path: Path, failure: type[BaseException]) -> None:
    def lines() -> Iterator[str]:
        yield "new"
        raise failure

    (tmp_path / "file").write_text("old")
    for path in (tmp_path / "file", tmp_path / "other"):
        with pytest.raises(failure):
            write_whole(path, lines())
    assert names(tmp_path) == ["file"] and (tmp_path / "file").read_text() == "old"


def test_all_or_none(tmp_path: Path) -> None:
    paths = tmp_path / "a", tmp_path / "folder"
    with written_together(*paths) as (part, folder):
        part.write_text("a")
        folder.mkdir()
        (folder / "inside").write_text("1")
        assert not any(path.exists() for path in paths)
    with pytest.raises(ZeroDivisionError), written_together(*paths) as (part, folder):
        part.write_text("b")
        assert 1 / 0
    assert paths[0].read_text() == "a" and names(tmp_path) == ["a", "folder"]
    with written_together(*paths) as (part, folder):
        part.write_text("c")
        folder.mkdir()
        (folder / "other").write_text("2")
    assert paths[0].read_text() == "c" and names(paths[1]) == ["other"]


def test_what_a_killed_process_left_goes_and_what_another_writes_stays(tmp_path: Path) -> None:
    left, young, other = (tmp_path / f"{n}.{16 * d}.part" for n, d in (("a", "0"), ("a", "1"), ("ab", "2")))
    for folder in (left, young, other):
        folder.mkdir()
        (folder / "a").write_text("half")
    for folder in (left, other):
        os.utime(folder, (0, 0))
    with written_together(tmp_path / "a") as (part,):
        assert not left.exists() and young.exists() and other.exists()
        os.utime(part.parent, (0, 0))
        write_whole(tmp_path / "a", b"second")
        part.write_text("first")  # whose folder is still there, as it is held
    assert (tmp_path / "a").read_text() == "first" and names(tmp_path) == ["a", young.name, other.name]


def test_what_one_process_left_goes_and_what_it_still_holds_stays(tmp_path: Path) -> None:
    mine, others = (tmp_path / f"a.{16 * '0'}{process:08x}.part" for process in (77, 78))
    for folder in (mine, others):
        folder.mkdir()
    take_away_left_by(77, tmp_path)
    assert names(tmp_path) == [others.name]
    with written_together(tmp_path / "a") as (part,):
        take_away_left_by(os.getpid(), tmp_path)
        part.write_text("whole")
    assert names(tmp_path) == ["a", others.name]


def test_permissions(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, b"")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask
    path.chmod(0o600)
    write_whole(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_device_stays_one(tmp_path: Path) -> None:
    for device in map(Path, ("/dev/null", "/dev/full")):
        if not device.exists():
            pytest.skip(f"there is no {device} here")
    (tmp_path / "link").symlink_to("/dev/null")
    write_whole(tmp_path / "link", ["nothing"])
    with pytest.raises(CaseError, match="`/dev/full` cannot be written: No space left"):
        write_whole(Path("/dev/full"), ["nothing"])
    # as when standard output goes to a file
    leads = pytest.raises(CaseError, match=f"leads to a file: `{tmp_path / 'shown'}`")
    with (tmp_path / "shown").open("w") as shown, leads:
        write_whole(Path(f"/dev/fd/{shown.fileno()}"), ["nothing"])
    assert Path("/dev/full").is_char_device() and (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("place", ["no/such/folder", "."])
def test_a_reason(tmp_path: Path, place: str) -> None:
    with pytest.raises(CaseError, match="cannot be written"):
        write_whole(tmp_path / place, [])
    assert names(tmp_path) == []
