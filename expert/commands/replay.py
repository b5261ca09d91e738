"""The command `audit replay`: past answers run again, the one thing in `audit` that needs the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from expert.commands.opening import open_ledgers, progress, record_in
from expert.commands.shared import Json, Kb, LedgerFiles, open_knowledge, print_json
from expert.commands.showing import emit
from expert.io.json import plain
from expert.io.problems import CaseError, CheckFailed, LedgerError, Problem
from expert.language.english import count
from expert.ledger import replay as replaying
from expert.ledger.impact import Impact, impact
from expert.ledger.records import consultations
from expert.ledger.store import NEWER, Ledger
from expert.views.document import Block
from expert.views.records import impact_blocks, replayed_blocks


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
        raise CaseError([Problem(message, None, "--kb goes with --with-current-rules")])
    total = 0
    affected: list[Impact] = []
    told: list[replaying.Replayed] = []
    base = open_knowledge(kb) if current else None
    with open_ledgers(ledger) as stores:
        for store, wanted in _shared_out(stores, ids or ["last"], all).items():
            number, entries = consultations(store, wanted, all)
            total += number
            if base:
                affected += impact(store, progress(entries, number), base)
            else:
                again = replaying.replay_all(store) if all else replaying.replay(store, entries)
                told += [r for r in progress(again, number) if not r.same or r.reworded]
    refused = [i.refused for i in affected if i.refused] + [r.refused for r in told if r.refused]
    if base:
        failed = len(affected) - len(refused)
        blocks: list[Block] = impact_blocks(affected, total, base.knowledge)
        result = plain(affected)
    else:
        failed = sum(not r.same and not r.refused for r in told)
        blocks = replayed_blocks(told, total, words)
        result = plain([r for r in told if words or not r.same])
    if json:
        print_json(result)
    else:
        emit(*blocks)
    if failed:
        raise CheckFailed
    if refused:
        others = f" ({count(len(refused) - 1, 'other record')} is not judged either)" if refused[1:] else ""
        raise LedgerError(f"{refused[0]}{others}", NEWER)


def _shared_out(stores: Sequence[Ledger], ids: Sequence[str], all: bool) -> dict[Ledger, list[str]]:
    """Which records are wanted of each ledger; of every one, if all are."""
    if all:
        return {store: [] for store in stores}
    wanted: dict[Ledger, list[str]] = {}
    for id in ids:
        store, entry = record_in(stores, id)
        wanted.setdefault(store, []).append(entry.id)
    return wanted
