"""Which comparisons CLIPS could not make: of numbers that are longer than its integers.

What does not fit into 64 bits is a float there (see `computing.clp`), and of two floats it is not seen which
is more.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple, assert_never

from expert.io.problems import Problem
from expert.language.algebra import amount, together
from expert.language.conclusions import (
    Conclude,
)
from expert.language.conditions import (
    ROUNDED,
    Arithmetic,
    Compare,
    Factor,
    Is,
    Quantity,
    Ref,
    Several,
    leaves,
)
from expert.language.model import Knowledge
from expert.language.rules import Instance, RuleBase, passes

LONG, COMPARABLE = 9_200_000_000_000_000_000, 9_100_000_000_000_000_000  # floats from here; integers to here


class Between(NamedTuple):
    """Between which numbers a quantity lies; `sound`: where it is long, CLIPS sees it as long, too."""

    low: int
    high: int
    sound: bool = True

    def within(self, limit: int) -> bool:
        """Whether it is shorter than a limit, in every case."""
        return -limit < self.low and self.high < limit

    def joined(self, other: Between) -> Between:
        """That of what is one or the other."""
        return Between(min(self.low, other.low), max(self.high, other.high), self.sound and other.sound)


def too_long(base: RuleBase) -> list[Problem]:
    """The rules that compare numbers which CLIPS would have as floats, without telling them apart."""
    extents: dict[str, Between] = {}
    problems: dict[Problem, None] = {}
    for instance in passes(base.instances):
        extent = partial(extent_of, findings=extents, knowledge=base.knowledge)
        for leaf in leaves(instance.when):
            if isinstance(leaf, Compare) and not comparable(extent(leaf.left), extent(leaf.right)):
                problems[_long(instance)] = None
            if isinstance(leaf, Is) and any(isinstance(value, int) for value in leaf.values):
                numbers = [extent(value) for value in leaf.values if isinstance(value, int)]
                if not all(comparable(extent(leaf.ref), number) for number in numbers):
                    problems[_long(instance)] = None
        for c in instance.then:
            if isinstance(c, Conclude) and not isinstance(c.value, str):
                bounds = extent(c.value)
                extents[c.key] = extents[c.key].joined(bounds) if c.key in extents else bounds
    return [*problems]


def _long(instance: Instance) -> Problem:
    rule = instance.rule
    message = f"rule `{rule.id}` compares numbers that can be longer than CLIPS has integers (64 bits)"
    return Problem(message, rule.span, "give what it reads a `max`, or fewer decimals")


def comparable(one: Between, other: Between) -> bool:
    """Whether CLIPS can compare two quantities: both are short, or one is, and the other is sound."""
    if not (one.sound and other.sound):
        return False
    return one.within(COMPARABLE) or other.within(COMPARABLE) or (one.within(LONG) and other.within(LONG))


def extent_of(quantity: Quantity, findings: Mapping[str, Between], knowledge: Knowledge) -> Between:
    """Between which numbers a quantity lies, given between which the findings do."""
    match quantity:
        case int() | Factor():
            return Between(*(amount(quantity, {}),) * 2)
        case Several(values):
            return Between(min(values), max(values))
        case Ref():
            if quantity.kind == "finding":
                return findings.get(quantity.key, Between(0, 0))
            return Between(*knowledge.attributes[quantity.name].bounds)
        case Arithmetic(operator, parts):
            first, *rest = [extent_of(part, findings, knowledge) for part in parts]
            for more in rest:
                first = combined(operator, first, more)
            return first
        case _:
            assert_never(quantity)


def combined(operator: str, one: Between, other: Between) -> Between:
    """The extent of what two quantities are together."""
    sound = one.sound and other.sound
    if operator in ("min", "max"):
        low, high = (together(operator, *ends) for ends in ((one.low, other.low), (one.high, other.high)))
        return Between(low, high, sound)
    if operator == ROUNDED:
        # what was long may be short then, and is not exact
        low, high = (together(operator, end, other.low) for end in one[:2])
        return Between(low, high, one.sound and one.within(LONG))
    if operator == "years-between":
        return Between(together(operator, one.high, other.low), together(operator, one.low, other.high))
    if operator == "minus":
        operator, other = "plus", Between(-other.high, -other.low, other.sound)
    short = one.within(LONG) and other.within(LONG)
    if operator == "plus":
        alike = (one.low >= 0 and other.low >= 0) or (one.high <= 0 and other.high <= 0)
        return Between(one.low + other.low, one.high + other.high, sound and (short or alike))
    ends = [a * b for a in one[:2] for b in other[:2]]
    nought = any(extent.low <= 0 <= extent.high for extent in (one, other))
    return Between(min(ends), max(ends), sound and (short or not nought))
