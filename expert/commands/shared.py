"""What the commands of the front end share: options, opening things, printing, exit codes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, NoReturn, TypeVar

import click
import typer

from expert.commands import completion
from expert.commands.completion import BUILT_IN as BUILT_IN

if TYPE_CHECKING:
    from expert.consultation.case import Case
    from expert.consultation.result import Consultation
    from expert.io.problems import Problem
    from expert.language.rules import RuleBase
    from expert.ledger.store import Ledger
    from expert.proof.proofs import Report
    from expert.review.approvals import Reviews
    from expert.views.document import Block
    from expert.views.terminal import Look


# --- what comes next -------------------------------------------------------------------------
def hint(
    base: RuleBase,
    directory: Path | None,
    document: str | None = None,
    proof: Report | None = None,
    aside: bool = False,
) -> None:
    """Say what the author should do next, if anything: as the result's last line, or beside it."""
    from expert.authoring.next_step import next_step, step_line

    step = next_step(base, BUILT_IN[0] if directory is None else directory, document, proof)
    if step:
        (say if aside else emit)(step_line(step))


def no_library(command: str, library: str) -> NoReturn:
    """Say which library a command needs, and exit."""
    say(f"error: `{command}` needs {library}, which is not installed")
    say("  help: pip install 'cicatrix[author]'")
    raise typer.Exit(NO_LIBRARY)


T = TypeVar("T")


CHECK_FAILED, BAD_INPUT, BAD_KNOWLEDGE, BAD_LEDGER, NO_LIBRARY, INTERRUPTED = 1, 2, 3, 4, 5, 130


settings: dict[str, Any] = {
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
    "no_args_is_help": True,
}


Pairs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ATTRIBUTE=VALUE]...",
        help="Answers; `kb questions` lists them.",
        autocompletion=completion.answers,
    ),
]


CaseFile = Annotated[
    str | None,
    typer.Option("--case", metavar="FILE", help="Answers from a YAML or JSON file; - for standard input."),
]


Rest = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID | ATTRIBUTE=VALUE...]",
        help="A record, or answers.",
        show_default=False,
        autocompletion=completion.records_or_answers,
    ),
]


Kb = Annotated[
    Path | None,
    typer.Option("--kb", metavar="DIR", help="A knowledge base other than the built-in one."),
]


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


LedgerFile = Annotated[
    Path | None,
    typer.Option(
        "--ledger", metavar="FILE", readable=False, help="A ledger other than yours (or CICATRIX_LEDGER)."
    ),
]


RecordId = Annotated[
    str,
    typer.Argument(metavar="ID", help="A record's id, or `last`.", autocompletion=completion.records),
]


Document = Annotated[
    Path | None,
    typer.Option(
        "--document", metavar="FILE", help="The document itself, to put its sentences beside claims."
    ),
]


TableFormat = Annotated[
    str, typer.Option("--table-format", metavar="NAME", help="One of tabulate's formats.")
]


def open_knowledge(kb: Path | None) -> RuleBase:
    """The knowledge base asked for. Raises KnowledgeError."""
    from expert.knowledge.load import load

    return load(BUILT_IN[0] if kb is None else kb)


def open_reviews(kb: Path | None) -> Reviews:
    """The approvals kept with the knowledge base asked for. Raises KnowledgeError."""
    from expert.review.approvals import load_reviews

    return load_reviews(BUILT_IN[0] if kb is None else kb)


def read_answers(
    base: RuleBase, pairs: list[str] | None, case_file: str | None, order: list[str] | None = None
) -> Case:
    """The case of a file and of answers given as words, which come on top. Raises CaseError.

    `order` is filled with the attributes as they were given.
    """
    from expert.consultation.case import Case, names_in, parse_pairs, read_case
    from expert.io.files import read_text
    from expert.io.problems import CaseError, KnowledgeError

    problems: list[Problem] = []
    names: list[str] = []
    cases = [Case({})]
    try:
        if case_file is not None:
            shown = "standard input" if case_file == "-" else case_file
            text = sys.stdin.read() if case_file == "-" else read_text(Path(case_file), case_file)
            cases.append(read_case(text, shown, base.knowledge))
            names = names_in(text)
    except UnicodeDecodeError:
        from expert.io.problems import Problem

        problems.append(Problem("standard input is not UTF-8 text"))
    except KnowledgeError as error:
        problems += error.problems
    try:
        cases.append(parse_pairs(pairs or [], base.knowledge))
    except CaseError as error:
        problems += error.problems
    if problems:
        raise CaseError(problems)
    if order is not None:
        order += dict.fromkeys([*names, *(pair.partition("=")[0] for pair in pairs or [])])
    from functools import reduce

    return reduce(lambda a, b: a.with_answers(b.answers, base.knowledge), cases)


class Asked(NamedTuple):
    """A consultation that is asked about, with its knowledge and case."""

    base: RuleBase
    case: Case
    found: Consultation
    reviews: Reviews | None  # those kept with the knowledge; None for a record
    unreviewed: Sequence[str] | None  # the rules that fired unreviewed; None if the record does not say

    @property
    def recorded(self) -> bool:
        return self.reviews is None


def the_case(words: list[str] | None, case_file: str | None, ledger: Path | None, kb: Path | None) -> Asked:
    """The consultation that words mean: a record's id, or answers."""
    if words and "=" not in words[0] and case_file is None:
        from expert.io.problems import CaseError, Problem
        from expert.ledger.records import base_of, case_of, consultation_of, unreviewed_in

        if len(words) > 1:
            raise CaseError([Problem(f"a record (`{words[0]}`) has its own answers", None, "see what-if")])
        with open_ledger(ledger) as store:
            entry = store.entry(words[0])
            found, recorded = consultation_of(entry), base_of(store, entry)
        return Asked(recorded, case_of(found, recorded), found, None, unreviewed_in(entry))
    from expert.review.approvals import unreviewed

    base, reviews = open_knowledge(kb), open_reviews(kb)
    case = read_answers(base, words, case_file)
    found = run(base, case)
    return Asked(base, case, found, reviews, unreviewed(base, reviews, found))


