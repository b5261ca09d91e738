"""Files read and written as text: whole, of bounded size, and in UTF-8."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from expert.io.problems import KnowledgeError, Problem, Span

SIZE_LIMIT = 1_000_000  # bytes in one file


def read_text(path: Path, shown: str) -> str:
    """The file's text. Raises KnowledgeError: missing, a directory, too large, not UTF-8."""
    start = Span(shown)
    try:
        if not path.is_file():
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
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # error.object is what follows a byte order mark, and error.start counts from there
        before = error.object[: error.start].decode("utf-8")
        message = f"byte `0x{error.object[error.start]:02x}` is not UTF-8 text"
        place = _place_after(before, shown)
        raise KnowledgeError([Problem(message, place, "save the file as UTF-8")]) from None


def _place_after(before: str, shown: str) -> Span:
    return Span(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))


def content_hash(files: dict[str, str]) -> str:
    """SHA-256, in hex, over the names and texts of the knowledge files in order of name."""
    import hashlib

    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        data = text.encode("utf-8", "surrogatepass")
        digest.update(f"{name}\n{len(data)}\n".encode("utf-8", "surrogatepass") + data)
    return digest.hexdigest()


def write_whole(path: Path, lines: Iterator[str]) -> None:
    """Write a file, or leave none: it gets its name when it is complete. Raises CaseError."""
    import os

    from expert.io.problems import CaseError, Problem

    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(line + "\n" for line in lines)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CaseError([Problem(f"`{path}` cannot be written: {error.strerror}")]) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
