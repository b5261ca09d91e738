"""Records: a consultation as an entry of the ledger, and back, with the very knowledge that made it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from expert.consultation.case import UNKNOWN, Case, make_case
from expert.consultation.result import Consultation, Plain
from expert.io.json import plain, restore
from expert.io.problems import LedgerError
from expert.io.version import __version__
from expert.knowledge.load import open_files
from expert.language.rules import RuleBase
from expert.ledger.store import Entry, Ledger, legible


def programs() -> dict[str, str]:
    """The versions that make a record: ours and experta's."""
    from expert.consultation.engine import ENGINE

    return {"cicatrix": __version__, "experta": ENGINE}


def record(
    ledger: Ledger,
    base: RuleBase,
    consultation: Consultation,
    given: list[str],
    asked: list[str],
    label: str,
    unreviewed: Sequence[str] | None = None,
) -> Entry:
    """Append a consultation: what was given and asked, in that order, and all that followed.

    `unreviewed` are the rules that fired and that nobody has reviewed; None if that is not known.
    """
    attributes = base.knowledge.attributes
    answers = [
        {
            "attribute": name,
            "value": consultation.answers[name],
            "asked": attributes[name].question * (name in asked),
        }
        for name in [*(n for n in given if n not in asked), *asked]
        if name in consultation.answers
    ]
    verdicts = {r.option: r.verdict for r in consultation.recommendations}
    # members of an object have no order in canonical JSON: what has one is a list
    targets = {r.option: list(r.targets) for r in consultation.recommendations if len(r.targets) > 1}
    content: dict[str, Any] = {"answers": answers, "label": label, "verdicts": verdicts, "targets": targets}
    content["consultation"] = plain(consultation)
    if unreviewed is not None:
        content["consultation"]["unreviewed"] = list(unreviewed)
    header = {"knowledge": consultation.knowledge.hash, "programs": programs()}
    return ledger.append(header, content, base.knowledge.files)


def consultation_of(entry: Entry) -> Consultation:
    """The consultation that a record holds. Raises LedgerError for one that is erased."""
    if entry.content is None:
        if entry.header["kind"] == "erasure":
            what = f"is no consultation: it erased `{entry.header['erases']}` at {entry.header['time']}"
            raise LedgerError(f"record `{entry.id}` {what}")
        raise LedgerError(f"record `{entry.id}` was erased", "`audit list` shows when")
    with legible(entry.id):
        consultation: Consultation = restore(Consultation, entry.content["consultation"])
        given = [answer["attribute"] for answer in entry.content["answers"]]
        answers = {
            name: consultation.answers[name] for name in dict.fromkeys([*given, *consultation.answers])
        }
        targets = entry.content.get("targets", {})
        recommendations = [
            r._replace(targets={target: r.targets[target] for target in targets.get(r.option, r.targets)})
            for r in consultation.recommendations
        ]
        return consultation._replace(answers=answers, recommendations=tuple(recommendations))


def unreviewed_in(entry: Entry) -> tuple[str, ...] | None:
    """The rules that fired and were not reviewed then; None if the record is older than such reviews."""
    if entry.content is None:
        return None
    with legible(entry.id):
        unreviewed = entry.content["consultation"].get("unreviewed")
        return None if unreviewed is None else tuple(map(str, unreviewed))


def base_of(ledger: Ledger, entry: Entry) -> RuleBase:
    """The very knowledge base that made a record."""
    base, problems = open_files(ledger.files(entry.header["knowledge"]))
    if problems:
        raise LedgerError(f"the knowledge of record `{entry.id}` cannot be opened by this version")
    return base


def case_of(consultation: Consultation, base: RuleBase) -> Case:
    """The case of a consultation, for a knowledge base with the same attributes or others.

    Answers that the knowledge base does not know are left out.
    """
    answers = {}
    for name, value in consultation.answers.items():
        term = base.knowledge.attributes.get(name)
        if term is None:
            continue
        try:
            answers[name] = None if value == UNKNOWN else term.parse(_text(value))
        except ValueError:
            continue
    return make_case(answers, base.knowledge)


def _text(value: Plain) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def consultations(ledger: Ledger, ids: list[str], all: bool) -> tuple[int, Iterator[Entry]]:
    """The records named, or all that are not erased; the newest if none is named. First, how many."""
    if all:
        return ledger.consultations(), (entry for entry in ledger.entries() if entry.content is not None)
    entries = [ledger.entry(id) for id in ids or ["last"]]
    return len(entries), iter(entries)
