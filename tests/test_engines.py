"""All engines on the same generated knowledge bases: what fires in a case, and the verdicts.

The number of cases on which they do not agree is printed, engine by engine, and has to be none.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import narwhals as nw
import pytest
from support.clips_engine import Clips
from support.contradicting import contradicting
from support.deciding import both_ways
from support.generate import knowledge_files, random_answers, write_files
from support.oracle import OracleKB, evaluate
from support.size import combinations
from support.sizes import some_or_all

from expert.analysis.shown import Listed
from expert.backends.columns import POLARS, option_column, outcome
from expert.backends.program import lines
from expert.backends.series import SeriesPlan
from expert.backends.z3 import World
from expert.consultation.case import Case, parse_pairs
from expert.consultation.engine import infer
from expert.consultation.outcome import follow
from expert.consultation.result import Consultation, name_of
from expert.io.problems import CaseError, KnowledgeError
from expert.knowledge.load import open_files
from expert.language.keys import with_option
from expert.language.limits import NotDecided
from expert.language.meaning import Reading
from expert.language.model import BadValue
from expert.language.outcome import outcome_of
from expert.language.prospect import Cones, Prospect
from expert.language.rules import RuleBase, passes

pl = pytest.importorskip("polars", reason="the population extra is not installed")
Told = tuple[frozenset[str], dict[str, str]]  # the instances that fired, and the verdicts ({}: not told)
COMBINATIONS = 40  # of values in a quantity; beyond, expressions and formulas take too long
Engine = Callable[[Case], Told]


def of_record(record: Consultation) -> Told:
    fired = frozenset(map(name_of, record.firings))
    return fired, {r.option: r.verdict for r in record.recommendations}


def by_oracle(base: RuleBase, directory: Path) -> Engine:
    kb, terms = OracleKB(directory), base.knowledge.attributes

    def told(case: Case) -> Told:
        answers = {n: "unknown" if v is None else terms[n].spell(v) for n, v in case.answers.items()}
        found = evaluate(kb, answers)
        return frozenset(with_option(*pair) for pair in found["fired"]), found["verdicts"]

    return told


def by_grid(base: RuleBase) -> Engine:
    ordered = passes(base.instances)

    def told(case: Case) -> Told:
        reading = Reading(Listed([case]))
        fired = reading.derive(ordered)
        found = outcome_of(base.knowledge, reading, base.instances, fired)
        verdicts = {o: first(found.verdicts(o)) for o in base.knowledge.options}
        return frozenset(id for id, where in fired.items() if where & 1), verdicts

    return told


def first(values: dict[str, int]) -> str:
    return next(value for value, where in values.items() if where & 1)


def by_decider(base: RuleBase) -> Engine:
    decide = both_ways(base)

    def told(case: Case) -> Told:
        found = decide(case)
        return frozenset(found.fired), found.verdicts

    return told


def by_diagrams(base: RuleBase) -> Engine:
    """A case that is one of all completions of nothing."""
    prospect = Prospect(Cones(base), {})
    fired = {i.id: prospect.fired([i]) for i in base.instances}
    verdicts = {o: prospect.verdicts(o) for o in base.knowledge.options}
    at = prospect.completions.at

    def told(case: Case) -> Told:
        answers = dict(case.answers)
        said = {o: next(v for v, w in some.items() if at(w.get(), answers)) for o, some in verdicts.items()}
        return frozenset(id for id, where in fired.items() if at(where, answers)), said

    return told


def by_z3(base: RuleBase) -> Engine:
    world = World(base)
    z3, algebra, outcome = world.algebra.z3, world.algebra, world.outcome
    verdicts = {o: outcome.verdicts(o) for o in base.knowledge.options}

    def told(case: Case) -> Told:
        solver = z3.Solver()
        for name in base.knowledge.attributes:
            solver.add(algebra.given(name, case.value(name)), *algebra.domain(name))
        assert solver.check() == z3.sat
        model = solver.model()

        def so(truth: object) -> bool:
            return z3.is_true(model.eval(truth, model_completion=True)) if z3.is_expr(truth) else bool(truth)

        said = {o: next(v for v, where in some.items() if so(where)) for o, some in verdicts.items()}
        return frozenset(id for id, where in world.fired.items() if so(where)), said

    return told


def by_columns(base: RuleBase, follow: Callable[[pl.DataFrame], pl.DataFrame]) -> Engine:
    def told(case: Case) -> Told:
        types = {
            n: pl.Int128 if t.ordered else pl.Enum([*t.values]) for n, t in base.knowledge.attributes.items()
        }
        cells = follow(pl.DataFrame({n: [case.value(n)] for n in types}, schema=types)).row(0, named=True)
        fired = [
            name.removeprefix("fired.") for name, so in cells.items() if name.startswith("fired.") and so
        ]
        return frozenset(fired), {o: cells[option_column(o, "verdict")] for o in base.knowledge.options}

    return told


def by_expressions(base: RuleBase) -> Engine:
    program = lines(base)

    def followed(frame: pl.DataFrame) -> pl.DataFrame:
        found: pl.LazyFrame = outcome(
            nw.from_native(frame.lazy()), base.knowledge, program, POLARS
        ).to_native()
        return found.collect()

    return by_columns(base, followed)


def by_clips(base: RuleBase, directory: Path) -> Engine:
    engine, terms = Clips(base, directory), base.knowledge.attributes

    def told(case: Case) -> Told:
        answers = {n: terms[n].spell(v) for n, v in case.answers.items() if v is not None}
        fired = [
            (rule, "" if option == "nil" else option) for _, rule, option in engine.run(answers)["fired"]
        ]
        return frozenset(with_option(*pair) for pair in fired), {}

    return told


def engines(base: RuleBase, directory: Path) -> Iterator[tuple[str, Callable[[], Engine]]]:
    """Every engine by name; to be made, which is refused where it cannot say it exactly."""
    yield "follow", lambda: lambda case: of_record(follow(base, case))
    yield "oracle", lambda: by_oracle(base, directory)
    yield "grid", lambda: by_grid(base)
    yield "decider", lambda: by_decider(base)
    yield "diagrams", lambda: by_diagrams(base)
    yield "Z3", lambda: by_z3(base)
    yield "columns", lambda: by_expressions(base)
    yield "series", lambda: by_columns(base, SeriesPlan(lines(base), base.knowledge).on)
    yield "CLIPS", lambda: by_clips(base, directory)


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("count", some_or_all(2, 500, more=25))
def test_all_engines_agree(count: int, part: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of 8 generated knowledge bases, in the long suite of 2,000; in parts, for as many processes."""
    compared, refused, disagreed = Counter[str](), Counter[str](), Counter[str]()

    for seed in itertools.count(part, 4):
        if compared["follow"] == count:
            break
        random = Random(seed)
        files = knowledge_files(random)
        if seed % 4 == 1:  # answers may disagree in some
            files = contradicting(files, Random(seed))
        base, problems = open_files(files)
        if any(problem.message.startswith("nested deeper") for problem in problems):
            continue  # more than may be written
        assert not problems, f"{seed}: {problems[0]}"
        if combinations(base) > COMBINATIONS:
            continue
        directory = write_files(files, tmp_path / str(seed))
        pairs = [f"{name}={value}" for name, value in random_answers(base, random).items()]
        case = parse_pairs(pairs, base.knowledge)
        fired, verdicts = of_record(infer(base, case))
        for name, make in engines(base, directory):
            try:
                there, said = make()(case)
            except (NotDecided, KnowledgeError, BadValue, RecursionError):
                refused[name] += 1
                continue
            compared[name] += 1
            if there != fired or (said and said != verdicts):
                disagreed[name] += 1
    with capsys.disabled():
        shown = [f"{name} {disagreed[name]} of {compared[name]}" for name in compared]
        print(f"\nexperta and {', '.join(shown)} disagree; refused: {dict(refused)}")
    assert not disagreed
    assert all(compared[name] >= 0.5 * count for name in compared) and len(compared) == 9


