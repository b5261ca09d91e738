"""A rule base as rules for seine-rs, in the rule language of Drools, for many cases at once.

The case is one fact; what is concluded are facts of types of their own, each with the case's number.
seine-rs keeps facts as a bag and fires a rule for each of two equal ones: what rules read is therefore
under `exists`. Its computations want numbers that are there: an unknown answer is "unknown" or -1. A
disjunction of answers with findings becomes a rule for each side. Conditions that the built-in rule base
does not use (comparisons of findings with findings, negated comparisons) are refused.
"""

from __future__ import annotations

import math
from typing import Any

from cases import Outcome  # noqa: F401  (puts the shell on the path)

from expert.language.conclusions import (
    Argue,
    Conclude,
    Conclusion,
    Flag,
    Wait,
    computed_refs,
)
from expert.language.conditions import (
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Given,
    Is,
    Known,
    Not,
    Ref,
    Unless,
)
from expert.language.conditions import refs as refs_of
from expert.language.model import Knowledge
from expert.language.rules import Instance, RuleBase

UNKNOWN = "unknown"
OPERATORS = {"more-than": ">", "at-least": ">=", "less-than": "<", "at-most": "<="}
TURNED = {"more-than": "<", "at-least": "<=", "less-than": ">", "at-most": ">="}
CONCLUDED = {
    "Finding": {"id": "i64", "name": "String", "value": "String"},
    "Amount": {"id": "i64", "name": "String", "option": "String", "value": "i64"},
    "Argument": {"id": "i64", **dict.fromkeys(["option", "stance", "target", "strength"], "String")},
    "Wait": {"id": "i64", "option": "String", "name": "String"},
    "Flag": {"id": "i64", "option": "String", "name": "String"},
    "Fired": {"id": "i64", "rule": "String"},
}
Patterns = tuple[list[str], list[str]]  # constraints of the case, and patterns beside it


class NotExpressible(ValueError):
    """A condition that this translation does not write."""


def schemas(knowledge: Knowledge) -> dict[str, dict[str, str]]:
    """The types of facts."""
    answers = {name: "i64" if term.numeric else "String" for name, term in knowledge.attributes.items()}
    return {"Case": {"id": "i64", **answers}, **CONCLUDED}


def drl(base: RuleBase) -> str:
    """The rules, as text."""
    decides = {topic.id for topic in base.knowledge.topics.values() if topic.decides}
    written = _Written(base.knowledge, decides)
    return "\n".join(text for instance in base.instances for text in written.rules(instance))


