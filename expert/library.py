"""The library: what a Python program needs, under names that stay. `from expert import load, consult`.

Everything here is also in the package's own name space. Results are the frozen records of
`expert.consultation`: plain data, which `to_json` and `from_json` carry.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

from expert.backends.python import Decision, decider
from expert.consultation import case, compare, engine, explain
from expert.consultation import why_not as why
from expert.consultation.case import PROGRAM, Case
from expert.consultation.compare import Difference
from expert.consultation.explain import Tree
from expert.consultation.relevance import Reach
from expert.consultation.result import (
    FORMAT,
    Advice,
    Argument,
    Concluded,
    Consultation,
    Cost,
    Finding,
    Firing,
    KnowledgeId,
    Match,
    NotFired,
    PlanStep,
    Recommendation,
)
from expert.consultation.subjects import find_subject
from expert.consultation.why_not import Failed, Flip, WhyNot
from expert.io import json
from expert.io.json import to_json
from expert.io.problems import (
    CaseError,
    CicatrixError,
    KnowledgeError,
    LedgerError,
    MissingLibrary,
    Problem,
    Span,
    not_among,
)
from expert.knowledge.directories import built_in
from expert.knowledge.document import quotes
from expert.knowledge.load import load as load_directory
from expert.language.model import CHOICES, BadValue, Knowledge, Quotes, Term
from expert.language.rules import RuleBase
from expert.ledger import notes, records
from expert.ledger.history import replay, search
from expert.ledger.history.replay import Replayed
from expert.ledger.history.search import Summary
from expert.ledger.notes import Noted
from expert.ledger.recording import Occasion, record
from expert.ledger.store import Entry, Ledger, default_path
from expert.ledger.trust import verification
from expert.ledger.trust.verification import Kept, Verified, checked_head
from expert.review import approvals
from expert.review.approvals import Approval, Reviews, unreviewed

if TYPE_CHECKING:
    from types import TracebackType


T = TypeVar("T")

__all__ = [
    "Advice",
    "Answers",
    "Approval",
    "Argument",
    "Case",
    "CaseError",
    "CicatrixError",
    "Concluded",
    "Consultation",
    "Cost",
    "Decision",
    "Difference",
    "Entry",
    "Failed",
    "Finding",
    "Firing",
    "Flip",
    "Given",
    "KnowledgeError",
    "KnowledgeId",
    "LedgerError",
    "Match",
    "MissingLibrary",
    "NotFired",
    "PlanStep",
    "Problem",
    "Recommendation",
    "Records",
    "Replayed",
    "Reviews",
    "RuleBase",
    "Span",
    "Summary",
    "Tree",
    "Verified",
    "WhyNot",
    "consult",
    "decider",
    "from_json",
    "how",
    "load",
    "load_reviews",
    "make_case",
    "open_ledger",
    "prepare",
    "to_json",
    "unreviewed",
    "what_if",
    "why_not",
]


Given = str | int | float | bool | Decimal | date | None  # None: it is not known

# Of an attribute with several answers: those that are so, or what is said of each
Chosen = Collection[str] | Mapping[str, Given]

Answers = Mapping[str, Given | Chosen]
Directory = str | os.PathLike[str]


# --- knowledge and consultations ---------------------------------------------------------------
def load(path: Directory | None = None) -> RuleBase:
    """The knowledge base in a directory with `kb/` and `rules/`; the built-in one if none is named.

    Nothing in it is executed. Raises KnowledgeError, whose `problems` are all that is wrong, each
    with its place.

    >>> base = load()
    >>> len(base.rules) > 0
    True
    >>> load("nowhere")
    Traceback (most recent call last):
    expert.io.problems.KnowledgeError: `nowhere` is not a knowledge base
      help: a knowledge base is a directory that holds `kb/` and `rules/`
    """
    return load_directory(built_in() if path is None else Path(path))


def make_case(base: RuleBase, answers: Answers | None = None, /, **more: Given | Chosen) -> Case:
    """A case: answers by attribute, which are checked. Raises CaseError with all that is wrong.

    Yes and no may be True and False, a date a `datetime.date`; None says that the answer is not known.
    What is left out was not said. `more` comes on top of `answers`. Of an attribute with several answers, a
    list says yes of these and no of all others, a mapping what it names.

    >>> base = load()
    >>> make_case(base, {"no-such-thing": 1})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    expert.io.problems.CaseError: unknown attribute `no-such-thing`
      help: allowed: ...
    """
    knowledge, problems = base.knowledge, list[Problem]()
    answers_read: dict[str, case.Answer] = {}
    for name, value in {**(answers or {}), **more}.items():
        term = knowledge.answerable.get(name)
        if term is None:
            problems.append(not_among("attribute", str(name), knowledge.answerable))
        elif twice := [part for part in term.parts if part in answers_read]:
            problems.append(case.answered_twice(twice[0]))
        else:
            answers_read |= _read(value, term, knowledge, problems)
    if problems:
        raise CaseError(problems)
    return case.make_case(answers_read, knowledge)


def _read(
    value: Given | Chosen, term: Term, knowledge: Knowledge, problems: list[Problem]
) -> dict[str, case.Answer]:
    """The answers that a value gives to an attribute; what is wrong is added to the problems."""
    if term.type == CHOICES and isinstance(value, Mapping):
        answers: dict[str, case.Answer] = {}
        for name, said in value.items():
            if name not in term.values:
                problems.append(not_among(f"value for `{term.name}`", str(name), term.values))
            else:
                answers |= _read(said, knowledge.attributes[term.part(name)], knowledge, problems)
        return answers
    if term.type == CHOICES and isinstance(value, Collection) and not isinstance(value, str):
        return case.chosen([(str(item), None) for item in value], None, term, problems)
    try:
        return case.answer_of_text(_spelled(value, term), term, knowledge, None, problems)
    except BadValue as error:
        problems.append(Problem(error.message, None, error.help))
        return {}


def _spelled(value: Given | Chosen, term: Term) -> str:
    """An answer as it would be typed. Raises BadValue if it is nothing that could be."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return case.UNKNOWN
    if isinstance(value, (float, Decimal)):
        return f"{Decimal(str(value)):f}"  # not with an exponent
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise BadValue(f"`{term.name}` must be a single value, not a {type(value).__name__}", term.allowed)


