"""What a consultation leaves in the ledger: its record, or a draft if it is interrupted."""

from __future__ import annotations

from pathlib import Path

from expert.commands.opening import ledger_path
from expert.commands.shared import Entered, say, say_problems
from expert.consultation.case import Case, spell_answers
from expert.consultation.result import Consultation
from expert.io.problems import LedgerError
from expert.language.rules import RuleBase
from expert.ledger.drafts import Draft, keep
from expert.ledger.recording import Occasion, record
from expert.ledger.store import Entry, Ledger


def save(
    base: RuleBase, found: Consultation, occasion: Occasion, ledger: Path | None, draft: str
) -> Entry | None:
    """Append the consultation to the ledger; None, with the reason on stderr, if that fails.

    The draft that it goes on from, if any, is dropped.
    """
    try:
        with Ledger(ledger_path(ledger), write=True) as store:
            entry = record(store, base, found, occasion)
            store.expire_drafts()
            if draft:
                store.drop_draft(draft)
            return entry
    except LedgerError as error:
        say_problems(error)
        say("The consultation was not recorded.")
        return None


def keep_draft(base: RuleBase, answered: Entered, ledger: Path | None) -> bool:
    """Keep an interrupted dialogue, instead of the draft it went on from; whether it is kept."""
    attributes = base.knowledge.attributes
    draft = Draft(
        spell_answers(answered.case, base.knowledge),
        [*answered.given],
        {name: answered.questions.get(name) or attributes[name].question for name in answered.asked},
        spell_answers(Case({**answered.later}), base.knowledge),
        answered.label,
    )
    try:
        with Ledger(ledger_path(ledger), write=True) as store:
            store.expire_drafts()
            keep(store, base.knowledge, draft, answered.draft)
    except LedgerError as error:
        say_problems(error)
        return False
    return True
