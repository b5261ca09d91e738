"""Samples of cases, where there are too many to say something of all: what is seen in one is so.

A truth over samples is a set of bits, as over a grid; but the cases are not every combination of answers.
They come in groups that differ in one answer alone: whatever is shown differently within a group, that
answer can change. What is not seen to change may change all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from random import Random

from expert.language.conditions import Condition, Is, flat_conjuncts
from expert.language.grids import CaseNumbers, Whole, chosen
from expert.language.model import Value
from expert.language.rules import Instance
from expert.language.survey import CaseAnswers

ROUNDS = 3
GROUPS = 24  # of each answer, in the first round; each further round has twice as many
MOST = 12  # values of a number


class CaseList(Whole):
    """The algebra of a list of cases: bit n of a truth value is case n (see grids.Grid)."""

    true, false = -1, 0

    def __init__(self, listed: Sequence[CaseAnswers]) -> None:
        self.listed = listed
        self.size = len(listed)
        self.full = (1 << self.size) - 1
        self._truths: dict[tuple[str, Value | None], int] = {}

    def equals(self, attribute: str, value: Value) -> int:
        return self._answered(attribute, value)

    def known(self, attribute: str) -> int:
        return self.full & ~self._answered(attribute, None)

    def _answered(self, attribute: str, value: Value | None) -> int:
        """The cases with an answer (None: unknown)."""
        key = attribute, value
        if key not in self._truths:
            bits = ["1" if case.get(attribute) == value else "0" for case in reversed(self.listed)]
            self._truths[key] = int("".join(bits) or "0", 2)
        return self._truths[key]

    def number(self, attribute: str) -> CaseNumbers:
        values = [case.get(attribute) for case in self.listed]
        return CaseNumbers(tuple(value if isinstance(value, int) else 0 for value in values))

    def choose(self, where: int, one: CaseNumbers, other: CaseNumbers) -> CaseNumbers:
        return chosen(where, one, other)

    def constant(self, value: int) -> CaseNumbers:
        return CaseNumbers((value,) * self.size)


class Samples(CaseList):
    """Completions of a case, in groups of those that differ in one of some answers alone.

    `tried` has the values to take for each open answer; instances say which of them belong together. The
    same cases come of the same base and answers.
    """

    def __init__(
        self,
        answers: CaseAnswers,
        tried: Mapping[str, Sequence[Value | None]],
        instances: Iterable[Instance],
        names: Collection[str],
    ) -> None:
        super().__init__([])
        self.answers, self.tried, self.names = answers, tried, [name for name in names if name in tried]
        self.random = Random(0)
        self.wanted: dict[str, list[dict[str, Value]]] = {name: [] for name in self.names}
        for instance in instances:
            tests = {name: values for name, values in _tests(instance.when) if name in tried}
            for name in tests:
                if name in self.wanted:
                    others = {other: values[0] for other, values in tests.items() if other != name}
                    self.wanted[name].append(others)

    def varying(self, show: Callable[[], Iterable[int]]) -> set[str]:
        """The answers that change something of what `show` gives: truths over the cases that are listed."""
        varying: set[str] = set()
        for n in range(ROUNDS):
            groups = self.take([name for name in self.names if name not in varying], n)
            if not groups:
                break
            for truth in show():
                varying |= set(_apart(truth & self.full, groups))
        return varying

    def take(self, names: Iterable[str], round: int = 0) -> list[tuple[str, int]]:
        """List cases in groups: of each the answer in which its cases differ, and how many they are."""
        groups: list[tuple[str, int]] = []
        listed: list[CaseAnswers] = []
        for name in names:
            for group in self._groups(name, GROUPS << round):
                groups.append((name, len(group)))
                listed += group
        super().__init__(listed)
        return groups

    def _groups(self, name: str, many: int) -> Iterator[list[CaseAnswers]]:
        values = self.tried[name]
        for n in range(many):
            case = {other: self.random.choice(some) for other, some in self.tried.items()}
            wanted = self.wanted[name]
            if wanted and n % 3 < 2:  # what a rule that tests it asks for besides
                case |= self.random.choice(wanted)
            some = values if len(values) <= MOST else [None, *self.random.sample(values, MOST)]
            yield [{**case, name: value, **self.answers} for value in some]


def _apart(truth: int, groups: Iterable[tuple[str, int]]) -> Iterator[str]:
    """The answers in one of whose groups a truth is not the same of all cases."""
    for name, size in groups:
        bits = truth & ((1 << size) - 1)
        if bits and bits != (1 << size) - 1:
            yield name
        truth >>= size


def _tests(condition: Condition) -> Iterator[tuple[str, tuple[Value, ...]]]:
    """The attributes that a condition asks a value of, outright."""
    for part in flat_conjuncts(condition):
        if isinstance(part, Is) and part.ref.kind == "attribute":
            yield part.ref.name, part.values
