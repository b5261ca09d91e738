"""A rule base as experta's own patterns, for experta's own Rete matcher.

`expert.inference` matches with an index and the shell's conditions. Here the same instances are
written with `Fact`, `P`, `MATCH`, `TEST`, `AND`, `OR` and `NOT` instead, and experta does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from inspect import Parameter, Signature
from itertools import combinations, count
from math import prod
from typing import Any

from expert.consultation.engine import ByRank  # first: it makes experta importable
from expert.language.conclusions import Conclude

# isort: split
from experta import AND, MATCH, NOT, OR, TEST, Fact, KnowledgeEngine, P, Rule
from experta.activation import Activation
from experta.matchers import ReteMatcher

from expert.consultation.case import Case
from expert.language.conditions import (
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Count,
    Factor,
    Given,
    Is,
    Known,
    Not,
    Quantity,
    Ref,
    Unless,
    quantity_refs,
)
from expert.language.rules import Instance, RuleBase, applies_key

Pattern = Any  # a ConditionalElement, a Fact, or a bool: in every case, or in none
COMPARE: dict[str, Callable[[int, int], bool]] = {
    "more-than": lambda a, b: a > b,
    "at-least": lambda a, b: a >= b,
    "less-than": lambda a, b: a < b,
    "at-most": lambda a, b: a <= b,
}
FIRST = 1_000_000  # the salience of helpers, which fire before every rule


class Term(Fact):  # type: ignore[misc]
    """An answer or a finding: `key` has `value`."""


class Holds(Fact):  # type: ignore[misc]
    """The comparison numbered `n` holds: for where it is negated, as NOT takes a single fact."""


def junction(every: bool, parts: Iterable[Pattern]) -> Pattern:
    """AND (or, if not every one is needed, OR) of patterns, without what is the same in every case."""
    found = list(parts)
    if (not every) in found:
        return not every
    rest = [part for part in found if not isinstance(part, bool)]
    if len(rest) < 2:
        return rest[0] if rest else every
    return AND(*rest) if every else OR(*rest)


def fact(wanted: bool, pattern: Fact) -> Pattern:
    return pattern if wanted else NOT(pattern)


def term(ref: Ref, test: Callable[[Any], bool] | None = None) -> Fact:
    return Term(key=ref.key, value=P(test)) if test else Term(key=ref.key)


class Translation:
    """The patterns of a rule base's conditions, and the helpers that they need."""

    def __init__(self) -> None:
        self.numbers = count()
        self.helpers: list[Rule] = []

    def holds(self, c: Condition, wanted: bool = True) -> Pattern:
        """Where a condition holds (or, if not wanted, where it does not)."""
        if isinstance(c, Is):
            return fact(wanted, term(c.ref, lambda value: value in c.values))
        if isinstance(c, Compare):
            return self.compare(c) if wanted else NOT(self.helper(c))
        if isinstance(c, Known):
            return fact(wanted == c.wanted, term(c.ref))
        if isinstance(c, Given):
            return c.truth == wanted
        if isinstance(c, (AllOf, AnyOf)):
            return junction(isinstance(c, AllOf) == wanted, [self.holds(part, wanted) for part in c.parts])
        if isinstance(c, Count):
            return self.many(c.parts, c.needed, True, wanted)
        if isinstance(c, Not):
            return self.denied(c.part, wanted)
        assert isinstance(c, Unless)
        return self.holds(c.part, not wanted)

    def denied(self, c: Condition, wanted: bool = True) -> Pattern:
        """Where a condition is denied (or, if not wanted, where it is not)."""
        if isinstance(c, Is):
            if not c.ref.deniable:
                return not wanted
            if c.ref.replies and not c.ref.role:  # what is concluded denies nothing
                other = Term(key=f"?{c.ref.key}", value=P(lambda value: value not in c.values))
                return fact(wanted, other)
            return fact(wanted, term(c.ref, lambda value: value not in c.values))
        if isinstance(c, Compare):
            known = [fact(wanted, term(ref)) for ref in refs(c)]
            return junction(wanted, [*known, fact(not wanted, self.helper(c))])
        if isinstance(c, Known):
            return fact(wanted != c.wanted, term(c.ref))
        if isinstance(c, Given):
            return c.truth != wanted
        if isinstance(c, (AllOf, AnyOf)):
            return junction(isinstance(c, AnyOf) == wanted, [self.denied(part, wanted) for part in c.parts])
        if isinstance(c, Count):
            return self.many(c.parts, c.refuted, False, wanted)
        if isinstance(c, Not):
            return self.holds(c.part, wanted)
        assert isinstance(c, Unless)
        return self.holds(c.part, wanted)

    def many(
        self, parts: tuple[Condition, ...], sides: list[tuple[int, bool]], every: bool, wanted: bool
    ) -> Pattern:
        """Where so many parts hold (or are denied), spelled out for every choice of so many."""
        spelled = []
        for number, no in sides:
            chosen = [*combinations(parts, number)] if 0 <= number <= len(parts) else [()] * (number < 0)
            each = [
                junction(wanted, [(self.denied if no else self.holds)(part, wanted) for part in some])
                for some in chosen
            ]
            spelled.append(junction(not wanted, each))
        return junction(every == wanted, spelled)

    def compare(self, c: Compare) -> Pattern:
        """A comparison of matched values, each mention of a term matched by itself."""
        names = {f"v{next(self.numbers)}": ref for ref in refs(c)}
        if not names:
            return compared(c, [])

        def test(**values: int) -> bool:
            return compared(c, [values[name] for name in names])

        # experta looks at a test's parameters to know what to give it
        parameters = [Parameter(name, Parameter.KEYWORD_ONLY) for name in names]
        test.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        bound = [Term(key=ref.key, value=getattr(MATCH, name)) for name, ref in names.items()]
        return AND(*bound, TEST(test))

    def helper(self, c: Compare) -> Fact:
        """The fact that a comparison holds, declared by a rule of its own."""
        declared = Holds(n=next(self.numbers))
        pattern = self.compare(c)
        if pattern is not False:
            rule = Rule(*([] if pattern is True else [pattern]), salience=FIRST)
            self.helpers.append(rule(lambda engine: engine.declare(declared.copy())))
        return declared


