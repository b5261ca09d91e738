"""Files of cases: which paths and patterns mean, and what reads each kind."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from glob import glob, has_magic
from pathlib import Path

from expert.backends.frames import pl
from expert.consultation.case import is_result
from expert.io.interruption import listen
from expert.io.problems import CaseError, Problem, listed, shorten
from expert.population.delimited import open_delimited
from expert.population.encodings import check_encoding
from expert.population.json_rows import open_json, open_json_lines
from expert.population.parquet import open_parquet
from expert.population.tables import (
    ENGINE,
    Attributes,
    Opener,
    ReadAs,
    TableFile,
    of_result,
    refused,
)
from expert.population.workbooks import open_workbook

TOLD = re.compile(r'ErrString\("(.+?)"\)|Panic\(.+?, "(.+?)"')  # what an engine says inside of what it says


def sources(words: list[str], attributes: Attributes, reading: ReadAs) -> list[TableFile]:
    """The files that paths and patterns mean, patterns in order of names. Raises CaseError."""
    check_reading(reading)
    problems: list[Problem] = []
    files: dict[str, TableFile] = {}  # by their places: one file that is named twice is one
    paths = list(paths_of(words, problems))
    for path in paths:
        listen()
        try:
            place = os.path.realpath(path)
            if place not in files:
                files[place] = _open(path, attributes, reading)
        except CaseError as error:
            problems += error.problems
        except (OSError, *ENGINE) as error:
            problems += cannot_be_read(path, error).problems
    problems += _of_no_use(reading, paths)
    if problems:
        raise CaseError(problems)
    return list(files.values())


def check_reading(reading: ReadAs) -> None:
    """Raises CaseError if files cannot be read like that."""
    check_encoding(reading.encoding)
    separator = reading.separator
    if separator and (len(separator) > 1 or separator in '"\r\n .' or separator.isalnum()):
        raise CaseError(f"`{shorten(separator)}` separates no cells", "one character, or `tab`")


def _of_no_use(reading: ReadAs, paths: list[Path]) -> list[Problem]:
    """What is said of how to read files, of a kind of which there is none."""
    problems = []
    for option, given, kinds in (
        ("--encoding", reading.encoding, TEXTS),
        ("--separator", reading.separator, DELIMITED),
        ("--decimal-comma", reading.decimal_comma, DELIMITED),
        ("--sheet", reading.sheet, WORKBOOKS),
    ):
        if given and paths and not any(path.suffix.lower() in kinds for path in paths):
            problems.append(
                Problem(f"`{option}` is about none of these files", None, f"kinds: {listed(kinds)}")
            )
    return problems


def paths_of(words: list[str], problems: list[Problem]) -> Iterator[Path]:
    """The paths that words mean: what is there under that very name, or what matches it as a pattern."""
    for word in words:
        there = not has_magic(word) or Path(word).exists()
        paths = [word] if there else sorted(glob(word, recursive=True))
        if not paths:
            problems.append(Problem(f"no file matches `{word}`"))
        yield from map(Path, paths)


def cannot_be_read(path: Path, error: BaseException) -> CaseError:
    """The error of a file of which what reads it has given up."""
    return CaseError(f"`{path}` cannot be read: {reason_of(error)}")


def reason_of(error: BaseException) -> str:
    """Why a file cannot be read or written, in a line."""
    said = getattr(error, "strerror", None) or str(error).split("\n")[0]
    if inside := TOLD.search(said):
        said = (inside[1] or inside[2]).split("\\n")[0]
    return shorten(said, 200)


def _open(path: Path, attributes: Attributes, reading: ReadAs) -> TableFile:
    kind = path.suffix.lower()
    if path.is_dir():
        raise refused(path, "is a directory", f"name files in it, such as `{path / '*.parquet'}`, in quotes")
    if path.exists() and not path.is_file():  # a pipe may wait for ever
        raise refused(path, "is no regular file", "write into one what comes through a pipe")
    if kind not in READERS:
        packed = "unpack it first; " if kind in PACKED else ""
        raise refused(path, "is of no kind that can be read", f"{packed}kinds: {listed(READERS)}")
    with path.open("rb"):  # a clear reason if it cannot be
        pass
    return _without_results(READERS[kind](path, attributes, reading), attributes)


def _without_results(file: TableFile, attributes: Attributes) -> TableFile:
    """A result as cases: what followed from them then is left out."""
    if not is_result(file.columns):
        return file
    kept = {n: type for n, type in file.columns.items() if n in attributes or not of_result(n)}
    results = [name for name in file.columns if name not in kept]

    def batches() -> Iterator[pl.DataFrame]:
        for batch in file.batches():
            yield batch.drop(results)

    return file._replace(columns=kept, batches=batches)


PACKED = (".gz", ".zip", ".bz2", ".xz", ".zst", ".7z", ".tar", ".tgz")
DELIMITED = (".csv", ".tsv")
TEXTS = (*DELIMITED, ".jsonl", ".ndjson", ".json")
WORKBOOKS = (".xlsx", ".xlsm")
READERS: dict[str, Opener] = {
    ".csv": open_delimited,
    ".tsv": open_delimited,
    ".jsonl": open_json_lines,
    ".ndjson": open_json_lines,
    ".json": open_json,
    ".parquet": open_parquet,
    ".xlsx": open_workbook,
    ".xlsm": open_workbook,
}
