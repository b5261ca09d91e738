"""Series: the same program over a table in memory, step by step, on whole columns of Polars.

A query for every table would have Polars plan some three hundred expressions anew, which takes longer than a
hundred thousand cases do, and evaluate each with more ado than a column of truths is worth. So the steps are
put in order once for a knowledge base, and each is one operation on columns; a column that no further step
needs is let go at once, for its memory to serve again while it is near. Equal results are one column. Truths
are combined as bytes (`bits`), and become columns of truths when only results need them, or they choose.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from operator import add, and_, floordiv, invert, mul, or_, sub
from typing import NamedTuple

from expert.backends.bits import bits_of, truths_of
from expert.backends.columns import INT64, ColumnShown, NameShown, NumberShown, is_long, parts_shown, shown
from expert.backends.frames import pl
from expert.backends.program import Lines
from expert.language.model import Knowledge
from expert.language.steps import Step, needed

Operator = Callable[..., pl.Series]
Columns = dict[Step, pl.Series]
Choices = list[tuple[pl.Series, Step]]
MOST, LEAST = 1 << 20, 1 << 18  # rows: followed at once, of long tables; and worth a thread of their own
AT_ONCE = 64  # bits that become columns of truths: for some time both are there

YES, NO = pl.Series([True]), pl.Series([False])


def _more(one: pl.Series, other: pl.Series) -> pl.Series:
    return YES.zip_with(one > other, NO)  # truths are never null; filling them costs more


def _more_as_bits(one: pl.Series, other: pl.Series) -> pl.Series:
    return bits_of([_more(one, other)])[0]


def _choose(where: pl.Series, one: pl.Series, other: pl.Series) -> pl.Series:
    return one.zip_with(where, other)


OPERATORS: dict[str, Operator] = {
    "&": and_,
    "|": or_,
    "~": invert,
    ">": _more,
    "+": add,
    "-": sub,
    "*": mul,
    "//": floordiv,
    "choose": _choose,
}
READ = ("true", "false", "known", "equals")  # the steps that are truths of the answers
TRUTHS = (*READ, "&", "|", "~", ">")  # all that are truths


class Operation(NamedTuple):
    """How the column of a step is made of those of others, and which of these nothing needs afterwards."""

    step: Step
    apply: Operator
    inputs: tuple[Step, ...]
    done: list[Step]


class Stage(NamedTuple):
    """Operations, and the truths shown that none after these reads as bits: they become columns then."""

    operations: list[Operation]
    settled: list[Step]


class SeriesPlan:
    """A program in order, made once for a knowledge base and good for any table.

    Raises BadValue where numbers can become too long to be exact.
    """

    def __init__(self, program: Lines, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.shown = shown(program, knowledge)
        self.made = list(dict.fromkeys(self.shown.values()))  # many names are of the same column
        steps = [step for step, _ in needed(parts_shown(self.made))]
        self.constants = {step: _constant(step.low) for step in steps if step.op == "constant"}
        self.read = [step for step in steps if step.op in READ]
        self.leaves = [self._leaf(step).alias(str(step.n)) for step in self.read]
        self.numbers = {step: str(step.args[0]) for step in steps if step.op == "number"}
        first = _of_numbers_alone(steps)
        self.compared = dict.fromkeys(step for step in first if step.op == ">")
        operations = self._ordered([*first, *(step for step in steps if step.inputs and step not in first)])
        self.first = operations[: len(first)]
        self.stages = self._staged(operations[len(first) :])
        self.choices = {one: _choices(one) for one in self.made if isinstance(one, NameShown)}

    def _leaf(self, step: Step) -> pl.Expr:
        """A truth that is read from the answers."""
        if not step.args:
            return pl.repeat(step.op == "true", pl.len(), dtype=pl.Boolean)
        name = str(step.args[0])
        column = pl.col(name)
        if step.op == "known":
            return column.is_not_null()
        term = self.knowledge.attributes[name]
        return column.eq_missing(pl.lit(step.args[1], None if term.ordered else pl.Enum(list(term.values))))

    def _ordered(self, steps: list[Step]) -> list[Operation]:
        kept = set(parts_shown(self.made))
        last = {part: step for step in steps for part in step.inputs}
        done: dict[Step, list[Step]] = {}
        for part, step in last.items():
            if part not in kept and part not in self.constants:
                done.setdefault(step, []).append(part)
        return [Operation(step, self._operator(step), step.inputs, done.get(step, [])) for step in steps]

    def _staged(self, operations: list[Operation]) -> list[Stage]:
        """The operations, cut wherever there are enough truths to show that no later one reads."""
        settled: dict[Step | None, list[Step]] = {}  # by the step after which they are
        for truth, step in self._last_use(operations).items():
            settled.setdefault(step, []).append(truth)
        stages = [Stage([], settled.get(None, []))]
        for operation in operations:
            if len(stages[-1].settled) >= AT_ONCE:
                stages.append(Stage([], []))
            stages[-1].operations.append(operation)
            stages[-1].settled.extend(settled.get(operation.step, []))
        return stages

    def _last_use(self, operations: list[Operation]) -> dict[Step, Step | None]:
        """Of each truth shown, the last of the steps that makes or reads it; None: it is there before all."""
        last: dict[Step, Step | None] = {}
        for step in parts_shown(self.made):
            if step.op in TRUTHS:
                last[step] = None
        for operation in operations:
            for part in (*operation.inputs, operation.step):
                if part in last:
                    last[part] = operation.step
        return last

    def _operator(self, step: Step) -> Operator:
        apply = OPERATORS[step.op]
        if step.op == ">" and step not in self.compared:
            return _more_as_bits
        if step.op in ("+", "-", "*", "choose") and is_long(step, self.knowledge):
            return partial(_of_long, apply)
        return apply

    def on(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Everything that follows from a frame of answers, a column for each of `shown`.

        Its attribute columns are answers as `columns.checked` gives them.
        """
        size = _rows_of_a_part(len(frame), pl.thread_pool_size())
        if len(frame) <= size:
            made = self._on(frame, self._numbers(frame), frame.select(self.leaves))
        else:
            begins = range(0, len(frame), size)
            with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
                parts = [frame.slice(at, size) for at in begins]
                numbers = pool.map(self._numbers, parts)
                read = frame.select(self.leaves)  # by the threads of Polars, at the same time
                made, *others = pool.map(self._on, parts, numbers, [read.slice(at, size) for at in begins])
            for other in others:
                for column, more in zip(made, other, strict=True):
                    column.append(more)
        columns = dict(zip(self.made, made, strict=True))
        return pl.DataFrame([columns[one].alias(name) for name, one in self.shown.items()])

    def _numbers(self, frame: pl.DataFrame) -> Columns:
        """The numbers of some rows of answers, and what follows from them alone."""
        columns = dict(self.constants)
        columns |= {step: frame[name] for step, name in self.numbers.items()}
        self._follow(self.first, columns, len(frame))
        return columns

    def _on(self, frame: pl.DataFrame, columns: Columns, read: pl.DataFrame) -> list[pl.Series]:
        """What is shown of some rows of answers: of their numbers, and the truths that are read from them."""
        rows = len(frame)
        truths = [*read, *(columns[step] for step in self.compared)]
        columns |= zip([*self.read, *self.compared], bits_of(truths), strict=True)
        for stage in self.stages:
            self._follow(stage.operations, columns, rows)
            settled = truths_of([columns[step] for step in stage.settled], rows)
            columns |= zip(stage.settled, settled, strict=True)
        return [_as_long(self._made(one, columns), rows) for one in self.made]

    def _follow(self, operations: list[Operation], columns: Columns, rows: int) -> None:
        """Add the columns of some steps, and let go of those that nothing needs any more."""
        for step, apply, inputs, done in operations:
            taken = [columns[part] for part in inputs]
            if step.op == "choose":
                taken[:1] = truths_of(taken[:1], rows)
            columns[step] = apply(*taken)
            for part in done:
                del columns[part]

    def _made(self, one: ColumnShown, columns: Columns) -> pl.Series:
        if isinstance(one, NameShown):
            otherwise, choices = self.choices[one]
            chosen = otherwise
            for name, where in choices:
                chosen = name.zip_with(columns[where], chosen)
            return chosen
        if isinstance(one, NumberShown):
            parts = [_where(columns[where], columns[number]) for where, number in one.parts]
            bound = pl.max_horizontal if one.greatest else pl.min_horizontal
            return parts[0] if len(parts) == 1 else pl.select(bound(parts)).to_series()
        return columns[one]


