"""Spark gives what Polars gives."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from contextlib import nullcontext
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.populations import (
    CASES_EACH,
    GENERATED,
    ON_SPARK,
    TERMS,
    WORDS,
    Setting,
    by_python,
    generated,
    is_all,
    name_of,
    pl,
    series,
)
from support.shell import ROOT
from support.sizes import LONG, MORE
from support.sparking import compiling_less

from expert.io.problems import CaseError, MissingLibrary
from expert.language.model import Knowledge
from expert.language.rules import RuleBase
from expert.population import run as population


def same_on_spark(found: Setting, folder: Path) -> None:
    """Spark's results are those of Polars, column by column and to the last digit."""
    from expert.population import spark as engine

    out = folder / "spark.parquet"
    counts = engine.run(found.base, population.Job(found.files, out, folder / "spark.rejects"))
    assert counts == (len(found.cases), len(found.cases), 0)
    legends = [
        json.loads(population.legend_path(folder / f"{e}.parquet").read_text()) for e in ("polars", "spark")
    ]
    assert legends[0] == legends[1] and not (folder / "spark.rejects").read_text()
    parts = [pl.read_parquet(path) for path in sorted(out.iterdir())]
    assert all(part["row"].is_sorted() for part in parts)
    same_frames(found.frame, pl.concat(parts).sort("row"))


def same_frames(one: Any, other: Any) -> None:
    assert one.columns == other.columns
    for name in one.columns:
        a, b = one[name], other[name]
        if a.dtype.is_numeric():
            a, b = (column.cast(pl.Decimal(38, 6)) for column in (a, b))
        elif a.dtype == pl.Enum:
            a = a.cast(pl.String)
        assert a.dtype == b.dtype and a.equals(b), name


@pytest.mark.long
def test_spark_gives_the_same(spark: Any, cases: Setting, tmp_path: Path) -> None:
    shutil.copy(population.legend_path(Path(cases.files[0]).parent / "polars.parquet"), tmp_path)
    with nullcontext() if is_all(cases) and name_of(cases) == "acne" else compiling_less(spark):
        same_on_spark(cases, tmp_path)


@pytest.mark.long
def test_spark_gives_the_same_on_generated_knowledge_bases(quick_spark: Any, tmp_path: Path) -> None:
    done = 0
    for seed in GENERATED:
        folder = tmp_path / str(seed)
        folder.mkdir()
        if done < ON_SPARK and (found := generated(seed, folder, CASES_EACH)):
            same_on_spark(found, folder)
            done += 1
    assert done == ON_SPARK


@pytest.mark.long
def test_spark_gives_the_same_on_all_generated_knowledge_bases(spark: Any, tmp_path: Path) -> None:
    for seed in GENERATED:
        folder = tmp_path / str(seed)
        folder.mkdir()
        if found := generated(seed, folder, CASES_EACH):
            same_on_spark(found, folder)


@pytest.mark.long
@pytest.mark.parametrize("absent", [False, True])
def test_spark_rejects_as_polars_does(quick_spark: Any, base: RuleBase, tmp_path: Path, absent: bool) -> None:
    """Files with other columns and types, odd names, rows that are no cases: the same lines and numbers."""
    from expert.population import spark as engine
    from expert.population.tables import ReadAs

    random, names = Random(9), list(base.knowledge.attributes)
    texts = {name: [term.sample, None, "unknown"] for name, term in base.knowledge.attributes.items()}
    rows = [{name: random.choice(texts[name]) for name in names} for _ in range(120)]
    for row in rows[::3]:
        row |= {name: random.choice(WORDS) for name in random.sample(names, 3)}
    whole = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))
    whole = whole.with_columns(pl.Series("who is `it`", range(120)), pl.Series("Spent", range(120)))
    folder = tmp_path / "in [1] {a}*?é%20"
    (folder / "sub").mkdir(parents=True)
    floats = whole[40:80].with_columns(pl.Series("budget", [0.1, 1e7, 0.3, 1e-7] * 10))
    whole[:40].write_parquet(folder / "a b.parquet")
    floats.write_parquet(folder / "b%20.parquet")
    whole[80:100].drop("picking", "Spent").write_parquet(folder / "sub/c.parquet")
    whole[:0].write_parquet(folder / "sub/d.parquet")
    whole[100:].write_parquet(folder / "sub/e.parquet")
    (folder / "_hidden.parquet").write_text("no data")
    words = [str(path) for path in sorted(folder.rglob("[!_]*.parquet"))]
    words = [word.translate(str.maketrans({c: f"[{c}]" for c in "[*?"})) for word in words]
    one, other = tmp_path / "polars.parquet", tmp_path / "spark.parquet"
    counts = population.run(base, population.Job(words, one, tmp_path / "polars", ReadAs(absent)))
    job = population.Job([str(folder)], other, tmp_path / "spark", ReadAs(absent))
    assert counts == engine.run(base, job)
    assert counts.read == 120 and 20 < counts.accepted < 100
    assert (tmp_path / "spark").read_text() == (tmp_path / "polars").read_text()
    same_frames(pl.read_parquet(one), pl.read_parquet(other / "*.parquet").sort("row"))
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.endswith(".part")) == []


