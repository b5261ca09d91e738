"""Invariants: what a knowledge author says must hold in every case, read from `kb/invariants.yaml`.

They are written in the language of conditions, which here may also speak of the outcome: to the
findings that rules conclude come those of `outcome_terms`, such as `option.verdict` and `plan`.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from expert.consultation.case import Case
from expert.consultation.openness import OpenCase, Openness
from expert.consultation.result import Consultation, Recommendation
from expert.io.files import read_text
from expert.io.problems import KnowledgeError, Problem, Span, shorten
from expert.io.yaml import Node, Reader, parse_yaml
from expert.knowledge.declarations import read_claims
from expert.knowledge.files import CHECKS, COMPARING, ID, INVARIANT, INVARIANTS, MARK, SENSES, TENSION
from expert.knowledge.read_conditions import Scope
from expert.language.conclusions import STANCES, Argue
from expert.language.conditions import AllOf, Condition, Ref, mentions_option
from expert.language.grids import Grid
from expert.language.keys import with_option
from expert.language.meaning import Evaluation
from expert.language.model import Knowledge, Option, Term
from expert.language.outcome import Outcome
from expert.language.policy import NOW, VERDICTS, first
from expert.language.rules import BASES, RuleBase

FILE = "kb/invariants.yaml"


class Invariant(NamedTuple):
    """Something that must hold in every case that meets `when`.

    sense        what must be so
    always       `condition` holds
    never        `condition` does not hold
    never-less   of two cases that differ in `more` alone, the one with more has no less of `of`
    never-more   the same, no more of `of`
    """

    id: str
    says: str
    claims: tuple[str, ...]
    when: Condition
    sense: str
    condition: Condition
    more: str
    of: tuple[Ref, ...]
    span: Span

    @property
    def ranges(self) -> bool:
        """Whether it is checked for each option."""
        scoped = any(ref.scoped for ref in self.of)
        return scoped or mentions_option(self.when) or mentions_option(self.condition)


class Intended(NamedTuple):
    """A finding of a structural check that the author knows of, and why it is as it should be."""

    check: str
    about: frozenset[str]
    reason: str
    when: Condition | None = None  # the cases that it is about, of a dead end; None: all


class Invariants(NamedTuple):
    """All of `kb/invariants.yaml`."""

    invariants: tuple[Invariant, ...]
    intended: tuple[Intended, ...]


def load_invariants(base: RuleBase, directory: Path) -> Invariants:
    """The invariants of a knowledge base's directory; none without the file. Raises KnowledgeError."""
    path = directory / FILE
    if not path.exists() and not path.is_symlink():
        return Invariants((), ())
    return read_invariants(base, read_text(path, str(path)), str(path))


def read_invariants(base: RuleBase, text: str, shown: str = FILE) -> Invariants:
    """The invariants that a text holds. Raises KnowledgeError with every problem in it."""
    reader = Reader()
    node, problems = parse_yaml(text, shown)
    reader.add(*problems)
    invariants = _InvariantReader(base, reader).file(node) if node else Invariants((), ())
    if reader.problems:
        raise KnowledgeError(sorted(set(reader.problems), key=lambda p: (p.span or Span(shown), p.message)))
    return invariants


# --- the outcome, as terms ---------------------------------------------------------------
def outcome_terms(base: RuleBase) -> dict[str, Term]:
    """The terms that an invariant may use beside the vocabulary's, as if rules concluded them."""
    knowledge = base.knowledge
    said = {kind: _names(base, kind) for kind in ("advice", "caution")}
    per_option = {
        "verdict": VERDICTS,
        **{f"verdict-for.{target}": VERDICTS for target in knowledge.targets},
        "timing": (NOW, *knowledge.steps),
        "wait": tuple(knowledge.steps),
        "flag": tuple(knowledge.flags),
        **{stance: tuple(knowledge.topics) for stance in STANCES},
        "stance": STANCES,
        **{f"stance-for.{target}": STANCES for target in knowledge.targets},
        "basis": tuple(BASES),
        "claim": tuple(knowledge.claims),
    }
    overall_terms = {"plan": tuple(knowledge.steps), "rule": tuple(rule.id for rule in base.rules), **said}
    terms_by_name = {}
    for scoped, terms in ((True, per_option), (False, overall_terms)):
        for name, values in terms.items():
            labels = {value: value for value in values}
            terms_by_name[name] = Term(name, "finding", "choice", name, values=labels, per_option=scoped)
    return terms_by_name


