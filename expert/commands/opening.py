"""What commands are asked about: a record, or answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from expert.commands.answers import read_answers
from expert.commands.ledgers import ledger_path, newest_of, open_ledgers, open_record
from expert.commands.saying import say
from expert.commands.shared import cached_at, open_knowledge, open_reviews
from expert.consultation.case import Case, started
from expert.consultation.result import Consultation
from expert.io.problems import CaseError, Problem
from expert.language.rules import RuleBase
from expert.ledger.formats import retold
from expert.ledger.records import case_of, opened, unreviewed_in
from expert.ledger.store import Entry, Ledger
from expert.review.approvals import Reviews, unreviewed


class Asked(NamedTuple):
    """A consultation that is asked about, with its knowledge and case."""

    base: RuleBase
    case: Case
    consultation: Consultation
    reviews: Reviews | None  # those kept with the knowledge; None for a record
    unreviewed: Sequence[str] | None  # the rules that fired unreviewed; None if the record does not say

    @property
    def recorded(self) -> bool:
        return self.reviews is None


def the_case(
    words: list[str] | None, case_file: str | None, ledgers: list[Path] | None, kb: Path | None
) -> Asked:
    """The consultation that words mean: a record's id, or answers; without words, the last record.

    The last is that of the knowledge base asked for, under its own knowledge, and it is said which it is.
    Raises CaseError if there is none.
    """
    if not words and case_file is None:
        return _last_of(open_knowledge(kb), ledgers)
    if words and "=" not in words[0] and case_file is None:
        if len(words) > 1:
            raise CaseError(f"a record (`{words[0]}`) has its own answers", "see what-if")
        if kb is not None:
            message = f"a record (`{words[0]}`) is explained under the knowledge that made it"
            raise CaseError(message, "leave out --kb, or give answers")
        with open_record(ledgers, words[0]) as (store, entry):
            return _recorded(store, entry)
    from expert.consultation.engine import infer  # a record is read, and explained, without an engine

    base, reviews = open_knowledge(kb), open_reviews(kb)
    case = started(read_answers(base, words, case_file).case, base.knowledge)
    consultation = infer(base, case)
    return Asked(base, case, consultation, reviews, unreviewed(base, reviews, consultation))


def _recorded(store: Ledger, entry: Entry) -> Asked:
    written, base = opened(store, entry, cached_at())
    consultation = retold(written, base)
    return Asked(base, case_of(consultation, base), consultation, None, unreviewed_in(entry, consultation))


def _last_of(now: RuleBase, ledgers: list[Path] | None) -> Asked:
    """The last record that a knowledge base made, in this version or another, of all the ledgers."""
    knowledge = now.knowledge
    example = next((f"{term.name}={term.sample}" for term in knowledge.questions.values()), "")
    nothing = Problem(
        f"there is no case to ask about, and no record of `{knowledge.id}` in the ledger",
        None,
        f"give the answers, such as {example}, or hold a consultation first",
    )
    if not any(path.exists() for path in ledgers or [ledger_path(None)]):
        raise CaseError([nothing])
    with open_ledgers(ledgers) as stores:
        last = [(store, store.entry(id)) for store in stores if (id := store.last_of(knowledge.id))]
        if not last:
            raise CaseError([nothing])
        store, entry = newest_of(last)
        asked = _recorded(store, entry)
    under = "" if asked.base.knowledge.hash == knowledge.hash else ", under the knowledge that made it then"
    say(f"Of the last record, {entry.id} of {entry.header['time']}{under}.")
    return asked
