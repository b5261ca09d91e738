"""Numbers, exactly: polynomials in the answers, and the finitely many cells that comparisons cut them into.

Every number that rules compute is a polynomial, with whole coefficients, in the numbers that were
answered, and every comparison is *form > limit*: a polynomial without its constant, and a whole
number. A `Group` holds the numbers that are compared with each other, directly or by way of others.
Two cases lie in one *cell* of it if the same of its numbers are known and every comparison comes out
the same. Whatever rules say of all cases, they say of all cells.

**Which cells there are**, over all whole numbers in range, is found number by number. Let the
comparisons that mention the number x be of the first degree in it: *a * x + b > 0*, where a and b are
polynomials in the others. Where a >= 1, that is the same as *x > floor(-b / a)*; where a <= -1, it is the
denial of *x > floor((b - 1) / -a)*; where a is 0, it is b > 0. Let the range of x be two more of these
thresholds: x > low - 1 and not x > high. What the thresholds cut from x are the whole numbers after one
of them up to and with the next, and there is such a number exactly where the one is less than the other.
So which combinations of comparisons can be had by choosing x follows from the signs of a and b and from
the *order* of the thresholds alone (Fourier and Motzkin's elimination; for whole numbers nothing is
lost, as each piece is half open and begins and ends at whole numbers). And for d >= 1

    n > floor(m / d)  is  d*n - m > 0        floor(m / d) > n  is  m - d*n - d + 1 > 0

so all this is once more a set of comparisons, between the other numbers, wherever at most one of each two
thresholds has a divisor other than 1 (constants are divided at once; of floor(n / d) and
floor((n + k) / d) the order never changes if k is 0, or d or more). Comparisons that are differences,
x - y <= c, lead to differences only: they are always decided. The last number left is cut by comparisons
in it alone, of any degree (`cuts`). One number out of every piece of it stands for the piece; put into the
comparisons, it leaves one number less (`points`). By induction every cell has a point among those
found, and all of them are cases. Of the one number eliminated first, more is found: `fibers` are
*all* sets of cells among which it alone can choose.

Where it fails (products of open numbers compared with several things, two thresholds with rests), a
number of few values takes them one by one; else `NotDecided` is raised, and it is said, never guessed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations, pairwise
from math import comb, gcd, lcm, prod
from typing import NamedTuple

from expert.io.dates import ANCHOR, days_within, number_of_days

Monomial = tuple[str, ...]  # the numbers that are multiplied, sorted; a square has one twice
Range = tuple[int, int]  # the least and the greatest value
SMALL = 128  # a number of so few values can be taken value by value
LOOKED_AT = 50_000  # values of a number that are tried one by one, for quotients
TRIED = 4_000  # cases looked at for what one number can choose between, before all are


class NotDecided(Exception):
    """What cannot be said exactly; `what` says of which comparison, or of what size."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class TooLarge(NotDecided):
    """More steps than the caller would have."""


class Budget:
    """Steps that are left."""

    def __init__(self, steps: int, what: str) -> None:
        self.left, self.what = steps, what

    def spend(self, steps: int = 1) -> None:
        """Raises TooLarge where there are none left."""
        self.left -= steps
        if self.left < 0:
            raise TooLarge(self.what)


# --- polynomials -----------------------------------------------------------------------------
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
        found = [name for monomial, _ in self.terms for name in monomial if isinstance(name, Quotient)]
        return list(dict.fromkeys(found))

    @property
    def constant(self) -> int:
        """Its value where every number is 0."""
        return self.terms[0][1] if self.terms and not self.terms[0][0] else 0

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
                    product *= constant(values[name]) if name in values else variable(name)
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
        if any(name in quotient.amount.names for quotient in self.quotients):
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
    return variable(quotient) + constant(whole)


def unfolded(polynomial: Polynomial) -> Polynomial:
    """A polynomial that is > 0 where another is, without those of its quotients that it can be without."""
    for quotient in polynomial.quotients:
        alone = variable(quotient)
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


def variable(name: str) -> Polynomial:
    """The polynomial that is an answer."""
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


