"""A population: the same knowledge over a whole table of cases, of any length, in one stream.

What calls what:

    run                     files of cases in, a file of results out
      sources                 the rows, as they stand in the files (inputs)
      Rows.accepted           those that are cases
        plain_answers           the answers of columns that hold nothing else (plain)
        columns.checked         those of the others, and which rows are cases
        reasons_against         why others are none: they go to the rejects (rejects)
      follower                everything that follows from them (series.SeriesPlan)
      shaped                  the same, as the kind of output writes it
      write_results           all of it; where it can be, in stretches of rows (stretches)

A result has its row's number, counting all rows of all files from one; the columns of the input;
and a column for everything that follows, named by `columns.shown`. Beside it stands its
legend: the knowledge itself, so that any row can be explained long after.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from io import FileIO
from pathlib import Path
from typing import IO, Any, NamedTuple

from expert.backends.columns import (
    ANSWER,
    BAD,
    BEGINNINGS,
    COST,
    FIRED,
    FLAG,
    POLARS,
    TIMING,
    VERDICT,
    checked,
    decimals,
)
from expert.backends.frames import nw, pl
from expert.backends.program import lines
from expert.backends.series import SeriesPlan
from expert.consultation.case import ROW
from expert.io.files import beside, check_output, written_together
from expert.io.interruption import listen
from expert.io.problems import CaseError, Problem, shorten
from expert.io.version import __version__
from expert.language.english import Phrases
from expert.language.model import BadValue, Knowledge, Term
from expert.language.rules import RuleBase
from expert.population.inputs import cannot_be_read, reason_of, sources
from expert.population.plain import answers_type, plain_answers
from expert.population.rejects import reasons_against, rejection, with_commas
from expert.population.several import check_together, spread
from expert.population.stretches import sink_in_stretches
from expert.population.tables import (
    ENGINE,
    FIRED_LIST,
    LINE,
    RAW,
    WRONG,
    ReadAs,
    TableFile,
    absences,
    cells_of,
    check_name,
    of_result,
    parts_of_type,
)

OUTPUTS = (".parquet", ".csv", ".jsonl")
ROW_GROUP = 300_000  # rows
STRETCH = 5 * ROW_GROUP  # rows of a Parquet file whose places are in memory at once
NOTHING = pl.Null()
BYTES = (pl.Binary, pl.Object, pl.Unknown)  # what text files cannot hold
Follow = Callable[[pl.DataFrame], pl.DataFrame]
RowsSeen = Callable[[int, int | None], None]  # told how many rows are read, of how many if known


class Counts(NamedTuple):
    """How many rows were read, and what became of them: accepted + rejected = read."""

    read: int
    accepted: int
    rejected: int


class Job(NamedTuple):
    """Which files of cases (paths and patterns) the rules are run on, and where what comes of it goes."""

    cases: list[str]
    out: Path
    rejects: Path
    reading: ReadAs = ReadAs()
    unreviewed: tuple[str, ...] = ()  # for the legend: the rules that nobody has reviewed


def run(base: RuleBase, job: Job, seen: RowsSeen | None = None) -> Counts:
    """Run the rules on every row of some files. Raises CaseError.

    The output, its legend and the rejects get their names when all of them are complete.
    """
    out, rejects = job.out, job.rejects
    check_output(out, OUTPUTS)
    check_name(out)
    files = sources(job.cases, base.knowledge.answerable, job.reading)
    check_apart([file.path for file in files], out, legend_path(out), rejects)
    rows = Rows(base.knowledge, files, job.reading, seen)
    check_kept(rows.extra, out)
    results = shaped(rows.frame(follower(base)), base.knowledge, out.suffix.lower())
    with written_together(rejects, legend_path(out), out) as (rejects_part, legend, part):
        opened = rejects_part.open("w", encoding="utf-8", newline="\n")
        with about(rejects_part), opened as rows.rejects, about(part):
            rows.drain(lambda: write_results(results, rows, part))
        write_legend(legend, base, job.cases, rows.counts, job.unreviewed)
        listen()
    return rows.counts


def write_results(results: pl.LazyFrame, rows: Rows, part: Path) -> None:
    """Write all of them. A Parquet file that one can go back in is written in stretches."""
    sink = SINKS[part.suffix.lower()]
    if sink is _sink_parquet and not part.exists():
        rows.stretch = STRETCH
        sink_in_stretches(partial(sink, results), part, rows.more)
    else:
        sink(results, part)


def _sink_parquet(frame: pl.LazyFrame, file: Path | FileIO) -> None:
    # names and truths are small as they are: harder compression costs more time than it saves room
    frame.sink_parquet(file, compression="lz4", statistics=False, row_group_size=ROW_GROUP)


SINKS: dict[str, Callable[[pl.LazyFrame, Any], None]] = {
    ".parquet": _sink_parquet,
    ".csv": lambda frame, path: frame.sink_csv(path),
    ".jsonl": lambda frame, path: frame.sink_ndjson(path),
}


def check_kept(extra: dict[str, pl.DataType], out: Path) -> None:
    """Raises CaseError if a kind of output cannot hold a column that is kept as it is."""
    problems = []
    kind = out.suffix.lower()
    for name, type in extra.items():
        parts = parts_of_type(type)
        csv = len(parts) == 1 and type.base_type() not in (*BYTES, pl.Duration)
        fits = {".csv": csv, ".jsonl": not any(part.base_type() in BYTES for part in parts)}
        if not fits.get(kind, True):
            message = f"column `{shorten(name)}` ({type}) cannot be kept in `{out}`"
            problems.append(Problem(message, None, "write .parquet, or leave the column out"))
    if problems:
        raise CaseError(problems)


def check_apart(inputs: Iterable[Path], *outputs: Path) -> None:
    """Raises CaseError if a file would be written over another that is read or written."""
    taken = {os.path.realpath(path) for path in inputs}
    for path in outputs:
        place = os.path.realpath(path)  # Path.resolve fails on links that lead to each other
        if place in taken:
            raise CaseError(f"`{path}` is read or written already: give another name")
        taken.add(place)


# --- the rows: accepted, or rejected with the reasons ----------------------------------------------
class Rows:
    """The rows of some files as cases; those that are none are written to `rejects`."""

    def __init__(
        self, knowledge: Knowledge, files: list[TableFile], reading: ReadAs, seen: RowsSeen | None
    ) -> None:
        self.knowledge, self.files, self.reading, self.seen = knowledge, files, reading, seen
        self.rejects: IO[str] | None = None
        self.read = self.rejected = self.before = 0  # before: the rows of the files before this one
        self.failure: BaseException | None = None
        self.stretch: int | None = None  # how many of the accepted rows are given at once
        self.coming: Iterator[pl.DataFrame] | None = None
        self.next: pl.DataFrame | None = None  # the first of those that are coming
        self.extra = other_columns([file.columns for file in files], knowledge)
        self.missing: dict[Path, list[str]] = {}
        for file in files:
            check_together(file.columns, knowledge)
            told = [] if reading.absent else absences(file.columns, knowledge.answerable)
            self.missing[file.path] = told
        known = [file.rows for file in files if file.rows is not None]
        self.total = sum(known) if len(known) == len(files) else None

    @property
    def counts(self) -> Counts:
        return Counts(self.read, self.read - self.rejected, self.rejected)

    def frame(self, follow: Follow) -> pl.LazyFrame:
        """The accepted rows: their numbers, other columns, answers (null: not known), and what follows."""
        answers = {name: answers_type(term) for name, term in self.knowledge.attributes.items()}
        schema = follow(pl.DataFrame(schema={ROW: pl.Int64(), **self.extra, **answers})).schema
        return pl.io.plugins.register_io_source(partial(self._pull, follow), schema=schema)

    def drain(self, sink: Callable[[], None]) -> None:
        """Run what pulls the rows; the reason for which reading failed is raised as it was."""
        try:
            sink()
        except ENGINE as error:
            if self.failure is not None:
                raise self.failure from None
            reason = reason_of(error)
            help = "Parquet holds days and times that no calendar has" if "out-of-range" in reason else ""
            raise CaseError(f"the results cannot be written: {reason}", help) from None

    def _pull(
        self, follow: Follow, columns: list[str] | None, where: pl.Expr | None, *_: int | None
    ) -> Iterator[pl.DataFrame]:
        """What Polars asks for: some columns, of the rows of a stretch where something holds."""
        try:
            for frame in self._stretch(follow):
                there = frame if where is None else frame.filter(where)
                yield there if columns is None else there.select(columns)
        except BaseException as error:
            self.failure = error
            raise

    def _stretch(self, follow: Follow) -> Iterator[pl.DataFrame]:
        """The accepted rows with what follows from them, from where the last stretch ended."""
        if self.coming is None:
            self.coming = self._followed(follow)
            self.next = next(self.coming, None)
        if self.stretch is None:
            while self.next is not None:
                yield self.next
                self.next = next(self.coming, None)
            return
        room = self.stretch
        while self.next is not None and room > 0:
            part, rest = self.next[:room], self.next[room:]
            room -= len(part)
            yield part
            self.next = rest if len(rest) else next(self.coming, None)

    def more(self) -> bool:
        """Whether a stretch has left rows to further ones."""
        return self.next is not None

    def _followed(self, follow: Follow) -> Iterator[pl.DataFrame]:
        for file in self.files:
            self.before = self.read
            for batch in _read(file):
                listen()
                try:
                    yield follow(self.accepted(file, batch))
                except ENGINE as error:
                    raise cannot_be_read(file.path, error) from None

    def accepted(self, file: TableFile, batch: pl.DataFrame) -> pl.DataFrame:
        """The rows of a batch that are cases."""
        rows = pl.int_range(self.read + 1, self.read + len(batch) + 1, dtype=pl.Int64).alias(ROW)
        batch = batch.with_columns(rows)
        self.read += len(batch)
        answered = spread(batch, self.knowledge)
        plain = plain_answers(answered, self.knowledge)
        others = {name: term for name, term in self.knowledge.attributes.items() if name not in plain}
        frame = checked(nw.from_native(answered), self.knowledge._replace(attributes=others), POLARS)
        frame = frame.with_columns(
            *(
                nw.from_native(answers.alias(ANSWER + name), series_only=True)
                for name, answers in plain.items()
            )
        )
        bad = nw.col(BAD) | nw.lit(bool(self.missing[file.path]))
        if WRONG in batch.columns:
            bad = bad | ~nw.col(WRONG).is_null()
        extra = []
        for name in self.extra:
            there = file.columns.get(name, NOTHING) != NOTHING
            extra.append(nw.col(name) if there else nw.lit(None).alias(name))
        answers = [nw.col(ANSWER + name).alias(name) for name in self.knowledge.attributes]
        cases: pl.DataFrame = frame.select(ROW, *extra, *answers, bad.alias(BAD)).to_native()
        if cases[BAD].any():
            self._reject(file, batch.filter(cases[BAD]))
            cases = cases.filter(~cases[BAD])
        if self.seen:
            self.seen(self.read, self.total)
        return cases.drop(BAD)

    def _reject(self, file: TableFile, batch: pl.DataFrame) -> None:
        """Write rows down with the reasons, each in one line of JSON."""
        self.rejected += len(batch)
        columns = [cells_of(column) for column in batch]
        for told in zip(*columns, strict=True):
            row = dict(zip(batch.columns, told, strict=True))
            number, wrong, raw = row.pop(ROW), row.pop(WRONG, None), row.pop(RAW, None)
            line = row.pop(LINE, number - self.before)
            reasons = [wrong] if wrong else reasons_against(row, self.knowledge, self.missing[file.path])
            if self.reading.decimal_comma:
                row, reasons = with_commas(row, reasons, self.knowledge)
            cells = json.loads(raw) if raw else row
            record = rejection(number, str(file.path), line, reasons, cells)
            if self.rejects:
                with about(Path(self.rejects.name)):
                    self.rejects.write(record)


@contextmanager
def about(path: Path) -> Iterator[None]:
    """Name the file of which the system says that it cannot be written."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:  # one of an engine has words alone, which a name would hide
            error.filename = error.filename or str(path)
        raise


