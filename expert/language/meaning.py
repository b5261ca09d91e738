"""The translation: what conditions and rules mean, written once over Python's own operators.

`Reading` turns conditions into pairs (holds, denied) in whatever algebra it is given (see `algebra`).
`Grid` is the algebra over plain Python: bit n of a truth value is case n, so that one reading
decides a whole grid of cases at once, and a grid of one is an ordinary evaluation.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from expert.language.algebra import (
    OPERATORS,
    Algebra,
    Amounts,
    Calculator,
    Intervals,
    N,
    T,
    amount,
    at_least,
    intersection,
    union,
)
from expert.language.conclusions import (
    Addend,
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    First,
    Flag,
    Plan,
    Row,
    Tally,
    Wait,
)
from expert.language.conditions import (
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
from expert.language.grids import CaseNumbers, Grid
from expert.language.model import SCORE, Value
from expert.language.rules import Instance, applies_key


class Reading(Calculator[T, N]):
    """Conditions read in one algebra, over the findings concluded so far."""

    def __init__(self, algebra: Algebra[T, N]) -> None:
        super().__init__(algebra)
        self.findings: dict[str, dict[str, T]] = {}  # by key, where each has which value
        self.numbers: dict[str, Amounts[T, N]] = {}  # the same of those that are numbers
        self.scores: dict[str, Intervals[T, N]] = {}
        self.derived: list[Instance] = []  # the instances that were run, in that order
        self.answered: set[str] = set()  # the findings whose answers are taken in already

    # --- conditions ----------------------------------------------------------------------------
    def holds(self, condition: Condition) -> T:
        """Where the condition holds; where it is denied is read only where that depends on it."""
        match condition:
            case Is() if condition.ref.kind == "attribute":
                return self._attribute_is(condition)
            case AllOf():
                return intersection(self.algebra.true, [self.holds(part) for part in condition.parts])
            case AnyOf():
                return union(self.algebra.false, [self.holds(part) for part in condition.parts])
            case Unless():
                return ~self.holds(condition.part)
            case _:
                return self.pair(condition)[0]

    def pair(self, condition: Condition) -> tuple[T, T]:
        """Where the condition holds, and where it is denied (Kleene's strong connectives)."""
        true, false = self.algebra.true, self.algebra.false
        match condition:
            case Is():
                return self._is(condition)
            case AllOf():
                pairs = [self.pair(part) for part in condition.parts]
                return intersection(true, [h for h, _ in pairs]), union(false, [d for _, d in pairs])
            case AnyOf():
                pairs = [self.pair(part) for part in condition.parts]
                return union(false, [h for h, _ in pairs]), intersection(true, [d for _, d in pairs])
            case Compare():
                return self._compare(condition)
            case Determined(quantity):
                known = self.is_met(self.intervals(quantity))
                return known, ~known
            case Given(truth):
                return (true, false) if truth else (false, true)
            case Known(ref, wanted):
                known = self._known(ref)
                return (known, ~known) if wanted else (~known, known)
            case Not(part):
                held, denied = self.pair(part)
                return denied, held
            case Unless(part, counts):
                held = self.holds(part)
                return ~held, false if counts else held
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

        return intersection(true, many(condition.needed)), union(false, many(condition.refuted))

    def _known(self, ref: Ref) -> T:
        self._take_answers(ref.key, ref.name, ref.replies)
        if ref.kind == "attribute":
            return self.algebra.known(ref.name)
        concluded = [*self.findings.get(ref.key, {}).values()]
        concluded += [where for where, _ in self.numbers.get(ref.key, ())]
        return union(self.algebra.false, concluded)

    def _is(self, condition: Is) -> tuple[T, T]:
        ref, false = condition.ref, self.algebra.false
        self._take_answers(ref.key, ref.name, ref.replies)
        if ref.role == SCORE:
            return self._is_score(condition)
        if ref.kind == "attribute":
            held = self._attribute_is(condition)
            return held, self.algebra.known(ref.name) & ~held
        concluded = self.findings.get(ref.key, {})
        if ref.key in self.numbers:
            held = self._is_number(condition)
        else:
            named = [concluded[v] for v in condition.values if isinstance(v, str) and v in concluded]
            held = union(false, named)
        if not ref.role:
            return held, (self.algebra.known(ref.name) & ~held if ref.replies else false)
        others = [concluded[v] for v in concluded if v not in condition.values]
        return held, union(false, others)

    def _attribute_is(self, condition: Is) -> T:
        """Where an attribute is answered with one of some values."""
        name = condition.ref.name
        return union(self.algebra.false, [self.algebra.equals(name, value) for value in condition.values])

    def _is_number(self, condition: Is) -> T:
        """Where a finding is one of some numbers."""
        wanted = [self.algebra.constant(value) for value in condition.values if isinstance(value, int)]
        same: list[T] = []
        for where, number in self.numbers[condition.ref.key]:
            same += [where & (number >= other) & (other >= number) for other in wanted]
        return union(self.algebra.false, same)

    def _is_score(self, condition: Is) -> tuple[T, T]:
        """Where a score is one of some numbers, and where it can be none of them."""
        held, denied = self.algebra.false, self.algebra.true
        for value in condition.values:
            wanted = self.algebra.constant(value if isinstance(value, int) else 0)
            so = beside = self.algebra.false
            for where, (low, high) in self.scores.get(condition.ref.key, ()):
                inside = (high >= wanted) & (wanted >= low)
                exact = (low >= wanted) & (wanted >= high)
                so = so | (where & self.algebra.within(exact, inside))
                beside = beside | (where & self.algebra.within(~inside, ~exact))
            held, denied = held | so, denied & beside
        return held, denied

    def _compare(self, condition: Compare) -> tuple[T, T]:
        if is_bounded(condition.left) or is_bounded(condition.right):
            return self._compare_intervals(condition)
        operator = OPERATORS[condition.operator]
        held = denied = self.algebra.false
        rights = self.compared(condition.right)
        for known_left, left in self.compared(condition.left):
            for known_right, right in rights:
                known, true_there = known_left & known_right, operator(left, right)
                held, denied = held | (known & true_there), denied | (known & ~true_there)
        return held, denied & ~held

    def _compare_intervals(self, condition: Compare) -> tuple[T, T]:
        """A comparison of quantities that have bounds: so, or not so, of every value between them."""
        operator = OPERATORS[condition.operator]
        more = condition.operator in ("more-than", "at-least")
        held = denied = not_denied = self.algebra.false
        rights = self.intervals(condition.right, compared=True)
        for there, (low, high) in self.intervals(condition.left, compared=True):
            for where, (least, most) in rights:
                known = there & where
                worst = operator(low, most) if more else operator(high, least)
                best = operator(high, least) if more else operator(low, most)
                held = held | (known & self.algebra.within(worst, best))
                never = self.algebra.within(~best, ~worst)
                denied, not_denied = denied | (known & never), not_denied | (known & ~never)
        return held, denied & ~not_denied

    # --- quantities ----------------------------------------------------------------------------
    def compared(self, quantity: Quantity) -> Amounts[T, N]:
        """As many of the quantity's values as a comparison takes, each with where it has that value."""
        if not isinstance(quantity, Arithmetic) or quantity.operator == ROUNDED:
            return self.thinned(self.amounts(quantity))
        first, *rest = [self.compared(part) for part in quantity.parts]
        for more in rest:
            first = self.thinned(self.combined(quantity.operator, first, more))
        return first

    def amounts(self, quantity: Quantity) -> Amounts[T, N]:
        """The quantity's values, each with where it has that value."""
        match quantity:
            case int() | Factor():
                return [(self.algebra.true, self.constant(amount(quantity, {})))]
            case Several(values):
                return [(self.algebra.true, self.constant(value)) for value in values]
            case Ref():
                if quantity.kind == "finding":
                    self._take_answers(quantity.key, quantity.name, quantity.replies)
                    return self.numbers_of(quantity.key)
                return self.merged([(self.algebra.known(quantity.name), self.algebra.number(quantity.name))])
            case Arithmetic(operator, parts):
                if operator == ROUNDED:
                    exact, divisor = unrounded(quantity)
                    return self.rounded(self.amounts(exact), divisor)
                first, *rest = [self.amounts(part) for part in parts]
                for more in rest:
                    first = self.combined(operator, first, more)
                return first
            case _:
                assert_never(quantity)

    def intervals(self, quantity: Quantity, compared: bool = False) -> Intervals[T, N]:
        """The bounds of a quantity, each with where it has them; none where a term of it is not known.

        `compared`: as many of them as a comparison takes.
        """
        if not is_bounded(quantity):
            amounts = self.compared(quantity) if compared else self.amounts(quantity)
            return [(where, (number, number)) for where, number in amounts]
        if isinstance(quantity, Ref):
            return self.scores.get(quantity.key, [])
        assert isinstance(quantity, Arithmetic)
        first, *rest = [self.intervals(part, compared) for part in quantity.parts]
        for more in rest:
            first = self.combined_intervals(quantity.operator, first, more)
        return first

    def values_of(self, quantity: Quantity) -> Amounts[T, N]:
        """The values that a quantity has; of one with bounds, where they meet. It is rounded last."""
        if not is_bounded(quantity):
            return self.amounts(quantity)
        exact, divisor = unrounded(quantity)
        return self.rounded(self.met(self.intervals(exact)), divisor)

    # --- scores --------------------------------------------------------------------------------
    def added_up(self, score: Tally) -> Intervals[T, N]:
        """The bounds of a score as its items add up, whatever is answered to it."""
        total = self.exactly(self.algebra.constant(0))
        for item in score.items:
            total = self.combined_intervals("plus", total, self.item_bounds(item, score))
        return total

    def item_bounds(self, item: Addend, score: Tally) -> Intervals[T, N]:
        """The bounds of one item of a score."""
        constant = self.algebra.constant
        match item:
            case Row():
                return self._row_bounds(item, self.exactly(constant(0)))
            case First(rows, rest):
                bounds = self.exactly(constant(rest))
                for row in reversed(rows):
                    bounds = self._row_bounds(row, bounds)
                return bounds
            case int():
                return self.exactly(constant(item))
            case Ref() if item.kind == "finding":
                return self.scores.get(item.key, [])
            case Ref():
                low, high = next((low, high) for name, low, high in score.ends if name == item.name)
                known = self.algebra.unchanging(self.algebra.known(item.name))
                number = self.exactly(self.algebra.number(item.name))
                return self.either(known, number, [(self.algebra.true, (constant(low), constant(high)))])
            case _:
                assert_never(item)

    def _row_bounds(self, row: Row, rest: Intervals[T, N]) -> Intervals[T, N]:
        """Where it holds its points, where it is denied the rest; else from the least to the greatest."""
        held, denied = map(self.algebra.unchanging, self.pair(row.when))
        points = self.algebra.constant(row.points)
        otherwise = self.either(denied, rest, self.widened(rest, points))
        return self.either(held, self.exactly(points), otherwise)

    # --- conclusions ---------------------------------------------------------------------------
    def conclude(self, conclusion: Conclusion, where: T) -> None:
        """Take a finding into account; other conclusions are nobody's premises."""
        match conclusion:
            case Conclude():
                self._conclude_finding(conclusion, where)
            case Tally():
                bounds = self.scores[conclusion.key] = self._answered_or_added(conclusion)
                self.numbers[conclusion.key] = self.met(bounds)
            case Argue() | Plan() | Wait() | Flag() | Advise() | Caution():
                pass
            case _:
                assert_never(conclusion)

    def _conclude_finding(self, conclusion: Conclude, where: T) -> None:
        self._take_answers(conclusion.key, conclusion.name, conclusion.replies)
        if conclusion.replies:  # where it is answered, nothing else is concluded of it
            where = where & ~self.algebra.known(conclusion.name)
        if isinstance(conclusion.value, str):
            values = self.findings.setdefault(conclusion.key, {})
            values[conclusion.value] = values.get(conclusion.value, self.algebra.false) | where
        else:
            amounts = self.values_of(conclusion.value)
            self.add_numbers(conclusion.key, [(where & there, number) for there, number in amounts])

    def numbers_of(self, key: str) -> Amounts[T, N]:
        """What a finding has been concluded to be, each number once."""
        return self.merged(self.numbers.get(key, []))

    def add_numbers(self, key: str, amounts: Amounts[T, N]) -> None:
        self.numbers.setdefault(key, []).extend(amounts)

    def _take_answers(self, key: str, name: str, replies: tuple[str, ...]) -> None:
        """Take in where a finding is answered, if it may be: then it has that value, and no other."""
        if not replies or key in self.answered:
            return
        self.answered.add(key)
        if replies == ("",):
            self.add_numbers(key, [(self.algebra.known(name), self.algebra.number(name))])
        else:
            values = self.findings.setdefault(key, {})
            for value in replies:
                values[value] = values.get(value, self.algebra.false) | self.algebra.equals(name, value)

    def _answered_or_added(self, score: Tally) -> Intervals[T, N]:
        """The bounds of a score: where it is answered, that is both; elsewhere, as its items add up."""
        added = self.added_up(score)
        if not score.replies:
            return added
        answer = self.exactly(self.algebra.number(score.name))
        return self.either(self.algebra.known(score.name), answer, added)

    def derive(self, instances: Iterable[Instance]) -> dict[str, T]:
        """Run instances in an order from `rules.passes`; where each of them fires, by id."""
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


class Evaluation(Reading[int, CaseNumbers]):
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
