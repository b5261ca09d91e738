"""`audit verify` of the evidence of one record, which is run again: that needs the engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from expert.commands.shared import print_json
from expert.commands.showing import emit
from expert.io.problems import CheckFailed, LedgerError
from expert.ledger.exchange.evidence import Check, Evidence, checks, read_evidence
from expert.ledger.formats import retold
from expert.ledger.history.replay import Replayed, replay
from expert.ledger.notes import note_of
from expert.ledger.records import opened, unreviewed_in
from expert.ledger.store import NEWER, entry_of
from expert.ledger.trust.verification import Kept
from expert.views.document import Block
from expert.views.evidence import evidence_blocks
from expert.views.records import head_of_record, notes_section
from expert.views.screen import Below, Extent, consultation_blocks


def verify_evidence(path: Path, kept: Kept, show: bool, json: bool) -> None:
    """Check the evidence in a file, and run its record again; exits with 1 if anything fails."""
    evidence = read_evidence(path)
    checked, refused = all_checks(evidence, kept)
    if json:
        print_json({"record": evidence.record.id, "checks": checked})
    else:
        told = _told(evidence) if show and is_whole(checked) else []
        emit(*told, *evidence_blocks(evidence, checked), paged=False)
    if any(check.holds is False for check in checked):
        raise CheckFailed
    if refused:
        raise LedgerError(refused, NEWER)


def all_checks(evidence: Evidence, kept: Kept) -> tuple[list[Check], str]:
    """Everything that can be checked, and why the record was not judged, if it was not.

    A record that is not as its hash says, or whose knowledge is not, is not run.
    """
    checked = [*checks(evidence, kept)]
    if not is_whole(checked):
        return [*checked, Check("run again", None, "what is not as its hash says is not run")], ""
    replayed = next(replay(evidence, iter([evidence.entry()])))
    return [*checked, _run_again(replayed)], replayed.refused


def is_whole(checked: Sequence[Check]) -> bool:
    """Whether record and knowledge are as their hashes say."""
    return all(check.holds for check in checked if check.check in ("hash", "knowledge"))


def _run_again(replayed: Replayed) -> Check:
    if replayed.refused:
        return Check("run again", None, replayed.refused)
    if not replayed.same:
        return Check("run again", False, f"from its answers something else follows: {replayed.first}")
    says = "from its answers the same follows, under the knowledge in the file"
    worded = ", in other words of this program" if replayed.reworded else ""
    return Check("run again", True, says + worded)


def _told(evidence: Evidence) -> list[Block]:
    """The record, as `audit show` tells it. Raises LedgerError for one that cannot be shown."""
    entry = evidence.entry()
    written, base = opened(evidence, entry)
    consultation = retold(written, base)
    notes = [note_of(entry_of(note.row())) for note in evidence.notes]
    below = Below("", "", unreviewed_in(entry, consultation) or (), recorded=True)
    return [
        head_of_record(entry, written, consultation, base.knowledge),
        *notes_section(notes),
        *consultation_blocks(consultation, base.knowledge, Extent(full=True), below),
    ]
