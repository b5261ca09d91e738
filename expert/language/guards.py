"""What is added to rules: that answers count which contradict no others, and that no exception applies.

A rule as its author wrote it says neither. Declared contradictions and the exceptions to a rule become
parts of its condition, so that every engine has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from expert.language.conclusions import Tally, computed_refs
from expert.language.conditions import AllOf, Is, Ref, Unless, conjuncts
from expert.language.contradictions import Contradictions
from expert.language.keys import APPLIES
from expert.language.rules import Rule


def counting(rule: Rule, of: Contradictions) -> Rule:
    """A rule to which an answer that is left out of account is none."""
    if not of.declared:
        return rule
    if _scores(rule):
        then = [c.reading(lambda when: of.read(when, True)) if isinstance(c, Tally) else c for c in rule.then]
        return rule._replace(then=tuple(then))
    computed = chain.from_iterable(_computed(rule))
    parts = [*conjuncts(of.read(rule.when, rule.settles)), *of.unless_left_out(computed)]
    return rule._replace(when=AllOf(tuple(parts)))


def uncountable(rule: Rule, of: Contradictions) -> Iterator[tuple[str, str]]:
    """Why a rule cannot leave answers out of account, as a message and what would do."""
    if not of.declared:
        return
    for c in rule.then:
        for ref in computed_refs(c) if isinstance(c, Tally) else ():
            if ref.kind == "attribute" and of.leaving_out(ref.name):
                message = f"`{ref.name}` may be left out of account, and cannot be an item of a score"
                yield message, "give points where a condition on it holds"
    if _scores(rule):
        return
    computed = _computed(rule)
    for name in dict.fromkeys(chain.from_iterable(computed)):
        if of.leaving_out(name) and any(name not in names for names in computed):
            message = f"rule `{rule.id}` does not compute all with `{name}`, which may be left out of account"
            yield message, "put what else it concludes into a rule of its own"


def _scores(rule: Rule) -> bool:
    return any(isinstance(c, Tally) for c in rule.then)


def _computed(rule: Rule) -> list[list[str]]:
    """The attributes that each conclusion is computed from."""
    computed = []
    for c in rule.then:
        names = {ref.name for ref in computed_refs(c) if ref.kind == "attribute"}
        computed.append(sorted(names))
    return computed


def excepting(rule: Rule, exceptions: Iterable[Rule]) -> Rule:
    """The rule, with the condition that none of some exceptions applies as its last."""
    for exception in exceptions:
        ref = Ref("finding", APPLIES + exception.id, exception.ranges and rule.ranges)
        rule = rule._replace(when=AllOf((*conjuncts(rule.when), Unless(Is(ref, ("yes",))))))
    return rule
