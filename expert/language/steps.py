"""Steps: the algebra that writes a straight line down, for whatever follows it.

`Program` is the algebra whose truth values and numbers are steps of a program: reading the rules
in it writes the program down. Equal steps are one step, and what is the same in every case is
decided while writing.
"""

from __future__ import annotations

from collections.abc import Iterable

from expert.language.algebra import OPERATORS
from expert.language.grids import Whole
from expert.language.model import Knowledge, Value


class Step:
    """One step; `args` are steps, or the names and values that a leaf is about.

    op           args                     gives
    known        attribute                whether it is answered
    equals       attribute, value         whether that is the answer
    true, false                           a truth
    & | ~        truths                   a truth
    >            two numbers              a truth; anything where a number is not known
    number       attribute                its scaled answer
    constant     integer                  that number
    + - *        two numbers              a number, from `low` to `high`
    //           a number, a constant     the whole part of a number >= 0 divided by one > 0
    choose       a truth, two numbers     the first where it is so, else the second
    union        two numbers >= 0         the bits that one of them has: numbers as sets
    """

    __slots__ = ("args", "high", "inputs", "low", "n", "op", "opposite", "program")

    def __init__(
        self,
        program: Program,
        op: str,
        args: tuple[Step | Value, ...],
        inputs: tuple[Step, ...],
        ends: tuple[int, int] = (0, 0),
    ) -> None:
        self.program, self.op, self.args = program, op, args
        self.inputs = inputs  # the steps that it follows from
        self.low, self.high = ends
        self.n = len(program.steps)
        self.opposite: Step | None = None  # of a truth, once that is a step

    @property
    def is_zero(self) -> bool:
        """Whether it is the number 0 in every case."""
        return self.op == "constant" and self.low == 0

    def __and__(self, other: Step) -> Step:
        true, false = self.program.true, self.program.false
        if self is other or other is true:
            return self
        if self is true:
            return other
        if self is false or other is false or self.opposite is other:
            return false
        return self.program.both("&", self, other)

    def __or__(self, other: Step) -> Step:
        true, false = self.program.true, self.program.false
        if self is other or other is false:
            return self
        if self is false:
            return other
        if self is true or other is true or self.opposite is other:
            return true
        return self.program.both("|", self, other)

    def __invert__(self) -> Step:
        opposite = self.opposite
        if opposite is None:
            opposite = self.opposite = self.program.step("~", self)
            opposite.opposite = self
        return opposite

    def __gt__(self, other: Step) -> Step:
        if self.low > other.high or self.high <= other.low:
            return self.program.true if self.low > other.high else self.program.false
        return self.program.step(">", self, other)

    def __ge__(self, other: Step) -> Step:
        if self.low >= other.high or self.high < other.low:
            return self.program.true if self.low >= other.high else self.program.false
        return ~self.program.step(">", other, self)

    def __add__(self, other: Step) -> Step:
        return self.program.computed("+", "plus", self, other)

    def __sub__(self, other: Step) -> Step:
        return self.program.computed("-", "minus", self, other)

    def __mul__(self, other: Step) -> Step:
        return self.program.computed("*", "times", self, other)

    def __floordiv__(self, divisor: int) -> Step:
        # where it is below 0 the result is not used
        low, high = max(self.low, 0) // divisor, max(self.high, 0) // divisor
        if low == high:
            return self.program.constant(low)
        return self.program.step("//", self, self.program.constant(divisor), low=low, high=high)


class Program(Whole):
    """The algebra that writes steps down, each once and after those that it follows from."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.steps: list[Step] = []
        self._known: dict[object, Step] = {}  # the same, by what they are made of
        self.true, self.false = self.step("true"), self.step("false")
        self.true.opposite, self.false.opposite = self.false, self.true

    def forget(self) -> None:
        """Let go of the steps; else only who looks for garbage finds them, as they and it name each other."""
        for step in self.steps:
            step.opposite = None
        self.steps, self._known = [], {}

    def added(self, key: object, step: Step) -> Step:
        """The step, which is new."""
        self.steps.append(step)
        self._known[key] = step
        return step

    def step(self, op: str, *args: Step | Value, low: int = 0, high: int = 0) -> Step:
        """The step with this operation on these arguments."""
        inputs = tuple([arg for arg in args if isinstance(arg, Step)])
        key = (op, *[arg.n if isinstance(arg, Step) else (type(arg), arg) for arg in args])
        return self._known.get(key) or self.added(key, Step(self, op, args, inputs, (low, high)))

    def leaf(self, *key: Value) -> Step:
        """The step that is about an attribute, and perhaps a value; no two values are the same key."""
        return self._known.get(key) or self.added(key, Step(self, str(key[0]), key[1:], ()))

    def both(self, op: str, a: Step, b: Step) -> Step:
        """`&` or `|`, for which the order does not count."""
        inputs = (a, b) if a.n < b.n else (b, a)
        key = (op, inputs[0].n, inputs[1].n)  # as `step` makes it
        return self._known.get(key) or self.added(key, Step(self, op, inputs, inputs))

    def union(self, a: Step, b: Step) -> Step:
        """Of two numbers as sets of bits, those that one of them has."""
        if a is b or b.is_zero:
            return a
        return b if a.is_zero else self.both("union", a, b)

    def computed(self, op: str, name: str, a: Step, b: Step) -> Step:
        """A sum, difference or product, and the range in which it must be."""
        apply = OPERATORS[name]
        ends = [apply(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
        if min(ends) == max(ends):
            return self.constant(min(ends))
        return self.step(op, a, b, low=min(ends), high=max(ends))

    def known(self, attribute: str) -> Step:
        return self.leaf("known", attribute)

    def equals(self, attribute: str, value: Value) -> Step:
        return self.leaf("equals", attribute, value)

    def number(self, attribute: str) -> Step:
        low, high = self.knowledge.attributes[attribute].bounds
        return self.step("number", attribute, low=low, high=high)

    def choose(self, where: Step, one: Step, other: Step) -> Step:
        """The one number where something is so, the other elsewhere."""
        if where.op in ("true", "false") or one is other:
            return one if where.op != "false" else other
        low, high = min(one.low, other.low), max(one.high, other.high)
        return self.step("choose", where, one, other, low=low, high=high)

    def constant(self, value: int) -> Step:
        return self.step("constant", value, low=value, high=value)


def needed(wanted: Iterable[Step]) -> list[tuple[Step, int]]:
    """All steps that lead to those wanted, in order, and how often each is used."""
    uses: dict[Step, int] = {}
    waiting = list(wanted)
    while waiting:
        step = waiting.pop()
        uses[step] = uses.get(step, 0) + 1
        if uses[step] == 1:
            waiting += step.inputs
    return sorted(uses.items(), key=lambda pair: pair[0].n)