def _of_numbers_alone(steps: list[Step]) -> dict[Step, None]:
    """Those that no truth comes before: numbers computed from answers, and comparisons of them."""
    found: dict[Step, None] = {}
    numbers = {step for step in steps if step.op in ("number", "constant")}
    for step in steps:
        if step.inputs and numbers.issuperset(step.inputs):
            found[step] = None
            if step.op != ">":
                numbers.add(step)
    return found


def _rows_of_a_part(rows: int, threads: int) -> int:
    """How many rows are followed at once, so that all threads have about as much to do."""
    rounds = max(-(-rows // (MOST * threads)), 1)
    return max(-(-rows // (rounds * threads)), LEAST)


def _constant(value: int) -> pl.Series:
    return pl.Series([value], dtype=pl.Int64 if abs(value) < INT64 else pl.Int128)


def _choices(one: NameShown) -> tuple[pl.Series, Choices]:
    """The name that is left at last, and each other with where it is, the first last."""
    type = pl.Enum(list(one.names))
    choices = [(pl.Series([name], dtype=type), where) for name, where in reversed(one.choices)]
    return pl.Series([one.otherwise], dtype=type), choices


def _of_long(apply: Operator, *columns: pl.Series) -> pl.Series:
    """An operation on numbers of which 64 bits do not hold the result."""
    return apply(*[column if column.dtype == pl.Boolean else column.cast(pl.Int128) for column in columns])


def _where(truth: pl.Series, number: pl.Series) -> pl.Series:
    return number.zip_with(truth, pl.Series([None], dtype=number.dtype))


def _as_long(column: pl.Series, rows: int) -> pl.Series:
    """A column of what is the same in every case, as long as the others."""
    return column if len(column) == rows else column.new_from_index(0, rows)
