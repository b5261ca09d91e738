"""The shape of a record: what its header and content hold, and that they agree with each other.

A hash says that a record is as somebody wrote it, not that it is one. Somebody else's ledger or bundle may
hold anything; what is none of a record's is refused before it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, NamedTuple

from expert.consultation.case import UNKNOWN
from expert.consultation.result import Consultation, Firing, Match, Plain, Recommendation, Statement
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
    try:
        _check_itself(restored, header)
        if base is not None:
            _Names(base).check(restored.consultation)
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


# --- the content by itself: each raises _Wrong ----------------------------------------------------
def _check_itself(content: _Content, header: dict[str, Any]) -> None:
    """What can be told without the knowledge."""
    consultation = content.consultation
    answers = {answer.attribute: answer.value for answer in content.answers}
    _same("answers", answers, consultation.answers)
    _same("verdicts", content.verdicts, {r.option: r.verdict for r in consultation.recommendations})
    told = {r.option: [*r.targets] for r in consultation.recommendations}
    for option, targets in (content.targets or {}).items():
        _same(f"targets of `{option}`", sorted(targets), sorted(told.get(option, ())))
    _same("knowledge", consultation.knowledge.hash, header["knowledge"])
    _check_grounds(consultation)
    for r in consultation.recommendations:
        _among("verdict", [r.verdict, *r.targets.values()], VERDICTS)
        for argument in r.arguments:
            _among("stance", [argument.stance], STANCES)
            _among("strength", [argument.strength], STRENGTHS)
            _among("basis", [argument.basis], BASES)
    for advice in consultation.advice:
        _among("kind of advice", [advice.kind], ("advice", "caution"))
        _among("basis", [advice.basis], BASES)
    for firing in consultation.firings:
        for match in firing.matched:
            _check_depth(match.states)
    for rule in consultation.not_fired:
        _check_depth(rule.states)


def _check_grounds(consultation: Consultation) -> None:
    """That all rests on firings, and these on earlier ones."""
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
        _before([argument.firing for argument in r.arguments], last)
    _before([advice.firing for advice in consultation.advice], last)


# --- and its names: each raises _Wrong ----------------------------------------------------------
class _Names:
    """The names of the knowledge that a record says it was made with."""

    def __init__(self, base: RuleBase) -> None:
        self.base, self.knowledge = base, base.knowledge
        self.rules = {*rule_names(base)}

    def check(self, consultation: Consultation) -> None:
        """That every name is one of the knowledge."""
        knowledge, told = self.knowledge, consultation.knowledge
        _same("knowledge", (told.id, told.version), (knowledge.id, knowledge.version))
        _among("attribute", consultation.answers, knowledge.attributes)
        for name, value in consultation.answers.items():
            _value(knowledge.attributes[name], value)
        for finding in consultation.findings:
            self._finding(finding.finding, finding.value)
            self._option(finding.option)
        for recommended in consultation.recommendations:
            self._recommendation(recommended)
        for result in consultation.results:
            self._finding(result.finding, *result.values, result.low, result.high)
            self._option(result.option)
            _among("attribute", result.depends_on, knowledge.attributes)
        for step in consultation.plan:
            _among("step", [step.step], knowledge.steps)
            self._cited(step.rules, step.claims)
        for advice in consultation.advice:
            self._cited([advice.rule], advice.claims)
            self._option(advice.option)
        for firing in consultation.firings:
            self._firing(firing, consultation.format)
        for rule in consultation.not_fired:
            self._cited([rule.rule], ())
            self._option(rule.option)

    def _recommendation(self, told: Recommendation) -> None:
        knowledge = self.knowledge
        self._option(told.option)
        _among("step", [*told.waits_for, *[told.timing] * (told.timing != NOW)], knowledge.steps)
        _among("attribute", told.depends_on, knowledge.attributes)
        _among("flag", told.flags, knowledge.flags)
        for argument in told.arguments:
            _among("topic", [argument.topic], knowledge.topics)
            self._target(argument.target)
            self._cited([argument.rule], argument.claims)

    def _firing(self, firing: Firing, format: int) -> None:
        self._cited([firing.rule], firing.claims)
        self._option(firing.option)
        for match in firing.matched:
            self._premise(match)
        for undrawn in firing.undrawn:
            self._finding(undrawn.finding, undrawn.answer)
        idle = not self.base.rule(firing.rule).then  # an exception need conclude nothing
        said = firing.concluded or firing.undrawn or idle
        if not said and format > 1:  # in format 1 a rule could
            raise _Wrong("a rule fired and concluded nothing")
        for concluded in firing.concluded:
            _among("kind of conclusion", [concluded.kind], CONCLUSIONS)
            if concluded.kind in (FINDING, SCORE):
                self._finding(concluded.name, concluded.value)
            elif concluded.kind == ARGUMENT:
                _among("stance", [str(concluded.value)], STANCES)
            self._option(concluded.option)
            self._target(concluded.target)

    def _premise(self, match: Match) -> None:
        knowledge = self.knowledge
        named = {
            "answer": knowledge.attributes,
            "unknown": knowledge.attributes,
            "datum": knowledge.properties,
            FINDING: knowledge.findings,
            SCORE: knowledge.findings,
        }
        _among("claim", match.claims, knowledge.claims)
        _among("kind of premise", [match.kind], (*named, "no-evidence"))
        if match.kind in named:
            _among("name in a premise", [match.name], named[match.kind])
            _value(named[match.kind][match.name], match.value)
        self._option(match.option)

    def _finding(self, name: str, *values: Plain | None) -> None:
        _among("finding", [name], self.knowledge.findings)
        for value in values:
            _value(self.knowledge.findings[name], value)

    def _cited(self, rules: Collection[str], claims: Collection[str]) -> None:
        _among("rule", rules, self.rules)
        _among("claim", claims, self.knowledge.claims)

    def _option(self, name: str | None) -> None:
        if name is not None:
            _among("option", [name], self.knowledge.options)

    def _target(self, name: str | None) -> None:
        if name:
            _among("target", [name], self.knowledge.targets)


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


def _before(firings: Collection[int], n: int) -> None:
    """Firings rest on earlier ones only: whoever follows them comes to an end."""
    if not all(0 < firing < n for firing in firings):
        raise _Wrong("it rests on firings that are not before it")


def _check_depth(statement: Statement | None, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise _Wrong("it is nested too deeply")
    for part in statement.parts if statement else ():
        _check_depth(part, depth + 1)
