"""Two rule bases over all completions of the same case: what differs is an exclusive or of their truths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, Self, TypeVar

from expert.language.algebra import Amounts, Truth, union
from expert.language.completions import Completions
from expert.language.diagrams import Diagram
from expert.language.limits import Limits
from expert.language.model import Term
from expert.language.prospect import Cones, Prospect, look_through
from expert.language.rules import Instance
from expert.language.survey import Amount, C, CaseAnswers, Survey


class Compared:
    """Two rule bases over all completions of the same case: what differs is an exclusive or of their truths.

    Attributes of both have the range, and the values, of either: an answer that only one of them allows is
    a case too. `only` are the instances of each that will be asked of, `numbers` the keys of the findings
    whose numbers will be compared.
    """

    def __init__(
        self,
        old: Cones,
        new: Cones,
        answers: CaseAnswers,
        only: tuple[Sequence[Instance], Sequence[Instance]] | None = None,
        limits: Limits = Limits(),  # noqa: B008 (never changed)
        numbers: Iterable[str] = (),
    ) -> None:
        terms = both_terms(old.base.knowledge.attributes, new.base.knowledge.attributes)
        survey, readings, orders = Survey(terms, answers), [], list[str]()
        for n, cones in enumerate((old, new)):
            read = cones.upstream(only[n]) if only else cones.ordered
            readings.append(look_through(survey, cones, read))
            orders = [*cones.order_of(read if only else cones.base.instances), *orders]  # the new one's first
        for key in numbers:
            sides = [reading.numbers_of(key) for reading in readings]
            unlike_amounts(sides, survey.false)
            for amounts in sides:
                most(amounts)
        order = list(dict.fromkeys(orders))
        self.completions = Completions(survey, order, new.groups, limits.steps, limits.nodes)
        self.old = Prospect(old, answers, (), limits, self.completions)
        self.new = Prospect(new, answers, (), limits, self.completions)

    def unlike(self, key: str) -> Diagram:
        """Where a finding is something else; its key is to be among the `numbers`, if it has some."""
        sides = self.old, self.new
        for prospect in sides:
            prospect.derive((), [key])
        false = self.completions.false
        old, new = [prospect.reading.findings.get(key, {}) for prospect in sides]
        numbers = unlike_amounts([prospect.numbers(key) for prospect in sides], false)
        return self.completions.diagrams.any([*unlike_values(old, new, false), numbers])


class Comparable(Truth, Protocol):
    """A truth value that says where another differs from it."""

    def __xor__(self, other: Self, /) -> Self: ...


X = TypeVar("X", bound=Comparable)


def unlike_values(old: Mapping[str, X], new: Mapping[str, X], false: X) -> list[X]:
    """Of each value, where one of two sides has it and the other has not."""
    return [old.get(value, false) ^ new.get(value, false) for value in {**old, **new}]


def unlike_amounts(sides: Sequence[Amounts[C, Amount[C]]], false: C) -> C:
    """Where some number of one of two sides is none of the other's."""
    apart = []
    for some, others in (sides, sides[::-1]):
        for where, amount in some:
            there = [guard & (amount >= other) & (other >= amount) for guard, other in others]
            apart.append(where & ~union(false, there))
    return union(false, apart)


def most(amounts: Amounts[C, Amount[C]], least: bool = False) -> Amounts[C, Amount[C]]:
    """The greatest of a number's values (or the least), each with where it is that."""
    extremes = []
    for n, (where, amount) in enumerate(amounts):
        for m, (guard, other) in enumerate(amounts):
            if n != m:
                beyond = amount > other if least else other > amount
                where = where & ~(guard & beyond)
        extremes.append((where, amount))
    return extremes


def both_terms(old: dict[str, Term], new: dict[str, Term]) -> dict[str, Term]:
    """Attributes as either base has them: every value of both, and the wider range.

    The number of decimals is the new one's; a base with another number of them is to be compared by its text.
    """
    both = {**old, **new}
    for name in old.keys() & new.keys():
        a, b = old[name], new[name]
        lows = [term.low for term in (a, b) if term.low is not None]
        highs = [term.high for term in (a, b) if term.high is not None]
        both[name] = b._replace(
            values={**b.values, **a.values},
            low=min(lows) if len(lows) == 2 else None,
            high=max(highs) if len(highs) == 2 else None,
        )
    return both
