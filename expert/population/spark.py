"""A population on Spark: what `population.run` does, on as many machines as a session has.

Files have to be where the driver and all executors see them. This module is the only one that
imports PySpark, and does so when a session is wanted.
"""

from __future__ import annotations

import heapq
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

from expert.backends.columns import ANSWER, BAD, DIGITS, STEP, Dialect, Equals, checked, decimals, outcome
from expert.backends.frames import nw, pl
from expert.backends.program import lines
from expert.consultation.case import ROW
from expert.io.files import check_output, written_together
from expert.io.problems import CaseError, MissingLibrary, Problem, not_installed
from expert.io.version import __version__
from expert.language.model import BadValue, Knowledge, Term
from expert.language.rules import RuleBase
from expert.population.inputs import paths_of, sources
from expert.population.rejects import reasons_against, rejection
from expert.population.run import (
    Counts,
    Job,
    RowsSeen,
    legend_path,
    other_columns,
    write_legend,
)
from expert.population.several import check_together, told_apart
from expert.population.tables import LINE, TableFile, absences

SparkFrame = Any  # a Spark DataFrame
FILE, CELLS, MISSING = "file.", "cells.", "missing."  # columns that no input can have
OURS = (FILE, LINE, CELLS, MISSING, BAD)

SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # what does not fit is an error, never another number
    "spark.sql.caseSensitive": "true",
    "spark.sql.codegen.wholeStage": "false",  # methods so long that Java does not compile them
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}

QUIET = """rootLogger.level = fatal
rootLogger.appenderRef.a.ref = a
logger.gateway.name = org.apache.spark.api.python.PythonGatewayServer
logger.gateway.level = fatal
appender.a.type = Console
appender.a.name = a
appender.a.target = SYSTEM_ERR
appender.a.layout.type = PatternLayout
"""


def pyspark(module: str) -> Any:
    """A module of PySpark. Raises MissingLibrary."""
    try:
        return import_module(f"pyspark.{module}")
    except ImportError:
        raise not_installed("population run --engine spark", "PySpark", "spark") from None


def backticked(name: str) -> str:
    """A column's name as Spark reads any name at all."""
    return "`" + name.replace("`", "``") + "`"


def _equals(frame: Any, wanted: Equals) -> Any:
    column = pyspark("sql.functions").col
    same = {name: column(backticked(of)).eqNullSafe(value) for name, (of, value) in wanted.items()}
    return frame.withColumns(same) if same else frame


def _divided(number: nw.Expr, divisor: int) -> nw.Expr:
    """A number divided by a power of ten: Spark would divide in binary, and multiplies decimals exactly."""
    while divisor > 1:
        step = min(divisor, 10**6)  # of a product Spark keeps six decimals
        unit = nw.lit(Decimal(1) / step)
        number = ((number - number % step).cast(nw.Decimal(DIGITS, 0)) * unit).cast(nw.Decimal(DIGITS, 0))
        divisor //= step
    return number


SPARK = Dialect(
    names=lambda names: nw.String,
    wide=nw.Decimal(DIGITS, 0),
    column=lambda name: nw.col(backticked(name)),
    equals=_equals,
    divided=_divided,
)


def run(base: RuleBase, job: Job, seen: RowsSeen | None = None) -> Counts:
    """Run the rules on every row of some files, as `population.run`. Raises CaseError and MissingLibrary.

    Cases may be directories. `out` becomes a directory of Parquet files, each with its rows in
    order, and takes the place of one that was there before.
    """
    out, rejects = job.out, job.rejects
    check_output(out, (".parquet",))
    if out.exists() and not (out.is_dir() and all(part.name.startswith("part-") for part in out.iterdir())):
        raise CaseError(f"`{out}` is in the way, and no output of Spark", "move it away")
    files = sources(parquet_files(job.cases), base.knowledge.answerable, job.reading)
    for file in files:
        check_together(file.columns, base.knowledge)
    legend = legend_path(out)
    read, rejected = sum(file.rows or 0 for file in files), 0
    with written_together(rejects, legend, out) as (rejects_part, legend_part, part):
        with session() as spark, _told():
            tables = _tables(spark, files, base.knowledge, job.reading.absent)
            results(tables, base).write.parquet(_uri(part))
            accepted = _tidied(part)
            with rejects_part.open("w", encoding="utf-8", newline="\n") as stream:
                streams = [_rejected(rows, base.knowledge) for rows in tables] if accepted < read else []
                for _, record in heapq.merge(*streams, key=lambda numbered: numbered[0]):
                    stream.write(record)
                    rejected += 1
        if accepted + rejected != read:
            what = f"of {read:,} rows, {accepted:,} came out and {rejected:,} were rejected"
            raise CaseError(what, "was a file changed meanwhile?")
        counts = Counts(read, accepted, rejected)
        write_legend(legend_part, base, job.cases, counts, job.unreviewed)
    if seen:
        seen(read, read)
    return counts


