"""Running recorded answers again: under the rules that were recorded, and under those of today."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from expert.consultation.engine import infer
from expert.consultation.result import FORMAT, Consultation
from expert.io.json import plain
from expert.io.problems import shorten
from expert.io.version import __version__
from expert.language.rules import RuleBase
from expert.ledger.formats import Deviation, compare
from expert.ledger.records import (
    Shelf,
    base_of,
    case_of_answers,
    check_consultation,
    check_shape,
    consultation_of,
    format_of,
    refusal,
)
from expert.ledger.store import Entry, Ledger, legible

PART = 100  # records that a process runs at a time


class Replayed(NamedTuple):
    """A record run again: whether it came out the same, and where it first differs.

    `reworded` is what another program than this wrote in other words, or in an earlier format: it is
    no difference of what followed. `refused` is why a record was not judged, which is then neither.
    """

    id: str
    same: bool
    first: str
    reworded: tuple[Deviation, ...] = ()
    refused: str = ""


class Bases:
    """The knowledge bases of records, each opened once."""

    def __init__(self, ledger: Shelf) -> None:
        self.ledger = ledger
        self.opened: dict[tuple[str, int], RuleBase] = {}

    def of(self, entry: Entry) -> RuleBase:
        """The knowledge that made a record."""
        key = entry.header["knowledge"], format_of(entry)
        if key not in self.opened:
            self.opened[key] = base_of(self.ledger, entry)
        return self.opened[key]


def replay(ledger: Shelf, entries: Iterator[Entry]) -> Iterator[Replayed]:
    """Run recorded answers under the recorded rules.

    All that followed must be the same, as far as the record's format held it; and of a record that this
    very program made, every text. One that this program cannot judge is named as such.
    """
    yield from _replayed(Bases(ledger), entries)


def _replayed(bases: Bases, entries: Iterable[Entry]) -> Iterator[Replayed]:
    for entry in entries:
        if refused := refusal(entry):
            yield Replayed(entry.id, False, "", refused=refused)
            continue
        base = bases.of(entry)
        after, same = _again(entry, base)
        if same:
            yield Replayed(entry.id, True, "")
            continue
        before = consultation_of(entry)
        check_shape(entry, None)
        deviations = compare(before, after, base)
        wrong, reworded = deviations.substance, deviations.program
        if _made_by_this_program(entry, before):
            wrong, reworded = (*wrong, *reworded), ()
        yield Replayed(entry.id, not wrong, _first(wrong), reworded)


def _again(entry: Entry, base: RuleBase) -> tuple[Consultation, bool]:
    """What follows again, and whether it is the very data recorded: what differs takes longer to say."""
    check_consultation(entry)
    content = entry.content or {}
    with legible(entry.id):
        recorded = dict(content["consultation"])
        recorded.pop("unreviewed", None)  # which is about the reviews of then
        case = case_of_answers(recorded["answers"], base)
    after = infer(base, case)
    return after, bool(plain(after) == recorded)


def _made_by_this_program(entry: Entry, consultation: Consultation) -> bool:
    return consultation.format == FORMAT and entry.header["programs"].get("cicatrix") == __version__


def _first(changes: tuple[Deviation, ...]) -> str:
    """The first thing that differs, of the firings if one of them does."""
    if not changes:
        return ""
    where, before, after = next((c for c in changes if c.where.startswith("firings")), changes[0])
    return f"`{where}` was {shorten(before) or 'nothing'}, and is {shorten(after) or 'nothing'}"


# --- all of them, on every processor ------------------------------------------------------------
def replay_all(ledger: Ledger) -> Iterator[Replayed]:
    """What `replay` gives for all records that are not erased, a part of them in each process."""
    count, _ = ledger.head()
    parts = [(ledger.path, after, min(after + PART, count)) for after in range(0, count, PART)]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    workers = min(cores or 1, len(parts))
    if workers < 2:
        yield from replay(ledger, (entry for entry in ledger.entries() if entry.is_consultation()))
        return
    with ProcessPoolExecutor(workers, initializer=_begin_work) as pool:
        try:
            for replayed in pool.map(_replay_part, parts):
                yield from replayed
        finally:
            pool.shutdown(cancel_futures=True)


def _begin_work() -> None:
    """An interruption is for the process that waits for this one, which ends when that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _replay_part(part: tuple[Path, int, int]) -> list[Replayed]:
    path, after, last = part
    ledger, bases = _opened(path)
    entries = ledger.entries(after, last)
    return list(_replayed(bases, (entry for entry in entries if entry.is_consultation())))


@cache
def _opened(path: Path) -> tuple[Ledger, Bases]:
    """The ledger and its knowledge, as a process opens them once."""
    ledger = Ledger(path)
    return ledger, Bases(ledger)