# --- one number --------------------------------------------------------------------------------
def cuts(factors: list[int], low: int, high: int) -> list[int]:
    """Every n from low to high - 1 such that a polynomial is > 0 at one of n and n + 1 only.

    The polynomial has these factors, from the constant up. Between the places where the sign of its
    differences p(n + 1) - p(n) changes, which is a polynomial of one degree less, it does not turn:
    there it changes its sign at most once, and halving finds where.
    """
    while factors and factors[-1] == 0:
        factors = factors[:-1]
    if len(factors) < 2 or low >= high:
        return []
    if len(factors) == 2:
        base, slope = factors
        place = -base // slope if slope > 0 else (base - 1) // -slope
        return [place] if low <= place < high else []
    steps = _differences(factors)
    turns = {low - 1, high - 1}
    turns.update(cuts(steps, low, high - 1), cuts([-factor for factor in steps], low, high - 1))
    ordered = sorted(turns)
    places = []
    for before, last in pairwise(ordered):
        # the steps from `before + 1` to `last` all go up, all go down or all stay
        start, end = before + 1, last + 1
        sign = _at(factors, start) > 0
        if sign != (_at(factors, end) > 0):
            while end - start > 1:
                middle = (start + end) // 2
                start, end = (middle, end) if (_at(factors, middle) > 0) == sign else (start, middle)
            places.append(start)
    return places


def _at(factors: list[int], n: int) -> int:
    total = 0
    for factor in reversed(factors):
        total = total * n + factor
    return total


def _differences(factors: list[int]) -> list[int]:
    """The factors of p(n + 1) - p(n)."""
    differences = [0] * (len(factors) - 1)
    for power, factor in enumerate(factors):
        choose = 1  # of `power` things, `lower`
        for lower in range(power):
            differences[lower] += factor * choose
            choose = choose * (power - lower) // (lower + 1)
    return differences


