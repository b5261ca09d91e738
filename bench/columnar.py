"""The engines that take a whole table at once: the shell's, the same plan for Polars alone, and DuckDB.

Each has `load(folder)`, not timed, which makes the cases resident; `run()`, timed, which makes the whole
result resident; `table()`, the result as a Polars frame, for comparison. Results have the same columns
in all of them: verdicts (also by target), timings, costs, flags, findings, plan steps, fired rules.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import polars as pl
from cases import Outcome  # (puts the shell on the path)

from expert.backends.columns import POLARS, STEP, outcome
from expert.backends.program import Lines, lines
from expert.backends.series import SeriesPlan
from expert.language.keys import with_option
from expert.language.model import Knowledge, Term
from expert.language.outcome import cost_amounts
from expert.language.policy import NOW, VERDICTS
from expert.language.rules import RuleBase
from expert.language.steps import Step, needed

NO_CODE = 255  # of an answer that is not known, where answers are codes
CASES, CODES, PLAIN = "cases.arrow", "codes.parquet", "cases.parquet"
FOUND = (".", "finding.", "plan.", "fired.")


def type_of(term: Term) -> Any:
    return pl.Int64 if term.numeric else pl.Enum(list(term.values))


def random_table(knowledge: Knowledge, size: int, seed: int = 1) -> pl.DataFrame:
    """Cases by columns: a quarter of the answers unknown, numbers scaled (cents)."""
    import numpy as np

    random = np.random.default_rng(seed)
    columns = []
    for name, term in knowledge.attributes.items():
        unknown = random.random(size, dtype=np.float32) < 0.25
        if term.numeric:
            low, high = (1, 120) if term.decimals == 0 else (0, 1_000_000)
            values = random.integers(low, high, size, endpoint=True)
            column = pl.Series(name, values, dtype=pl.Int64)
        else:
            codes = random.integers(0, len(term.values), size, dtype=np.uint8)
            column = pl.Series(name, list(term.values), dtype=type_of(term)).gather(codes)
        columns.append(pl.select(pl.when(~pl.Series(unknown)).then(column).alias(name)).to_series())
    return pl.DataFrame(columns)


def write_files(table: pl.DataFrame, knowledge: Knowledge, folder: Path, plain: bool = False) -> None:
    """The files that the engines load; or, if plain, one of text and whole dollars, as users have them."""
    if plain:
        columns = [
            (pl.col(name) // 10**term.decimals) if term.numeric else pl.col(name).cast(pl.String)
            for name, term in knowledge.attributes.items()
        ]
        table.lazy().with_columns(*columns).sink_parquet(folder / PLAIN)
        return
    table.write_ipc(folder / CASES, compression="uncompressed")
    names = [name for name, term in knowledge.attributes.items() if not term.numeric]
    codes = [pl.col(name).to_physical().fill_null(NO_CODE).cast(pl.UInt8) for name in names]
    table.with_columns(codes).write_parquet(folder / CODES)


class Notation(Protocol):
    """How an engine writes steps down. Truths are of two values: what is not known is handled here."""

    def leaf(self, step: Step) -> Any: ...
    def operate(self, op: str, inputs: list[Any]) -> Any: ...
    def column(self, name: str) -> Any: ...
    def choose(self, choices: list[tuple[str, Any]], names: list[str], otherwise: str | None) -> Any: ...
    def where(self, truth: Any, number: Any) -> Any: ...


class Layers:
    """A program in some notation: layers of shared steps, and results."""

    def __init__(self, program: Lines, knowledge: Knowledge, notation: Notation) -> None:
        self.layers: list[dict[str, Any]] = []
        self.made: dict[Step, Any] = {}
        self.notation = notation
        depth: dict[Step, int] = {}
        numbers = [step for amounts in program.numbers.values() for pair in amounts for step in pair]
        for step, uses in needed([*program.steps, *numbers]):
            inputs = [self.made[part] for part in step.inputs]
            made = notation.operate(step.op, inputs) if inputs else notation.leaf(step)
            at = max((depth[part] for part in step.inputs), default=0)
            if uses > 1 and step.op not in ("true", "false", "constant", "number"):
                while len(self.layers) <= at:
                    self.layers.append({})
                self.layers[at][f"{STEP}{step.n}"] = made
                made, at = notation.column(f"{STEP}{step.n}"), at + 1
            self.made[step], depth[step] = made, at
        self.results = dict(self._results(program, knowledge))

    def _results(self, program: Lines, k: Knowledge) -> Any:
        made, steps = self.made, [NOW, *k.steps]
        for option in k.options:
            yield f"{option}.verdict", self._first(program.verdicts[option], list(VERDICTS), None)
            for target in k.targets:
                if found := program.targets[option].get(target):
                    yield f"{option}.verdict.{target}", self._first(found, list(VERDICTS), None)
            yield f"{option}.timing", self._first(program.timings[option], steps, NOW)
            costs = cost_amounts(k, program.numbers, option)
            for side, amounts in zip(("low", "high"), costs, strict=False):
                if len(amounts) > 1:
                    raise NotImplementedError("a cost that several rules conclude")
                for where, number in amounts:
                    yield f"{option}.cost.{side}", self.notation.where(made[where], made[number])
            for flag, at in program.flags[option].items():
                yield f"{option}.flag.{flag}", made[at]
        for (key, value), at in program.findings.items():
            yield f"finding.{key}.{value}", made[at]
        shown = [with_option(name, option) for name in k.cost or () for option in k.options]
        for key, amounts in program.numbers.items():
            if key in shown:  # as the option's costs
                continue
            for n, (where, number) in enumerate(amounts, 1):
                name = f"finding.{key}" + (f".{n}" if len(amounts) > 1 else "")
                yield name, self.notation.where(made[where], made[number])
        yield from ((f"plan.{step}", made[at]) for step, at in program.plan.items())
        yield from ((f"fired.{id}", made[at]) for id, at in program.fired.items())

    def _first(self, choices: dict[str, Step], names: list[str], otherwise: str | None) -> Any:
        tests = [(name, self.made[at]) for name, at in choices.items() if at.op != "false"]
        return self.notation.choose(tests, names, otherwise)


# --- Polars ----------------------------------------------------------------------------------------


class InPolars:
    """Polars' own expressions."""

    operators: dict[str, Callable[[Any, Any], Any]] = {  # noqa: RUF012
        "&": lambda a, b: a & b,
        "|": lambda a, b: a | b,
        ">": lambda a, b: a > b,
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
    }

    def leaf(self, step: Step) -> Any:
        if step.op in ("true", "false"):
            return pl.lit(step.op == "true")
        if step.op == "constant":
            return pl.lit(step.args[0], dtype=pl.Int64)
        column = pl.col(str(step.args[0]))
        if step.op == "equals":
            return (column == step.args[1]) & column.is_not_null()
        return column if step.op == "number" else column.is_not_null()

    def operate(self, op: str, inputs: list[Any]) -> Any:
        return ~inputs[0] if op == "~" else self.operators[op](*inputs)

    def column(self, name: str) -> Any:
        return pl.col(name)

    def choose(self, choices: list[tuple[str, Any]], names: list[str], otherwise: str | None) -> Any:
        type = pl.Enum(names)
        found = pl.lit(otherwise, dtype=type)
        for name, where in reversed(choices):
            found = pl.when(where).then(pl.lit(name, dtype=type)).otherwise(found)
        return found

    def where(self, truth: Any, number: Any) -> Any:
        return pl.when(truth).then(number)