def parquet_files(words: list[str]) -> list[str]:
    """The files that paths, patterns and directories mean, in order of names. Raises CaseError."""
    problems: list[Problem] = []
    paths: list[Path] = []
    for path in paths_of(words, problems):
        inside = []
        for part in sorted(path.rglob("*.parquet")):
            if not re.search(r"/[_.]", str(part)[len(str(path)) :]):
                inside.append(part)
        paths += inside or [path]
    help = "it takes files `.parquet` whose names begin with neither `_` nor `.`"
    for path in paths:
        if path.suffix != ".parquet" or path.name[0] in "_." or path.is_dir():
            problems.append(Problem(f"Spark cannot read `{path}`", None, help))
    if problems:
        raise CaseError(problems)
    return [str(path) for path in paths]


def _uri(path: Path) -> str:
    return f"file://{path.absolute()}"


def _tidied(directory: Path) -> int:
    """Leave nothing but results in a directory that Spark wrote; how many there are."""
    for path in directory.iterdir():
        if not path.name.startswith("part-"):
            path.unlink()
    return sum(pl.scan_parquet(p, glob=False).select(pl.len()).collect().item() for p in directory.iterdir())


def _tables(spark: Any, files: list[TableFile], knowledge: Knowledge, absent: bool) -> list[SparkFrame]:
    """The rows of the files, those with equal columns together: number, file, all cells, answers,
    names of missing columns, and whether a row is bad. Raises CaseError."""
    extra = other_columns([file.columns for file in files], knowledge)
    kinds: dict[frozenset[tuple[str, str]], list[tuple[TableFile, int]]] = {}
    before = 0
    for file in files:
        kind = frozenset((name, str(type)) for name, type in file.columns.items())
        kinds.setdefault(kind, []).append((file, before))
        before += file.rows or 0
    return [_table(spark, same, list(extra), knowledge, absent) for same in kinds.values()]


def _table(
    spark: Any, files: list[tuple[TableFile, int]], extra: list[str], knowledge: Knowledge, absent: bool
) -> SparkFrame:
    f = pyspark("sql.functions")
    raw = spark.read.parquet(*(re.sub(r"([\\{}\[\]*?])", r"\\\1", _uri(file.path)) for file, _ in files))
    attributes = {name: type for name, type in raw.dtypes if name in knowledge.attributes}
    several = [term for name, term in knowledge.several.items() if name in raw.columns]
    missing = [] if absent else absences(raw.columns, knowledge.answerable)
    written = [urlsplit(uri).path for uri in raw.inputFiles()]
    paths = {unquote(path): path for path in written}
    places = [(paths.get(str(file.path.absolute())), before, str(file.path)) for file, before in files]
    where = spark.createDataFrame(places, f"`path.` string, `before.` bigint, `{FILE}` string")
    meta = raw.metadataColumn("_metadata")
    path = f.regexp_replace(meta["file_path"], "^file:/+", "/").alias("at.")
    cells = f.struct(*map(backticked, raw.columns)).alias(CELLS)
    kept = [backticked(name) for name in extra if name in raw.columns]
    # the shortest spelling of a float is Python's to say: that of Java 17 can be another
    spelled = f.udf(lambda cell: None if cell is None else str(cell), "string")
    read = [
        (spelled(backticked(name)) if type in ("double", "float") else f.col(backticked(name))).alias(name)
        for name, type in attributes.items()
    ]
    for term in several:
        read += [_answer(term, part)(backticked(term.name)).alias(part) for part in term.parts]
    rows = raw.select(*kept, *read, cells, path, meta["row_index"].alias("index."))
    rows = rows.join(f.broadcast(where), f.col("`at.`") == f.col("`path.`"))
    number = (f.col("`before.`") + f.col("`index.`") + 1).alias(ROW)
    line = (f.col("`index.`") + 1).alias(LINE)
    shared = [*kept, backticked(FILE), backticked(CELLS)]
    answered = [*attributes, *(part for term in several for part in term.parts)]
    cases = rows.select(number, line, *shared, *map(backticked, answered))
    done = checked(nw.from_native(cases), knowledge, SPARK).to_native()
    answers = [backticked(ANSWER + name) for name in knowledge.attributes]
    bad = (f.col(backticked(BAD)) | bool(missing)).alias(BAD)
    return done.select(
        ROW, backticked(LINE), *shared, *answers, bad, f.lit("\n".join(missing)).alias(MISSING)
    )


