"""The translation: what conditions and rules mean, written once over Python's own operators.

`Reading` turns conditions into pairs (holds, denied) in whatever algebra it is given; an
algebra supplies truth values that answer to `& | ~` and numbers that answer to `+ - * > >=`.
`Grid` is the algebra over plain Python: bit n of a truth value is case n, so that one reading
decides a whole grid of cases at once, and a grid of one is an ordinary evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, Protocol, Self, TypeVar, assert_never

from expert.language.conclusions import Addend, Conclude, Conclusion, First, Row, Tally
from expert.language.conditions import (
    PRODUCTS,
    ROUNDED,
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Count,
    Determined,
    Factor,
    Given,
    Is,
    Known,
    Not,
    OptionIs,
    Quantity,
    Ref,
    Several,
    Unless,
    is_bounded,
    unrounded,
)
from expert.language.grids import Grid
from expert.language.grids import Row as Numbers
from expert.language.model import SCORE, Value
from expert.language.rules import Instance, applies_key, reads, writes


class Truth(Protocol):
    """Where something is so."""

    def __and__(self, other: Self, /) -> Self: ...
    def __or__(self, other: Self, /) -> Self: ...
    def __invert__(self) -> Self: ...


T = TypeVar("T", bound=Truth)
T_co = TypeVar("T_co", bound=Truth, covariant=True)


class Number(Protocol[T_co]):
    """A number in each case; compared, it says where."""

    def __add__(self, other: Self, /) -> Self: ...
    def __sub__(self, other: Self, /) -> Self: ...
    def __mul__(self, other: Self, /) -> Self: ...
    def __gt__(self, other: Self, /) -> T_co: ...
    def __ge__(self, other: Self, /) -> T_co: ...


N = TypeVar("N", bound=Number[Any])
N_co = TypeVar("N_co", bound=Number[Any], covariant=True)


class Algebra(Protocol[T_co, N_co]):
    """What a translation into another engine has to supply."""

    @property
    def true(self) -> T_co: ...
    @property
    def false(self) -> T_co: ...
    def known(self, attribute: str, /) -> T_co: ...
    def equals(self, attribute: str, value: Value, /) -> T_co: ...
    def number(self, attribute: str, /) -> N_co: ...
    def constant(self, value: int, /) -> N_co: ...
    @property
    def splits(self) -> bool:
        """Whether a number that depends on a truth is written as several, each with where it is."""
        ...

    def choose(self, where: Any, one: Any, other: Any, /) -> N_co:
        """The one number where something is so, the other elsewhere; not where numbers are split."""
        ...

    def divided(self, number: Any, divisor: int, /) -> N_co:
        """The whole part of a number that is not below 0, divided by one above it."""
        ...

    def within(self, sure: Any, possible: Any, /) -> T_co:
        """What is sure of numbers between their bounds; where cases are open, with what is possible."""
        ...

    def between(self, low: Any, high: Any, /) -> N_co:
        """The number that has these bounds, where they meet."""
        ...

    def unchanging(self, truth: Any, /) -> T_co:
        """Where something is so whatever is still answered."""
        ...


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "more-than": lambda a, b: a > b,
    "at-least": lambda a, b: a >= b,
    "less-than": lambda a, b: b > a,
    "at-most": lambda a, b: b >= a,
    "times": lambda a, b: a * b,
    "plus": lambda a, b: a + b,
    "minus": lambda a, b: a - b,
    "percent": lambda a, b: a * b,  # with two decimals more than its factors
    "scaled": lambda a, b: a * b,
}

YEAR = 10_000  # in a date as the whole number YYYYMMDD
AGES = YEAR * YEAR  # above all differences of dates


def amount(quantity: Quantity, values: Mapping[str, int]) -> int:
    """What a quantity comes to, of the values of its terms by name."""
    match quantity:
        case int():
            return quantity
        case Factor(value, _):
            return value
        case Ref():
            return values[quantity.name]
        case Several():
            raise TypeError(f"not one number: {quantity!r}")
        case Arithmetic(operator, parts):
            first, *rest = [amount(part, values) for part in parts]
            for more in rest:
                first = together(operator, first, more)
            return first
        case _:
            assert_never(quantity)


def together(operator: str, one: int, other: int) -> int:
    """Two numbers put together."""
    match operator:
        case "min" | "max":
            return min(one, other) if operator == "min" else max(one, other)
        case "years-between":
            return (other - one + AGES) // YEAR - YEAR
        case "rounded":  # halves away from nought
            whole = (abs(one) + other // 2) // other
            return whole if one >= 0 else -whole
        case _:
            combined: int = OPERATORS[operator](one, other)
            return combined


Spans = list[tuple[T, N, N]]  # the bounds of a number, each with where they are: of several, one is


class Reading(Generic[T, N]):
    """Conditions read in one algebra, over the findings concluded so far."""

    def __init__(self, algebra: Algebra[T, N]) -> None:
        self.algebra = algebra
        self.findings: dict[str, dict[str, T]] = {}
        self.numbers: dict[str, list[tuple[T, N]]] = {}
        self.scores: dict[str, Spans[T, N]] = {}  # between what each score lies
        self.derived: list[Instance] = []  # the instances that were run, in that order
        self.asked: set[str] = set()  # the findings of which answers are taken into account already

    def holds(self, condition: Condition) -> T:
        """Where the condition holds."""
        return self.pair(condition)[0]

    def pair(self, condition: Condition) -> tuple[T, T]:
        """Where the condition holds, and where it is denied (Kleene's strong connectives)."""
        true, false = self.algebra.true, self.algebra.false
        match condition:
            case Is():
                return self._is(condition)
            case AllOf():
                pairs = [self.pair(part) for part in condition.parts]
                return _fold_and(true, [h for h, _ in pairs]), union(false, [d for _, d in pairs])
            case AnyOf():
                pairs = [self.pair(part) for part in condition.parts]
                return union(false, [h for h, _ in pairs]), _fold_and(true, [d for _, d in pairs])
            case Compare():
                return self._compare(condition)
            case Determined():
                known = union(false, [self._meeting(*span) for span in self.spans(condition.quantity)])
                return known, ~known
            case Given():
                return (true, false) if condition.truth else (false, true)
            case Known():
                known = self._known(condition.ref)
                return (known, ~known) if condition.wanted else (~known, known)
            case Not():
                held, denied = self.pair(condition.part)
                return denied, held
            case Unless():
                held = self.holds(condition.part)
                return ~held, false if condition.counts else held
            case Count():
                return self._count(condition)
            case OptionIs():
                raise TypeError(f"not grounded: {condition!r}")
            case _:
                assert_never(condition)

    def _count(self, condition: Count) -> tuple[T, T]:
        true, false = self.algebra.true, self.algebra.false
        pairs = [self.pair(part) for part in condition.parts]
        held, denied = [h for h, _ in pairs], [d for _, d in pairs]

        def many(sides: list[tuple[int, bool]]) -> list[T]:
            return [at_least(n, denied if no else held, true, false) for n, no in sides]

        return _fold_and(true, many(condition.needed)), union(false, many(condition.refuted))

    def _answers(self, key: str, name: str, replies: tuple[str, ...]) -> None:
        """Take in where a finding is answered, if it may be: then it has that value, and no other."""
        if not replies or key in self.asked:
            return
        self.asked.add(key)
        if replies == ("",):
            number = (self.algebra.known(name), self.algebra.number(name))
            self.numbers.setdefault(key, []).append(number)
        else:
            values = self.findings.setdefault(key, {})
            for value in replies:
                values[value] = values.get(value, self.algebra.false) | self.algebra.equals(name, value)

    def _unanswered(self, c: Conclude | Tally, where: T) -> T:
        """Where a conclusion is drawn: of a finding that is answered, nowhere."""
        return where & ~self.algebra.known(c.name) if c.asked else where

    def _known(self, ref: Ref) -> T:
        self._answers(ref.key, ref.name, ref.asked)
        if ref.kind == "attribute":
            return self.algebra.known(ref.name)
        concluded = [*self.findings.get(ref.key, {}).values(), *(g for g, _ in self.numbers.get(ref.key, ()))]
        return union(self.algebra.false, concluded)

    def _is(self, condition: Is) -> tuple[T, T]:
        ref, false = condition.ref, self.algebra.false
        self._answers(ref.key, ref.name, ref.asked)
        if ref.role == SCORE:
            return self._scored(condition)
        if ref.kind == "attribute":
            held = union(false, [self.algebra.equals(ref.name, value) for value in condition.values])
            return held, self.algebra.known(ref.name) & ~held
        concluded = self.findings.get(ref.key, {})
        if ref.key in self.numbers:
            wanted = [self.algebra.constant(value) for value in condition.values if isinstance(value, int)]
            where = [g & (n >= w) & (w >= n) for g, n in self.numbers[ref.key] for w in wanted]
        else:
            where = [concluded[v] for v in condition.values if isinstance(v, str) and v in concluded]
        if not ref.role:
            held = union(false, where)
            return held, (self.algebra.known(ref.name) & ~held if ref.asked else false)
        others = [concluded[v] for v in concluded if v not in condition.values]
        return union(false, where), union(false, others)

    def _scored(self, condition: Is) -> tuple[T, T]:
        """Where a score is one of some numbers, and where it can be none of them."""
        held, denied = self.algebra.false, self.algebra.true
        for value in condition.values:
            wanted = self.algebra.constant(value if isinstance(value, int) else 0)
            so = beside = self.algebra.false
            for where, low, high in self.scores.get(condition.ref.key, ()):
                inside = (high >= wanted) & (wanted >= low)
                exact = (low >= wanted) & (wanted >= high)
                so = so | (where & self.algebra.within(exact, inside))
                beside = beside | (where & self.algebra.within(~inside, ~exact))
            held, denied = held | so, denied & beside
        return held, denied

    def _compare_spans(self, condition: Compare) -> tuple[T, T]:
        """A comparison of quantities that have bounds: so, or not so, of every value between them."""
        operator = OPERATORS[condition.operator]
        more = condition.operator in ("more-than", "at-least")
        held = denied = not_denied = self.algebra.false
        rights = self.spans(condition.right)
        for there, low, high in self.spans(condition.left):
            for where, least, most in rights:
                known = there & where
                worst = operator(low, most) if more else operator(high, least)
                best = operator(high, least) if more else operator(low, most)
                held = held | (known & self.algebra.within(worst, best))
                never = self.algebra.within(~best, ~worst)
                denied, not_denied = denied | (known & never), not_denied | (known & ~never)
        return held, denied & ~not_denied

    def _compare(self, condition: Compare) -> tuple[T, T]:
        if is_bounded(condition.left) or is_bounded(condition.right):
            return self._compare_spans(condition)
        operator = OPERATORS[condition.operator]
        held = denied = self.algebra.false
        for known_left, left in self.amounts(condition.left):
            for known_right, right in self.amounts(condition.right):
                known, true_there = known_left & known_right, operator(left, right)
                held, denied = held | (known & true_there), denied | (known & ~true_there)
        return held, denied & ~held

    def amounts(self, quantity: Quantity) -> list[tuple[T, N]]:
        """The quantity's values, each with where it has that value."""
        match quantity:
            case int() | Factor():
                return [(self.algebra.true, self.algebra.constant(amount(quantity, {})))]
            case Several(values):
                return [(self.algebra.true, self.algebra.constant(value)) for value in values]
            case Ref():
                if quantity.kind == "finding":
                    self._answers(quantity.key, quantity.name, quantity.asked)
                    return self.numbers.get(quantity.key, [])
                return [(self.algebra.known(quantity.name), self.algebra.number(quantity.name))]
            case Arithmetic(operator, parts):
                first, *rest = [self.amounts(part) for part in parts]
                if operator == ROUNDED:
                    return self._last(quantity, first)
                for more in rest:
                    first = self._put_together(operator, first, more)
                return first
            case _:
                assert_never(quantity)

    def _put_together(
        self, operator: str, some: list[tuple[T, N]], others: list[tuple[T, N]]
    ) -> list[tuple[T, N]]:
        """The values of two quantities put together, each with each."""
        found: list[tuple[T, N]] = []
        for g, a in some:
            for h, b in others:
                if operator in OPERATORS:
                    found.append((g & h, OPERATORS[operator](a, b)))
                else:
                    found += [(g & h & where, n) for where, n in self._joined(operator, a, b)]
        return found

    def _joined(self, operator: str, one: N, other: N) -> list[tuple[T, N]]:
        """What is no sum, difference or product of two numbers."""
        constant = self.algebra.constant
        match operator:
            case "min" | "max":
                return self._extreme([one, other], operator == "max")
            case "years-between":
                years = self.algebra.divided(other - one + constant(AGES), YEAR)
                return [(self.algebra.true, years - constant(YEAR))]
            case _:
                raise TypeError(f"no operator: {operator}")

    def _last(self, quantity: Quantity, amounts: list[tuple[T, N]]) -> list[tuple[T, N]]:
        """The values of a conclusion's quantity, each rounded if it is."""
        _, divisor = unrounded(quantity)
        if divisor == 1:
            return amounts
        return [(g & where, n) for g, exact in amounts for where, n in self._rounded(exact, divisor)]

    def _rounded(self, number: N, divisor: int) -> list[tuple[T, N]]:
        """A number divided by a power of ten, to the nearest whole one; halves away from nought."""
        constant, divided = self.algebra.constant, self.algebra.divided
        half, nought = constant(divisor // 2), constant(0)
        above, below = divided(number + half, divisor), nought - divided(half - number, divisor)
        is_above = number >= nought
        if self.algebra.splits:
            return [(is_above, above), (~is_above, below)]
        return [(self.algebra.true, self.algebra.choose(is_above, above, below))]

    # --- bounds --------------------------------------------------------------------------------
    def _meeting(self, where: T, low: N, high: N) -> T:
        """Where bounds meet."""
        return where & self.algebra.within(low >= high, self.algebra.true)

    def _value(self, where: T, low: N, high: N) -> tuple[T, N]:
        """The one value, where bounds meet."""
        return self._meeting(where, low, high), self.algebra.between(low, high)

    def spans(self, quantity: Quantity) -> Spans[T, N]:
        """The bounds of a quantity, each with where it has them; none where a term of it is not known."""
        if not is_bounded(quantity):
            return [(where, number, number) for where, number in self.amounts(quantity)]
        if isinstance(quantity, Ref):
            return self.scores.get(quantity.key, [])
        assert isinstance(quantity, Arithmetic)
        first, *rest = [self.spans(part) for part in quantity.parts]
        for more in rest:
            found: Spans[T, N] = []
            for there, a, b in first:
                for where, c, d in more:
                    combined = self._combined(quantity.operator, (a, b), (c, d))
                    found += [(there & where & so, low, high) for so, low, high in combined]
            first = self._gathered(found)
        return first

    def _combined(self, operator: str, one: tuple[N, N], other: tuple[N, N]) -> Spans[T, N]:
        """The bounds of two quantities together."""
        (a, b), (c, d) = one, other
        if operator in ("min", "max"):
            return self._between(self._joined(operator, a, c), self._joined(operator, b, d))
        if operator == "years-between":
            return self._between(self._joined(operator, b, c), self._joined(operator, a, d))
        apply = OPERATORS[operator]
        if operator in PRODUCTS:
            products = [apply(x, y) for x in (a, b) for y in (c, d)]
            return self._between(self._extreme(products, False), self._extreme(products, True))
        ends = (apply(a, d), apply(b, c)) if operator == "minus" else (apply(a, c), apply(b, d))
        return [(self.algebra.true, *ends)]

    def _between(self, lows: list[tuple[T, N]], highs: list[tuple[T, N]]) -> Spans[T, N]:
        return [(g & h, low, high) for g, low in lows for h, high in highs]

    def _extreme(self, numbers: list[N], greatest: bool) -> list[tuple[T, N]]:
        """The least or the greatest of some numbers."""
        extremes: list[tuple[T, N]] = [(self.algebra.true, numbers[0])]
        for number in numbers[1:]:
            further: list[tuple[T, N]] = []
            for where, best in extremes:
                better = (number > best) if greatest else (best > number)
                if self.algebra.splits:
                    further += [(where & better, number), (where & ~better, best)]
                else:
                    further.append((where, self.algebra.choose(better, number, best)))
            extremes = further
        return extremes

    def _gathered(self, spans: Spans[T, N]) -> Spans[T, N]:
        """The same bounds; where numbers are split, equal ones are one, and what is nowhere is left out."""
        if not self.algebra.splits:
            return spans
        by_ends: dict[tuple[N, N], tuple[T, N, N]] = {}
        for where, low, high in spans:
            if where != self.algebra.false:
                before = by_ends.get((low, high))
                by_ends[low, high] = (before[0] | where if before else where), low, high
        return list(by_ends.values())

    def _score(self, score: Tally) -> Spans[T, N]:
        """The bounds of a score: those of its items, added up."""
        nought = self.algebra.constant(0)
        total: Spans[T, N] = [(self.algebra.true, nought, nought)]
        for item in score.items:
            spans = self._item(item, score)
            added = [(g & h, low + a, high + b) for g, low, high in total for h, a, b in spans]
            total = self._gathered(added)
        return total

    def item_bounds(self, item: Addend, score: Tally) -> Spans[T, N]:
        """The bounds of one item of a score."""
        return self._item(item, score)

    def _item(self, item: Addend, score: Tally) -> Spans[T, N]:
        constant, true = self.algebra.constant, self.algebra.true
        match item:
            case Row():
                return self._row(item, [(true, constant(0), constant(0))])
            case First(rows, rest):
                spans: Spans[T, N] = [(true, constant(rest), constant(rest))]
                for row in reversed(rows):
                    spans = self._row(row, spans)
                return spans
            case int():
                return [(true, constant(item), constant(item))]
            case Ref():
                if item.kind == "finding":
                    return self.scores.get(item.key, [])
                low, high = next((low, high) for name, low, high in score.ends if name == item.name)
                known, number = (
                    self.algebra.unchanging(self.algebra.known(item.name)),
                    self.algebra.number(item.name),
                )
                return self._either(known, [(true, number, number)], [(true, constant(low), constant(high))])
            case _:
                assert_never(item)

    def _row(self, row: Row, rest: Spans[T, N]) -> Spans[T, N]:
        """Where it holds its points, where it is denied the rest; else from the least to the greatest."""
        held, denied = map(self.algebra.unchanging, self.pair(row.when))
        points = self.algebra.constant(row.points)
        both: Spans[T, N] = []
        for where, low, high in rest:
            lows, highs = self._extreme([low, points], False), self._extreme([high, points], True)
            both += [(where & g & h, least, most) for g, least in lows for h, most in highs]
        return self._either(held, [(self.algebra.true, points, points)], self._either(denied, rest, both))

    def _either(self, so: T, one: Spans[T, N], other: Spans[T, N]) -> Spans[T, N]:
        """The one bounds where something is so, the other elsewhere."""
        if self.algebra.splits:
            there = [(so & where, low, high) for where, low, high in one]
            return self._gathered([*there, *((~so & where, low, high) for where, low, high in other)])
        [(_, low, high)], [(_, least, most)] = one, other
        choose = self.algebra.choose
        return [(self.algebra.true, choose(so, low, least), choose(so, high, most))]

    def conclude(self, conclusion: Conclusion, where: T) -> None:
        """Take a finding into account; other conclusions are nobody's premises."""
        if isinstance(conclusion, Tally):
            spans = self.scores[conclusion.key] = self._answered_or(conclusion, self._score(conclusion))
            self.numbers[conclusion.key] = [self._value(*span) for span in spans]
            return
        if not isinstance(conclusion, Conclude):
            return
        self._answers(conclusion.key, conclusion.name, conclusion.asked)
        where = self._unanswered(conclusion, where)
        if isinstance(conclusion.value, str):
            values = self.findings.setdefault(conclusion.key, {})
            values[conclusion.value] = values.get(conclusion.value, self.algebra.false) | where
        else:
            self.add_numbers(conclusion.key, [(where & g, n) for g, n in self.values_of(conclusion.value)])

    def added_up(self, score: Tally) -> Spans[T, N]:
        """The bounds of a score as its items add up, whatever is answered to it."""
        return self._score(score)

    def _answered_or(self, score: Tally, spans: Spans[T, N]) -> Spans[T, N]:
        """The bounds of a score; where it is answered, that is both."""
        if not score.asked:
            return spans
        number = self.algebra.number(score.name)
        return self._either(self.algebra.known(score.name), [(self.algebra.true, number, number)], spans)

    def values_of(self, quantity: Quantity) -> list[tuple[T, N]]:
        """The values that a quantity has; of one with bounds, where they meet. It is rounded last."""
        if not is_bounded(quantity):
            return self.amounts(quantity)
        exact, _ = unrounded(quantity)
        return self._last(quantity, [self._value(*span) for span in self.spans(exact)])

    def add_numbers(self, key: str, amounts: list[tuple[T, N]]) -> None:
        self.numbers.setdefault(key, []).extend(amounts)

    def derive(self, instances: Iterable[Instance]) -> dict[str, T]:
        """Run instances in an order from `passes`; where each of them fires, by id."""
        fired: dict[str, T] = {}
        for instance in instances:
            self.derived.append(instance)
            where = self.holds(instance.when)
            fired[instance.id] = where
            for conclusion in instance.then:
                self.conclude(conclusion, where)
            if instance.rule.exception_to:
                self.findings[applies_key(instance)] = {"yes": where}
        return fired


class Evaluation(Reading[int, Numbers]):
    """The reading of one case in plain Python: bit 0 of every truth value."""

    def __init__(self, answers: dict[str, Value | None]) -> None:
        super().__init__(Grid({name: (value,) for name, value in answers.items()}))
        self.answers = answers

    def test(self, condition: Condition) -> bool:
        """Whether the condition holds."""
        return bool(self.holds(condition) & 1)

    def denies(self, condition: Condition) -> bool:
        """Whether the case says otherwise."""
        return bool(self.pair(condition)[1] & 1)


def _fold_and(start: T, values: Iterable[T]) -> T:
    for value in values:
        start = start & value
    return start


def union(false: T, truths: Iterable[T]) -> T:
    """Where one of the truths is so."""
    so = false
    for where in truths:
        so = so | where
    return so


def at_least(number: int, truths: list[T], true: T, false: T) -> T:
    """Where so many truths are so: of the first i, n are where n of those before are, or n - 1 and it."""
    if number > len(truths):
        return false
    so = [true, *[false] * max(number, 0)]  # so many of those looked at
    for looked, truth in enumerate(truths, 1):
        for n in range(min(number, looked), 0, -1):
            so[n] = so[n] | (so[n - 1] & truth)
    return so[max(number, 0)]


def passes(instances: Iterable[Instance]) -> list[Instance]:
    """The instances in an order in which one reading settles everything.

    Within a stratum a rule comes after those that conclude what it reads. Rules that support
    each other in a circle (never through negation or computation) are repeated as often as
    there are rules in the circle: a fixed point, written out as straight-line logic.
    """
    strata: dict[int, list[Instance]] = {}
    for instance in instances:
        strata.setdefault(instance.stratum, []).append(instance)
    ordered: list[Instance] = []
    for _, waiting in sorted(strata.items()):
        needed = {id(instance): _needed(instance) for instance in waiting}
        while waiting:
            unsettled = {key for instance in waiting for key in writes(instance)}
            ready: list[Instance] = []
            later: list[Instance] = []
            for instance in waiting:
                (ready if unsettled.isdisjoint(needed[id(instance)]) else later).append(instance)
            if not ready:
                ordered += waiting * len(waiting)
                break
            ordered += ready
            waiting = later
    return ordered


def _needed(instance: Instance) -> set[str]:
    return {ref.key for ref, _ in reads(instance) if ref.kind == "finding"}