def open_ledger(ledger: Path | None, write: bool = False) -> Ledger:
    """The ledger asked for. Raises LedgerError."""
    from expert.ledger.store import Ledger

    path = ledger_path(ledger)
    return Ledger(path, write and path.exists())


def progress(items: Iterator[T], total: int) -> Iterator[T]:
    """The items, counted on stderr if that is a terminal."""
    shown = sys.stderr.isatty()
    for n, item in enumerate(items, 1):
        if shown and (n % 20 == 0 or n == total):
            sys.stderr.write(f"\r{n} of {total}" + ("\n" if n == total else ""))
            sys.stderr.flush()
        yield item


def run(base: RuleBase, case: Case) -> Consultation:
    """What follows from the case."""
    from expert.consultation.engine import infer

    return infer(base, case)


def document_text(path: Path) -> str:
    """The document's text. Raises CaseError."""
    from expert.io.files import read_text
    from expert.io.problems import CaseError, KnowledgeError

    try:
        return read_text(path, str(path))
    except KnowledgeError as error:
        raise CaseError(error.problems) from None


def read_document(path: Path | None) -> dict[str, str]:
    """The document's sentences by place; none without a document."""
    from expert.knowledge.document import sentences

    return {} if path is None else sentences(document_text(path))


def check_format(name: str) -> None:
    """Raises CaseError if tabulate has no such format."""
    if name == "simple":
        return
    from expert.io.problems import CaseError, not_among
    from expert.views.terminal import table_formats

    if name not in table_formats():
        raise CaseError([not_among("table format", name, table_formats())])


@contextlib.contextmanager
def problems_shown() -> Iterator[None]:
    """Turn problems into messages on stderr and an exit code."""
    from expert.io.problems import CaseError, KnowledgeError, LedgerError

    try:
        yield
    except CaseError as error:
        fail(error, BAD_INPUT)
    except KnowledgeError as error:
        fail(error, BAD_LEDGER if isinstance(error, LedgerError) else BAD_KNOWLEDGE)


def fail(error: Exception, code: int) -> NoReturn:
    """Print every problem and exit."""
    for problem in getattr(error, "problems", ()):
        say(f"error: {problem}")
    raise typer.Exit(code)


def print_json(record: object) -> None:
    """One JSON object (or array), in ASCII so that every terminal and pipe gets the same bytes."""
    from expert.io.json import to_json

    sys.stdout.write(to_json(record) + "\n")


def emit(*blocks: Block | str, table_format: str = "simple") -> None:
    """Print a result: blocks, as wide as the user asked; a text is a line."""
    from expert.views.terminal import shown

    sys.stdout.write(shown(blocks, asked_look()._replace(table_format=table_format)) + "\n")


def emit_file(lines: Iterable[str]) -> None:
    """Print what is a file for another program: each line as it is, however long."""
    for line in lines:
        sys.stdout.write(line + "\n")


def asked_look() -> Look:
    """How the user asked for results to look: it lies in the context of the whole program."""
    from expert.views.terminal import Look

    context = click.get_current_context(silent=True)
    return (context and context.find_object(Look)) or Look()


def say_wrapped(text: str) -> None:
    """Print something that is not the result, in lines as wide as asked, or of at most 80 characters.

    A dialogue fits a narrower terminal; results are the same on any.
    """
    from shutil import get_terminal_size

    from expert.views.terminal import WIDTH, wrapped

    width = asked_look().width
    if width == WIDTH and sys.stderr.isatty():
        width = min(WIDTH, get_terminal_size().columns)
    for line in text.split("\n"):
        say("\n".join(wrapped(line, width)))


def say(text: str) -> None:
    """Print something that is not the result."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def ledger_path(ledger: Path | None) -> Path:
    """Where the ledger is."""
    from expert.ledger.store import default_path

    return ledger or default_path()


def ask_line(prompt: str) -> str:
    """One line of standard input. Raises EOFError at its end."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def directory_of(kb: Path | None) -> Path:
    """Where the knowledge base asked for is."""
    from expert.commands.shared import BUILT_IN

    return BUILT_IN[0] if kb is None else kb


def find_base(name: str, ledger: Path | None, kb: Path | None) -> RuleBase:
    """The knowledge base that a word means: `now`, a directory, or the beginning of a recorded hash."""
    from expert.io.problems import CaseError, KnowledgeError, LedgerError, Problem, shorten
    from expert.knowledge.load import load, open_files

    if name == "now":
        return open_knowledge(kb)
    if Path(name).is_dir():
        return load(Path(name))
    if len(name) < 4 or set(name.lower()) - set("0123456789abcdef"):
        help = "a directory, `now`, or four or more digits of a hash that `audit list` shows"
        raise CaseError([Problem(f"`{shorten(name)}` is no knowledge base", None, help)])
    with open_ledger(ledger) as store:
        hashes = [hash for hash, _ in store.knowledge_rows() if hash.startswith(name.lower())]
        if len(hashes) != 1:
            how = "several recorded knowledge bases begin" if hashes else "no recorded knowledge base begins"
            raise LedgerError(f"{how} with `{shorten(name)}`", ", ".join(hash[:16] for hash in hashes))
        base, problems = open_files(store.files(hashes[0]), f"{hashes[0][:12]}:")
    if problems:
        raise KnowledgeError(problems)
    return base