def _names(base: RuleBase, kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.name for rule in base.rules for c in rule.then if c.kind == kind))


def observed(base: RuleBase, case: Case, consultation: Consultation) -> Evaluation:
    """A consultation as a reading in which invariants can be evaluated: from its record alone."""
    reading = Evaluation(case.answers)
    for finding in consultation.findings:
        key = with_option(finding.finding, finding.option)
        value = base.knowledge.findings[finding.finding].scaled(finding.value)
        if isinstance(value, int):
            reading.add_numbers(key, [(reading.algebra.true, reading.algebra.constant(value))])
        else:
            reading.findings.setdefault(key, {})[value] = reading.algebra.true
    for score in consultation.scores:
        term = base.knowledge.findings[score.finding]
        scaled = [int(term.scaled(end)) for end in (score.low, score.high)]
        low, high = map(reading.algebra.constant, scaled)
        reading.scores[with_option(score.finding, score.option)] = [(reading.algebra.true, (low, high))]
    values: dict[str, list[str]] = {
        "plan": [step.step for step in consultation.plan],
        "rule": [firing.rule for firing in consultation.firings],
        "advice": [a.id for a in consultation.advice if a.kind == "advice"],
        "caution": [a.id for a in consultation.advice if a.kind == "caution"],
    }
    open = Openness(base).of(case)
    for recommendation in consultation.recommendations:
        for name, shown in _shown(base.knowledge, recommendation, open).items():
            values[with_option(name, recommendation.option)] = shown
    for key, names in values.items():
        reading.findings[key] = dict.fromkeys(names, reading.algebra.true)
    return reading


def _shown(knowledge: Knowledge, recommendation: Recommendation, open: OpenCase) -> dict[str, list[str]]:
    """What the record says of one option, in the outcome's terms."""
    said = [
        (Argue(a.topic, a.stance, a.target or "", a.strength, option=recommendation.option), Grid.true)
        for a in recommendation.arguments
    ]
    outcome = Outcome(
        knowledge, said, Grid.false, lambda: [(c, Grid.true) for c in open.arguments(recommendation.option)]
    )
    decides = knowledge.deciding_topics
    deciding = [a for a in recommendation.arguments if a.topic in decides]
    leading = [a for a in deciding if a.stance != "against"]
    values = {
        "verdict": [recommendation.verdict],
        "timing": [recommendation.timing],
        "wait": list(recommendation.waits_for),
        "flag": list(recommendation.flags),
        "stance": [a.stance for a in deciding],
        "basis": [a.basis for a in leading],
        "claim": [claim for a in leading if a.basis != "added" for claim in a.claims],
    }
    for stance in STANCES:
        values[stance] = [a.topic for a in recommendation.arguments if a.stance == stance]
    for target in knowledge.targets:
        about = [a for a in deciding if a.target in (target, None)]
        values[f"verdict-for.{target}"] = [first(outcome.verdicts_for(recommendation.option, target))]
        values[f"stance-for.{target}"] = [a.stance for a in about]
    return values