def refs(c: Compare) -> list[Ref]:
    return [*quantity_refs(c.left), *quantity_refs(c.right)]


def compared(c: Compare, values: list[int]) -> bool:
    """Whether a comparison is so, of its terms' values in the order of `refs`."""
    following = iter(values)
    left, right = filled(c.left, following), filled(c.right, following)
    return COMPARE[c.operator](*amounts(left, {}), *amounts(right, {}))


def filled(quantity: Quantity, values: Iterator[int]) -> Quantity:
    """A quantity with its terms replaced by values."""
    if isinstance(quantity, Arithmetic):
        return Arithmetic(quantity.operator, tuple(filled(part, values) for part in quantity.parts))
    return next(values) if isinstance(quantity, Ref) else quantity


def amounts(quantity: Any, known: dict[str, list[Any]]) -> list[int]:
    """The values of a quantity."""
    if isinstance(quantity, (int, Factor)):
        return [quantity if isinstance(quantity, int) else quantity.value]
    if isinstance(quantity, Ref):
        return known.get(quantity.key, [])
    chosen: list[list[int]] = [[]]
    for part in quantity.parts:
        chosen = [[*before, value] for before in chosen for value in amounts(part, known)]
    return [put_together(quantity.operator, terms) for terms in chosen]


def put_together(operator: str, terms: list[int]) -> int:
    """What numbers come to."""
    first, second = terms[:2]
    match operator:
        case "minus":
            return first - second
        case "plus":
            return sum(terms)
        case "min" | "max":
            return min(terms) if operator == "min" else max(terms)
        case "years-between":
            return second // 10**4 - first // 10**4 - (second % 10**4 < first % 10**4)
        case "rounded":
            whole = (2 * abs(first) + second) // (2 * second)
            return whole if first >= 0 else -whole
        case _:
            return prod(terms)


class ByRankOfEquals(ByRank):
    """ByRank for a matcher that names what it withdraws by an equal activation, not the same one.

    The branches of an OR can give equal activations; withdrawing one leaves the others.
    """

    def _update_agenda(self, agenda: Any, added: Iterable[Activation], removed: Iterable[Activation]) -> None:
        left = list(agenda.activations)
        gone = [left.pop(left.index(activation)) for activation in removed if activation in left]
        super()._update_agenda(agenda, added, gone)


def firing(instance: Instance) -> Callable[[Native], None]:
    def fire(engine: Native) -> None:
        engine.fire(instance)

    return fire


class Native(KnowledgeEngine):  # type: ignore[misc]
    """The rule base on experta's matcher; `run_case` may be asked again and again."""

    __matcher__ = ReteMatcher
    __strategy__ = ByRankOfEquals

    def __init__(self, base: RuleBase) -> None:
        translation = Translation()
        self.rules = []
        for rank, instance in enumerate(base.instances):
            pattern = translation.holds(instance.when)
            if pattern is not False:
                rule = Rule(*([] if pattern is True else [pattern]), salience=-rank)
                self.rules.append(rule(firing(instance)))
        self.rules += translation.helpers
        super().__init__()

    def get_rules(self) -> list[Rule]:
        return list(self.rules)

    def run_case(self, case: Case) -> list[tuple[str, str | None]]:
        """The instances that fire, in order."""
        self.fired: list[tuple[str, str | None]] = []
        self.known: dict[str, list[Any]] = {}
        self.reset()
        self.answered = {key for key, value in case.answers.items() if value is not None}
        for key, value in case.answers.items():
            if value is not None:
                self.learn(key, value)
                self.learn(f"?{key}", value)
        self.run()
        return self.fired

    def learn(self, key: str, value: Any) -> None:
        values = self.known.setdefault(key, [])
        if value not in values:
            values.append(value)
            self.declare(Term(key=key, value=value))

    def fire(self, instance: Instance) -> None:
        """Fire an instance, unless other facts have made it fire before."""
        key = (instance.rule.id, instance.option or None)
        if key in self.fired:
            return
        self.fired.append(key)
        if instance.rule.exception_to:
            self.learn(applies_key(instance), "yes")
        for conclusion in instance.then:
            if isinstance(conclusion, Conclude) and conclusion.name not in self.answered:
                value = conclusion.value
                computed = isinstance(value, (Ref, Arithmetic, Factor, int))
                for found in amounts(value, self.known) if computed else [value]:
                    self.learn(conclusion.key, found)