def _steady(form: Polynomial, limit: int, name: str, ends: Range) -> Range:
    """Outside of which numbers a form of one number, with quotients, does not cross a limit any more.

    It is a line, and what its quotients leave. Raises NotDecided where that is not so.
    """
    scale = lcm(*(quotient.divisor for quotient in form.quotients))
    slope = rest = apart = 0  # times the scale; and by how much it may be off the line
    for monomial, factor in form.terms:
        if len(monomial) > 1:
            raise NotDecided(spelled(Atom(form, limit)))
        [factor_of] = monomial or ("",)
        if not isinstance(factor_of, Quotient):
            slope, rest = slope + scale * factor * bool(monomial), rest + scale * factor * (not monomial)
            continue
        inside, share = factor_of.amount, scale // factor_of.divisor
        if inside.quotients or any(len(part) > 1 for part, _ in inside.terms):
            raise NotDecided(spelled(Atom(form, limit)))
        slope += share * factor * sum(part for one, part in inside.terms if one)
        rest += share * factor * inside.constant
        apart += abs(factor)
    if not slope:
        return ends
    middle, width = scale * limit - rest, (apart + 1) * scale
    edges = sorted([(middle - width) // slope, (middle + width) // slope])
    return max(ends[0], edges[0] - 1), min(ends[1], edges[1] + 1)


def cuts_of_quotients(form: Polynomial, limits: list[int], name: str, ends: Range) -> set[int]:
    """Every n in a range such that a form with quotients crosses a limit between n and n + 1.

    Raises NotDecided where there are more numbers to look at than can be.
    """
    places: set[int] = set()
    for limit in limits:
        low, high = ends
        if high - low > LOOKED_AT:
            low, high = _steady(form, limit, name, ends)
        if high - low > LOOKED_AT:
            raise NotDecided(spelled(Atom(form, limit)))
        before = form.value({name: low}) > limit
        for n in range(low + 1, high + 1):
            after = form.value({name: n}) > limit
            if after != before:
                places.add(n - 1)
            before = after
    return places


class Cutter:
    """The comparisons that cut one number, the others being given afterwards."""

    def __init__(self, atoms: Iterable[Atom], name: str, ends: Range, is_date: bool = False) -> None:
        self.name, self.is_date = name, is_date
        self.low, self.high = ends
        limits: dict[Polynomial, list[int]] = {}
        for form, limit in atoms:
            if name in form.names:
                limits.setdefault(form, []).append(limit)
        in_quotients = {
            form for form in limits if any(name in quotient.amount.names for quotient in form.quotients)
        }
        self.quotients = [(form, some) for form, some in limits.items() if form in in_quotients]
        self.forms = [(form.powers(name), some) for form, some in limits.items() if form not in in_quotients]

    def pieces(self, others: Mapping[str, int]) -> list[Range]:
        """The pieces of the number, from the least up, in each of which no comparison changes.

        Raises NotDecided.
        """
        places: set[int] = set()
        for form, limits in self.quotients:
            places |= cuts_of_quotients(form.at(others), limits, self.name, (self.low, self.high))
        for powers, limits in self.forms:
            factors = [power.value(others) for power in powers]
            start = factors[0]
            for limit in limits:
                factors[0] = start - limit
                places.update(cuts(factors, self.low, self.high))
        starts = [self.low, *(place + 1 for place in sorted(places))]
        cut = [(start, end - 1) for start, end in zip(starts, [*starts[1:], self.high + 1], strict=True)]
        return [piece for ends in cut if (piece := days_within(*ends))] if self.is_date else cut


def smallness(value: int, is_date: bool = False) -> tuple[int, bool]:
    """How far a number is from 0, or a day from one of our time; and on which side."""
    start = ANCHOR if is_date else 0
    return abs(value - start), value < start


def nearest(piece: Range, near: int) -> int:
    """The number of a piece that is nearest to another."""
    return min(max(near, piece[0]), piece[1])


# --- several numbers -----------------------------------------------------------------------------
class _Threshold(NamedTuple):
    """floor(amount / divisor), where the divisor is >= 1; `atom` is the comparison that it comes from."""

    amount: Polynomial
    divisor: Polynomial
    atom: Atom | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is the amount itself."""
        return self.divisor == ONE


ONE = constant(1)


def eliminated(atoms: Iterable[Atom], name: str, ranges: Mapping[str, Range]) -> set[Atom]:
    """The comparisons between the others that decide what a number can still choose between.

    Raises NotDecided where they are none (see above).
    """
    low, high = ranges[name]
    kept = {atom for atom in atoms if name not in atom.form.names}
    thresholds = [_Threshold(constant(low - 1), ONE), _Threshold(constant(high), ONE)]
    deciding: list[Polynomial] = []
    for atom in sorted(atoms, key=_place):
        if name in atom.form.names:
            rest, factor = _linear(atom, name)
            thresholds += _thresholds(atom, rest, factor)
            if factor.names:  # it may have either sign, or be 0
                deciding += [factor, constant(0) - factor, rest]
    for one, other in combinations(dict.fromkeys(thresholds), 2):
        if one.atom is None or one.atom != other.atom:
            deciding += _order(one, other, name)
    for polynomial in deciding:
        comparison = positive(polynomial)
        if not isinstance(comparison, bool):
            least, most = comparison.atom.form.within(ranges)
            if least <= comparison.atom.limit < most:
                kept.add(comparison.atom)
    return kept


def _place(atom: Atom) -> tuple[object, ...]:
    """The place of a comparison among others, the same in every process."""
    return atom.form.terms, atom.limit


def _linear(atom: Atom, name: str) -> tuple[Polynomial, Polynomial]:
    """rest and factor, where the comparison is factor * x + rest > 0. Raises NotDecided."""
    powers = atom.form.powers(name)
    if len(powers) != 2:
        raise NotDecided(spelled(atom))
    return powers[0] - constant(atom.limit), powers[1]


def _thresholds(atom: Atom, rest: Polynomial, factor: Polynomial) -> list[_Threshold]:
    """What x exceeds exactly if the comparison holds (of a factor below 0, if it does not hold)."""
    thresholds = []
    for sign in (1, -1):
        divisor = factor if sign > 0 else constant(0) - factor
        if divisor.names or divisor.constant > 0:
            amount = constant(0) - rest if sign > 0 else rest - ONE
            thresholds.append(_reduced(atom, amount, divisor))
    return thresholds


def _reduced(atom: Atom, amount: Polynomial, divisor: Polynomial) -> _Threshold:
    """The same threshold; without what amount and divisor have in common, if the divisor is a number."""
    if divisor.names:
        return _Threshold(amount, divisor, atom)
    if not amount.names:
        return _Threshold(constant(amount.constant // divisor.constant), ONE)
    common = gcd(*(factor for monomial, factor in amount.terms if monomial), divisor.constant)
    # floor((c * n + k) / (c * d)) is floor((n + floor(k / c)) / d)
    reduced = summed((monomial, factor // common) for monomial, factor in amount.terms)
    divisor = constant(divisor.constant // common)
    return _Threshold(reduced, divisor, None if divisor == ONE else atom)


def _order(one: _Threshold, other: _Threshold, name: str) -> list[Polynomial]:
    """What has to be > 0 for the one to be the greater, and for the other."""
    if not one.is_whole and not other.is_whole:
        apart = one.amount - other.amount
        if one.divisor == other.divisor and not one.divisor.names and not apart.names:
            steps, rest = divmod(abs(apart.constant), one.divisor.constant)
            if steps or not rest:
                return []  # the one is always the greater, or never
        raise NotDecided(f"two multiples of {name}")
    if not one.is_whole:
        one, other = other, one
    scaled = other.divisor * one.amount
    return [scaled - other.amount, other.amount - scaled - other.divisor + ONE]


def spelled(atom: Atom) -> str:
    """A comparison, for a message."""
    words = [" * ".join([*([str(f)] if f != 1 else []), *monomial]) for monomial, f in atom.form.terms]
    return f"{' + '.join(words)} > {atom.limit}"


class Numbers(NamedTuple):
    """Numbers that are still open, what they are compared for, and where to look first."""

    atoms: frozenset[Atom]
    ranges: dict[str, Range]
    near: Mapping[str, int]
    budget: Budget
    dates: frozenset[str] = frozenset()  # which of them are days, as YYYYMMDD

    def given(self, values: Mapping[str, int]) -> Numbers:
        """What is left open once some are known."""
        ranges = {name: ends for name, ends in self.ranges.items() if name not in values}
        left = set()
        for form, limit in self.atoms:
            if values.keys().isdisjoint(form.names):
                left.add(Atom(form, limit))
                continue
            comparison = positive(form.at(values) - constant(limit))
            if not isinstance(comparison, bool):
                left.add(comparison.atom)
        self.budget.spend(len(self.atoms))
        return self._replace(atoms=frozenset(left), ranges=ranges)

    def without(self, name: str, one_by_one: bool = False) -> Numbers:
        """The others, with the comparisons that decide what this one can choose between."""
        if self.dates:
            raise NotDecided(f"the date {min(self.dates)} beside others")  # there is not every number
        self.budget.spend(1 + len([None for atom in self.atoms if name in atom.form.names]) ** 2 // 8)
        ranges = {other: ends for other, ends in self.ranges.items() if other != name}
        try:
            atoms = frozenset(eliminated(self.atoms, name, self.ranges))
        except NotDecided:
            if not one_by_one:
                raise
            # what the others are compared with for each value of this one decides it too
            atoms = frozenset(a for n in _one_by_one(self, name) for a in self.given({name: n}).atoms)
        return self._replace(atoms=atoms, ranges=ranges)

    def start(self, name: str) -> int:
        """Where to look first for a number."""
        return self.near.get(name, ANCHOR if name in self.dates else 0)

    @property
    def shortest(self) -> str:
        """The number with the fewest values."""
        return min(self.ranges, key=lambda name: (self.ranges[name][1] - self.ranges[name][0], name))


Fiber = tuple[dict[str, int], list[Range]]  # what the others are, and the pieces of the one


def fibers(numbers: Numbers, last: str, one_by_one: bool) -> list[Fiber]:
    """For every cell of the others, as far as this one is concerned, the pieces of this one.

    Raises NotDecided; with `one_by_one`, numbers of few values are tried value by value.
    """
    cutter = Cutter(numbers.atoms, last, numbers.ranges[last], last in numbers.dates)
    if len(numbers.ranges) == 1:
        return [({}, cutter.pieces({}))]
    try:
        left = numbers.without(last, one_by_one)
        return [(values, cutter.pieces(values)) for values in points(left, one_by_one)]
    except NotDecided as problem:
        if not one_by_one or isinstance(problem, TooLarge):
            raise
        others = {other: ends for other, ends in numbers.ranges.items() if other != last}
        name = numbers._replace(ranges=others).shortest
        return [
            ({**values, name: n}, piece)
            for n in _one_by_one(numbers, name)
            for values, piece in fibers(numbers.given({name: n}), last, True)
        ]


def _one_by_one(numbers: Numbers, name: str) -> range:
    low, high = numbers.ranges[name]
    if high - low >= SMALL or name in numbers.dates:
        raise NotDecided(" or ".join(sorted(spelled(atom) for atom in numbers.atoms)[:1]))
    return range(low, high + 1)


def points(numbers: Numbers, one_by_one: bool) -> list[dict[str, int]]:
    """At least one case out of every cell. Raises NotDecided."""
    if not numbers.ranges:
        return [{}]
    problem: NotDecided | None = None
    for last in sorted(numbers.ranges, key=lambda name: _uses(numbers, name)):
        try:
            cases = []
            for values, cut in fibers(numbers, last, one_by_one):
                numbers.budget.spend(len(cut))
                cases += [{**values, last: nearest(piece, numbers.start(last))} for piece in cut]
            return cases
        except NotDecided as raised:
            if isinstance(raised, TooLarge):
                raise
            problem = problem or raised
    assert problem is not None
    raise problem


def _uses(numbers: Numbers, name: str) -> tuple[int, str]:
    return sum(name in atom.form.names for atom in numbers.atoms), name


# --- how many ------------------------------------------------------------------------------------
CasesByPlace = dict[tuple[int, ...], int]


def counted(
    numbers: Numbers,
    place: Callable[[Mapping[str, int]], tuple[int, ...]],
    values: Mapping[str, int] | None = None,
) -> CasesByPlace:
    """How many cases there are in each place. Raises NotDecided.

    Where every threshold is a polynomial (no rests), how many cases a value of the first number has
    in a place is, from cut to cut, a polynomial in that value: the size of a piece is the difference
    of two thresholds, and sums of polynomials from one polynomial to another are polynomials again.
    A polynomial of a degree that is known is summed from its first few values (Newton's differences).
    """
    values = values or {}
    if not numbers.ranges:
        return {place(values): 1}
    first, cut, degree = _first_or_shortest(numbers)
    counts: CasesByPlace = {}
    for low, high in cut:
        if len(numbers.ranges) == 1:
            key = place({**values, first: low})
            counts[key] = counts.get(key, 0) + high - low + 1
            continue
        size = high - low + 1
        if degree is None and size > 16 * SMALL:
            raise NotDecided(f"how many there are of {', '.join(numbers.ranges)}")
        tried = size if degree is None else min(size, degree + 1)
        rows = [
            counted(numbers.given({first: n}), place, {**values, first: n}) for n in range(low, low + tried)
        ]
        for key in dict.fromkeys(key for row in rows for key in row):
            counts[key] = counts.get(key, 0) + _total([row.get(key, 0) for row in rows], size)
    return counts


def _total(starts: list[int], size: int) -> int:
    """The sum of the first `size` values of the polynomial that begins with these."""
    total, power = 0, 0
    while starts:
        power += 1
        total += starts[0] * comb(size, power)
        starts = [after - before for before, after in pairwise(starts)]
    return total


def _first_or_shortest(numbers: Numbers) -> tuple[str, list[Range], int | None]:
    """What `_first` finds, if it finds any, and else a number of few values, one by one."""
    try:
        return _first(numbers)
    except NotDecided:
        name = numbers.shortest
        return name, [(n, n) for n in _one_by_one(numbers, name)], None


def _first(numbers: Numbers) -> tuple[str, list[Range], int | None]:
    """The number that is left when the others are eliminated, its pieces, and the degree of the counts.

    The degree is None where they are no polynomials. Raises NotDecided.
    """
    if len(numbers.ranges) == 1:
        [(name, ends)] = numbers.ranges.items()
        return name, Cutter(numbers.atoms, name, ends, name in numbers.dates).pieces({}), 0
    problem: NotDecided | None = None
    for last in sorted(numbers.ranges, key=lambda name: _uses(numbers, name)):
        try:
            name, cut, degree = _first(numbers.without(last))
        except NotDecided as raised:
            problem = problem or raised
            continue
        steepest = 1
        for atom in numbers.atoms:
            if last in atom.form.names:
                for threshold in _thresholds(atom, *_linear(atom, last)):
                    steepest = max([steepest, *(len(monomial) for monomial, _ in threshold.amount.terms)])
                    degree = degree if threshold.is_whole else None
        many = len(numbers.ranges)
        return name, cut, None if degree is None else (many - 1) * steepest**many
    assert problem is not None
    raise problem


# --- numbers that are not known yet ----------------------------------------------------------------
def allowing_for_answers(
    ranges: dict[str, Range], atoms: Collection[Atom], steps: int, dates: Collection[str] = ()
) -> set[Atom]:
    """Comparisons, with those that decide what numbers that are not known can still come to.

    Of all cases in a cell of these, the numbers that are not known can be chosen so that the same of the
    comparisons hold. Raises NotDecided.
    """
    allowed, budget, days = set(atoms), _budget(ranges, steps), frozenset(dates)
    for known in subsets(ranges)[:-1]:
        gone = [name for name in ranges if name not in known]
        allowed |= _without_any(Numbers(frozenset(atoms), ranges, {}, budget, days), gone).atoms
    return allowed


def allowing_for_one(
    ranges: dict[str, Range], atoms: Collection[Atom], name: str, steps: int, dates: Collection[str] = ()
) -> set[Atom]:
    """Comparisons between the others that decide which of some comparisons one number can be chosen for.

    Raises NotDecided.
    """
    numbers = Numbers(frozenset(atoms), ranges, {}, _budget(ranges, steps), frozenset(dates))
    return {*_without_any(numbers, [name]).atoms}


def _budget(names: Iterable[str], steps: int) -> Budget:
    return Budget(steps, f"the numbers {', '.join(names)}")


def _without_any(numbers: Numbers, gone: Collection[str]) -> Numbers:
    """What is left without some numbers: in an order in which that is decided, else value by value.

    Raises NotDecided.
    """
    try:
        return _eliminated(numbers, gone)
    except TooLarge:
        raise
    except NotDecided:
        name = min(gone, key=lambda name: (numbers.ranges[name][1] - numbers.ranges[name][0], name))
        rest = [other for other in gone if other != name]
        given = [_without_any(numbers.given({name: n}), rest) for n in _one_by_one(numbers, name)]
        atoms = frozenset(atom for left in given for atom in left.atoms)
        return given[0]._replace(atoms=atoms)


def _eliminated(numbers: Numbers, gone: Collection[str]) -> Numbers:
    """The others, some having been eliminated in an order in which that can be done. Raises NotDecided."""
    if not gone:
        return numbers
    problem: NotDecided | None = None
    for name in sorted(gone, key=lambda name: _uses(numbers, name)):
        try:
            return _eliminated(numbers.without(name), [other for other in gone if other != name])
        except TooLarge:
            raise
        except NotDecided as raised:
            problem = problem or raised
    assert problem is not None
    raise problem


# --- groups --------------------------------------------------------------------------------------
Values = dict[str, int | None]  # None: not known


class NumberCell(NamedTuple):
    """One cell: how each form stands to its limits (how many it exceeds; -1: not known), and a small case.

    Of a number alone, `piece` is all of the cell.
    """

    places: tuple[int, ...]
    values: Values
    piece: Range | None


class Group:
    """Numbers that are compared with each other, and the cells that the comparisons cut.

    Raises NotDecided.
    """

    def __init__(
        self,
        ranges: dict[str, Range],
        atoms: Collection[Atom],
        steps: int = 100_000,
        dates: Collection[str] = (),
    ) -> None:
        self.ranges, self.atoms = ranges, frozenset(atoms)
        self.dates = frozenset(dates)
        self.names = tuple(ranges)
        self.steps = steps
        limits: dict[Polynomial, list[int]] = {}
        for form, limit in sorted(atoms, key=_place):
            limits.setdefault(form, []).append(limit)
        self.limits = limits
        self._limits = [(form, form.names, some) for form, some in limits.items()]
        self.cells: list[NumberCell] = []
        self.numbered: dict[tuple[tuple[int, ...], frozenset[str]], int] = {}
        if len(self.names) == 1:
            self._cut_one(self.names[0])
        else:
            for known in self.known:
                for values in self._points(known, {}, {}):
                    self._add(values, None)

    @property
    def known(self) -> list[tuple[str, ...]]:
        """Which of the numbers can be known together, from none to all."""
        return subsets(self.names)

    def _numbers(self, known: Iterable[str], near: Mapping[str, int] | None = None) -> Numbers:
        """The comparisons among some of the numbers, the others not being known."""
        ranges = {name: self.ranges[name] for name in known}
        atoms = frozenset(atom for atom in self.atoms if atom.form.names <= ranges.keys())
        return Numbers(
            atoms,
            ranges,
            near or {},
            Budget(self.steps, f"the numbers {', '.join(self.names)}"),
            self.dates & ranges.keys(),
        )

    def _cut_one(self, name: str) -> None:
        is_date = name in self.dates
        for piece in Cutter(self.atoms, name, self.ranges[name], is_date).pieces({}):
            self._add({name: nearest(piece, ANCHOR if is_date else 0)}, piece)
        self._add({}, None)

    def _add(self, values: Mapping[str, int], piece: Range | None) -> None:
        places = self._places(values)
        key = places, frozenset(values)
        cell = NumberCell(places, {name: values.get(name) for name in self.names}, piece)
        number = None if piece else self.numbered.get(key)  # a form of a higher degree comes back to a place
        if number is None:
            self.numbered.setdefault(key, len(self.cells))
            self.cells.append(cell)
        elif self._smallness(cell.values) < self._smallness(self.cells[number].values):
            self.cells[number] = cell

    def _smallness(self, values: Values) -> list[tuple[int, bool]]:
        return [smallness(v, name in self.dates) for name, v in values.items() if v is not None]

    def _places(self, values: Mapping[str, int]) -> tuple[int, ...]:
        places = []
        for form, names, limits in self._limits:
            if names <= values.keys():
                amount = form.value(values)
                places.append(bisect_left(limits, amount))
            else:
                places.append(-1)
        return tuple(places)

    def cell(self, values: Mapping[str, int | None]) -> int:
        """The cell in which a case lies."""
        known = {name: value for name in self.names if (value := values.get(name)) is not None}
        if len(self.names) == 1 and known:
            value = known[self.names[0]]
            return next(n for n, cell in enumerate(self.cells) if cell.piece and value <= cell.piece[1])
        return self.numbered[self._places(known), frozenset(known)]

    def exceeding(self, atom: Atom) -> list[bool]:
        """Of each cell, whether a comparison holds there; not where a number of it is not known."""
        place = list(self.limits).index(atom.form)
        count = self.limits[atom.form].index(atom.limit)
        return [cell.places[place] > count for cell in self.cells]

    def knowing(self, name: str) -> list[bool]:
        """Of each cell, whether a number is known there."""
        return [cell.values[name] is not None for cell in self.cells]

    def telling(self, known: Collection[str], kinds: Sequence[object]) -> set[Atom]:
        """Comparisons that are enough to tell apart, where these numbers are known, cells of other kinds."""
        rows: dict[int, object] = {}  # what holds there, a bit for each comparison -> the kind
        told = [
            (n, atom) for n, atom in enumerate(sorted(self.atoms, key=_place)) if atom.form.names <= {*known}
        ]
        exceeding = {n: self.exceeding(atom) for n, atom in told}
        for number, cell in enumerate(self.cells):
            if {name for name, value in cell.values.items() if value is not None} == {*known}:
                rows[sum(exceeding[n][number] << n for n, _ in told)] = kinds[number]
        kept = set()
        for n, atom in told:
            fewer: dict[int, object] = {}
            if all(fewer.setdefault(bits & ~(1 << n), kind) == kind for bits, kind in rows.items()):
                rows = fewer
            else:
                kept.add(atom)
        return kept

    # --- one number at a time --------------------------------------------------------------------
    @cached_property
    def _choices(self) -> dict[str, list[frozenset[int]] | None]:
        return {}

    def choices(self, name: str) -> list[frozenset[int]] | None:
        """The sets of cells that one case can choose between by this number alone; None: not decided."""
        if name not in self._choices:
            try:
                self._choices[name] = self._all_choices(name)
            except NotDecided:
                self._choices[name] = None
        return self._choices[name]

    def _all_choices(self, name: str) -> list[frozenset[int]]:
        if len(self.names) == 1:
            return [frozenset(range(len(self.cells)))]
        others = [other for other in self.names if other != name]
        choices: dict[frozenset[int], None] = {}
        for known in subsets(others):
            for values, cut in fibers_of(self._numbers([*known, name]), name):
                cells = {self.cell(values)}  # the number not being known
                cells.update(self.cell({**values, name: piece[0]}) for piece in cut)
                choices[frozenset(cells)] = None
        return list(choices)

    def some_choices(self, name: str) -> Iterator[frozenset[int]]:
        """Such sets, though perhaps not all: around the cases known of each cell."""
        tried = sorted({n for cell in self.cells if (n := cell.values[name]) is not None})
        for cell in self.cells[: TRIED // len(tried) + 1]:
            yield frozenset(self.cell({**cell.values, name: n}) for n in [None, *tried])

    # --- numbers that are not known yet ------------------------------------------------------------
    @cached_property
    def completed(self) -> list[list[int]]:
        """The cells to which the case known of each cell can be completed, and itself: answer by answer."""
        completed = []
        for number in range(len(self.cells)):
            reached, waiting = {number}, [number]
            while waiting:
                cell = waiting.pop()
                further = {other for by_cell in self.answered.values() for other in by_cell[cell]} - reached
                reached |= further
                waiting += further
            completed.append(sorted(reached))
        return completed

    @cached_property
    def answered(self) -> dict[str, list[list[int]]]:
        """The cells to which an answer for a number leads, of each cell in which it is not known."""
        answered: dict[str, list[list[int]]] = {name: [] for name in self.names}
        for cell in self.cells:
            for name, value in cell.values.items():
                changes = self._changed(cell.values, (name,)) if value is None else []
                reached = [self.cell({**cell.values, **change}) for change in changes]
                answered[name].append(list(dict.fromkeys(reached)))
        return answered

    # --- from a given case -----------------------------------------------------------------------
    def changes(self, given: Values, fixed: Collection[str]) -> dict[int, list[dict[str, int]]]:
        """For each cell, the smallest sets of numbers to give or to change so as to come into it.

        Each with the numbers to change to, near to those given: of one number, the nearest; of
        several, one after another as near as it can be. Raises NotDecided.
        """
        by_cell: dict[int, list[dict[str, int]]] = {self.cell(given): [{}]}
        free = [name for name in self.names if name not in fixed]
        for size in range(1, len(free) + 1):
            at_this_size: dict[int, list[dict[str, int]]] = {}
            for names in combinations(free, size):
                for change in self._changed(given, names):
                    cell = self.cell({**given, **change})
                    if cell not in by_cell:
                        at_this_size.setdefault(cell, []).append(change)
            for cell, ways in at_this_size.items():
                by_cell[cell] = self._nearest_ways(given, ways)
        return by_cell

    def _changed(self, given: Values, names: tuple[str, ...]) -> list[dict[str, int]]:
        kept = {n: v for n, v in given.items() if v is not None and n not in names and n in self.ranges}
        near = {name: value for name in names if (value := given.get(name)) is not None}
        return self._points([*kept, *names], near, kept)

    def _points(
        self, known: Iterable[str], near: Mapping[str, int], kept: Mapping[str, int]
    ) -> list[dict[str, int]]:
        """At least one case out of every cell in which some numbers are known: those that are not kept.

        Raises NotDecided.
        """
        return points_of(self._numbers(known, near).given(kept) if kept else self._numbers(known, near))

    def _nearest_ways(self, given: Values, ways: list[dict[str, int]]) -> list[dict[str, int]]:
        """Of changes of the same numbers, the nearest."""
        best: dict[tuple[str, ...], dict[str, int]] = {}
        for way in ways:
            change = {name: way[name] for name in self.names if name in way}
            names = tuple(change)
            if names not in best or distance(change, given) < distance(best[names], given):
                best[names] = change
        return list(best.values())

    # --- how many ----------------------------------------------------------------------------------
    @property
    def total(self) -> int:
        """How many cases there are."""
        sizes = [self._size(name, ends) for name, ends in self.ranges.items()]
        return prod(size + 1 for size in sizes)  # one without an answer

    def _size(self, name: str, ends: Range) -> int:
        return number_of_days(*ends) if name in self.dates else ends[1] - ends[0] + 1

    @cached_property
    def sizes(self) -> list[int]:
        """How many cases each cell has. Raises NotDecided."""
        if len(self.names) == 1:
            return [self._size(self.names[0], cell.piece) if cell.piece else 1 for cell in self.cells]
        sizes = [0] * len(self.cells)
        for known in self.known:
            for key, count in counted(self._numbers(known), self._places).items():
                sizes[self.numbered[key, frozenset(known)]] += count
        return sizes


def distance(change: Mapping[str, int], given: Values) -> int:
    """How far numbers are from those given, or from 0."""
    return sum(abs(value - (given.get(name) or 0)) for name, value in change.items())


def subsets(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Some of the names, in every way; fewer first."""
    listed = list(names)
    return [chosen for size in range(len(listed) + 1) for chosen in combinations(listed, size)]


def points_of(numbers: Numbers) -> list[dict[str, int]]:
    """`points`, value by value only where there is no other way."""
    try:
        return points(numbers, False)
    except TooLarge:
        raise
    except NotDecided:
        return points(numbers, True)


def fibers_of(numbers: Numbers, last: str) -> list[Fiber]:
    """`fibers`, value by value only where there is no other way."""
    try:
        return fibers(numbers, last, False)
    except TooLarge:
        raise
    except NotDecided:
        return fibers(numbers, last, True)
