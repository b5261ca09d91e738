"""Which combinations of comparisons whole numbers can have: found number by number, by elimination.

Let the comparisons that mention the number x be of the first degree in it: *a * x + b > 0*, where a and b are
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
comparisons, it leaves one number less (`points`). By induction every combination has a point among those
found, and all of them are cases. Of the one number eliminated first, more is found: `fibers` are
*all* sets of combinations among which it alone can choose.

Where it fails (products of open numbers compared with several things, two thresholds with rests), a
number of few values takes them one by one; else `NotDecided` is raised, and it is said, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import combinations, pairwise
from math import comb, gcd, lcm
from typing import NamedTuple

from expert.io.dates import ANCHOR, days_within
from expert.language.limits import Budget, NotDecided, TooLarge
from expert.language.polynomials import Atom, Polynomial, Quotient, Range, constant, positive, spelled, summed

SMALL = 128  # a number of so few values can be taken value by value
LOOKED_AT = 50_000  # values of a number that are tried one by one, for quotients
ONE = constant(1)


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
        limits_of: dict[Polynomial, list[int]] = {}
        for form, limit in atoms:
            if name in form.names:
                limits_of.setdefault(form, []).append(limit)
        self.quotients: list[tuple[Polynomial, list[int]]] = []
        self.forms: list[tuple[list[Polynomial], list[int]]] = []
        for form, limits in limits_of.items():
            if form.divides(name):
                self.quotients.append((form, limits))
            else:
                self.forms.append((form.powers(name), limits))

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


def eliminated(atoms: Iterable[Atom], name: str, ranges: Mapping[str, Range]) -> set[Atom]:
    """The comparisons between the others that decide what a number can still choose between.

    Raises NotDecided where they are none (see above).
    """
    low, high = ranges[name]
    kept = {atom for atom in atoms if name not in atom.form.names}
    thresholds = [_Threshold(constant(low - 1), ONE), _Threshold(constant(high), ONE)]
    deciding: list[Polynomial] = []
    for atom in sorted(atoms, key=place_of):
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


def place_of(atom: Atom) -> tuple[object, ...]:
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


def subsets(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Some of the names, in every way; fewer first."""
    listed = list(names)
    return [chosen for size in range(len(listed) + 1) for chosen in combinations(listed, size)]
