"""Series: the same program over a table in memory, step by step, on whole columns of Polars.

A query for every table would have Polars plan some three hundred expressions anew, which takes longer than a
hundred thousand cases do, and evaluate each with more ado than a column of truths is worth. So the steps are
put in order once for a knowledge base, and each is one operation on columns; a column that no further step
needs is let go at once, for its memory to serve again while it is near. Equal results are one column.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from operator import add, and_, floordiv, invert, mul, or_, sub
from typing import NamedTuple

from expert.backends.columns import INT64, ColumnShown, NameShown, NumberShown, is_long, parts_shown, shown
from expert.backends.frames import pl
from expert.backends.program import Lines
from expert.language.model import Knowledge
from expert.language.steps import Step, needed

Operator = Callable[..., pl.Series]
Columns = dict[Step, pl.Series]
Choices = list[tuple[pl.Series, Step]]
MOST, LEAST = 1 << 19, 1 << 18  # rows: followed at once, of long tables; and worth a thread of their own


YES, NO = pl.Series([True]), pl.Series([False])


def _choose(where: pl.Series, one: pl.Series, other: pl.Series) -> pl.Series:
    return one.zip_with(where, other)


def _more(one: pl.Series, other: pl.Series) -> pl.Series:
    return YES.zip_with(one > other, NO)  # truths are never null; filling them costs more


def _no_less(one: pl.Series, other: pl.Series) -> pl.Series:
    return YES.zip_with(one >= other, NO)


OPERATORS: dict[str, Operator] = {
    "&": and_,
    "|": or_,
    "~": invert,
    ">": _more,
    ">=": _no_less,
    "+": add,
    "-": sub,
    "*": mul,
    "//": floordiv,
    "choose": _choose,
}


class Operation(NamedTuple):
    """How the column of a step is made of those of others, and which of these nothing needs afterwards."""

    step: Step
    apply: Operator
    inputs: tuple[Step, ...]
    done: list[Step]


class SeriesPlan:
    """A program in order, made once for a knowledge base and good for any table.

    Raises BadValue where numbers can become too long to be exact.
    """

    def __init__(self, program: Lines, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.shown = shown(program, knowledge)
        steps = [step for step, _ in needed(parts_shown(self.shown.values()))]
        self.constants = {step: _constant(step.low) for step in steps if step.op == "constant"}
        made_first = [step for step in steps if not step.inputs and step not in self.constants]
        self.leaves = [self._leaf(step).alias(str(step.n)) for step in made_first]
        self.read = made_first
        self.operations = self._ordered([step for step in steps if step.inputs])
        self.choices = {one: _choices(one) for one in self.shown.values() if isinstance(one, NameShown)}

    def _leaf(self, step: Step) -> pl.Expr:
        """What is read from the answers."""
        if step.op in ("true", "false"):
            return pl.repeat(step.op == "true", pl.len(), dtype=pl.Boolean)
        name = str(step.args[0])
        column = pl.col(name)
        if step.op == "equals":
            term = self.knowledge.attributes[name]
            return column.eq_missing(
                pl.lit(step.args[1], None if term.ordered else pl.Enum(list(term.values)))
            )
        return column if step.op == "number" else column.is_not_null()

    def _ordered(self, steps: list[Step]) -> list[Operation]:
        kept = set(parts_shown(self.shown.values()))
        last = {part: step for step in steps for part in step.inputs}
        done: dict[Step, list[Step]] = {}
        for part, step in last.items():
            if part not in kept and part not in self.constants:
                done.setdefault(step, []).append(part)
        return [Operation(step, self._operator(step), step.inputs, done.get(step, [])) for step in steps]

    def _operator(self, step: Step) -> Operator:
        apply = OPERATORS[step.op]
        if step.op in ("+", "-", "*", "choose") and is_long(step, self.knowledge):
            return partial(_of_long, apply)
        return apply

    def on(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Everything that follows from a frame of answers, a column for each of `shown`.

        Its attribute columns are answers as `columns.checked` gives them.
        """
        threads = pl.thread_pool_size()
        size = min(max(-(-len(frame) // threads), LEAST), MOST)
        if len(frame) <= size:
            return self._on(frame)
        parts = [frame.slice(at, size) for at in range(0, len(frame), size)]
        with ThreadPoolExecutor(threads) as pool:
            return pl.concat(pool.map(self._on, parts), rechunk=False)

    def _on(self, frame: pl.DataFrame) -> pl.DataFrame:
        columns = dict(zip(self.read, frame.select(self.leaves).get_columns(), strict=True))
        columns |= self.constants
        for step, apply, inputs, done in self.operations:
            columns[step] = apply(*[columns[part] for part in inputs])
            for part in done:
                del columns[part]
        made: dict[ColumnShown, pl.Series] = {}
        results = []
        for name, one in self.shown.items():
            if one not in made:
                made[one] = _long_as(frame, self._made(one, columns))
            results.append(made[one].alias(name))
        return pl.DataFrame(results)

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


def _long_as(frame: pl.DataFrame, column: pl.Series) -> pl.Series:
    """A column of what is the same in every case, as long as the others."""
    return column if len(column) == len(frame) else column.new_from_index(0, len(frame))
