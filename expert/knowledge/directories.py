"""A knowledge base's directory: where the built-in one is, and the texts of its files, of one moment.

What they say is read in `load.py`; one that is kept is opened without that.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path

from expert.io.files import read_text
from expert.io.problems import KnowledgeError, Problem, Span, shorten

FILE_LIMIT = 500  # files in rules/
TOTAL_LIMIT = 4_000_000  # characters in all files
TURNS = 5  # readings of files that are being written

DOCUMENT_PATH, CLAIMS_PATH, VOCABULARY_PATH = "kb/document.yaml", "kb/claims.yaml", "kb/vocabulary.yaml"
OPTIONS_PATH = "kb/options.yaml"
DECLARED = (DOCUMENT_PATH, CLAIMS_PATH, VOCABULARY_PATH, OPTIONS_PATH)  # which every knowledge base has
TODO = "TODO"  # what is still to be written


def built_in() -> Path:
    """Where the built-in knowledge is: in the package `cicatrix`, or at the top of the source tree."""
    top = Path(__file__).parents[2]
    return next((place for place in (top / "cicatrix", top) if (place / "rules").is_dir()), top)


def read_files(directory: Path) -> tuple[dict[str, str], list[Problem]]:
    """The knowledge files of a directory, by their path in it, with `\\n` line ends; and problems.

    They are of one moment: files that are written while they are read are read again.
    """
    for turn in range(TURNS):
        before = _stamps(directory)
        read = _read_once(directory)
        if _stamps(directory) == before:
            return read
        time.sleep(0.05 * turn)
    files, problems = read
    message = f"the files of `{shorten(str(directory))}` are being changed while they are read"
    return files, [*problems, Problem(message, None, "try again when that has finished")]


def _stamps(directory: Path) -> list[tuple[str, int, int, int]]:
    """What tells whether a file of the knowledge base was written or replaced meanwhile."""
    stamps = []
    for folder in ("kb", "rules"):
        with suppress(OSError, ValueError), os.scandir(directory / folder) as entries:
            for entry in islice(entries, FILE_LIMIT + 1):
                with suppress(OSError):
                    status = entry.stat()
                    stamps.append((entry.path, status.st_mtime_ns, status.st_size, status.st_ino))
    return sorted(stamps)


def _read_once(directory: Path) -> tuple[dict[str, str], list[Problem]]:
    shown = shorten(str(directory))
    try:
        names, problems = _file_names(directory)
    except OSError as error:
        return {}, [Problem(f"`{shown}` cannot be read: {error.strerror or error}")]
    if not names:
        return {}, problems
    files: dict[str, str] = {}
    for name in names:
        try:
            text = read_text(directory / name, str(directory / name))
        except KnowledgeError as error:
            problems += error.problems
            continue
        files[name] = text.replace("\r\n", "\n")
        if sum(map(len, files.values())) > TOTAL_LIMIT:
            message = f"the files of `{shown}` are larger than {TOTAL_LIMIT:,} characters together"
            return files, [*problems, Problem(message, Span(str(directory / name)))]
    return files, problems


def is_read(name: str) -> bool:
    """Whether a file in a folder of rules, or of cases, is one of them by its name."""
    return name.endswith(".yaml") and not name.startswith(".")


def case_files(directory: Path) -> list[Path]:
    """The files of cases that a knowledge base's directory has, by their names; OSError is the caller's."""
    folder = directory / "kb" / "cases"
    return [path for path in sorted(folder.iterdir()) if is_read(path.name)] if folder.is_dir() else []


def _file_names(directory: Path) -> tuple[list[str], list[Problem]]:
    """The names of the knowledge files, none if it is no knowledge base; and problems."""
    shown = shorten(str(directory))
    if not (directory / "kb").is_dir() or not (directory / "rules").is_dir():
        help = "a knowledge base is a directory that holds `kb/` and `rules/`"
        return [], [Problem(f"`{shown}` is not a knowledge base", None, help)]
    names = sorted(entry.name for entry in islice((directory / "rules").iterdir(), FILE_LIMIT + 1))
    if len(names) > FILE_LIMIT:
        return [], [Problem(f"`{shown}/rules` holds more than {FILE_LIMIT} files")]
    problems = []
    for name in names:
        place = Span(f"{directory / 'rules'}/{shorten(name)}")
        if name.startswith("."):  # an editor's: see `oddities.unread`
            continue
        if name.lower().endswith((".yml", ".yaml")) and not name.endswith(".yaml"):
            problems.append(Problem(f"rule file `{shorten(name)}` would be ignored", place, "name it .yaml"))
        elif not name.isprintable():
            problems.append(Problem(f"file name `{shorten(name)}` cannot be printed", place))
    rules = [f"rules/{name}" for name in names if is_read(name) and name.isprintable()]
    if not rules:
        problems.append(Problem(f"`{directory / 'rules'}` holds no .yaml file", None))
    return [*DECLARED, *rules], problems


def has_todos(files: dict[str, str]) -> bool:
    """Whether any of the texts may be unfinished; quick, and not exact."""
    return any(TODO in text for text in files.values())