class _Written:
    def __init__(self, knowledge: Knowledge, decides: set[str]) -> None:
        self.knowledge, self.decides = knowledge, decides

    def rules(self, instance: Instance) -> list[str]:
        """An instance, once or once for each of the ways in which it can hold."""
        ways: list[Patterns] = [([], [])]
        for part in instance.when.parts if isinstance(instance.when, AllOf) else (instance.when,):
            choices = self.ways(part)
            ways = [(a + c, b + d) for a, b in ways for c, d in choices]
        actions = [self.action(c) for c in instance.then]
        actions.append(f'insert(new Fired($id, "{instance.id}"));')
        bound = {ref.name for c in instance.then for ref in computed_refs(c)}
        bound |= {ref.name for ref, _ in refs_of(instance.when) if ref.name in ("budget",)}
        found = []
        for n, (constraints, patterns) in enumerate(ways):
            named = ", ".join([*constraints, "$id : id", *(f"${name} : {name}" for name in sorted(bound))])
            left = "\n".join(f"    {pattern}" for pattern in (f"Case({named})", *patterns))
            right = "\n".join(f"    {action}" for action in actions if action)
            head = f'rule "{instance.id}{f"/{n}" if n else ""}"\nsalience {100 - instance.stratum}'
            found.append(f"{head}\nwhen\n{left}\nthen\n{right}\nend\n")
        return found

    def ways(self, c: Condition) -> list[Patterns]:
        """The ways in which a part of a condition holds; none if it never does."""
        if all(ref.kind == "attribute" for ref, _ in refs_of(c)):
            constraint = self.holds(c)
            return [] if constraint is False else [([], [])] if constraint is True else [([constraint], [])]
        if isinstance(c, Is):
            return [([], [f"exists {self.finding(c)}"])]
        if isinstance(c, Compare):
            return [self.amount(c)]
        if isinstance(c, Unless):
            patterns = self.ways(c.part)
            if all(not a and len(b) == 1 and b[0].startswith("exists ") for a, b in patterns):
                return [([], [b[0].replace("exists ", "not ", 1) for _, b in patterns])]
        if isinstance(c, AllOf):
            found: list[Patterns] = [([], [])]
            for part in c.parts:
                found = [(a + d, b + e) for a, b in found for d, e in self.ways(part)]
            return found
        if isinstance(c, AnyOf):
            return [way for part in c.parts for way in self.ways(part)]
        raise NotExpressible(str(c))

    def finding(self, c: Is) -> str:
        values = " || ".join(f'value == "{value}"' for value in c.values)
        return f'Finding(id == $id, name == "{c.ref.key}", ({values}))'

    def amount(self, c: Compare) -> Patterns:
        """A number concluded, compared with an answer."""
        left, right = c.left, c.right
        if not (isinstance(left, Ref) and isinstance(right, Ref) and right.kind == "attribute"):
            raise NotExpressible(str(c))
        of = f'id == $id, name == "{left.name}", option == "{left.option}"'
        tested = f"value {OPERATORS[c.operator]} ${right.name}"
        return [f"{right.name} >= 0"], [f"exists Amount({of}, {tested})"]

    def holds(self, c: Condition, wanted: bool = True) -> str | bool:
        """The constraint that a condition on answers holds (or, if not wanted, that it does not)."""
        if isinstance(c, Is):
            return _join([f'{c.ref.name} {"==" if wanted else "!="} "{v}"' for v in c.values], not wanted)
        if isinstance(c, Known):
            return self.known(c.ref, c.wanted == wanted)
        if isinstance(c, Given):
            return c.truth == wanted
        if isinstance(c, (AllOf, AnyOf)):
            return _join([self.holds(part, wanted) for part in c.parts], isinstance(c, AllOf) == wanted)
        if isinstance(c, Compare) and wanted and isinstance(c.left, Ref) and isinstance(c.right, int):
            return f"{c.left.name} >= 0 && {c.left.name} {OPERATORS[c.operator]} {c.right}"
        if isinstance(c, Unless):
            return self.holds(c.part, not wanted)
        if isinstance(c, Not) and isinstance(c.part, Unless):  # which is denied where its part holds
            return not wanted if c.part.counts else self.holds(c.part.part, wanted)
        if isinstance(c, Not) and wanted and isinstance(c.part, (AllOf, Given)):
            parts = c.part.parts if isinstance(c.part, AllOf) else (c.part,)
            if all(isinstance(part, Given) for part in parts):
                return not all(isinstance(part, Given) and part.truth for part in parts)
        raise NotExpressible(str(c))

    def known(self, ref: Ref, wanted: bool) -> str:
        if self.knowledge.attributes[ref.name].numeric:
            return f"{ref.name} {'>=' if wanted else '<'} 0"
        return f'{ref.name} {"!=" if wanted else "=="} "{UNKNOWN}"'

    def action(self, c: Conclusion) -> str:
        """The insertion of a conclusion; of those that no outcome shows, none."""
        match c:
            case Conclude(_, str(value)):
                return f'insert(new Finding($id, "{c.key}", "{value}"));'
            case Conclude():
                return f'insert(new Amount($id, "{c.name}", "{c.option}", {_computed(c.value)}));'
            case Argue() if c.name in self.decides:
                return f'insert(new Argument($id, "{c.option}", "{c.stance}", "{c.target}", "{c.strength}"));'
            case Wait() | Flag():
                return f'insert(new {c.kind.title()}($id, "{c.option}", "{c.name}"));'
        return ""


def _join(parts: list[Any], every: bool) -> str | bool:
    if (not every) in [part for part in parts if isinstance(part, bool)]:
        return not every
    rest = [part for part in parts if not isinstance(part, bool)]
    return f"({(' && ' if every else ' || ').join(rest)})" if rest else every


def _computed(value: Any) -> str:
    if isinstance(value, Arithmetic):
        whole = [part for part in value.parts if isinstance(part, int)]
        if value.operator == "times" and len(whole) == len(value.parts):
            return str(math.prod(whole))
        sign = {"times": "*", "plus": "+", "minus": "-"}[value.operator]
        return f" {sign} ".join(_computed(part) for part in value.parts)
    return f"${value.name}" if isinstance(value, Ref) else str(value)
