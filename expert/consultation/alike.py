"""Which cases are alike for a condition: what is said of it in one is said of it in all that are alike.

What a condition asks of a case are aspects: the answer to an attribute, the values that were concluded of
a finding, and of numbers whether the comparison holds. There are few of each, whatever the numbers, so that
most of what is said of a case was said of another before. It is kept, up to a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from operator import itemgetter
from typing import Any, Generic, TypeVar

from expert.language.asking import compiled
from expert.language.conditions import Condition, Given, Is, Known, Leaf, OptionIs, leaves, refs
from expert.language.meaning import Evaluation
from expert.language.model import SCORE, Knowledge

V = TypeVar("V")
AspectOf = Callable[[Evaluation], Hashable]
Aspect = str | AspectOf  # an attribute, whose answer it is, or what is asked of the case


class Aspects(dict[Aspect, Hashable]):
    """The aspects of one case, each found when it is first asked for."""

    def __init__(self, reading: Evaluation) -> None:
        super().__init__()
        self.update(reading.answers)
        self.reading = reading

    def __missing__(self, aspect: Aspect) -> Hashable:
        found = None if isinstance(aspect, str) else aspect(self.reading)
        self[aspect] = found
        return found


KeyOf = Callable[[Aspects], Hashable]


class Alike:
    """The aspects of a rule base's cases: one of each, whatever asks for it."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.choices = {name for name, term in knowledge.attributes.items() if not term.ordered}
        self._concluded: dict[str, AspectOf] = {}
        self._so: dict[Leaf, AspectOf] = {}

    def key(self, condition: Condition) -> KeyOf:
        """What is equal in two cases if they are alike for a condition, and for what is inside of it."""
        aspects = {aspect: None for leaf in leaves(condition) for aspect in self.aspects(leaf)}
        return itemgetter(*aspects) if aspects else lambda case: ()

    def aspects(self, leaf: Leaf) -> Iterator[Aspect]:
        """What a condition with none inside asks of a case, and which of its terms are known."""
        match leaf:
            case Given() | OptionIs():
                pass
            case Is(ref) | Known(ref) if ref.name in self.choices and ref.kind == "attribute":
                yield ref.name
            case Is(ref, values) if ref.kind == "finding" and not ref.replies and isinstance(values[0], str):
                yield self._concluded.setdefault(ref.key, _values(ref.key))
            case _:
                yield self._so.setdefault(leaf, _whether(leaf))


def _values(key: str) -> AspectOf:
    return lambda case: tuple(case.findings.get(key, ()))


def _whether(leaf: Leaf) -> AspectOf:
    """Which of its terms are known, and whether it holds or is denied."""
    holds, denies = compiled(leaf)
    mentioned = [ref for ref, _ in refs(leaf)]
    terms = [compiled(Known(ref))[0] for ref in mentioned]
    if any(ref.role == SCORE or ref.replies for ref in mentioned):
        return lambda case: (*[known(case) for known in terms], holds(case), denies(case))

    def found(case: Evaluation) -> Hashable:
        """The rest follows: where a term is not known, whether it holds; elsewhere, whether it is denied."""
        known = [test(case) for test in terms]
        return (*known, holds(case)) if all(known) else tuple(known)

    return found


class Remembered(Generic[V]):
    """What was said of cases, for those that are alike: no more than so much, or all is forgotten.

    Each thing that something is said of has its own shelf, by the keys of cases.
    """

    def __init__(self, most: int) -> None:
        self.most, self.count = most, 0
        self.shelves: list[dict[Any, V]] = []

    def shelf(self) -> dict[Any, V]:
        """One that is empty."""
        self.shelves.append({})
        return self.shelves[-1]

    def keep(self, shelf: dict[Any, V], key: Hashable, said: V) -> V:
        """What is said, which is from now on found under its key."""
        if self.count >= self.most:
            self.count = 0
            for each in self.shelves:
                each.clear()
        self.count += 1
        shelf[key] = said
        return said
