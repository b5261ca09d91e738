"""Files read and written whole: what is read is text of bounded size, in UTF-8."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import time
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from expert.io.problems import CaseError, KnowledgeError, Problem, Span, listed

SIZE_LIMIT = 1_000_000  # bytes in one file
JUST_MADE = 10.0  # seconds in which a folder may not be locked yet by the process that made it

# a ledger is known by what an SQLite file begins with, and by the number at byte 68
SQLITE = b"SQLite format 3\0"
LEDGER = 0x43494341  # "CICA"
COMPANIONS = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a file


def read_text(path: Path, shown: str, piped: bool = False) -> str:
    """The file's text. Raises KnowledgeError: missing, a directory, too large, not UTF-8.

    A pipe or a device is read only if that is allowed (`piped`): one may wait, or go on, for ever.
    """
    start = Span(shown)
    try:
        if not path.is_file() and not (piped and _is_stream(path)):
            reason = "is not a regular file" if path.exists() or path.is_symlink() else "is missing"
            raise KnowledgeError([Problem(f"file `{shown}` {reason}", start)])
        with path.open("rb") as stream:
            data = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        message = f"file `{shown}` cannot be read: {error.strerror or error}"
        raise KnowledgeError([Problem(message, start)]) from None
    if len(data) > SIZE_LIMIT:
        raise KnowledgeError([Problem(f"file `{shown}` is larger than {SIZE_LIMIT:,} bytes", start)])
    try:
        return data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        # error.object is what follows a byte order mark, and error.start counts from there
        before = error.object[: error.start].decode("utf-8")
        message = f"byte `0x{error.object[error.start]:02x}` is not UTF-8 text"
        place = place_after(before, shown)
        raise KnowledgeError([Problem(message, place, "save the file as UTF-8")]) from None


def place_after(before: str, shown: str) -> Span:
    return Span(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))


def content_hash(files: dict[str, str]) -> str:
    """SHA-256, in hex, over the names and texts of the knowledge files in order of name."""
    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        data = text.encode("utf-8", "surrogatepass")
        digest.update(f"{name}\n{len(data)}\n".encode("utf-8", "surrogatepass") + data)
    return digest.hexdigest()


@contextmanager
def written_together(*paths: Path, private: bool = False) -> Iterator[tuple[Path, ...]]:
    """Where to write what some paths will name: all get their names at the end of the block, in this order.

    If the block fails, the paths name what they named before. Each is written in a new folder of its own
    beside its place, private to the user and of a name that nobody can guess: what goes on writing after a
    failure finds no folder for it, and nobody can put a link there. A file keeps the permissions of the one
    that it replaces, unless it is to be `private`. A directory takes the place of a directory; a device or a
    pipe is no file to replace, and is written to as it is. What a process left that was killed while it wrote
    goes when the same is written again. Raises CaseError, with the system's reason, and for a path that is a
    ledger, or leads to one.
    """
    parts: list[Path] = []
    held: list[int] = []
    for path in paths:
        refuse_ledger(path)
    try:
        for path in paths:
            # named before it is made: an interruption in between leaves no folder that nothing takes away
            parts.append(path if _is_stream(path) else _folder_beside(path) / path.name)
            if parts[-1] != path:
                _take_away_left(path)
                parts[-1].parent.mkdir(mode=0o700)
                held.append(os.open(parts[-1].parent, os.O_RDONLY))
                with suppress(OSError):  # where folders cannot be locked, what is left stays
                    fcntl.flock(held[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield tuple(parts)
        for part, path in zip(parts, paths, strict=True):
            if part != path:
                if not private and path.is_file() and not part.is_dir():
                    part.chmod(path.stat().st_mode & 0o777)
                _take_place(part, path)
    except OSError as error:
        path = _path_of(str(error.filename or ""), parts, paths)
        raise CaseError(f"`{path}` cannot be written: {error.strerror or error}") from None
    finally:
        for part, path in zip(parts, paths, strict=False):
            if part != path:
                shutil.rmtree(part.parent, ignore_errors=True)
        for folder in held:
            os.close(folder)


def _path_of(named: str, parts: Sequence[Path], paths: Sequence[Path]) -> Path:
    """The path of which an error is: the system names the part, the user knows the path."""
    for part, path in zip(parts, paths, strict=False):
        if named in (str(part), str(part.parent)):
            return path
    return paths[-1]


def refuse_ledger(path: Path) -> None:
    """Raise CaseError if a path is a ledger, a file that SQLite keeps beside one, or a link to either."""
    for place in {path, Path(os.path.realpath(path))}:
        names = [place.name.removesuffix(end) for end in COMPANIONS if place.name.endswith(end)]
        if any(_is_ledger(place.with_name(name)) for name in [place.name, *names] if name):
            message = f"`{path}` is a ledger, or belongs to one: nothing else is written there"
            raise CaseError(message, "name another file")


def _is_ledger(path: Path) -> bool:
    """Whether it is a ledger, or a folder with one; while its first page is in its log it has no number."""
    try:
        if path.is_dir():
            return any(child.is_file() and _is_ledger(child) for child in path.iterdir())
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            begin = stream.read(72)
        log = path.with_name(f"{path.name}-wal")
        in_log = log.is_file() and log.stat().st_size > 0
    except OSError:
        return False
    return in_log or (begin.startswith(SQLITE) and begin[68:72] == LEDGER.to_bytes(4, "big"))


def _is_stream(path: Path) -> bool:
    """Whether it is a device or a pipe."""
    return path.exists() and not path.is_file() and not path.is_dir()


def beside(path: Path, ending: str) -> Path:
    """The file beside another whose name goes on with an ending. Raises CaseError if that one has no name."""
    _check_name(path)
    return path.with_name(path.name + ending)


def _check_name(path: Path) -> None:
    if not path.name:
        raise CaseError(f"`{path}` is a directory", "name a file in it")


def _folder_beside(path: Path) -> Path:
    _check_name(path)
    if path.is_symlink() and os.path.realpath(path.parent).startswith(("/dev", "/proc")):  # /dev/stdout
        raise CaseError(f"`{path}` leads to a file: `{os.path.realpath(path)}`", "name that file itself")
    return path.with_name(f"{path.name[:100]}.{os.urandom(8).hex()}{os.getpid():08x}.part")


def _take_away_left(path: Path) -> None:
    """Remove the folders in which processes that are no more wrote the same: nobody holds their locks."""
    _remove_all_left(path.parent, re.escape(path.name[:100]) + r"\.[0-9a-f]{16,24}\.part", JUST_MADE)


def take_away_left_by(process: int, directory: Path) -> None:
    """Remove the folders in which a process that is no more wrote what was to be in a directory."""
    _remove_all_left(directory, rf".+\.[0-9a-f]{{16}}{process:08x}\.part", 0)


def _remove_all_left(directory: Path, name: str, age: float) -> None:
    with suppress(OSError):
        for folder in [entry.path for entry in os.scandir(directory) if re.fullmatch(name, entry.name)]:
            _remove_left(folder, age)


def _remove_left(folder: str, age: float) -> None:
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            status = os.fstat(opened)
            if status.st_uid == os.getuid() and time.time() - status.st_mtime >= age:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(opened)


def _take_place(part: Path, path: Path) -> None:
    if part.is_dir() and path.is_dir():
        shutil.rmtree(path)
    os.replace(part, path)


def write_whole(path: Path, content: bytes | Iterable[str], private: bool = False) -> None:
    """Write a file of bytes or of lines, or leave what was there: it is replaced when all is on the disk.

    A private one is for the user alone, whatever was there. Raises CaseError if it cannot be written, and
    whatever comes of taking the lines.
    """
    with written_together(path, private=private) as (part,), part.open("wb") as stream:
        if private and part != path:
            os.fchmod(stream.fileno(), 0o600)
        if isinstance(content, bytes):
            stream.write(content)
        else:
            stream.writelines(f"{line}\n".encode() for line in content)
        stream.flush()
        if part != path:
            os.fsync(stream.fileno())


def check_output(out: Path, kinds: tuple[str, ...]) -> None:
    """Raises CaseError if the output is of no kind that can be written, or in no directory."""
    if out.suffix.lower() not in kinds:
        raise CaseError(f"`{out}` is of no kind that can be written", f"kinds: {listed(kinds)}")
    if not out.absolute().parent.is_dir():
        raise CaseError(f"`{out}` cannot be written: there is no such directory")