def consult(base: RuleBase, answers: Answers | None = None, /, **more: Given | Chosen) -> Consultation:
    """What follows from answers, and why: see `make_case` for how they are given.

    A date that is today's by default, and is not given, is the day that it is.

    >>> base = load()
    >>> found = consult(base, {name: None for name in base.knowledge.attributes})
    >>> {recommendation.option for recommendation in found.recommendations} == set(base.knowledge.options)
    True
    >>> all(firing.claims for firing in found.firings)
    True
    """
    return prepare(base)(case.started(make_case(base, answers, **more), base.knowledge))


def prepare(base: RuleBase) -> Callable[[Case], Consultation]:
    """The function that consults on cases of a rule base: for many cases, see also `decider`.

    >>> base = load()
    >>> consultation = prepare(base)
    >>> consultation(make_case(base)) == consult(base)
    True
    """
    return engine.prepare(base)


# --- explanations ------------------------------------------------------------------------------
def how(base: RuleBase, consultation: Consultation, subject: str, document: str = "") -> list[Tree]:
    """How what was concluded about an option, finding, step, advice or rule was reached.

    `subject` is an id or a label, or the beginning of one. The trees end in answers and claims; with
    the document's text its sentences stand beside the claims. Empty if nothing was concluded.

    >>> base = load()
    >>> found = consult(base)
    >>> tree = how(base, found, found.recommendations[0].option)[0]
    >>> {leaf.kind for leaf in tree.leaves()} <= {"answer", "claim", "note"}
    True
    """
    _same_knowledge(base, consultation)
    return explain.how(consultation, base, find_subject(base, subject), _quotes(base, document))


def _quotes(base: RuleBase, document: str) -> Quotes:
    return quotes(base.knowledge.claims, document) if document else {}


def why_not(base: RuleBase, consultation: Consultation, subject: str, goal: str = "") -> WhyNot:
    """Why an option has not the verdict `goal` (or is not `now`), and what would have to change.

    Without a goal: why it is not recommended. Of a finding, step, advice or rule: why it is not concluded.

    >>> base = load()
    >>> found = consult(base)
    >>> reason = why_not(base, found, found.recommendations[-1].option, "preferred")
    >>> reason.already, reason.goal
    (False, 'preferred')
    """
    _same_knowledge(base, consultation)
    about = find_subject(base, subject)
    return why.why_not(Reach(base), make_case(base, consultation.answers), consultation, about, goal)


def what_if(
    base: RuleBase, consultation: Consultation, changes: Answers | None = None, /, **more: Given | Chosen
) -> list[Difference]:
    """What would be different if some answers were.

    >>> base = load()
    >>> found = consult(base)
    >>> what_if(base, found, {})
    []
    >>> name = next(iter(base.knowledge.attributes))
    >>> what_if(base, found, {name: None})[0]  # doctest: +ELLIPSIS
    Difference(kind='answer', name='...', before='', after='unknown')
    """
    _same_knowledge(base, consultation)
    changed = make_case(base, changes, **more).answers
    after = prepare(base)(make_case(base, consultation.answers).with_answers(changed, base.knowledge))
    return compare.what_if(consultation, after)