def _read(file: TableFile) -> Iterator[pl.DataFrame]:
    """The batches of a file. Raises CaseError."""
    try:
        yield from file.batches()
    except (OSError, *ENGINE) as error:
        raise cannot_be_read(file.path, error) from None


def other_columns(files: list[dict[str, pl.DataType]], knowledge: Knowledge) -> dict[str, pl.DataType]:
    """The columns that are no attributes, which results keep. Raises CaseError if they do not fit."""
    types: dict[str, pl.DataType] = {}
    taken = [name for name in (ROW, FIRED_LIST) if name in knowledge.attributes]
    taken += [name for name, term in knowledge.attributes.items() if _is_taken(term, knowledge)]
    problems = [Problem(f"attribute `{name}` has the name of a column of results") for name in taken]
    for columns in files:
        for name, type in columns.items():
            if name in knowledge.answerable:
                continue
            if of_result(name):
                help = "rename it: results have columns `row`, `fired`, and others with a `.` in their names"
                problems.append(Problem(f"column `{shorten(name)}` cannot be kept", None, help))
            elif types.get(name, NOTHING) == NOTHING:  # nulls may be of any type
                types[name] = type
            elif type not in (types[name], NOTHING):
                message = f"column `{shorten(name)}` is {types[name]} in one file and {type} in another"
                problems.append(Problem(message))
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return types


