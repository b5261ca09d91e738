"""The shape of a record: what its header and content hold, and that they agree with each other.

A hash says that a record is as somebody wrote it, not that it is one. Somebody else's ledger or bundle may
hold anything; what is none of a record's is refused before it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from expert.consultation.case import UNKNOWN
from expert.consultation.result import Consultation, Firing, Plain, Statement
from expert.io.dates import is_date, is_time
from expert.io.json import NotRestored, restore
from expert.io.problems import shorten
from expert.language.conclusions import ADVICE, ARGUMENT, CAUTION, FINDING, SCORE, STANCES, STRENGTHS
from expert.language.model import Term
from expert.language.policy import NOW, VERDICTS
from expert.language.rules import RuleBase, rule_names

ID = re.compile("[a-z0-9]{5}")
HASH = re.compile("[0-9a-f]{64}")
BASES = ("stated", "inferred", "added")
CONCLUSIONS = (FINDING, SCORE, ARGUMENT, "step", "wait", "flag", ADVICE, CAUTION)
JUDGEMENTS = ("agree", "disagree", "unsure")  # what a note can say of what followed
DEEPEST = 100  # levels of a statement


class _RecordHeader(NamedTuple):
    kind: str
    seq: int
    id: str
    time: str
    knowledge: str
    programs: dict[str, str]
    content: str
    meaning: int = 1


class _ErasureHeader(NamedTuple):
    kind: str
    seq: int
    id: str
    time: str
    erases: str
    reason: str


class _NoteHeader(NamedTuple):
    kind: str
    seq: int
    id: str
    time: str
    about: str
    content: str


class _NoteContent(NamedTuple):
    salt: str
    by: str
    text: str
    judgement: str


class _SignatureHeader(NamedTuple):
    kind: str
    seq: int
    id: str
    time: str
    checkpoint: str


HEADERS: dict[str, type] = {
    "consultation": _RecordHeader,
    "erasure": _ErasureHeader,
    "note": _NoteHeader,
    "signature": _SignatureHeader,
}


class _Answered(NamedTuple):
    attribute: str
    value: Plain
    asked: str
    given: str = ""


class _Content(NamedTuple):
    salt: str
    answers: tuple[_Answered, ...]
    label: str
    verdicts: dict[str, str]
    consultation: Consultation
    targets: dict[str, tuple[str, ...]] | None = None
    by: str = ""


class _Unreviewed(NamedTuple):
    unreviewed: tuple[str, ...] | None = None


def header_fault(header: dict[str, Any]) -> str:
    """What is wrong with a header; empty if nothing is."""
    try:
        restored = restore(HEADERS.get(str(header.get("kind")), _RecordHeader), header)
    except NotRestored as error:
        return f"has a header that is no record's: {error}"
    if restored.kind not in HEADERS:
        return f"is of a kind that this program does not know: `{restored.kind}`"
    if not ID.fullmatch(restored.id) or not is_time(restored.time):
        return "has a header that is no record's: its id or its time is none"
    hashes = [getattr(restored, name, None) for name in ("knowledge", "content")]
    if not all(HASH.fullmatch(hash) for hash in hashes if hash is not None):
        return "has a header that is no record's: its hashes are none"
    return ""


def content_fault(header: dict[str, Any], content: dict[str, Any], base: RuleBase | None) -> str:
    """What is wrong with the content of a consultation, or of a note; empty if nothing is.

    `base` is the knowledge that it names, by which its own names are known; None if that cannot be opened.
    """
    if header.get("kind") == "note":
        return _note_fault(content)
    try:
        restored: _Content = restore(_Content, content)
        restore(_Unreviewed, content["consultation"])
    except (NotRestored, RecursionError) as error:
        return f"has a content that is no record's: {error or 'it is nested too deeply'}"
    faults = _Faults(restored.consultation)
    try:
        faults.about_itself(restored, header)
        if base is not None:
            faults.about_names(base)
    except _Wrong as error:
        return f"has a content that is no record's: {error}"
    return ""


def _note_fault(content: dict[str, Any]) -> str:
    try:
        note: _NoteContent = restore(_NoteContent, content)
    except NotRestored as error:
        return f"has a content that is no note's: {error}"
    if note.judgement and note.judgement not in JUDGEMENTS:
        return f"has a content that is no note's: there is no judgement `{shorten(note.judgement)}`"
    return ""


class _Wrong(Exception):
    """What is wrong, in words."""


class _Faults:
    """Everything in a consultation that could not stand in one; each test raises _Wrong."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation

    def about_itself(self, content: _Content, header: dict[str, Any]) -> None:
        """What can be told without the knowledge."""
        consultation = self.consultation
        answers = {answer.attribute: answer.value for answer in content.answers}
        _same("answers", answers, consultation.answers)
        _same("verdicts", content.verdicts, {r.option: r.verdict for r in consultation.recommendations})
        told = {r.option: [*r.targets] for r in consultation.recommendations}
        for option, targets in (content.targets or {}).items():
            _same(f"targets of `{option}`", sorted(targets), sorted(told.get(option, ())))
        _same("knowledge", consultation.knowledge.hash, header["knowledge"])
        for n, firing in enumerate(consultation.firings, 1):
            _same("numbers of firings", firing.n, n)
            _among("basis", [firing.basis], BASES)
            for match in firing.matched:
                _before(match.firings, n)
        last = len(consultation.firings) + 1
        for finding in consultation.findings:
            _before(finding.firings, last)
        for result in consultation.results:
            _before(result.firings, last)
        for step in consultation.plan:
            _before(step.firings, last)
            if not step.firings:
                raise _Wrong("a step of its plan rests on nothing")
        for r in consultation.recommendations:
            _among("verdict", [r.verdict, *r.targets.values()], VERDICTS)
            for argument in r.arguments:
                _before([argument.firing], last)
                _among("stance", [argument.stance], STANCES)
                _among("strength", [argument.strength], STRENGTHS)
                _among("basis", [argument.basis], BASES)
        for advice in consultation.advice:
            _before([advice.firing], last)
            _among("kind of advice", [advice.kind], ("advice", "caution"))
            _among("basis", [advice.basis], BASES)
        for statement in self._statements():
            _shallow(statement, 0)

    def _statements(self) -> Iterator[Statement]:
        for firing in self.consultation.firings:
            yield from (match.states for match in firing.matched if match.states)
        yield from (rule.states for rule in self.consultation.not_fired if rule.states)

    def about_names(self, base: RuleBase) -> None:
        """That every name is one of the knowledge."""
        consultation, knowledge = self.consultation, base.knowledge
        rules = {*rule_names(base)}
        _same(
            "knowledge",
            (consultation.knowledge.id, consultation.knowledge.version),
            (knowledge.id, knowledge.version),
        )
        _among("attribute", consultation.answers, knowledge.attributes)
        for name, value in consultation.answers.items():
            _value(knowledge.attributes[name], value)
        for finding in consultation.findings:
            _among("finding", [finding.finding], knowledge.findings)
            _value(knowledge.findings[finding.finding], finding.value)
            _option(finding.option, knowledge.options)
        for r in consultation.recommendations:
            _among("option", [r.option], knowledge.options)
            _among("step", [*r.waits_for, *[r.timing] * (r.timing != NOW)], knowledge.steps)
            _among("attribute", r.depends_on, knowledge.attributes)
            _among("flag", r.flags, knowledge.flags)
            for argument in r.arguments:
                _among("topic", [argument.topic], knowledge.topics)
                _target(argument.target, knowledge.targets)
                _among("rule", [argument.rule], rules)
                _among("claim", argument.claims, knowledge.claims)
        for result in consultation.results:
            _among("finding", [result.finding], knowledge.findings)
            _option(result.option, knowledge.options)
            _among("attribute", result.depends_on, knowledge.attributes)
            for told in (*result.values, result.low, result.high):
                _value(knowledge.findings[result.finding], told)
        for step in consultation.plan:
            _among("step", [step.step], knowledge.steps)
            _among("rule", step.rules, rules)
            _among("claim", step.claims, knowledge.claims)
        for advice in consultation.advice:
            _among("rule", [advice.rule], rules)
            _among("claim", advice.claims, knowledge.claims)
            _option(advice.option, knowledge.options)
        for firing in consultation.firings:
            self._firing(firing, base, rules)
        for rule in consultation.not_fired:
            _among("rule", [rule.rule], rules)
            _option(rule.option, knowledge.options)

    def _firing(self, firing: Firing, base: RuleBase, rules: set[str]) -> None:
        knowledge = base.knowledge
        _among("rule", [firing.rule], rules)
        _option(firing.option, knowledge.options)
        _among("claim", firing.claims, knowledge.claims)
        named = {
            "answer": knowledge.attributes,
            "unknown": knowledge.attributes,
            "datum": knowledge.properties,
            FINDING: knowledge.findings,
            SCORE: knowledge.findings,
        }
        for match in firing.matched:
            _among("claim", match.claims, knowledge.claims)
            _among("kind of premise", [match.kind], (*named, "no-evidence"))
            if match.kind in named:
                _among("name in a premise", [match.name], named[match.kind])
                _value(named[match.kind][match.name], match.value)
            _option(match.option, knowledge.options)
        idle = not base.rule(firing.rule).then  # an exception need conclude nothing
        for undrawn in firing.undrawn:
            _among("finding", [undrawn.finding], knowledge.findings)
            _value(knowledge.findings[undrawn.finding], undrawn.answer)
        said = firing.concluded or firing.undrawn or idle
        if not said and self.consultation.format > 1:  # in format 1 a rule could
            raise _Wrong("a rule fired and concluded nothing")
        for concluded in firing.concluded:
            _among("kind of conclusion", [concluded.kind], CONCLUSIONS)
            if concluded.kind in (FINDING, SCORE):
                _among("finding", [concluded.name], knowledge.findings)
                _value(knowledge.findings[concluded.name], concluded.value)
            elif concluded.kind == "argument":
                _among("stance", [str(concluded.value)], STANCES)
            _option(concluded.option, knowledge.options)
            _target(concluded.target, knowledge.targets)


def _value(term: Term, value: Plain | None) -> None:
    """That a value is one of a term's; None stands for what is not known."""
    if value is None or value == UNKNOWN:
        return
    fits = isinstance(value, (int, float)) if term.numeric else value in term.values
    if term.is_date:
        fits = isinstance(value, str) and is_date(value)
    if not fits:
        raise _Wrong(f"`{shorten(str(value))}` is no value of `{term.name}`")


def _same(what: str, one: object, other: object) -> None:
    if one != other:
        raise _Wrong(f"its {what} do not agree with each other")


def _among(what: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise _Wrong(f"there is no {what} `{name}`")


def _option(name: str | None, known: Collection[str]) -> None:
    if name is not None:
        _among("option", [name], known)


def _target(name: str | None, known: Collection[str]) -> None:
    if name:
        _among("target", [name], known)


def _before(firings: Collection[int], n: int) -> None:
    """Firings rest on earlier ones only: whoever follows them comes to an end."""
    if not all(0 < firing < n for firing in firings):
        raise _Wrong("it rests on firings that are not before it")


def _shallow(statement: Statement, depth: int) -> None:
    if depth > DEEPEST:
        raise _Wrong("it is nested too deeply")
    for part in statement.parts:
        _shallow(part, depth + 1)
