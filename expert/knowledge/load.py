"""Loading a knowledge base: its directory, or its files as a record keeps them. Nothing in it is executed.

A knowledge base is a directory with `kb/` and `rules/`, or the same files as texts, so that a ledger can
open the very knowledge that made an old record.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path

from expert.io.files import read_text
from expert.io.garbage import collected_later
from expert.io.problems import KnowledgeError, Problem, Span, place_in_files, shorten
from expert.io.yaml import Node, Reader, parse_yaml
from expert.knowledge.checks import ERRORS, NEW_ERRORS
from expert.knowledge.declarations import read_knowledge
from expert.knowledge.files import DECLARING
from expert.knowledge.read_rules import build_rules
from expert.language.rules import RuleBase

FILE_LIMIT = 500  # files in rules/
TOTAL_LIMIT = 4_000_000  # characters in all files
TURNS = 5  # readings of files that are being written

# without these nothing can be said of the rules: every name in them would be unknown
SECTIONS = {"kb/claims.yaml": "claims", "kb/vocabulary.yaml": "attributes", "kb/options.yaml": "options"}


def built_in() -> Path:
    """Where the built-in knowledge is: in the package `cicatrix`, or at the top of the source tree."""
    top = Path(__file__).parents[2]
    return next((place for place in (top / "cicatrix", top) if (place / "rules").is_dir()), top)


def load(directory: Path) -> RuleBase:
    """The knowledge base in `directory`. Raises KnowledgeError with every problem found."""
    return open_read(directory, *read_files(directory))


def open_read(directory: Path, files: dict[str, str], before: list[Problem]) -> RuleBase:
    """The knowledge base of what `read_files` gave of a directory. Raises KnowledgeError."""
    prefix = str(directory / "_")[:-1]
    with collected_later():
        base, problems = _open(files, prefix, before)
    if not problems:
        new = [problem for check in NEW_ERRORS for problem in check(base)]
        problems = [p._replace(span=p.span and p.span._replace(file=prefix + p.span.file)) for p in new]
    if problems:
        raise KnowledgeError(problems)
    return base


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
    return [*(file.path for file in DECLARING), *rules], problems


def open_files(
    files: dict[str, str], prefix: str = "", firsts: bool = False
) -> tuple[RuleBase, list[Problem]]:
    """The knowledge base that the texts make up, and what is wrong with it; runs nothing.

    With `firsts`, quantities take the first of several values of a property, as in records of format 1.
    """
    return _open(files, prefix, [], firsts)


def _open(
    files: dict[str, str], prefix: str, before: list[Problem], firsts: bool = False
) -> tuple[RuleBase, list[Problem]]:
    """The same, with the problems there were `before`, in getting at the texts."""
    reader = Reader()
    try:
        base = _read(files, prefix, reader, firsts)
    except KnowledgeError as error:  # too many problems to go on
        nothing, problems = Reader(), {*before, *error.problems}
        return build_rules(read_knowledge({}, {}, nothing), {}, nothing), sorted(problems, key=place_in_files)
    problems = {*before, *reader.problems}
    # what follows from another problem is not reported: a check waits for its files to be right
    wrong = {problem.span.file.removeprefix(prefix) for problem in problems if problem.span}
    for check, needed in ERRORS.items():
        if not any(name.startswith(needed) for name in wrong) and set(SECTIONS) <= files.keys():
            problems.update(check(base))
    return base, sorted(problems, key=place_in_files)


def _read(files: dict[str, str], prefix: str, reader: Reader, firsts: bool) -> RuleBase:
    nodes = {}
    for name, text in files.items():
        node, problems = parse_yaml(text, prefix + name)
        reader.add(*problems)
        if node is not None:
            nodes[name] = node
    knowledge = read_knowledge(files, nodes, reader)
    if firsts:
        options = {id: option._replace(firsts=True) for id, option in knowledge.options.items()}
        knowledge = knowledge._replace(options=options)
    complete = all(_declares(nodes.get(name), section) for name, section in SECTIONS.items())
    return build_rules(knowledge, nodes if complete else {}, reader)


def _declares(node: Node | None, section: str) -> bool:
    pairs = node.pairs or () if node else ()
    return any(key.text == section and value.pairs is not None for key, value in pairs)
