"""Records: a consultation, its case and its knowledge from an entry of the ledger.

Everything is read from the record: the consultation itself, and the knowledge files that made
it. No engine is needed for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from expert.consultation.case import UNKNOWN, Case, make_case
from expert.consultation.result import FORMAT, MEANINGS, Consultation, Plain
from expert.io.json import restore
from expert.io.problems import KnowledgeError, LedgerError, shorten
from expert.knowledge.cache import open_cached
from expert.language.rules import RuleBase
from expert.ledger.shape import content_fault, header_fault
from expert.ledger.store import NEWER, Entry, Ledger, legible


def consultation_of(entry: Entry) -> Consultation:
    """The consultation that a record holds, as it was written.

    Raises LedgerError for one that is erased, or of a format that this program does not know.
    """
    check_consultation(entry)
    check_judged(entry)
    content = entry.content or {}
    with legible(entry.id):
        consultation: Consultation = restore(Consultation, content["consultation"])
        given = [answer["attribute"] for answer in content["answers"]]
        answers = {
            name: consultation.answers[name] for name in dict.fromkeys([*given, *consultation.answers])
        }
        targets = content.get("targets", {})
        recommendations = []
        for r in consultation.recommendations:
            ordered = {target: r.targets[target] for target in targets.get(r.option, r.targets)}
            recommendations.append(r._replace(targets=ordered))
        return consultation._replace(answers=answers, recommendations=tuple(recommendations))


def check_consultation(entry: Entry) -> None:
    """Raise LedgerError for an entry that holds no consultation, or none any more."""
    header = entry.header
    if header["kind"] == "erasure":
        reason = f": {shorten(str(header['reason']))}" if header.get("reason") else ""
        what = f"is no consultation: it erased `{header['erases']}` at {header['time']}{reason}"
        raise LedgerError(f"record `{entry.id}` {what}")
    if header["kind"] == "note":
        message = f"record `{entry.id}` is no consultation: it is a note on `{header['about']}`"
        raise LedgerError(message, "`audit show` shows it")
    if header["kind"] == "signature":
        message = f"record `{entry.id}` is no consultation: it is a signed head"
        raise LedgerError(message, "`audit show` shows it")
    if entry.content is None and entry.erasure:
        when, reason = entry.erasure["time"], shorten(str(entry.erasure.get("reason", "")), 200)
        because = f": {reason}" if reason else ", and no reason was given"
        raise LedgerError(f"record `{entry.id}` was erased at {when}{because}", "nothing brings it back")
    if entry.content is None:
        raise LedgerError(f"record `{entry.id}` was erased", "`audit list` shows when")


class Shelf(Protocol):
    """What has the knowledge of records: a ledger, or the evidence of one of them."""

    def files(self, hash: str) -> dict[str, str]:
        """The knowledge files with a hash. Raises LedgerError."""
        ...


def opened(ledger: Shelf, entry: Entry, place: Path | None = None) -> tuple[Consultation, RuleBase]:
    """The consultation of a record, as it was written, and the knowledge base that made it.

    That is kept in a place, if one is named, and not read a second time.

    Raises LedgerError, also for what could be no record.
    """
    written, base = consultation_of(entry), base_of(ledger, entry, place)
    check_shape(entry, base)
    return written, base


def meaning_of(entry: Entry) -> int:
    """The meaning of the rule language under which a record came about; 1 where none is named."""
    with legible(entry.id):
        return int(entry.header.get("meaning", 1))


def refusal(entry: Entry) -> str:
    """Why a record is not judged, nor told: it is of a format, or was written under a meaning of the rules,
    that this program does not have; empty if there is nothing in the way.

    What its keys, or its rules, say is not known here.
    """
    format, meaning = format_of(entry), meaning_of(entry)
    if format > FORMAT:
        return f"record `{entry.id}` was written by a newer version (format {format})"
    if meaning not in MEANINGS:
        known = " and ".join(map(str, MEANINGS))
        under = f"record `{entry.id}` was written under meaning {meaning} of the rule language"
        return f"{under}, and this program has meaning {known}"
    return ""


def check_judged(entry: Entry) -> None:
    """Raise LedgerError for a record that this program does not judge."""
    if refused := refusal(entry):
        raise LedgerError(refused, NEWER)


def check_shape(entry: Entry, base: RuleBase | None) -> None:
    """Raise LedgerError for an entry that could be no record, though its hash is right."""
    wrong = header_fault(entry.header) or content_fault(entry.header, entry.content or {}, base)
    if wrong:
        raise LedgerError(f"record `{entry.id}` {wrong}", "somebody else's program wrote it")


def unreviewed_in(entry: Entry, consultation: Consultation | None = None) -> tuple[str, ...] | None:
    """The rules that fired and were not reviewed then; None if the record is older than such reviews.

    Of `consultation`, if it is given, which tells the record in another format: there a rule may count as
    not fired.
    """
    if entry.content is None:
        return None
    with legible(entry.id):
        unreviewed = entry.content["consultation"].get("unreviewed")
        if unreviewed is None:
            return None
        fired = unreviewed if consultation is None else consultation.rules()
        return tuple(str(rule) for rule in unreviewed if rule in fired)


def format_of(entry: Entry) -> int:
    """The format in which a record was written; 1 where none is named."""
    if entry.content is None:
        return FORMAT
    with legible(entry.id):
        return int(entry.content["consultation"].get("format", 1))


def base_of(ledger: Shelf, entry: Entry, place: Path | None = None) -> RuleBase:
    """The very knowledge base that made a record, kept in a place if one is named. Raises LedgerError."""
    check_consultation(entry)
    check_judged(entry)
    files = ledger.files(entry.header["knowledge"])
    try:
        return open_cached(files, format_of(entry) == 1, place)
    except KnowledgeError:
        raise LedgerError(f"the knowledge of record `{entry.id}` cannot be opened by this version") from None


def case_of(consultation: Consultation, base: RuleBase) -> Case:
    """The case of a consultation, for a knowledge base with the same attributes or others.

    Answers that the knowledge base does not know are left out.
    """
    return case_of_answers(consultation.answers, base)


def case_of_answers(given: Mapping[str, Plain], base: RuleBase) -> Case:
    """The case of recorded answers, for a knowledge base with the same attributes or others."""
    answers = {}
    for name, value in given.items():
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
        return ledger.consultations(), (entry for entry in ledger.entries() if entry.is_consultation())
    entries = [ledger.entry(id) for id in ids or ["last"]]
    for entry in entries:
        check_consultation(entry)
    return len(entries), iter(entries)