def _same_knowledge(base: RuleBase, consultation: Consultation) -> None:
    if consultation.knowledge.hash != base.knowledge.hash:
        made, here = consultation.knowledge.hash[:12], base.knowledge.hash[:12]
        message = f"the consultation was made by other knowledge ({made}, not {here})"
        raise CaseError(message, "`Records.knowledge(id)` gives that of a record")


@overload
def from_json(text: str | bytes) -> Consultation: ...


@overload
def from_json(text: str | bytes, kind: type[T]) -> T: ...


def from_json(text: str | bytes, kind: Any = Consultation) -> Any:
    """The record that a JSON text holds: a consultation, or what `kind` says, such as `list[Tree]`.

    Keys that the record has not are passed over, so that what `consult --json` prints is read too.
    Consultations of earlier formats are read; raises CaseError for one of a later format, and if it is
    no such record, and says where.

    >>> from_json('[{"kind":"claim","text":"p1s1 It is so.","parts":[]}]', list[Tree])
    [Tree(kind='claim', text='p1s1 It is so.', parts=(), states=None)]
    >>> from_json('{"kind":"claim","text":1,"parts":[]}', Tree)
    Traceback (most recent call last):
    expert.io.problems.CaseError: `text` must be a text, not 1
    """
    value = json.from_json(text, kind)
    if isinstance(value, Consultation) and value.format > FORMAT:
        message = f"the consultation was written by a newer version (format {value.format})"
        raise CaseError(message, f"this one reads formats up to {FORMAT}")
    return value


def load_reviews(path: Directory | None = None) -> Reviews:
    """The approvals kept with a knowledge base, for `unreviewed`. Raises KnowledgeError.

    >>> unreviewed(base := load(), load_reviews(), consult(base))  # doctest: +ELLIPSIS
    (...)
    """
    return approvals.load_reviews(built_in() if path is None else Path(path))


# --- the ledger --------------------------------------------------------------------------------
def open_ledger(path: Directory | None = None, write: bool = True) -> Records:
    """The ledger in a file, which is made if need be; the user's own if none is named.

    With `write=False` nothing is made or changed. Raises LedgerError.
    """
    return Records(path, write)


class Records:
    """An open ledger of consultations: append, read, run again, verify. It closes as a context.

    >>> import tempfile
    >>> base = load()
    >>> with tempfile.TemporaryDirectory() as folder, open_ledger(folder + "/ledger.sqlite") as records:
    ...     entry = records.save(base, consult(base), label="an example")
    ...     records.get(entry.id) == consult(base), records.replay()[0].same, records.verify().fault
    (True, True, None)
    """

    def __init__(self, path: Directory | None = None, write: bool = True) -> None:
        self._ledger = Ledger(default_path() if path is None else Path(path), write)

    def __enter__(self) -> Records:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._ledger.connection.close()

    def save(
        self,
        base: RuleBase,
        consultation: Consultation,
        label: str = "",
        reviews: Reviews | None = None,
        by: str = "",
    ) -> Entry:
        """Append a consultation; when this returns, it is on the disk. `hash` is the ledger's new head.

        With `reviews` the record says which rules had not been reviewed; `by` is who held it.
        """
        _same_knowledge(base, consultation)
        missing = None if reviews is None else unreviewed(base, reviews, consultation)
        sources = dict.fromkeys(consultation.answers, PROGRAM)
        occasion = Occasion([*consultation.answers], (), label, missing, by=by, sources=sources)
        return record(self._ledger, base, consultation, occasion)

    def note(self, id: str, by: str, text: str = "", judgement: str = "") -> Entry:
        """Append what a second person says of a record, which stays as it is.

        `judgement` is agree, disagree, unsure or nothing. Raises LedgerError if there is no such record.
        """
        return notes.note_on(self._ledger, id, by, judgement, text)

    def notes(self, id: str = "last") -> list[Noted]:
        """What was noted on a record since, and is not erased."""
        return notes.notes_on(self._ledger, self._ledger.entry(id))

    def get(self, id: str = "last") -> Consultation:
        """A recorded consultation as it was made. Raises LedgerError."""
        return records.consultation_of(self._ledger.entry(id))

    def knowledge(self, id: str = "last") -> RuleBase:
        """The very knowledge base that made a record, to explain it with."""
        return records.base_of(self._ledger, self._ledger.entry(id))

    def summaries(self) -> list[Summary]:
        """Every record in a line, the oldest first."""
        return [*search.summaries(self._ledger, search.Filter())]

    def replay(self, *ids: str) -> tuple[Replayed, ...]:
        """Run records again, all if none is named: whether the same follows in each."""
        return tuple(replay.replay(self._ledger, records.consultations(self._ledger, [*ids], not ids)[1]))

    def verify(self, head: str = "") -> Verified:
        """Compute the chain again; `head` is a head hash that was kept elsewhere.

        Raises CaseError for one of fewer than 32 digits: such can be forged.
        """
        return verification.verify(self._ledger, Kept(checked_head(head) if head else ""))
