"""The command `audit replay`: past answers run again, the one thing in `audit` that needs the engine."""

from __future__ import annotations

from typing import Annotated

import typer

from expert.commands.opening import open_ledger, progress
from expert.commands.shared import Json, Kb, LedgerFile, open_knowledge, print_json
from expert.commands.showing import emit
from expert.io.json import plain
from expert.io.problems import CaseError, CheckFailed, LedgerError, Problem
from expert.language.english import count
from expert.ledger import replay as replaying
from expert.ledger.impact import impact
from expert.ledger.records import consultations
from expert.ledger.store import NEWER
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
    ledger: LedgerFile = None,
    kb: Kb = None,
) -> None:
    """Run recorded answers again: the same must follow; exits with 1 if it does not.

    Examples: cicatrix audit replay --all
              cicatrix audit replay --all --with-current-rules
    """
    if kb is not None and not current:
        message = "records are run again under the knowledge that made them"
        raise CaseError([Problem(message, None, "--kb goes with --with-current-rules")])
    with open_ledger(ledger) as store:
        total, entries = consultations(store, ids or [], all)
        refused: list[str] = []
        if current:
            base = open_knowledge(kb)
            affected = tuple(impact(store, progress(entries, total), base))
            refused = [i.refused for i in affected if i.refused]
            failed = len(affected) - len(refused)
            blocks: list[Block] = impact_blocks(affected, total, base.knowledge)
            result = plain(affected)
        else:
            found_again = replaying.replay_all(store) if all else replaying.replay(store, entries)
            told = [r for r in progress(found_again, total) if not r.same or r.reworded]
            refused = [r.refused for r in told if r.refused]
            failed = sum(not r.same and not r.refused for r in told)
            blocks = [*replayed_blocks(told, total, words)]
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
