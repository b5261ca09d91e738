"""Pairs of answers that contradict each other, read from the vocabulary: as data, and as cautions."""

from __future__ import annotations

from typing import NamedTuple

from expert.io.problems import Problem, Span
from expert.io.yaml import Node, Reader
from expert.knowledge.declarations import read_claims
from expert.knowledge.files import CONTRADICTION, ID
from expert.knowledge.read_conditions import Scope
from expert.language import guards
from expert.language.conclusions import Caution
from expert.language.conditions import AllOf, Condition, Is, Known, refs
from expert.language.contradictions import Contradiction, Contradictions
from expert.language.english import Phrases
from expert.language.guards import uncountable
from expert.language.model import Knowledge, Term
from expert.language.rules import Rule

REASON = "The document does not speak of answers that disagree; which of them is left out of account is ours."


class Declared(NamedTuple):
    """A contradiction, and the sentence that says why both answers cannot be so."""

    contradiction: Contradiction
    because: str
    claims: tuple[str, ...]
    span: Span


def read_contradictions(node: Node | None, scope: Scope, reader: Reader) -> list[Declared]:
    """The contradictions that a vocabulary declares; problems are added to the reader's."""
    declared = []
    for key, id, body in reader.entries(node, "the contradictions"):
        if not ID.fits(id):
            reader.report(key, f"`{id}` is not the id of a contradiction", ID.words)
        fields = CONTRADICTION.read(body, reader, f"contradiction `{id}`")
        tests = _tests(id, fields.get("between"), scope, reader)
        left_out = reader.pick(fields.get("leaves-out"), "attribute", tests) if tests else ""
        claims = read_claims(fields.get("claims"), scope.knowledge.claims, reader)
        because = reader.text(fields.get("because"), f"`because` of `{id}`")
        if "{" in because or "}" in because:
            reader.report(fields["because"], f"`because` of `{id}` takes no placeholder")
        if left_out:
            (one, first), (other, second) = tests.items()
            contradiction = Contradiction(id, (one, other), (first, second), left_out)
            declared.append(Declared(contradiction, because, claims, key.span))
    return declared


def _tests(id: str, node: Node | None, scope: Scope, reader: Reader) -> dict[str, Condition]:
    """The two attributes and what is asked of each; nothing, with a problem noted, if it is not that."""
    if node is None:
        return {}
    attributes = scope.knowledge.attributes
    tests: dict[str, Condition] = {}
    for key, value in node.pairs or ():
        if key.text in scope.knowledge.findings:
            reader.report(key, f"`{key.text}` is a finding, and answers to it contradict nothing")
            return {}
        if several := scope.knowledge.several.get(key.text or ""):
            help = f"name one of them, such as `{next(iter(several.parts), several.name)}: yes`"
            reader.report(key, f"`{key.text}` has several answers, and a contradiction is of two", help)
            return {}
        name = reader.pick(key, "attribute", attributes)
        if not name:
            return {}
        test = scope.test(name, value)
        if isinstance(test, AllOf) or any(ref.name != name for ref, _ in refs(test)):
            help = "a value, a list of values, `known`, or one comparison with a number"
            reader.report(value, f"the test of `{name}` in `{id}` is more than one of its answers", help)
            return {}
        if isinstance(test, Known) and not test.wanted:
            reader.report(value, f"`{name}` has no answer where it is `unknown`, and contradicts nothing")
            return {}
        tests[name] = test
    if len(tests) != 2:
        help = "such as `between: {seen: no, remembered: yes}`"
        reader.report(node, f"`between` of `{id}` must name two attributes, and what is answered", help)
        return {}
    return tests


# --- as rules --------------------------------------------------------------------------------
def cautioning(declared: list[Declared], knowledge: Knowledge) -> list[Rule]:
    """A rule for each: where both answers are given, it says so, and which of them does not count."""
    of = Contradictions([each.contradiction for each in declared])
    rules = []
    for contradiction, because, claims, span in declared:
        caution = Caution(contradiction.id, caution_text(contradiction, knowledge))
        when = of.where(contradiction)
        rules.append(Rule(contradiction.id, claims, "added", because, REASON, when, (caution,), 0, span))
    return rules


def caution_text(contradiction: Contradiction, knowledge: Knowledge) -> str:
    """What is said where both answers are given; a placeholder stands for an answer of several."""
    said = [
        _answered(knowledge.attributes[name], test, knowledge)
        for name, test in zip(contradiction.attributes, contradiction.tests, strict=True)
    ]
    label = knowledge.attributes[contradiction.leaves_out].label
    return f"Two answers disagree: {said[0]}, and {said[1]}. The answer on {label} is left out of account."


def _answered(term: Term, test: Condition, knowledge: Knowledge) -> str:
    """What was answered, in words."""
    if isinstance(test, Is) and len(test.values) == 1:
        return Phrases(knowledge).condition(test)
    if term.says and "{value}" in term.says:
        return term.says.replace("{value}", f"{{{term.name}}}")
    return f"{term.label} is {{{term.name}}}"


def counting(rule: Rule, of: Contradictions, reader: Reader) -> Rule:
    """A rule to which an answer that is left out of account is none."""
    for message, help in uncountable(rule, of):
        reader.add(Problem(message, rule.span, help))
    return guards.counting(rule, of)
