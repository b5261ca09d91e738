"""The commands of an author: `kb new`, `kb fmt`, and `kb lint` with its `--watch`."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep
from typing import Annotated, NoReturn

import typer

from expert.authoring.schema import file_schemas
from expert.authoring.skeleton import SCHEMAS, skeleton, title_from
from expert.commands.documents import document_text
from expert.commands.hint import hint
from expert.commands.options import Kb
from expert.commands.saying import say, say_problems
from expert.commands.shared import directory_of, open_knowledge
from expert.commands.showing import emit
from expert.consultation.case import command_line
from expert.io.files import write_whole
from expert.io.problems import (
    CaseError,
    CheckFailed,
    CicatrixError,
    KnowledgeError,
    Stopped,
    not_installed,
    shorten,
)
from expert.knowledge.checks import warnings
from expert.knowledge.directories import case_files, read_files
from expert.knowledge.oddities import unread
from expert.views.knowledge import (
    begun_blocks,
    changed_file,
    changes_heading,
    hash_line,
    nothing_to_change,
    warnings_blocks,
)

PAUSE = 0.5  # seconds between looks for folders that are gone

DEBOUNCE = 200  # milliseconds in which changes count as one


# --- kb new ----------------------------------------------------------------------------------
def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where: a new or empty directory.")],
    document: Annotated[
        Path, typer.Option("--document", metavar="FILE", help="The document: a text, a line per paragraph.")
    ],
    title: Annotated[str, typer.Option("--title", help="What the document is about, in a few words.")] = "",
) -> None:
    """Begin a knowledge base for a document: files to fill in, which load as they are.

    Example: cicatrix kb new plants --document plants.txt
    """
    _check_empty(directory)
    if title and not title.isprintable():
        raise CaseError(f"`{shorten(title)}` cannot be printed, and is no title")
    text = document_text(document)
    files, base = skeleton(text, document.name, title.strip() or title_from(document.stem))
    for name, content in files.items():
        _write(directory / name, content)
    write_schemas(directory, file_schemas(base))
    base = open_knowledge(directory)
    emit(*begun_blocks(base, directory, list(files), command_line("kb", "lint", kb=directory)))
    hint(base, directory, text)


def _check_empty(directory: Path) -> None:
    """Raises CaseError if there is anything already."""
    try:
        if directory.is_symlink() or directory.exists():
            problem = "holds something already" if directory.is_dir() else "is not a directory"
            if not directory.is_dir() or any(directory.iterdir()):
                raise CaseError(f"`{directory}` {problem}", "name a new or empty directory")
    except OSError as error:
        raise CaseError(f"`{directory}` cannot be used: {error.strerror}") from None


def _write(path: Path, text: str) -> None:
    """Write a file, whole or not at all, with the directories it is in. Raises CaseError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CaseError(f"`{path.parent}` cannot be made: {error.strerror}") from None
    write_whole(path, text.encode())


def write_schemas(directory: Path, schemas: dict[str, dict[str, object]]) -> None:
    """Write the schemas that editors read, those of them that are not there as they are."""
    for kind, schema in schemas.items():
        path, text = directory / SCHEMAS / f"{kind}.json", json.dumps(schema, indent=1) + "\n"
        if not path.is_file() or path.read_bytes() != text.encode():
            _write(path, text)


# --- kb lint ---------------------------------------------------------------------------------
def lint(
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Again whenever a file changes; end with Ctrl-C.")
    ] = False,
    kb: Kb = None,
) -> None:
    """Check the knowledge base; errors exit with 3, warnings are only shown."""
    if watch:
        lint_again(kb, strict)
    lint_once(kb, strict)


def lint_once(kb: Path | None, strict: bool) -> None:
    """Check it, and bring the schemas of a knowledge base that has them up to date."""
    base = open_knowledge(kb)
    if kb is not None and (kb / SCHEMAS).is_dir():
        write_schemas(kb, file_schemas(base))
    problems = [*warnings(base), *unread(directory_of(kb))]
    emit(*warnings_blocks(base, problems))
    hint(base, kb)
    if strict and problems:
        raise CheckFailed


