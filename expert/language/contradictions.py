"""Answers that contradict each other: which is left out of account, and how conditions read it then.

A knowledge base declares pairs of answers of which both cannot be so. Where both are given, one of them
counts as not answered. That is written into the conditions of the rules when they are built, so that every
engine has it; what may still be put forward reads it from `LeftOut`.

Pairs are looked at in their declared order: an answer that is left out contradicts nothing any more.
"""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, assert_never

from expert.language.algebra import Algebra, N, T
from expert.language.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Count,
    Determined,
    Given,
    Is,
    Known,
    Not,
    OptionIs,
    Ref,
    Unless,
    conjuncts,
    parts_of,
    refs,
    with_parts,
)
from expert.language.meaning import Reading
from expert.language.model import Value


class Contradiction(NamedTuple):
    """Two attributes, the test of each that is met where their answers disagree, and which is left out."""

    id: str
    attributes: tuple[str, str]
    tests: tuple[Condition, Condition]
    leaves_out: str

    def asked_of(self, attribute: str) -> Condition:
        """The test of one of the attributes."""
        return self.tests[self.attributes.index(attribute)]

    def other(self, attribute: str) -> str:
        """The attribute that its answer disagrees with."""
        first, second = self.attributes
        return second if attribute == first else first


class Contradictions:
    """Declared contradictions, in their order."""

    def __init__(self, declared: Sequence[Contradiction]) -> None:
        self.declared = tuple(declared)

    def where(self, contradiction: Contradiction, but: str = "") -> Condition:
        """Where the answers disagree; `but` is an attribute of which the test is known to be met."""
        names = [name for name in contradiction.attributes if name != but]
        parts = [contradiction.asked_of(name) for name in names]
        for before in self.declared[: self.declared.index(contradiction)]:
            shared = before.leaves_out
            if shared in contradiction.attributes:
                parts += _unless(self, before, contradiction.asked_of(shared), shared)
        return together(parts)

    def leaving_out(self, attribute: str) -> list[Contradiction]:
        """Those that leave the answer to an attribute out of account."""
        return [c for c in self.declared if c.leaves_out == attribute]

    # --- conditions ---------------------------------------------------------------------------
    def read(self, condition: Condition, denied: bool = False) -> Condition:
        """The condition, to which an answer that is left out of account is none.

        `denied` is whether it is read where it is denied, too.
        """
        if not self.declared:
            return condition
        match condition:
            case AllOf(parts):
                held = [part for whole in parts for part in conjuncts(self.read(whole, denied))]
                return AllOf(tuple(part for part in held if not _idle(part, held)))
            case AnyOf(parts):
                ways = [self.read(part, denied) for part in parts]
                return AnyOf(tuple(way for each in ways for way in _ways(each)))
            case Not() | Unless() | Count():
                turned = isinstance(condition, (Not, Count)) or (denied and not isinstance(condition, Unless))
                parts = tuple(self.read(part, turned) for part in parts_of(condition))
                return with_parts(condition, parts)
            case Known(ref, wanted):
                return self._known(ref, wanted, denied)
            case Determined():
                return condition  # it is made of what is read
            case Is() | Compare() | OptionIs() | Given():
                return self._counted(condition, denied)
            case _:
                assert_never(condition)

    def unless_left_out(self, attributes: Iterable[str]) -> list[Condition]:
        """That the answers to some attributes are not left out of account."""
        named = dict.fromkeys(attributes)
        return [Unless(self.where(c), c.leaves_out) for c in self.declared if c.leaves_out in named]

    def _known(self, ref: Ref, wanted: bool, denied: bool) -> Condition:
        """That there is an answer that counts, or that there is none."""
        if wanted and not denied:
            return self._counted(Known(ref), denied)
        out = [self.where(c) for c in self.leaving_out(ref.name)] if ref.kind == "attribute" else []
        if wanted:
            return together([Known(ref), *(Unless(where) for where in out)])
        # an answer counts wherever it is not left out, also where what it would disagree with is not known
        return (
            AnyOf((Known(ref, False), *(Not(Unless(where)) for where in out))) if out else Known(ref, False)
        )

    def _counted(self, test: Condition, denied: bool) -> Condition:
        """A test that holds, and (if that is read) is denied, where the answers that it is about count."""
        held: list[Condition] = []
        opened: list[Condition] = []
        for ref in dict.fromkeys(ref for ref, _ in refs(test) if ref.kind == "attribute"):
            for c in self.leaving_out(ref.name):
                held += _unless(self, c, test, ref.name)
                wanted, out = _values(test), _values(c.asked_of(ref.name))
                if wanted is None or out is None or out - wanted:
                    opened.append(Unless(self.where(c), ref.name))
        counted = together([test, *held])
        if not opened or not denied:
            return counted
        # without a property that it names, a comparison is denied whatever is answered
        needed = [Known(ref) for ref, _ in refs(test) if ref.kind == "property"]
        return AnyOf((counted, *(together([Not(unless), *needed]) for unless in opened)))


def _unless(of: Contradictions, c: Contradiction, test: Condition, attribute: str) -> list[Condition]:
    """That one leaves an answer in, which meets a test; nothing if it must."""
    asked = c.asked_of(attribute)
    if isinstance(asked, Known):  # as whatever meets a test is
        return [Unless(of.where(c, attribute), attribute)]
    wanted, out = _values(test), _values(asked)
    if wanted is None or out is None:
        return [Unless(of.where(c, attribute if test == asked else ""), attribute)]
    return [Unless(of.where(c, attribute if wanted <= out else ""), attribute)] if wanted & out else []


class LeftOut(Generic[T, N]):
    """Where the answer to an attribute is left out of account, in an algebra."""

    def __init__(self, contradictions: Contradictions, algebra: Algebra[T, N]) -> None:
        self.contradictions, self.reading = contradictions, Reading(algebra)
        self.read: dict[str, list[T]] = {}

    def __call__(self, attribute: str) -> list[T]:
        """Where each contradiction leaves it out."""
        of = self.contradictions
        if attribute not in self.read:
            self.read[attribute] = [self.reading.holds(of.where(c)) for c in of.leaving_out(attribute)]
        return self.read[attribute]


def _idle(part: Condition, beside: Sequence[Condition]) -> bool:
    """Whether a test beside it already says what an `unless` asks: that an attribute has another value."""
    if not isinstance(part, Unless) or not isinstance(part.part, Is):
        return False
    ref, out = part.part.ref, {*part.part.values}
    return any(isinstance(other, Is) and other.ref == ref and not out & {*other.values} for other in beside)


def _values(test: Condition) -> set[Value] | None:
    """The values that a test asks for, if it names them."""
    return {*test.values} if isinstance(test, Is) else None


def _ways(condition: Condition) -> tuple[Condition, ...]:
    """The parts of which one has to hold for a condition to hold."""
    inside = condition.parts[0] if isinstance(condition, AllOf) and len(condition.parts) == 1 else condition
    return inside.parts if isinstance(inside, AnyOf) else (condition,)


def together(parts: Sequence[Condition]) -> Condition:
    """The condition that all parts hold."""
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))
