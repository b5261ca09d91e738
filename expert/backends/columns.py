"""Columns: the same program over a table of cases, for every engine that Narwhals speaks for.

`checked` reads raw columns as answers, exactly as `case` does, and `outcome` follows the program
of a rule base with one expression for each step. A step that is used more than once becomes a
column of its own, in as many layers as the steps are deep, so that nothing is computed twice.
Tables in memory are followed without it, step by step (`series`), in half the time
(docs/performance.md); what columns there are, and of what, `shown` says to both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from operator import floordiv
from typing import Any, NamedTuple

from expert.backends.frames import nw, pl
from expert.backends.program import Lines
from expert.consultation.case import UNKNOWN
from expert.language.algebra import OPERATORS
from expert.language.keys import name_and_option, with_option
from expert.language.model import TYPED, BadValue, Knowledge, Term, Value
from expert.language.outcome import cost_sides
from expert.language.policy import NOW, VERDICTS
from expert.language.steps import Step, needed

Frame = Any  # a Narwhals frame, lazy or not
BAD, ANSWER = "problem.", "answer."  # the columns of whether a row cannot be read, and of answers
SIDES = ("low", "high")  # of a score
STEP, FIRED = "step.", "fired."  # start the names of inner steps, and of the rules that fired
# the columns of results: an option and what is said of it, or what they are about and its name
VERDICT, TIMING, COST, FLAG, FINDING, PLAN = "verdict", "timing", "cost", "flag", "finding", "plan"
INT64, DIGITS = 1 << 63, 38  # what the two kinds of whole numbers hold

# what Python strips from a text; engines strip less by themselves
WHITE = "".join(map(chr, (*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B))))


WHITE += "\u2028\u2029\u202f\u205f\u3000"


APPLY: dict[str, Callable[[Any, Any], Any]] = {
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    ">": OPERATORS["more-than"],
    "+": OPERATORS["plus"],
    "-": OPERATORS["minus"],
    "*": OPERATORS["times"],
}

Equals = dict[str, tuple[str, Value]]  # by the column to be made: an attribute, and one of its values


# how other columns than an option's begin; an option of such a name has `option.` before it
BEGINNINGS = (FINDING, PLAN, "option", *(name.removesuffix(".") for name in (BAD, ANSWER, STEP, FIRED)))


def result_column(*parts: str) -> str:
    """The name of a column of results, such as `finding.NAME.VALUE`."""
    return ".".join(parts)


def option_column(option: str, *parts: str) -> str:
    """The name of a column of results about an option, such as `OPTION.cost.low`."""
    return ".".join(("option", option, *parts) if option in BEGINNINGS else (option, *parts))


def _day(number: nw.Expr) -> nw.Expr:
    padded = number.cast(nw.String).str.zfill(8)
    return padded.str.to_date("%Y%m%d")


class Dialect(NamedTuple):
    """What differs between engines: the type for names from a list, and for long whole numbers;
    a column by its name, which may have a dot; and native columns of which answers equal what."""

    names: Callable[[Iterable[str]], Any]
    wide: Any
    column: Callable[[str], Any]
    equals: Callable[[Any, Equals], Any]
    divided: Callable[[Any, int], Any] = floordiv  # a number >= 0 by a power of ten
    day: Callable[[Any], Any] = _day  # the date that is YYYYMMDD


def _equals_in_polars(frame: Any, wanted: Equals) -> Any:
    # Narwhals has no equality that takes null for a value; without one, each result would be nullable
    same = [pl.col(of).eq_missing(pl.lit(value)).alias(name) for name, (of, value) in wanted.items()]
    return frame.with_columns(same)


POLARS = Dialect(lambda names: nw.Enum(list(names)), nw.Int128, nw.col, _equals_in_polars)


# --- reading raw columns -----------------------------------------------------------------------
def checked(frame: Frame, knowledge: Knowledge, dialect: Dialect) -> Frame:
    """The frame with its answers (`answer.` and the attribute; null: not known), and which rows are bad.

    Cells are read as `case.cell_answer` reads them; an attribute without a column is not known.
    """
    schema = frame.collect_schema()
    stages: list[list[nw.Expr]] = [[], [], []]
    answers, bad = [], nw.lit(False)
    for name, term in knowledge.attributes.items():
        reader = _numbers if term.numeric else _days if term.is_date else _names
        if name in schema:
            answer, wrong = reader(dialect.column(name), schema[name], term, dialect, stages)
            bad = bad | wrong
        else:
            answer = nw.lit(None).cast(_type(term, dialect))
        answers.append(answer.alias(ANSWER + name))
    for stage in filter(None, stages):
        frame = frame.with_columns(*stage)
    return frame.with_columns(*answers, bad.fill_null(value=True).alias(BAD))  # what cannot be told is bad


def _type(term: Term, dialect: Dialect) -> Any:
    if not term.ordered:
        return dialect.names(term.values)
    most = max(abs(end) for end in term.bounds)
    return nw.Int64 if most < INT64 else dialect.wide


AnswerRead = tuple[nw.Expr, nw.Expr]  # the answers, and where there is none though something is said


def _names(
    column: nw.Expr, kind: Any, term: Term, dialect: Dialect, stages: list[list[nw.Expr]]
) -> AnswerRead:
    """A choice or yes-no: names, or truths for yes-no."""
    type = _type(term, dialect)
    if isinstance(kind, nw.Enum) and set(kind.categories) <= {*term.values, UNKNOWN}:
        return (column if kind == type else nw.when(column != UNKNOWN).then(column).cast(type)), nw.lit(False)
    if not _plain(kind):
        return nw.lit(None).cast(type), ~column.is_null()
    text = _staged(stages, dialect, 0, f"text.of.{term.name}", column.cast(nw.String).str.strip_chars(WHITE))
    if term.type == "yes-no":
        lower = text.str.to_lowercase()
        yes_no = nw.when(lower == "true").then(nw.lit("yes")).otherwise(text)
        yes_no = nw.when(lower == "false").then(nw.lit("no")).otherwise(yes_no)
        text = _staged(stages, dialect, 1, f"name.of.{term.name}", yes_no)
    allowed = text.is_in(list(term.values))
    return nw.when(allowed).then(text).cast(type), ~column.is_null() & ~_blank(text) & ~allowed


def _staged(stages: list[list[nw.Expr]], dialect: Dialect, stage: int, name: str, made: nw.Expr) -> Any:
    """The expression as a column that is made once."""
    stages[stage].append(made.alias(name))
    return dialect.column(name)


def _plain(kind: Any) -> bool:
    """Whether cells of this type can be answers at all; a date, a duration or a list cannot."""
    return kind.is_numeric() or kind in (nw.String, nw.Boolean, nw.Enum, nw.Categorical, nw.Unknown)


def _blank(text: nw.Expr) -> nw.Expr:
    return text.is_in(["", "null", "~", UNKNOWN])


def _numbers(
    column: nw.Expr, kind: Any, term: Term, dialect: Dialect, stages: list[list[nw.Expr]]
) -> AnswerRead:
    """A count, number or money, scaled by its decimals; nothing is rounded."""
    type, (low, high), scale = _type(term, dialect), term.bounds, int(10**term.decimals)
    if not _plain(kind) or kind == nw.Boolean:
        return nw.lit(None).cast(type), ~column.is_null()
    if kind.is_integer():
        # of types that hold more than 64 bits
        column = column.cast(nw.Int64 if kind not in (nw.UInt64, nw.UInt128, nw.Int128) else dialect.wide)
        inside = (column >= -(-low // scale)) & (column <= high // scale)
        return nw.when(inside).then(column).cast(type) * scale, ~column.is_null() & ~inside
    if isinstance(kind, nw.Decimal) and kind.scale <= 12:
        inside = (column > -TYPED) & (column < TYPED)
        amount = nw.when(inside).then(column).cast(nw.Decimal(27, 12))
        return _scaled(amount, ~column.is_null(), term, dialect, stages)
    spelling = column.cast(nw.String).str.strip_chars(WHITE)
    if kind.is_float():  # Python spells the smallest with an exponent
        column = column.cast(nw.Float64)
        small = (column != 0) & (column.abs() < 1e-4)
        spelling = nw.when(small).then(nw.lit("e")).otherwise(column.cast(nw.String))
    text = _staged(stages, dialect, 0, f"text.of.{term.name}", spelling)
    spelled = text.str.contains(r"^-?[0-9]{1,15}(\.[0-9]{1,12})?\z")
    amount = nw.when(spelled).then(text).cast(nw.Decimal(27, 12))  # 15 digits, 12 decimals: exact
    return _scaled(amount, ~column.is_null() & ~_blank(text), term, dialect, stages)


def _scaled(
    amount: nw.Expr, said: nw.Expr, term: Term, dialect: Dialect, stages: list[list[nw.Expr]]
) -> AnswerRead:
    """An amount as a whole number, if it is one when scaled and in the range."""
    type, (low, high), scale = _type(term, dialect), term.bounds, int(10**term.decimals)
    scaled = _staged(
        stages, dialect, 1, f"scaled.of.{term.name}", amount * nw.lit(scale).cast(nw.Decimal(7, 0))
    )
    widest = nw.Int64 if scale < 10**4 else dialect.wide
    number = _staged(stages, dialect, 2, f"number.of.{term.name}", scaled.cast(widest))
    good = number.cast(nw.Decimal(38, 12)) == scaled
    good = good & (number >= _whole(low, dialect)) & (number <= _whole(high, dialect))
    good = good & ~number.is_null()
    return nw.when(good).then(number).cast(type), said & ~good


def _days(
    column: nw.Expr, kind: Any, term: Term, dialect: Dialect, stages: list[list[nw.Expr]]
) -> AnswerRead:
    """A date, as the whole number YYYYMMDD: from a column of dates, or of texts as ISO 8601 has them."""
    low, high = term.bounds
    if isinstance(kind, nw.Date) or kind == nw.Date or _is_moment(kind):
        day = column.dt
        year, month, of_month = (part().cast(nw.Int64) for part in (day.year, day.month, day.day))
        number = _staged(stages, dialect, 0, f"day.{term.name}", year * 10_000 + month * 100 + of_month)
        good = (number >= low) & (number <= high)
        if _is_moment(kind):
            good = good & (day.hour() + day.minute() + day.second() + day.nanosecond() == 0)
        return nw.when(good).then(number), ~column.is_null() & ~good
    if not _plain(kind) or kind.is_numeric() or kind == nw.Boolean:
        return nw.lit(None).cast(nw.Int64), ~column.is_null()
    text = _staged(stages, dialect, 0, f"text.{term.name}", column.cast(nw.String).str.strip_chars(WHITE))
    spelled = text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\z")
    written = nw.when(spelled).then(text.str.replace_all("-", "", literal=True)).otherwise(nw.lit("0"))
    number = _staged(stages, dialect, 1, f"day.{term.name}", written.cast(nw.Int64))
    month, of_month = number % 10_000 // 100, number % 100
    year = _staged(stages, dialect, 2, f"year.{term.name}", number // 10_000)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    short = month.is_in([4, 6, 9, 11])
    good = (year >= 1) & (month >= 1) & (month <= 12) & (of_month >= 1) & (of_month <= 31)
    good = (
        good & ~(short & (of_month == 31)) & ~((month == 2) & ((of_month > 29) | (~leap & (of_month == 29))))
    )
    good = good & (number >= low) & (number <= high) & spelled
    return nw.when(good).then(number), ~column.is_null() & ~_blank(text) & ~good


def _is_moment(kind: Any) -> bool:
    """Whether it is a column of times without a zone, of which those at midnight are days."""
    return isinstance(kind, nw.Datetime) and kind.time_zone is None


def _whole(number: int, dialect: Dialect) -> Any:
    """A whole number of any length, which an engine may take as text only."""
    fits = abs(number) < INT64
    return nw.lit(number, dtype=nw.Int64) if fits else nw.lit(str(number)).cast(dialect.wide)


# --- what there is to show --------------------------------------------------------------------------
class NameShown(NamedTuple):
    """The name of the first choice that holds, of a list of names."""

    choices: tuple[tuple[str, Step], ...]
    names: tuple[str, ...]
    otherwise: str | None


class NumberShown(NamedTuple):
    """The one number of several that are concluded, each with where it is: the least or the greatest."""

    parts: tuple[tuple[Step, Step], ...]
    greatest: bool


ColumnShown = Step | NameShown | NumberShown  # what a column of results has


def shown(program: Lines, knowledge: Knowledge) -> dict[str, ColumnShown]:
    """A column of results for everything that follows, by its name."""
    columns: dict[str, ColumnShown] = {}
    timings = (NOW, *knowledge.steps)
    for option in knowledge.options:
        *others, (last, _) = program.verdicts[option].items()  # every case has one of them
        columns[option_column(option, VERDICT)] = _first(dict(others), tuple(VERDICTS), last)
        for target, verdicts in program.targets[option].items():
            columns[option_column(option, VERDICT, target)] = _first(verdicts, tuple(VERDICTS))
        columns[option_column(option, TIMING)] = _first(program.timings[option], timings, NOW)
        for side, name, pick in cost_sides(knowledge):
            if parts := program.numbers.get(with_option(name, option)):
                columns[option_column(option, COST, side)] = NumberShown(tuple(parts), pick is not min)
        for flag, at in program.flags[option].items():
            columns[option_column(option, FLAG, flag)] = at
    for (key, value), at in program.findings.items():
        columns[result_column(FINDING, key, value)] = at
    columns |= _numbers_shown(program, knowledge)
    columns |= {result_column(PLAN, step): at for step, at in program.plan.items()}
    return columns | {f"{FIRED}{id}": at for id, at in program.fired.items()}


def _first(choices: dict[str, Step], names: tuple[str, ...], otherwise: str | None = None) -> NameShown:
    possible = [(name, where) for name, where in choices.items() if where.op != "false"]
    return NameShown(tuple(possible), names, otherwise)


def _numbers_shown(program: Lines, knowledge: Knowledge) -> dict[str, ColumnShown]:
    """The numbers of findings, but for those that are shown as an option's costs."""
    columns: dict[str, ColumnShown] = {}
    costs = [with_option(name, option) for name in knowledge.cost or () for option in knowledge.options]
    for key, amounts in program.numbers.items():
        if key in costs:
            continue
        for n, amount in enumerate(amounts, 1):
            numbered = [str(n)] if len(amounts) > 1 else []
            columns[result_column(FINDING, key, *numbered)] = NumberShown((amount,), False)
    for key, both in program.bounds.items():
        for side, end in zip(SIDES, both, strict=True):
            columns[result_column(FINDING, key, side)] = end
    return columns