SPARKS = 6  # knowledge bases; every plan takes seconds


@pytest.mark.long
def test_spark_agrees(quick_spark: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a sample, by its own command: what fires, and the verdicts, of every row."""
    from expert.population import run as population
    from expert.population import spark

    compared, disagreed = 0, 0
    for seed in itertools.count(5000):
        if compared == SPARKS:
            break
        random, folder = Random(seed), tmp_path / str(seed)
        base, problems = open_files(contradicting(knowledge_files(random), random))
        assert not problems
        if combinations(base) > COMBINATIONS:
            continue
        rows = [random_answers(base, random) for _ in range(5)]
        cases = [parse_pairs([f"{n}={v}" for n, v in row.items()], base.knowledge) for row in rows]
        folder.mkdir()
        schema = dict.fromkeys(base.knowledge.attributes, pl.String)
        pl.DataFrame(rows, schema=schema).write_parquet(folder / "cases.parquet")
        job = population.Job([str(folder / "cases.parquet")], folder / "out.parquet", folder / "rejects")
        try:
            assert spark.run(base, job).accepted == len(rows)
        except CaseError as error:
            assert "too long to be exact" in str(error.problems[0])
            continue
        compared += 1
        table = pl.concat(pl.read_parquet(part) for part in (folder / "out.parquet").iterdir()).sort("row")
        for case, cells in zip(cases, table.iter_rows(named=True), strict=True):
            fired = {
                name.removeprefix("fired.") for name, so in cells.items() if name.startswith("fired.") and so
            }
            said = {option: cells[option_column(option, "verdict")] for option in base.knowledge.options}
            disagreed += (frozenset(fired), said) != of_record(infer(base, case))
    with capsys.disabled():
        print(f"\nexperta and Spark: {disagreed} of {5 * compared} cases of {compared} bases disagree")
    assert not disagreed