def _is_taken(term: Term, knowledge: Knowledge) -> bool:
    """Whether a value of several answers has the name of a column of results, or begins as one of ours."""
    if not term.among:
        return False
    of_option = (VERDICT, TIMING, COST, FLAG)
    return term.among in BEGINNINGS or (term.among in knowledge.options and term.value in of_option)


# --- results -------------------------------------------------------------------------------------
def follower(base: RuleBase) -> Follow:
    """What puts everything that follows beside a frame of answers. Raises CaseError.

    Choices and yes-no are Enum columns of their values, numbers are scaled by their decimals.
    """
    try:
        plan = _plan(_Same(base))
    except BadValue as error:
        raise CaseError(error.message, error.help) from None
    return lambda frame: frame.hstack(plan.on(frame))


class _Same:
    """A rule base by which its plan is found: that very one, as others may declare the same."""

    def __init__(self, base: RuleBase) -> None:
        self.base = base

    def __hash__(self) -> int:
        return id(self.base.instances)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Same):
            return False
        mine, theirs = self.base, other.base
        return mine.instances is theirs.instances and mine.knowledge is theirs.knowledge


@lru_cache(maxsize=8)
def _plan(same: _Same) -> SeriesPlan:
    """The plan of a knowledge base, made once."""
    return SeriesPlan(lines(same.base), same.base.knowledge)


