"""A survey of what rules ask of the answers that are open, before diagrams are made of them.

Its numbers, and those of `completions`, are polynomials in the open answers (see `polynomials`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from expert.language.algebra import Truth
from expert.language.elimination import allowing_for_answers
from expert.language.grids import Whole
from expert.language.limits import STEPS, NotDecided
from expert.language.model import Term, Value
from expert.language.polynomials import (
    Atom,
    Comparison,
    Polynomial,
    Range,
    constant,
    divided,
    indeterminate,
    positive,
)

CaseAnswers = Mapping[str, Value | None]  # None: answered `unknown`


class Certain(Truth, Protocol):
    """A truth value that knows when it is so in no case."""

    @property
    def never(self) -> bool: ...


C = TypeVar("C", bound=Certain)
C_co = TypeVar("C_co", bound=Certain, covariant=True)


class Compares(Protocol[C_co]):
    """An algebra that says where a polynomial is > 0."""

    @property
    def true(self) -> C_co: ...

    @property
    def false(self) -> C_co: ...

    def positive(self, polynomial: Polynomial, /) -> C_co: ...


class Amount(Generic[C]):
    """A number of some algebra: a polynomial in the open answers."""

    __slots__ = ("algebra", "polynomial")

    def __init__(self, polynomial: Polynomial, algebra: Compares[C]) -> None:
        self.polynomial, self.algebra = polynomial, algebra

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Amount) and self.polynomial == other.polynomial

    def __hash__(self) -> int:
        return hash(self.polynomial)

    def __add__(self, other: Amount[C], /) -> Amount[C]:
        return Amount(self.polynomial + other.polynomial, self.algebra)

    def __sub__(self, other: Amount[C], /) -> Amount[C]:
        return Amount(self.polynomial - other.polynomial, self.algebra)

    def __mul__(self, other: Amount[C], /) -> Amount[C]:
        return Amount(self.polynomial * other.polynomial, self.algebra)

    def __floordiv__(self, divisor: int, /) -> Amount[C]:
        return Amount(divided(self.polynomial, divisor), self.algebra)

    def __gt__(self, other: Amount[C], /) -> C:
        return self._exceeds(other, constant(0))

    def __ge__(self, other: Amount[C], /) -> C:
        return self._exceeds(other, constant(1))

    def _exceeds(self, other: Amount[C], allowance: Polynomial) -> C:
        """Where it is more than the other less the allowance; of two fixed numbers no polynomial is made."""
        some, others = self.polynomial, other.polynomial
        if some.fixed is None or others.fixed is None:
            return self.algebra.positive(some - others + allowance)
        return self.algebra.true if some.fixed + allowance.constant > others.fixed else self.algebra.false


class Splitting(Whole):
    """What an algebra has whose numbers are polynomials: one that depends on a truth is several."""

    @property
    def splits(self) -> bool:
        return True

    def choose(self, where: object, one: object, other: object, /) -> Any:
        raise TypeError("these numbers are split")

    def extremes(self, amounts: list[tuple[Any, Any]], /) -> list[tuple[Any, Any]]:
        return amounts


# --- what is asked -----------------------------------------------------------------------------
class Perhaps(NamedTuple):
    """A truth value of a survey: always so, never so, or it depends."""

    always: bool
    never: bool

    def __and__(self, other: Perhaps, /) -> Perhaps:
        return _perhaps(self.always and other.always, self.never or other.never)

    def __or__(self, other: Perhaps, /) -> Perhaps:
        return _perhaps(self.always or other.always, self.never and other.never)

    def __invert__(self) -> Perhaps:
        return _perhaps(self.never, self.always)


ALWAYS, NEVER, DEPENDS = Perhaps(True, False), Perhaps(False, True), Perhaps(False, False)


def _fixed(number: Amount[Perhaps]) -> int:
    """What a number comes to that is the same in every case."""
    assert number.polynomial.fixed is not None
    return number.polynomial.fixed


def _perhaps(always: bool, never: bool) -> Perhaps:
    if always:
        return ALWAYS
    return NEVER if never else DEPENDS


class Survey(Splitting):
    """The algebra that only writes down what rules ask of the answers that are open.

    `named` are the values that choices are tested for, `numbers` the numbers that are read, `atoms`
    the comparisons.
    """

    true, false = ALWAYS, NEVER

    def __init__(self, terms: Mapping[str, Term], answers: CaseAnswers) -> None:
        self.terms, self.answers = terms, answers
        self.named: dict[str, set[Value]] = {}
        self.numbers: set[str] = set()
        self.atoms: set[Atom] = set()
        self.unforeseen: set[str] = set()
        self.ranges = {name: term.bounds for name, term in terms.items() if term.ordered}
        self.dates = frozenset(name for name, term in terms.items() if term.is_date)
        self.counts_only = all(name in answers for name in self.ranges)  # no number is open

    def spanned(self, intervals: list[Any]) -> list[Any]:
        """Where no number is open: the one interval that has all in it, and where it may meet.

        A number is then the same in every case or depends on truths, so that no comparison is written down,
        whichever of its values are compared: what is asked of the answers is the same.
        """
        if not self.counts_only:
            return intervals
        lows, highs = [low for _, (low, _) in intervals], [high for _, (_, high) in intervals]
        least, greatest = min(lows, key=_fixed), max(highs, key=_fixed)
        return [(DEPENDS, (least, greatest)), (DEPENDS, (least, least)), (DEPENDS, (greatest, greatest))]

    def known(self, attribute: str) -> Perhaps:
        if attribute in self.answers:
            return NEVER if self.answers[attribute] is None else ALWAYS
        if self.terms[attribute].ordered:
            self.numbers.add(attribute)
        else:
            self.named.setdefault(attribute, set())
        return DEPENDS

    def equals(self, attribute: str, value: Value) -> Perhaps:
        if attribute in self.answers:
            return ALWAYS if self.answers[attribute] == value else NEVER
        if isinstance(value, int):
            number, wanted = self.number(attribute), self.constant(value)
            return (number >= wanted) & (wanted >= number)
        if value not in self.terms[attribute].values:
            return NEVER
        self.named.setdefault(attribute, set()).add(value)
        return DEPENDS

    def number(self, attribute: str) -> Amount[Perhaps]:
        if attribute not in self.answers:
            self.numbers.add(attribute)
        return Amount(number_of(attribute, self.answers), self)

    def constant(self, value: int) -> Amount[Perhaps]:
        return Amount(constant(value), self)

    def positive(self, polynomial: Polynomial) -> Perhaps:
        """Whether a number is > 0."""
        comparison = decided(polynomial, self.ranges)
        if isinstance(comparison, bool):
            return ALWAYS if comparison else NEVER
        self.atoms.add(comparison.atom)
        return DEPENDS


def allow_for_answers(survey: Survey, steps: int = STEPS) -> None:
    """Have cases told apart, too, whose open numbers can come to something else.

    Of linked numbers of which that is not decided, `still` is not to be asked: their names are
    `unforeseen` then.
    """
    read = [name for name in survey.ranges if name in survey.numbers]
    for names, atoms in linked(read, survey.atoms):
        if len(names) > 1:
            try:
                ranges = {name: survey.ranges[name] for name in names}
                survey.atoms |= allowing_for_answers(ranges, atoms, steps, survey.dates.intersection(names))
            except NotDecided:
                survey.unforeseen.update(names)


def number_of(attribute: str, answers: CaseAnswers) -> Polynomial:
    if attribute not in answers:
        return indeterminate(attribute)
    value = answers[attribute]
    return constant(value if isinstance(value, int) else 0)  # of what is unknown nothing is asked


def decided(polynomial: Polynomial, ranges: Mapping[str, Range]) -> Comparison | bool:
    """A number > 0, as a comparison; True or False where the ranges alone decide it."""
    comparison = positive(polynomial)
    if isinstance(comparison, bool):
        return comparison
    (form, limit), holds = comparison
    low, high = form.within(ranges)
    if low > limit or high <= limit:
        return (low > limit) == holds
    return comparison


def linked(numbers: Sequence[str], atoms: Iterable[Atom]) -> list[tuple[list[str], list[Atom]]]:
    """Numbers that comparisons link, each group in the order given, with its comparisons."""
    group_of = {name: [name] for name in numbers}
    for atom in atoms:
        first, *others = sorted(atom.form.names)
        for name in others:
            one, other = group_of[first], group_of[name]
            if one is not other:
                one += other
                group_of.update(dict.fromkeys(other, one))
    linked: list[tuple[list[str], list[Atom]]] = []
    for group in {id(group): group for group in group_of.values()}.values():
        members = set(group)
        linked.append(
            (sorted(group, key=numbers.index), [atom for atom in atoms if atom.form.names <= members])
        )
    return linked
