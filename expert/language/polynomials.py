"""Numbers that rules compute, exactly: polynomials in the answers, and comparisons of them.

Every number that rules compute is a polynomial, with whole coefficients, in the numbers that were
answered (whole parts of quotients counting as numbers of their own), and every comparison is
*form > limit*: a polynomial without its constant, and a whole number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from math import gcd
from typing import NamedTuple

from expert.language.limits import NotDecided

Monomial = tuple[str, ...]  # the numbers that are multiplied, sorted; a square has one twice
Range = tuple[int, int]  # the least and the greatest value


class Polynomial:
    """A sum of products; `terms` are sorted, and none has the factor 0."""

    def __init__(self, terms: tuple[tuple[Monomial, int], ...]) -> None:
        self.terms = terms

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __add__(self, other: Polynomial) -> Polynomial:
        return summed((*self.terms, *other.terms))

    def __sub__(self, other: Polynomial) -> Polynomial:
        return summed((*self.terms, *((monomial, -factor) for monomial, factor in other.terms)))

    def __mul__(self, other: Polynomial) -> Polynomial:
        return summed((tuple(sorted((*m, *n))), a * b) for m, a in self.terms for n, b in other.terms)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.terms)

    @cached_property
    def names(self) -> frozenset[str]:
        """The numbers that it mentions."""
        mentioned: set[str] = set()
        for monomial, _ in self.terms:
            for name in monomial:
                mentioned |= name.amount.names if isinstance(name, Quotient) else {name}
        return frozenset(mentioned)

    @cached_property
    def quotients(self) -> list[Quotient]:
        """The whole parts of quotients that are factors in it."""
        quotients = [name for monomial, _ in self.terms for name in monomial if isinstance(name, Quotient)]
        return list(dict.fromkeys(quotients))

    def divides(self, name: str) -> bool:
        """Whether a number is in one of its quotients."""
        return any(name in quotient.amount.names for quotient in self.quotients)

    @property
    def constant(self) -> int:
        """Its value where every number is 0."""
        return self.terms[0][1] if self.terms and not self.terms[0][0] else 0

    @cached_property
    def fixed(self) -> int | None:
        """What it is, whatever the numbers are; None where that depends on them."""
        return None if self.names else self.constant

    def at(self, values: Mapping[str, int]) -> Polynomial:
        """The polynomial in the other numbers, where some are known."""
        if self.quotients:
            return self._at_quotients(values)
        terms: list[tuple[Monomial, int]] = []
        for monomial, factor in self.terms:
            left = []
            for name in monomial:
                if name in values:
                    factor *= values[name]
                else:
                    left.append(name)
            terms.append((tuple(left), factor))
        return summed(terms)

    def _at_quotients(self, values: Mapping[str, int]) -> Polynomial:
        total = constant(0)
        for monomial, factor in self.terms:
            product = constant(factor)
            for name in monomial:
                if isinstance(name, Quotient):
                    product *= divided(name.amount.at(values), name.divisor)
                else:
                    product *= constant(values[name]) if name in values else indeterminate(name)
            total += product
        return total

    def value(self, values: Mapping[str, int]) -> int:
        """Its value; every number that it mentions is known."""
        total = 0
        for monomial, factor in self.terms:
            for name in monomial:
                if isinstance(name, Quotient):
                    factor *= name.amount.value(values) // name.divisor
                else:
                    factor *= values[name]
            total += factor
        return total

    def powers(self, name: str) -> list[Polynomial]:
        """What stands beside each power of a number, from the constant up; none is left out.

        Raises NotDecided where it is in a quotient.
        """
        if self.divides(name):
            raise NotDecided(f"a quotient of {name}")
        by_power: dict[int, list[tuple[Monomial, int]]] = {}
        for monomial, factor in self.terms:
            rest = tuple(other for other in monomial if other != name)
            by_power.setdefault(len(monomial) - len(rest), []).append((rest, factor))
        return [summed(by_power.get(power, ())) for power in range(max(by_power, default=0) + 1)]

    def within(self, ranges: Mapping[str, Range]) -> Range:
        """Bounds that it keeps; narrow for sums, true for all."""
        low = high = 0
        for monomial, factor in self.terms:
            least = most = factor
            for name in monomial:
                between = name.within(ranges) if isinstance(name, Quotient) else ranges[name]
                ends = [end * bound for end in (least, most) for bound in between]
                least, most = min(ends), max(ends)
            low, high = low + least, high + most
        return low, high


class Quotient(str):
    """The whole part of a polynomial divided by a number > 1, as a factor: equal ones are equal texts."""

    amount: Polynomial
    divisor: int

    def within(self, ranges: Mapping[str, Range]) -> Range:
        """Bounds that it keeps."""
        low, high = self.amount.within(ranges)
        return low // self.divisor, high // self.divisor


def divided(amount: Polynomial, divisor: int) -> Polynomial:
    """The whole part of a polynomial divided by a number > 0."""
    terms = [(monomial, factor) for monomial, factor in amount.terms if monomial]
    # floor((c * n + k) / (c * d)) is floor((n + floor(k / c)) / d)
    common = gcd(*(factor for _, factor in terms), divisor)
    divisor //= common
    whole, rest = divmod(amount.constant // common, divisor)
    if not terms:
        return constant(whole)
    reduced = summed([((), rest), *((monomial, factor // common) for monomial, factor in terms)])
    if divisor == 1:
        return reduced + constant(whole)
    quotient = Quotient(f"({reduced.terms})//{divisor}")
    quotient.amount, quotient.divisor = reduced, divisor
    return indeterminate(quotient) + constant(whole)


def unfolded(polynomial: Polynomial) -> Polynomial:
    """A polynomial that is > 0 where another is, without those of its quotients that it can be without."""
    for quotient in polynomial.quotients:
        alone = indeterminate(quotient)
        factor = next((factor for monomial, factor in polynomial.terms if monomial == (quotient,)), 0)
        rest = polynomial - constant(factor) * alone
        if factor == 0 or quotient in rest.quotients:
            continue
        varying, size = rest - constant(rest.constant), abs(factor)
        if any(part % size for _, part in varying.terms):
            continue
        # a * q + a * s + r > 0 where q + s > floor(-r / a); and if a < 0, where q + s < ceil(r / -a)
        parts = summed((monomial, part // factor) for monomial, part in varying.terms)
        amount, divisor = quotient.amount, constant(quotient.divisor)
        if factor > 0:
            parts -= constant(-rest.constant // factor)
            return unfolded(amount + divisor * parts - divisor + constant(1))
        parts -= constant(-(-rest.constant // size))
        return unfolded(constant(0) - amount - divisor * parts)
    return polynomial


def summed(terms: Iterable[tuple[Monomial, int]]) -> Polynomial:
    """The polynomial that is the sum of these products."""
    coefficients: dict[Monomial, int] = {}
    for monomial, factor in terms:
        coefficients[monomial] = coefficients.get(monomial, 0) + factor
    return Polynomial(tuple(sorted((m, factor) for m, factor in coefficients.items() if factor)))


def constant(value: int) -> Polynomial:
    """The polynomial that is a number."""
    return Polynomial((((), value),) if value else ())


def indeterminate(name: str) -> Polynomial:
    """The polynomial that is a number which is answered."""
    return Polynomial((((name,), 1),))


class Atom(NamedTuple):
    """A comparison: form > limit. The form has no constant, no common factor, and begins with a plus."""

    form: Polynomial
    limit: int


class Comparison(NamedTuple):
    """A comparison as it was asked for: its atom, or the denial of it."""

    atom: Atom
    holds: bool


def positive(polynomial: Polynomial) -> Comparison | bool:
    """polynomial > 0 as an atom; True or False if it is so, or not so, in every case."""
    polynomial = unfolded(polynomial)
    terms = [(monomial, factor) for monomial, factor in polynomial.terms if monomial]
    if not terms:
        return polynomial.constant > 0
    common = gcd(*(factor for _, factor in terms))
    if terms[0][1] < 0:
        # -common * form + constant > 0
        form = Polynomial(tuple((monomial, -factor // common) for monomial, factor in terms))
        return Comparison(Atom(form, (polynomial.constant - 1) // common), False)
    form = Polynomial(tuple((monomial, factor // common) for monomial, factor in terms))
    return Comparison(Atom(form, -polynomial.constant // common), True)


def spelled(atom: Atom) -> str:
    """A comparison, for a message."""
    words = [" * ".join([*([str(f)] if f != 1 else []), *monomial]) for monomial, f in atom.form.terms]
    return f"{' + '.join(words)} > {atom.limit}"