def shaped(frame: pl.LazyFrame, knowledge: Knowledge, suffix: str) -> pl.LazyFrame:
    """Results as they are written: numbers in their own unit, and in text files the rules as a list."""
    names = frame.collect_schema().names()
    frame = nw.from_native(frame).with_columns(*decimals(names, knowledge)).to_native()
    if suffix == ".parquet":
        return frame
    fired = [name for name in names if name.startswith(FIRED)]
    ids = [pl.when(pl.col(name)).then(pl.lit(name.removeprefix(FIRED))) for name in fired]
    listed = pl.concat_str(ids, separator=" ", ignore_nulls=True) if ids else pl.lit("")
    return frame.with_columns(listed.alias(FIRED_LIST)).drop(fired)


def legend_path(out: Path) -> Path:
    """Where the legend of an output is."""
    return beside(out, ".legend.json")


def write_legend(
    path: Path, base: RuleBase, words: list[str], counts: Counts, unreviewed: tuple[str, ...]
) -> None:
    """What one has to know to read an output: the knowledge, what its rules are, and who reviewed them."""
    knowledge = base.knowledge
    about = {
        "id": knowledge.id,
        "title": knowledge.title,
        "version": knowledge.version,
        "hash": knowledge.hash,
        "disclaimer": knowledge.disclaimer,
    }
    phrases, rules = Phrases(knowledge), {}
    for i in base.instances:
        because = i.rule.because or phrases.denied(i)
        rules[i.id] = {"because": because, "claims": list(i.rule.cites)}
    legend = {
        "cicatrix": __version__,
        "knowledge": about,
        "cases": words,
        **counts._asdict(),
        "fired": rules,
        "unreviewed": list(unreviewed),
        "files": knowledge.files,
    }
    path.write_text(json.dumps(legend, indent=1) + "\n", "utf-8")