def _answer(term: Term, part: str) -> Any:
    """The function that reads one answer of a cell in which several stand together."""

    # a function with types is taken for one over whole columns, with a warning
    return pyspark("sql.functions").udf(lambda cell: told_apart(_plain(cell), term)[part], "string")


def _plain(cell: Any) -> Any:
    """A structure as the mapping that it is."""
    return cell.asDict() if hasattr(cell, "asDict") else cell


def _rejected(rows: SparkFrame, knowledge: Knowledge) -> Iterator[tuple[int, str]]:
    """What is told of each rejected row, with its number."""
    told = map(backticked, (FILE, LINE, CELLS, MISSING))
    wanted = rows.filter(backticked(BAD)).select(ROW, *told).orderBy(ROW)
    for number, file, line, row, missing in wanted.toLocalIterator():
        cells = row.asDict(recursive=True)
        reasons = reasons_against(cells, knowledge, missing.splitlines())
        yield number, rejection(number, file, line, reasons, cells)


def results(tables: list[SparkFrame], base: RuleBase) -> SparkFrame:
    """Everything that follows from the accepted rows. Raises CaseError."""
    knowledge, frame = base.knowledge, None
    for rows in tables:
        kept = [backticked(name) for name in rows.columns if name not in OURS]
        good = rows.filter(f"NOT {backticked(BAD)}").select(*kept)
        frame = good if frame is None else frame.unionByName(good, allowMissingColumns=True)
    f = pyspark("sql.functions")
    answers = [f.col(backticked(ANSWER + name)).alias(name) for name in knowledge.attributes]
    others = [] if frame is None else [backticked(n) for n in frame.columns if not n.startswith(ANSWER)]
    try:
        # sorting all would take as long as all the rest
        frame = nw.from_native(frame.select(*others, *answers).sortWithinPartitions(ROW))  # type: ignore[union-attr]
        followed = outcome(frame, knowledge, lines(base), SPARK)
    except BadValue as error:
        raise CaseError(error.message, error.help) from None
    names = [name for name in followed.to_native().columns if not name.startswith(STEP)]
    return followed.select(*decimals(names, knowledge, SPARK)).to_native()


# --- the session -----------------------------------------------------------------------------------
@contextmanager
def session() -> Iterator[Any]:
    """The active session, or one that is stopped at the end. Raises MissingLibrary."""
    sql = pyspark("sql")
    active = sql.SparkSession.getActiveSession()
    spark, before = active or _started(sql.SparkSession.builder), {}
    try:
        for name, value in SETTINGS.items():
            before[name] = spark.conf.get(name)
            spark.conf.set(name, value)
        yield spark
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)
        if not active:
            spark.stop()


def _started(builder: Any) -> Any:
    """A session of our own, which prints nothing; where it runs is Spark's configuration."""
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise MissingLibrary("Java is not installed", "install Java 17, or set JAVA_HOME")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {
        "spark.app.name": f"cicatrix {__version__}",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": str(sys.stderr.isatty()).lower(),
        "spark.python.sql.dataFrameDebugging.enabled": "false",
    }
    options = os.environ.get("SPARK_SUBMIT_OPTS", "")
    with TemporaryDirectory() as directory:
        quiet = Path(directory, "log4j2.properties")
        quiet.write_text(QUIET, "utf-8")
        os.environ["SPARK_SUBMIT_OPTS"] = f"{options} -Dlog4j2.configurationFile={quiet}"
        try:
            return builder.config(map=settings).getOrCreate()
        except Exception as error:
            reason = str(error).split("\n")[0]
            raise MissingLibrary(f"Spark cannot be started: {reason}", "it needs Java 17") from None
        finally:
            os.environ["SPARK_SUBMIT_OPTS"] = options


@contextmanager
def _told() -> Iterator[None]:
    """Spark's errors as problems. Raises CaseError."""
    errors, bridge = pyspark("errors"), import_module("py4j.protocol")
    try:
        yield
    except (errors.PySparkException, bridge.Py4JError) as error:
        raise CaseError(f"Spark: {str(error).splitlines()[0]}") from None