# --- reading ------------------------------------------------------------------------------
class _InvariantReader:
    """Reads invariants and marks."""

    def __init__(self, base: RuleBase, reader: Reader) -> None:
        self.base, self.reader = base, reader
        knowledge = base.knowledge
        self.scope = Scope(knowledge._replace(findings={**knowledge.findings, **outcome_terms(base)}), reader)

    def file(self, node: Node) -> Invariants:
        body = INVARIANTS.read(node, self.reader)
        invariants: dict[str, Invariant] = {}
        for item in self.reader.listing(body.get("invariants")):
            invariant = self._invariant(item)
            if invariant.id in invariants:
                first = f"first given at {invariants[invariant.id].span}"
                message = f"duplicate invariant `{invariant.id}`"
                self.reader.add(Problem(message, invariant.span, first))
            invariants[invariant.id] = invariant
        marks = [self._tension(item) for item in self.reader.listing(body.get("tensions"))]
        marks += [self._intended(item, [*invariants]) for item in self.reader.listing(body.get("intended"))]
        return Invariants(tuple(invariants.values()), tuple(marks))

    def _invariant(self, node: Node) -> Invariant:
        reader = self.reader
        fields = INVARIANT.read(node, reader)
        id = reader.text(fields.get("id"), "`id`")
        if id and not ID.fits(id):
            reader.report(fields["id"], f"`{shorten(id)}` is not an invariant id", ID.words)
        senses = [sense for sense in SENSES if sense in fields]
        if len(senses) != 1 and node.pairs is not None:
            reader.report(node, "an invariant has exactly one of " + ", ".join(f"`{s}`" for s in SENSES))
        sense = senses[0] if senses else ""
        compares = sense in COMPARING
        if sense and compares != ("more" in fields):
            help = "`more: attribute` goes with `never-less` or `never-more`, and they with it"
            reader.report(node, f"`{sense}` {'needs' if compares else 'has no use for'} `more`", help)
        claims = (
            read_claims(fields["claims"], self.base.knowledge.claims, reader) if "claims" in fields else ()
        )
        ordered = self.base.knowledge.ordered_attributes
        return Invariant(
            id,
            reader.text(fields.get("says"), "`says`"),
            claims,
            self._condition(fields.get("when"), "`when`"),
            sense,
            self._condition(None if compares else fields.get(sense), f"`{sense}`"),
            reader.pick(fields.get("more"), "numeric attribute or date", ordered),
            tuple(self._compared(item) for item in reader.listing(fields.get(sense)) if compares),
            fields["id"].span if "id" in fields else node.span,
        )

    def _condition(self, node: Node | None, what: str) -> Condition:
        if node is None:
            return AllOf(())
        if node.pairs == [] or node.items == []:
            self.reader.report(node, f"{what} is given no condition")
        return self.scope.condition(node)

    def _compared(self, node: Node) -> Ref:
        name = self.reader.pick(node, "numeric finding", self.scope.numeric)
        return self.scope.find(name)[0] if name else Ref("finding", "")

    def _tension(self, node: Node) -> Intended:
        fields = TENSION.read(node, self.reader)
        rules = [rule.id for rule in self.base.rules]
        ids = [self.reader.pick(item, "rule", rules) for item in self.reader.listing(fields.get("rules"))]
        if "rules" in fields and len(ids) != 2:
            self.reader.report(fields["rules"], "a tension is between two rules", "rules: [one, other]")
        return Intended("tension", frozenset(ids), self.reader.text(fields.get("intended"), "`intended`"))

    def _intended(self, node: Node, invariants: list[str]) -> Intended:
        fields = MARK.read(node, self.reader)
        check = self.reader.pick(fields.get("check"), "check", [c for c in CHECKS if c != "tension"])
        knowledge = self.base.knowledge
        names = {
            "unread": [*knowledge.findings],
            "never-recommended": [*knowledge.options],
            "never-matters": [*knowledge.answerable],
            "dead-end": ["every-case"],
            "vacuous": invariants,
        }.get(check, [rule.id for rule in self.base.rules])
        about = [self.reader.pick(item, "name", names) for item in self.reader.listing(fields.get("about"))]
        when = self._condition(fields.get("when"), "`when`") if "when" in fields else None
        if when is not None and check and check != "dead-end":
            self.reader.report(fields["when"], f"`when` is for `dead-end`, and `{check}` is about all cases")
        if when is not None and mentions_option(when):
            self.reader.report(fields["when"], "`when` of a mark is about the case, not about an option")
        return Intended(check, frozenset(about), self.reader.text(fields.get("reason"), "`reason`"), when)


def options_of(base: RuleBase, invariant: Invariant) -> list[Option | None]:
    """The options for which an invariant is checked; once, for none, if it mentions no option."""
    return [*base.knowledge.options.values()] if invariant.ranges else [None]


def read_finding(reading: Evaluation, ref: Ref) -> list[int]:
    """The numbers that a finding has in a consultation."""
    return sorted(row.values[0] for _, row in reading.numbers.get(ref.key, ()))