def parts_shown(columns: Iterable[ColumnShown]) -> Iterator[Step]:
    """The steps that columns of results are made of."""
    for one in columns:
        if isinstance(one, NameShown):
            yield from (where for _, where in one.choices)
        elif isinstance(one, NumberShown):
            yield from (step for pair in one.parts for step in pair)
        else:
            yield one


def is_long(step: Step, knowledge: Knowledge) -> bool:
    """Whether 64 bits do not hold a number that is computed. Raises BadValue if nothing does."""
    terms = [*knowledge.attributes.values(), *knowledge.findings.values()]
    most = max(abs(step.low), abs(step.high))
    if most >= 10 ** (DIGITS - max(term.decimals for term in terms)):
        message = "a number that rules compute may be too long to be exact"
        raise BadValue(message, "give its factors a `max`")
    return most >= INT64


# --- following a program -------------------------------------------------------------------------
def outcome(frame: Frame, knowledge: Knowledge, program: Lines, dialect: Dialect) -> Frame:
    """The frame with a column for everything that follows (`shown` names them).

    Its attribute columns are answers as `checked` gives them. Raises BadValue where numbers can become
    too long to be exact.
    """
    columns = shown(program, knowledge)
    taken = _Taken(needed(parts_shown(columns.values())), knowledge, dialect)
    frame = nw.from_native(dialect.equals(nw.to_native(frame), taken.equals))
    for layer in taken.layers:
        frame = frame.with_columns(*layer)
    return frame.with_columns(*(taken.shown(one).alias(name) for name, one in columns.items()))


