"""The record that a consultation leaves in the ledger.

Nearly every consultation imports this, so it imports nothing that reads knowledge or records.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from expert.commands.answers import Entered
from expert.commands.ledgers import ledger_path, warn_of_others
from expert.commands.saying import say, say_problems
from expert.consultation.case import CASE_FILE, COMMAND_LINE, DEFAULT
from expert.consultation.result import Consultation
from expert.io.problems import CaseError, LedgerError
from expert.language.rules import RuleBase
from expert.ledger.recording import Occasion, record
from expert.ledger.store import Entry, Ledger


def save(
    base: RuleBase,
    consultation: Consultation,
    entered: Entered,
    unreviewed: Sequence[str],
    ledger: Path | None,
    witness: Path | None,
) -> Entry | None:
    """Append the consultation to the ledger; None, with the reason on stderr, if that fails.

    The draft that it goes on from, if any, is dropped. Nothing is appended to a ledger that is not what its
    witness has of it; a witness that cannot be written is said.
    """
    occasion = Occasion(
        entered.given,
        entered.asked,
        entered.label,
        unreviewed,
        entered.questions,
        entered.by,
        _sources_of(entered),
    )
    warn_of_others(ledger_path(ledger))
    try:
        with Ledger(ledger_path(ledger), write=True) as store:
            if witness:
                _hold_against(store, witness)
            entry = record(store, base, consultation, occasion)
            if witness:
                _bear_witness(witness, entry)
            if entered.draft:
                store.drop_draft(entered.draft)
            return entry
    except (LedgerError, CaseError) as error:
        say_problems(error)
        say("The consultation was not recorded.")
        return None


def _sources_of(entered: Entered) -> dict[str, str]:
    """How each answer was given; none of those from before an interruption, of which no draft says so."""
    if entered.draft:
        return {}
    sources = {name: CASE_FILE if name in entered.in_file else COMMAND_LINE for name in entered.given}
    return sources | dict.fromkeys(entered.by_default, DEFAULT)


def _hold_against(store: Ledger, witness: Path) -> None:
    from expert.ledger.trust.witness import hold_against

    hold_against(store, witness)


def _bear_witness(witness: Path, entry: Entry) -> None:
    from expert.ledger.trust.witness import bear_witness

    try:
        bear_witness(witness, entry.seq, entry.hash)
    except CaseError as error:
        say_problems(error)
