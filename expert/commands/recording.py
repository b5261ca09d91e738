"""What a consultation leaves in the ledger: its record, or a draft if it is interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from expert.commands.opening import ledger_path, warn_of_others
from expert.commands.shared import Entered, say, say_problems
from expert.consultation.case import Case, spell_answers
from expert.consultation.result import Consultation
from expert.io.problems import CaseError, LedgerError
from expert.language.rules import RuleBase
from expert.ledger.drafts import Draft, keep
from expert.ledger.recording import Occasion, record
from expert.ledger.records import CASE_FILE, COMMAND_LINE, DEFAULT
from expert.ledger.store import Entry, Ledger
from expert.ledger.witness import bear_witness, hold_against


class RecordedAt(NamedTuple):
    """Where a consultation is recorded: the ledger, the draft that it goes on from, who keeps its head."""

    ledger: Path | None
    draft: str = ""
    witness: Path | None = None


def save(base: RuleBase, consultation: Consultation, occasion: Occasion, place: RecordedAt) -> Entry | None:
    """Append the consultation to the ledger; None, with the reason on stderr, if that fails.

    The draft that it goes on from, if any, is dropped. Nothing is appended to a ledger that is not what its
    witness has of it; a witness that cannot be written is said.
    """
    ledger, draft, witness = place
    warn_of_others(ledger_path(ledger))
    try:
        with Ledger(ledger_path(ledger), write=True) as store:
            if witness:
                hold_against(store, witness)
            entry = record(store, base, consultation, occasion)
            if witness:
                _bear_witness(witness, entry)
            if draft:
                store.drop_draft(draft)
            return entry
    except (LedgerError, CaseError) as error:
        say_problems(error)
        say("The consultation was not recorded.")
        return None


def sources_of(answered: Entered) -> dict[str, str]:
    """How each answer was given; none of those from before an interruption, of which no draft says so."""
    if answered.draft:
        return {}
    sources = {name: CASE_FILE if name in answered.in_file else COMMAND_LINE for name in answered.given}
    return sources | dict.fromkeys(answered.by_default, DEFAULT)


def _bear_witness(witness: Path, entry: Entry) -> None:
    try:
        bear_witness(witness, entry.seq, entry.hash)
    except CaseError as error:
        say_problems(error)


def keep_draft(base: RuleBase, answered: Entered, ledger: Path | None) -> bool:
    """Keep an interrupted dialogue, instead of the draft it went on from; whether it is kept."""
    attributes = base.knowledge.attributes
    draft = Draft(
        spell_answers(answered.case, base.knowledge),
        [*answered.given],
        {name: answered.questions.get(name) or attributes[name].question for name in answered.asked},
        spell_answers(Case({**answered.later}), base.knowledge),
        answered.label,
        answered.by,
    )
    try:
        with Ledger(ledger_path(ledger), write=True) as store:
            keep(store, base.knowledge, draft, answered.draft)
    except LedgerError as error:
        say_problems(error)
        return False
    return True