class _Taken:
    """The steps of a program as expressions, and the layers of columns that they need."""

    def __init__(self, steps: list[tuple[Step, int]], knowledge: Knowledge, dialect: Dialect) -> None:
        self.knowledge, self.dialect = knowledge, dialect
        self.expressions: dict[Step, Any] = {}
        self.equals: Equals = {}
        self.layers: list[list[Any]] = []
        self.depth: dict[Step, int] = {}
        for step, uses in steps:
            self._take(step, uses)

    def _take(self, step: Step, uses: int) -> None:
        made, depth = self._made(step), max((self.depth[part] for part in step.inputs), default=0)
        if uses > 1 and step.op not in ("true", "false", "constant", "number", "equals"):
            while len(self.layers) <= depth:
                self.layers.append([])
            self.layers[depth].append(made.alias(f"{STEP}{step.n}"))
            made, depth = self.dialect.column(f"{STEP}{step.n}"), depth + 1
        self.expressions[step], self.depth[step] = made, depth

    def _made(self, step: Step) -> Any:
        inputs = [self.expressions[part] for part in step.inputs]
        if step.op in ("true", "false"):
            return nw.lit(step.op == "true")
        if step.op == "constant":
            return _whole(step.low, self.dialect)
        if step.op == "~":
            return ~inputs[0]
        if step.op == "choose":
            one, other = (self._wide(e, step) for e in inputs[1:])
            return nw.when(inputs[0]).then(one).otherwise(other)
        if step.op == "//":
            return self.dialect.divided(inputs[0], step.inputs[1].low)
        if len(inputs) == 2:
            applied: Any = APPLY[step.op](*(self._wide(e, step) for e in inputs))
            return applied
        column = self.dialect.column(str(step.args[0]))
        if step.op == "equals":
            assert not isinstance(step.args[1], Step)
            self.equals[f"{STEP}{step.n}"] = (str(step.args[0]), step.args[1])
            return self.dialect.column(f"{STEP}{step.n}")
        return column if step.op == "number" else ~column.is_null()

    def _wide(self, number: Any, step: Step) -> Any:
        """A factor or summand, in the type that holds what is computed."""
        return number.cast(self.dialect.wide) if is_long(step, self.knowledge) else number

    def shown(self, one: ColumnShown) -> Any:
        """The expression of a column of results."""
        if isinstance(one, NameShown):
            return self._first(one)
        if isinstance(one, NumberShown):
            made = self.expressions
            parts = [nw.when(made[where]).then(made[number]) for where, number in one.parts]
            bound = nw.max_horizontal if one.greatest else nw.min_horizontal
            return parts[0] if len(parts) == 1 else bound(*parts)
        return self.expressions[one]

    def _first(self, one: NameShown) -> Any:
        type = self.dialect.names(one.names)
        chosen = nw.lit(one.otherwise, dtype=type)
        for name, where in reversed(one.choices):
            chosen = nw.when(self.expressions[where]).then(nw.lit(name, dtype=type)).otherwise(chosen)
        return chosen


