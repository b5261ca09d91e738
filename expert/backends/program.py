"""The straight line: a rule base as one list of small steps, for any engine to follow.

`Program` is the algebra whose truth values and numbers are steps of a program: reading the rules
in it writes the program down. Equal steps are one step, and what is the same in every case is
decided while writing. `lines` puts the rule base and the deciding policy into a program; engines
(plain Python in `python`, tables in `columns`) follow it without knowing about rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from expert.language.algebra import OPERATORS
from expert.language.grids import Whole
from expert.language.keys import exception_of
from expert.language.meaning import Reading
from expert.language.model import Knowledge, Value
from expert.language.outcome import outcome_of
from expert.language.rules import Dependencies, RuleBase


class Step:
    """One step; `args` are steps, or the names and values that a leaf is about.

    op           args                     gives
    known        attribute                whether it is answered
    equals       attribute, value         whether that is the answer
    true, false                           a truth
    & | ~        truths                   a truth
    > >=         two numbers              a truth; anything where a number is not known
    number       attribute                its scaled answer
    constant     integer                  that number
    + - *        two numbers              a number, from `low` to `high`
    //           a number, a constant     the whole part of a number >= 0 divided by one > 0
    choose       a truth, two numbers     the first where it is so, else the second
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
        return self.program.step(">=", self, other)

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

    def _added(self, key: object, step: Step) -> Step:
        self.steps.append(step)
        self._known[key] = step
        return step

    def step(self, op: str, *args: Step | Value, low: int = 0, high: int = 0) -> Step:
        """The step with this operation on these arguments."""
        inputs = tuple([arg for arg in args if isinstance(arg, Step)])
        key = (op, *[arg.n if isinstance(arg, Step) else (type(arg), arg) for arg in args])
        return self._known.get(key) or self._added(key, Step(self, op, args, inputs, (low, high)))

    def leaf(self, *key: Value) -> Step:
        """The step that is about an attribute, and perhaps a value; no two values are the same key."""
        return self._known.get(key) or self._added(key, Step(self, str(key[0]), key[1:], ()))

    def both(self, op: str, a: Step, b: Step) -> Step:
        """`&` or `|`, for which the order does not count."""
        inputs = (a, b) if a.n < b.n else (b, a)
        key = (op, inputs[0].n, inputs[1].n)  # as `step` makes it
        return self._known.get(key) or self._added(key, Step(self, op, inputs, inputs))

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


StepAmounts = list[tuple[Step, Step]]  # numbers concluded, each with where it is


class Lines(NamedTuple):
    """What is to be known of a case, each with the step that gives it."""

    program: Program
    fired: dict[str, Step]  # by instance
    verdicts: dict[str, dict[str, Step]]  # by option, where each verdict holds
    targets: dict[str, dict[str, dict[str, Step]]]  # by option, the same for each target argued about
    timings: dict[str, dict[str, Step]]  # by option; the first that holds, or now
    flags: dict[str, dict[str, Step]]  # by option
    plan: dict[str, Step]
    findings: dict[tuple[str, str], Step]  # by key and value
    numbers: dict[str, StepAmounts]  # by key
    bounds: dict[str, tuple[Step, Step]]  # of scores, by key: low and high

    @property
    def steps(self) -> list[Step]:
        """Every truth that is to be known."""
        by_target = [verdicts for targets in self.targets.values() for verdicts in targets.values()]
        about = [*self.verdicts.values(), *by_target, *self.timings.values(), *self.flags.values()]
        named = [self.fired, self.plan, *about]
        ends = [end for both in self.bounds.values() for end in both]
        return [*ends, *self.findings.values(), *(step for steps in named for step in steps.values())]


def lines(base: RuleBase) -> Lines:
    """The program of a rule base: every conclusion of every case, as one straight line."""
    knowledge = base.knowledge
    program = Program(knowledge)
    reading: Reading[Step, Step] = Reading(program)
    dependencies = Dependencies.of(base.instances)
    fired = reading.derive(dependencies.ordered)
    outcome = outcome_of(knowledge, reading, base.instances, fired, dependencies)
    targets = {}
    for option in knowledge.options:
        argued = outcome.targets(option)
        targets[option] = {target: argued[target] for target in knowledge.targets if target in argued}
    findings: dict[tuple[str, str], Step] = {}
    for key, values in reading.findings.items():
        if not exception_of(key):
            findings |= {(key, str(value)): at for value, at in values.items()}
    return Lines(
        program=program,
        fired={i.id: fired[i.id] for i in base.instances},
        verdicts={option: outcome.verdicts(option) for option in knowledge.options},
        targets=targets,
        timings={option: _some(outcome.timings(option)) for option in knowledge.options},
        flags={option: _some(outcome.flags(option)) for option in knowledge.options},
        plan=_some(outcome.plan()),
        findings=findings,
        numbers=reading.numbers,
        bounds={key: interval for key, [(_, interval)] in reading.scores.items()},
    )


def _some(steps: dict[str, Step]) -> dict[str, Step]:
    return {name: step for name, step in steps.items() if step.op != "false"}


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
