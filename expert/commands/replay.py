"""The command `audit replay`: past answers run again, the one thing in `audit` that needs the engine."""

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple, TypeVar

import typer

from expert.commands.ledgers import open_ledgers, record_in
from expert.commands.options import Json, Kb, LedgerFiles
from expert.commands.shared import open_knowledge, print_json
from expert.commands.showing import emit
from expert.io.json import plain
from expert.io.problems import CaseError, CheckFailed, LedgerError
from expert.language.english import count
from expert.language.rules import RuleBase
from expert.ledger.history.impact import Impact, impact
from expert.ledger.history.replay import Replayed, replay_all
from expert.ledger.history.replay import replay as replay_each
from expert.ledger.records import consultations
from expert.ledger.store import NEWER, Ledger
from expert.views.document import Block
from expert.views.replayed import impact_blocks, replayed_blocks

T = TypeVar("T")


def replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Records, or `last`.")] = None,
    all: Annotated[bool, typer.Option("--all", help="Every record.")] = False,
    current: Annotated[
        bool, typer.Option("--with-current-rules", help="Under today's rules: what would be different.")
    ] = False,
    words: Annotated[
        bool, typer.Option("--words", help="Also show what this program words differently.")
    ] = False,
    json: Json = False,
    ledger: LedgerFiles = None,
    kb: Kb = None,
) -> None:
    """Run recorded answers again: the same must follow; exits with 1 if it does not.

    Of several ledgers (--ledger, repeated) the records of each are run again.

    Examples: cicatrix audit replay --all
              cicatrix audit replay --all --with-current-rules
    """
    if kb is not None and not current:
        message = "records are run again under the knowledge that made them"
        raise CaseError(message, "--kb goes with --with-current-rules")
    base = open_knowledge(kb) if current else None
    with open_ledgers(ledger) as stores:
        wanted = _shared_out(stores, ids or ["last"], all)
        outcome = _under(base, wanted, all) if base else _as_recorded(wanted, all, words)
    if json:
        print_json(outcome.result)
    else:
        emit(*outcome.blocks)
    if outcome.failed:
        raise CheckFailed
    if refused := outcome.refused:
        others = f" ({count(len(refused) - 1, 'other record')} is not judged either)" if refused[1:] else ""
        raise LedgerError(f"{refused[0]}{others}", NEWER)


class _Outcome(NamedTuple):
    """What came of running records again: for a program and for a person, how many differ, and why others
    were not judged."""

    result: Any
    blocks: list[Block]
    failed: int
    refused: list[str]


def _under(base: RuleBase, wanted: dict[Ledger, list[str]], all: bool) -> _Outcome:
    """The records that come out differently under other knowledge."""
    total = 0
    affected: list[Impact] = []
    for store, ids in wanted.items():
        number, entries = consultations(store, ids, all)
        total += number
        affected += impact(store, _progress(entries, number), base)
    refused = [one.refused for one in affected if one.refused]
    blocks = impact_blocks(affected, total, base.knowledge)
    return _Outcome(plain(affected), blocks, len(affected) - len(refused), refused)


def _as_recorded(wanted: dict[Ledger, list[str]], all: bool, words: bool) -> _Outcome:
    """The records from which something else follows under their own knowledge, or in other words."""
    total = 0
    told: list[Replayed] = []
    for store, ids in wanted.items():
        number, entries = consultations(store, ids, all)
        total += number
        replayed = _progress(replay_all(store) if all else replay_each(store, entries), number)
        told += [one for one in replayed if not one.same or one.reworded]
    refused = [one.refused for one in told if one.refused]
    failed = sum(not one.same and not one.refused for one in told)
    result = plain([one for one in told if words or not one.same])
    return _Outcome(result, replayed_blocks(told, total, words), failed, refused)


def _shared_out(stores: Sequence[Ledger], ids: Sequence[str], all: bool) -> dict[Ledger, list[str]]:
    """Which records are wanted of each ledger; of every one, if all are."""
    if all:
        return {store: [] for store in stores}
    wanted: dict[Ledger, list[str]] = {}
    for id in ids:
        store, entry = record_in(stores, id)
        wanted.setdefault(store, []).append(entry.id)
    return wanted


def _progress(items: Iterator[T], total: int) -> Iterator[T]:
    """The items, counted on stderr if that is a terminal."""
    shown = sys.stderr.isatty()
    for n, item in enumerate(items, 1):
        if shown and (n % 20 == 0 or n == total):
            sys.stderr.write(f"\r{n} of {total}" + ("\n" if n == total else ""))
            sys.stderr.flush()
        yield item