def lint_again(kb: Path | None, strict: bool) -> NoReturn:
    """Check it whenever the text of one of its files has changed, until interrupted."""
    watcher()  # before anything is said
    directory = directory_of(kb)
    _check_knowledge(directory)
    try:
        before: dict[str, str] = {}
        for first, _ in enumerate(changes(directory)):
            texts = texts_of(directory)
            changed = sorted(name for name in before.keys() | texts if before.get(name) != texts.get(name))
            if changed and first:
                emit("", changes_heading(changed))
            if changed or not first:
                _lint_quietly(kb, strict)
            before = texts
    except KeyboardInterrupt:
        say("")
    raise Stopped


def _check_knowledge(directory: Path) -> None:
    """Raises KnowledgeError if it is no directory of a knowledge base."""
    files, problems = read_files(directory)
    if not files:
        raise KnowledgeError(problems)


def _lint_quietly(kb: Path | None, strict: bool) -> None:
    """Check it once, and go on whatever comes of it."""
    try:
        lint_once(kb, strict)
    except CicatrixError as error:
        say_problems(error)
    finally:
        sys.stdout.flush()


def watcher() -> Callable[..., Iterator[object]]:
    """What waits for changes in folders. Raises MissingLibrary."""
    try:
        from watchfiles import watch
    except ImportError:
        raise not_installed("kb lint --watch", "watchfiles", "author") from None
    return watch


def changes(directory: Path) -> Iterator[None]:
    """Something to look at: at once, and whenever something in the directory's folders changes.

    Editors save by renaming, and folders may go and come back: then they are watched anew.
    """
    watch = watcher()
    while True:
        watched = folders(directory)
        yield
        if not watched:
            sleep(PAUSE)
            continue
        try:
            # what changes before the watcher has begun is seen at its next timeout, a few seconds on
            paths = [path for path, _ in watched]
            for _ in watch(*paths, yield_on_timeout=True, debounce=DEBOUNCE, recursive=False):
                if folders(directory) != watched:
                    break
                yield
        except OSError:  # gone between looking and watching
            continue


def folders(directory: Path) -> list[tuple[Path, int]]:
    """The folders that hold a knowledge base's files, each with what tells it from another.

    And the one that holds these, where they may go and come back.
    """
    present = []
    for name in ("", "kb", "kb/cases", "rules"):
        try:
            present.append((directory / name, (directory / name).stat().st_ino))
        except OSError:
            continue
    return present


def texts_of(directory: Path) -> dict[str, str]:
    """The texts of all files that an author edits, as far as they can be read."""
    files, _ = read_files(directory)
    for path in [directory / "kb" / "invariants.yaml", *case_files(directory)]:
        try:
            files[path.relative_to(directory).as_posix()] = path.read_text("utf-8", errors="replace")
        except OSError:
            continue
    return files


# --- kb fmt ----------------------------------------------------------------------------------
def fmt(
    check: Annotated[
        bool, typer.Option("--check", help="Only say which files would change; exits with 1 if any.")
    ] = False,
    kb: Kb = None,
) -> None:
    """Bring the files into one order and layout: comments stay, and so does all that they mean.

    Needs ruamel.yaml (`cicatrix[author]`), and exits with 5 without it.
    """
    from expert.authoring.format import formatted  # needs ruamel.yaml

    directory = directory_of(kb)
    layout = formatted(directory)
    for name, text in layout.changed.items():
        if not check:
            _write((directory / name).resolve(), text)
        emit(changed_file(directory / name, check))
    if not layout.changed:
        emit(nothing_to_change(layout.files))
    elif not check:
        emit(hash_line(layout.before, layout.after))
    if check and layout.changed:
        raise CheckFailed