def test_mistakes_on_spark(base: RuleBase, tmp_path: Path) -> None:
    """What is wrong with files is said before Spark starts."""
    pytest.importorskip("pyspark")
    from expert.population import spark as engine

    (tmp_path / "cases.csv").write_text("a\n1\n")
    (tmp_path / "empty").mkdir()
    mine = tmp_path / "mine.parquet"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep")
    for word, out, message in (
        ("cases.csv", "out.parquet", "Spark cannot read"),
        ("empty", "out.parquet", "Spark cannot read"),
        ("none.parquet", "out.parquet", "No such file"),
        ("none-*.parquet", "out.parquet", "no file matches"),
        ("none.parquet", "out.csv", "of no kind that can be written"),
        ("none.parquet", "mine.parquet", "in the way"),
    ):
        with pytest.raises(CaseError, match=message):
            job = population.Job([str(tmp_path / word)], tmp_path / out, tmp_path / "rejects")
            engine.run(base, job)
    assert (mine / "letter.txt").read_text() == "keep"


def test_without_pyspark_or_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear message, as for any optional library."""
    from expert.population import spark as engine

    def missing(name: str) -> Any:
        raise ImportError(name)

    with monkeypatch.context() as patched:
        patched.setattr(engine, "import_module", missing)
        with (
            pytest.raises(MissingLibrary, match="needs PySpark, which is not installed") as told,
            engine.session(),
        ):
            pass
        assert " 'pyspark>=" in told.value.problems[0].help
    monkeypatch.setattr(engine.shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(MissingLibrary, match="Java is not installed"):
        engine._started(None)


@pytest.mark.parametrize(
    "step", [pytest.param(4, id="some", marks=MORE), pytest.param(1, id="all", marks=LONG)]
)
def test_spark_reads_cells_as_consult_does(
    quick_spark: Any, base: RuleBase, tmp_path: Path, step: int
) -> None:
    """One job: a column for each attribute and type, and in each row one cell."""
    from expert.backends.columns import ANSWER, BAD
    from expert.population import spark as engine
    from expert.population.inputs import sources
    from expert.population.tables import ReadAs

    # Parquet files of these say something else to Spark, or nothing
    skipped = ("int128", "names", "others", "nothing", "durations", "times")
    kinds = {kind: cells for kind, cells in series(Random(6)).items() if kind not in skipped}
    pairs = [(kind, t) for kind in kinds for t in TERMS][::step]
    terms = {f"{t.name}-{kind}": t._replace(name=f"{t.name}-{kind}") for kind, t in pairs}
    frames, expected = [], []
    for name, term in terms.items():
        cells = kinds[name.split("-")[-1]]
        frames.append(pl.DataFrame({name: cells}))
        expected += [(name, cell, *by_python(cell, term)) for cell in cells.to_list()]
    pl.concat(frames, how="diagonal").write_parquet(tmp_path / "cells.parquet")
    knowledge: Knowledge = base.knowledge._replace(attributes=terms)
    files = sources([str(tmp_path / "cells.parquet")], terms, ReadAs())
    [rows] = engine._tables(quick_spark, files, knowledge, False)
    named = [f"`{ANSWER}{name}`" for name in terms]
    found = rows.selectExpr(
        "row",
        f"`{BAD}`",
        f"named_struct({', '.join(f'{n!r}, {c}' for n, c in zip(terms, named, strict=True))})",
    )
    read = {row[0]: (not row[1], row[2]) for row in found.collect()}
    assert len(read) == len(expected)
    for number, (name, cell, good, answer) in enumerate(expected, 1):
        assert (read[number][0], read[number][1][name]) == (good, answer), (name, cell)
        assert sum(value is not None for value in read[number][1]) == (answer is not None)


@pytest.mark.long
def test_the_job_of_the_page_runs_on_one_machine(spark: Any, base: RuleBase, tmp_path: Path) -> None:
    """As `docs/population.md` has it, but for the machines; `cicatrix` is made as the wheel has it."""
    submit = Path(sys.executable).parent / "spark-submit"
    if not submit.exists():
        pytest.skip("there is no spark-submit beside this Python")
    page = (ROOT / "docs" / "population.md").read_text("utf-8")
    package = tmp_path / "cicatrix"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for name in ("cli.py", "kb", "rules"):
        (package / name).symlink_to(ROOT / name)
    [job] = re.findall(r"    from cicatrix\.cli import main\n\n    main\(\)\n", page)
    (tmp_path / "job.py").write_text(textwrap.dedent(job))
    [words] = re.findall(r"spark-submit [^`]*?job\.py ([^`]*?--engine spark)", page)
    (tmp_path / "cases").mkdir()
    names = list(base.knowledge.answerable)
    rows = [{"scar_depth": depth, "scar_count": "3"} for depth in ("deep", "shallow", "nothing")]
    schema = dict.fromkeys(names, pl.String)
    pl.DataFrame(rows, schema=schema).write_parquet(tmp_path / "cases/a.parquet")
    line = shlex.split(words.replace("/shared", str(tmp_path)))
    environment = {
        **os.environ,
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
        "PYSPARK_PYTHON": sys.executable,
    }
    done = subprocess.run(
        [str(submit), "--master", "local[2]", "job.py", *line],
        cwd=tmp_path,
        env=environment | {"PYSPARK_DRIVER_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "3 read, 2 accepted, 1 rejected" in done.stdout, done.stderr[-2000:]
    found = pl.read_parquet(tmp_path / "results.parquet/*.parquet").sort("row")
    assert found["punch-technique.verdict"].to_list()[0] == "preferred"
    assert found["dermabrasion.verdict"].to_list() == ["not-advised", "option"]