def decimals(names: Iterable[str], knowledge: Knowledge, dialect: Dialect = POLARS) -> list[nw.Expr]:
    """The columns of results; dates as such, numbers that have decimals in their own unit, not scaled."""
    columns, known = [], _places(knowledge)
    days = [name for name, term in knowledge.attributes.items() if term.is_date]
    for name in names:
        column = dialect.column(name)
        finding = knowledge.findings.get(_finding_of(name))
        if (finding and finding.is_date) or name in days:
            column = dialect.day(column)
        elif places := finding.decimals if finding and finding.numeric else known.get(name, 0):
            # a text: of a decimal number Polars asks whether it is one of NumPy's, which it imports for that
            unit = nw.lit(f"{Decimal(1).scaleb(-places):f}").cast(nw.Decimal(places, places))
            column = (column.cast(nw.Decimal(DIGITS, 0)) * unit).cast(nw.Decimal(DIGITS, places))
        columns.append(column.alias(name))
    return columns


def _places(knowledge: Knowledge) -> dict[str, int]:
    """The decimals of answers and of costs, by column."""
    places = {name: term.decimals for name, term in knowledge.attributes.items()}
    for option in knowledge.options:
        for side, name, _ in cost_sides(knowledge):
            places[option_column(option, COST, side)] = knowledge.findings[name].decimals
    return places


def _finding_of(column: str) -> str:
    """The finding that a column has the value of; "" of other columns."""
    first, *rest = column.split(".")
    return name_and_option(rest[0])[0] if first == FINDING and rest else ""