class OnPolars:
    """What the two have in common that run on Polars' streaming engine."""

    def __init__(self, base: RuleBase) -> None:
        self.base, self.program = base, lines(base)

    def load(self, folder: Path) -> None:
        self.cases = pl.read_ipc(folder / CASES)
        self.found: Any = None

    def plan(self) -> pl.LazyFrame:
        raise NotImplementedError

    def run(self) -> None:
        self.found = None  # so that no two results are ever in memory
        self.found = self.plan().collect(engine="streaming")

    def table(self) -> pl.DataFrame:
        found: pl.DataFrame = self.found
        return found


class Shell:
    """The shell: the plan of `expert.backends.series`, made once and kept."""

    def __init__(self, base: RuleBase) -> None:
        self.base, self.program = base, lines(base)
        self.kept: SeriesPlan | None = None

    def load(self, folder: Path) -> None:
        self.cases = pl.read_ipc(folder / CASES)
        self.found: Any = None

    def plan(self) -> SeriesPlan:
        return SeriesPlan(self.program, self.base.knowledge)

    def run(self) -> None:
        self.found = None
        self.kept = self.kept or self.plan()
        self.found = self.kept.on(self.cases)

    def table(self) -> pl.DataFrame:
        found: pl.DataFrame = self.found
        return found


class ThroughNarwhals(OnPolars):
    """The same plan in Narwhals' expressions, which it goes through anew for every table."""

    def plan(self) -> pl.LazyFrame:
        import narwhals as nw

        frame = nw.from_native(self.cases.lazy())
        found: pl.LazyFrame = outcome(frame, self.base.knowledge, self.program, POLARS).to_native()
        return found.select(pl.exclude(f"^{STEP}.*$", *self.base.knowledge.attributes))


class Direct(OnPolars):
    """The plan written by hand in Polars' own expressions, made once and kept."""

    notation = InPolars

    def __init__(self, base: RuleBase) -> None:
        super().__init__(base)
        self.kept: Layers | None = None

    def plan(self) -> pl.LazyFrame:
        self.kept = self.kept or Layers(self.program, self.base.knowledge, self.notation())
        frame = self.cases.lazy()
        for layer in self.kept.layers:
            frame = frame.with_columns(**layer)
        return frame.select(**self.kept.results)


class NullAware(InPolars):
    """Polars' own expressions, with an equality that Narwhals does not speak: `eq_missing`."""

    def leaf(self, step: Step) -> Any:
        if step.op == "equals":
            return pl.col(str(step.args[0])).eq_missing(pl.lit(step.args[1]))
        return super().leaf(step)


