"""The ledgers that commands open, and the records in them.

Whatever appends to a ledger, or only lists what is in one, reads no knowledge: so nothing here does.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from expert.commands.saying import say
from expert.io.problems import CaseError, LedgerError, shorten
from expert.ledger.store import Entry, Ledger, default_path


def ledger_path(ledger: Path | None) -> Path:
    """Where the ledger is."""
    return ledger or default_path()


def open_ledger(ledger: Path | None, write: bool = False) -> Ledger:
    """The ledger asked for. Raises LedgerError."""
    path = ledger_path(ledger)
    warn_of_others(path)
    return Ledger(path, write and path.exists())


@contextmanager
def open_ledgers(ledgers: Sequence[Path] | None) -> Iterator[list[Ledger]]:
    """The ledgers asked for, to be read, each once; yours if none is. Raises LedgerError."""
    with ExitStack() as opened_ones:
        yield [opened_ones.enter_context(open_ledger(path)) for path in each_once(ledgers)]


def each_once(ledgers: Sequence[Path] | None) -> Sequence[Path | None]:
    """The ledgers asked for, each once; yours (None) if none is."""
    once = {os.path.realpath(path): path for path in reversed(ledgers or [])}
    return [*reversed(once.values())] or [None]


@contextmanager
def open_record(ledgers: Sequence[Path] | None, id: str) -> Iterator[tuple[Ledger, Entry]]:
    """The record with an id, and the one of the ledgers that it is in. Raises LedgerError, CaseError."""
    with open_ledgers(ledgers) as stores:
        yield record_in(stores, id)


def record_in(stores: Sequence[Ledger], id: str) -> tuple[Ledger, Entry]:
    """The record with an id, and the one of the ledgers that it is in; `last` is the newest of all.

    Raises LedgerError if none has it, CaseError if several have.
    """
    if len(stores) == 1:
        return stores[0], stores[0].entry(id)
    having = [store for store in stores if (store.consultations() if id == "last" else store.has(id))]
    if not having:
        raise LedgerError(f"none of the {len(stores)} ledgers has a record `{shorten(id)}`")
    if len(having) > 1 and id != "last":
        files = ", ".join(str(store.path) for store in having)
        raise CaseError(f"there is a record `{shorten(id)}` in several ledgers", files)
    return newest_of([(store, store.entry(id)) for store in having])


def newest_of(found: Sequence[tuple[Ledger, Entry]]) -> tuple[Ledger, Entry]:
    """The newest of some records, each with the ledger that it is in."""
    return max(found, key=lambda one: str(one[1].header["time"]))


def warn_of_others(path: Path) -> None:
    """Say so if others than the user may write a ledger: what it holds is then as good as their word."""
    with suppress(OSError):
        mode = path.stat().st_mode
        if path.is_file() and mode & 0o022:
            say(f"warning: others may write the ledger `{path}`: `chmod 600` makes it private")
        folder = path.absolute().parent.stat().st_mode
        if folder & 0o002 and not folder & stat.S_ISVTX:
            say(f"warning: others may put another file in the place of the ledger `{path}`")


def names_record(word: str) -> bool:
    """Whether a word that is no answer looks like `last` or the id of a record."""
    return word == "last" or (len(word) == 5 and any(c.isdigit() for c in word))
