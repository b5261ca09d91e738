"""Text files line by line, in UTF-8 or in the encoding that is said; what is no text stays recognisable."""

from __future__ import annotations

import codecs
from collections.abc import Generator
from pathlib import Path
from typing import IO

from expert.io.problems import CaseError, shorten
from expert.population.tables import MARK, refused

LONGEST = 1 << 24  # characters in a line
START = 4096  # bytes that are looked at
SUCH = "such as latin-1, cp1252 or utf-16"
# how a file starts that is no UTF-8, and what helps; the marks of UTF-32 start like those of UTF-16
UTF16 = "it looks like UTF-16: `--encoding utf-16`"
UTF32 = "it looks like UTF-32: `--encoding utf-32`"
PACKED = "it looks like packed data: unpack it first"
STARTS = {
    codecs.BOM_UTF32_LE: UTF32,
    codecs.BOM_UTF32_BE: UTF32,
    codecs.BOM_UTF16_LE: UTF16,
    codecs.BOM_UTF16_BE: UTF16,
    b"\x1f\x8b": PACKED,  # gzip
    b"BZh": PACKED,
    b"\xfd7zXZ\0": PACKED,
    b"\x28\xb5\x2f\xfd": PACKED,  # zstd
    b"PK\x03\x04": "it looks like a workbook, whose name has to end in `.xlsx`, or like packed data",
    b"PAR1": "it looks like Parquet: its name has to end in `.parquet`",
    b"%PDF-": "it looks like a PDF",
    b"ARROW1": "it looks like Arrow: write Parquet, or text",
    b"\xd0\xcf\x11\xe0": "it looks like an old workbook (.xls): save it as .xlsx",
}  # fmt: skip
# the marks with which encodings begin their files, and how those are called
MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8",
}
KEEP_LOST = "cicatrix.lost"  # how bytes are treated that are no text, where Python's own way keeps some only


def _lost(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC80 | byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(KEEP_LOST, _lost)


def check_encoding(name: str) -> None:
    """Raises CaseError if there is no such encoding of text."""
    try:
        known = not name or codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        known = False
    if not known:
        raise CaseError(f"unknown encoding `{shorten(name)}`", SUCH)


def text_lines(path: Path, encoding: str, longest: int = LONGEST) -> Generator[str, None, None]:
    """The lines of a text file, each with its end, none of more than so many characters (-1: of any length).

    A byte that is no text in the encoding becomes half of a character, which no text has. Raises CaseError,
    OSError.
    """
    number = 0
    with _opened(path, encoding) as stream:
        try:
            while line := stream.readline(longest):
                number += 1
                if len(line) == longest:
                    raise refused(path, f"has a line of more than {longest:,} characters: line {number}")
                yield line if number > 1 else line.lstrip(MARK)
        except UnicodeError:
            raise refused(path, f"is not {encoding} text: line {number + 1} or after", SUCH) from None


def _opened(path: Path, encoding: str) -> IO[str]:
    with path.open("rb") as stream:
        start = stream.read(START)
    if encoding:
        _check_mark(path, start, encoding)
    else:
        for mark, help in STARTS.items():
            if start.startswith(mark):
                raise refused(path, "is not UTF-8 text", help)
        if b"\0" in start.partition(b"\n")[0]:
            raise refused(path, "is not UTF-8 text", f"if it is text at all, `--encoding` says which, {SUCH}")
    if not encoding or codecs.lookup(encoding).name == "utf-8":
        return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    return path.open(encoding=encoding, errors=KEEP_LOST, newline="")


def _check_mark(path: Path, start: bytes, encoding: str) -> None:
    """Raises CaseError if a file begins with the mark of another encoding than that which is said."""
    for mark, name in MARKS.items():
        if start.startswith(mark):
            if not codecs.lookup(encoding).name.startswith(name):
                raise refused(path, f"is not {encoding} text", f"it begins as {name} does")
            return