class Best(Direct):
    """The fastest plan for Polars that was found."""

    notation = NullAware


# --- DuckDB ----------------------------------------------------------------------------------------


class InSql:
    """SQL over answers as codes: 255 where not known, and numbers NULL."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.terms = knowledge.attributes

    def leaf(self, step: Step) -> str:
        if step.op in ("true", "false"):
            return step.op
        if step.op == "constant":
            return str(step.args[0])
        name = str(step.args[0])
        term, quoted = self.terms[name], f'"{name}"'
        if step.op == "number":
            return quoted
        if term.numeric:
            return f"({quoted} IS NOT NULL)"
        code = NO_CODE if step.op == "known" else list(term.values).index(str(step.args[1]))
        return f"({quoted} {'<>' if step.op == 'known' else '='} {code})"

    def operate(self, op: str, inputs: list[str]) -> str:
        words = {"&": "AND", "|": "OR"}
        return f"(NOT {inputs[0]})" if op == "~" else f"({f' {words.get(op, op)} '.join(inputs)})"

    def column(self, name: str) -> str:
        return f'"{name}"'

    def choose(self, choices: list[tuple[str, str]], names: list[str], otherwise: str | None) -> str:
        last = f"ELSE {names.index(otherwise)}" if otherwise else ""
        if not choices:
            return f"{names.index(otherwise) if otherwise else 'NULL'}::UTINYINT"
        tests = " ".join(f"WHEN {where} THEN {names.index(name)}" for name, where in choices)
        return f"(CASE {tests} {last} END)::UTINYINT"

    def where(self, truth: str, number: str) -> str:
        return f"CASE WHEN {truth} THEN {number} END"


def sql(program: Lines, knowledge: Knowledge) -> str:
    """The query: a common table expression for each layer, then the results."""
    made = Layers(program, knowledge, InSql(knowledge))
    tables, last = [], "cases"
    for n, layer in enumerate(made.layers):
        columns = ", ".join(f'{written} AS "{name}"' for name, written in layer.items())
        tables.append(f"layer{n} AS (SELECT *, {columns} FROM {last})")
        last = f"layer{n}"
    results = ", ".join(f'{written} AS "{name}"' for name, written in made.results.items())
    return f"{'WITH ' if tables else ''}{', '.join(tables)} SELECT {results} FROM {last}"


class DuckDB:
    """DuckDB, from a table of its own to an Arrow table: twice as fast as to a table of its own."""

    def __init__(self, base: RuleBase) -> None:
        import duckdb

        self.knowledge = base.knowledge
        self.query = sql(lines(base), base.knowledge)
        self.database = duckdb.connect()
        self.database.execute("SET threads = 2")

    def load(self, folder: Path) -> None:
        self.database.execute(f"CREATE TABLE cases AS SELECT * FROM '{folder / CODES}'")
        self.found: Any = None

    def run(self) -> None:
        self.found = None
        self.found = self.database.sql(self.query).to_arrow_table()

    def table(self) -> pl.DataFrame:
        found: pl.DataFrame = pl.from_arrow(self.found)  # type: ignore[assignment]
        named = {"verdict": list(VERDICTS), "timing": [NOW, *self.knowledge.steps]}
        wanted = {name: name.split(".")[1] for name in found.columns if name.count(".")}
        codes = {n: _named(n, named[kind]) for n, kind in wanted.items() if kind in named}
        return found.with_columns(**codes)


def _named(column: str, names: list[str]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(enumerate(names)), return_dtype=pl.Enum(names))


TABLES: dict[str, Any] = {
    "population": Shell,
    "Polars alone": Direct,
    "Polars at its best": Best,
    "DuckDB": DuckDB,
}


def outcomes(table: pl.DataFrame, base: RuleBase) -> list[Outcome]:
    """A result table as outcomes, one for each row."""
    k = base.knowledge
    found = []
    for row in table.iter_rows(named=True):
        true = [name for name, value in row.items() if value is True]
        flags = (name.split(".flag.") for name in true if ".flag." in name)
        findings = (name.split(".", 2)[1:] for name in true if name.startswith("finding."))
        found.append(
            Outcome(
                {option: row[f"{option}.verdict"] for option in k.options},
                {option: row[f"{option}.timing"] for option in k.options},
                {o: (row.get(f"{o}.cost.low"), row.get(f"{o}.cost.high")) for o in k.options},
                frozenset((option, flag) for option, flag in flags),
                frozenset((name, value) for name, value in findings),
                frozenset(name.removeprefix("fired.") for name in true if name.startswith("fired.")),
            )
        )
    return found


def table_of(cases: list[Any], knowledge: Knowledge) -> pl.DataFrame:
    """Cases as a table."""
    columns = {name: [case.answers[name] for case in cases] for name in knowledge.attributes}
    return pl.DataFrame(columns, schema={n: type_of(t) for n, t in knowledge.attributes.items()})
