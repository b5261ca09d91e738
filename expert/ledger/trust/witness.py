"""Witnesses: files of heads, kept elsewhere than the ledger, against which it is verified.

A line holds the number of entries, the hash of the last, and when it was written down. Lines are only ever
appended. What is witnessed cannot be changed, cut off or put back unnoticed by somebody who may write the
ledger and not the witness.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from expert.io.files import refuse_ledger
from expert.io.problems import CaseError, LedgerError, shorten
from expert.ledger.store import Ledger, utc_now

LINE = r"([1-9][0-9]{0,17}) ([0-9a-f]{64})(?: (\S+))?"

LONGEST = 200  # bytes of a line

ANOTHER = "the ledger was written anew or put back since, or the witness is that of another"


def witnessed(path: Path) -> dict[int, str]:
    """The heads that a witness holds, by number of entries. Raises CaseError."""
    heads: dict[int, str] = {}
    try:
        with path.open("rb") as stream:
            for n, line in enumerate(iter(lambda: stream.readline(LONGEST), b""), 1):
                seq, head = _head(line, f"line {n} of the witness `{path}`")
                if heads.setdefault(seq, head) != head:
                    raise CaseError(f"the witness `{path}` has two heads for entry {seq}")
    except OSError as error:
        message = f"the witness `{path}` cannot be read: {error.strerror or error}"
        raise CaseError(message, "`audit head --witness FILE` begins one") from None
    return heads


def _head(line: bytes, where: str) -> tuple[int, str]:
    """What a line holds. Raises CaseError."""
    text = line.decode("utf-8", "replace").strip()
    match = re.fullmatch(LINE, text)
    if match is None:
        help = "a number, a head of 64 digits, and when it was written, as `audit head --witness` writes them"
        raise CaseError(f"{where} is no head: {shorten(text)}", help)
    return int(match[1]), match[2]


def hold_against(store: Ledger, path: Path | None) -> None:
    """Raise LedgerError if the newest head that a witness holds is not in the ledger.

    A witness that is not there yet holds none; without a witness there is nothing to be held against.
    """
    if path is None:
        return
    refuse_ledger(path)
    if not path.exists():
        return
    heads = witnessed(path)
    newest = max(heads, default=0)
    if newest and store.hash_of(newest) != heads[newest]:
        message = f"the ledger `{store.path}` is not what the witness `{path}` has of it: entry {newest}"
        raise LedgerError(f"{message} has another hash, or is gone", ANOTHER)


def bear_witness(path: Path | None, seq: int, head: str) -> None:
    """Append a head to a witness, if there is one, which is made if need be.

    Raises CaseError if it cannot be written.
    """
    if path is None:
        return
    refuse_ledger(path)
    line = f"{seq} {head} {utc_now()}\n"
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    try:
        opened = os.open(path, flags, 0o600)
        try:
            os.write(opened, line.encode())
            if path.is_file():
                os.fsync(opened)
        finally:
            os.close(opened)
    except OSError as error:
        raise CaseError(f"the witness `{path}` cannot be written: {error.strerror or error}") from None
