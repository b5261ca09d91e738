"""What the commands share: options, the knowledge and the answers that they are given, and printing.

Every command imports this, so it imports nothing that a consultation does not need.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import reduce
from pathlib import Path
from shlex import quote
from shutil import get_terminal_size
from typing import Annotated, Any, NamedTuple, TextIO

import click
import typer

from expert.commands import completion
from expert.consultation.case import Answer, Case, names_in, parse_pairs, read_case, started
from expert.consultation.result import Consultation
from expert.io.cells import WIDTH, cells, continued, wrapped
from expert.io.files import read_text
from expert.io.json import plain, to_json
from expert.io.problems import CaseError, CicatrixError, KnowledgeError, Problem, not_among, shorten
from expert.io.quoting import on_one_line, safe
from expert.knowledge.directories import built_in
from expert.knowledge.kept import cache_place, load_kept
from expert.language.rules import RuleBase
from expert.review.approvals import Reviews, load_reviews

settings: dict[str, Any] = {
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
    "no_args_is_help": True,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}

ROWS = 24  # of what is no terminal, whose size is not asked
# the indent of a line and what stands at the beginning of a list's: the rest of the line hangs below it
BEGINNING = re.compile(r" *(\S+  +)?")

LEAST_WIDTH = 20


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


Brief = Annotated[bool, typer.Option("--brief", help="Print the result alone.")]
Trace = Annotated[bool, typer.Option("--trace/--no-trace", help="Print the firing trace.")]
Full = Annotated[
    bool, typer.Option("--full", help="Print all: the firings at length, arguments and advice; fold nothing.")
]
Unfolded = Annotated[bool, typer.Option("--full", help="Leave nothing out.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


LedgerFile = Annotated[
    Path | None,
    typer.Option(
        "--ledger", metavar="FILE", readable=False, help="A ledger other than yours (or CICATRIX_LEDGER)."
    ),
]


LedgerFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--ledger",
        metavar="FILE",
        readable=False,
        help="A ledger other than yours (or CICATRIX_LEDGER); may be repeated.",
    ),
]


WitnessFile = Annotated[
    Path | None,
    typer.Option(
        "--witness",
        metavar="FILE",
        envvar="CICATRIX_WITNESS",
        readable=False,
        help="A file of heads, kept elsewhere than the ledger.",
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
    str,
    typer.Option(
        "--table-format",
        metavar="NAME",
        help="One of tabulate's formats.",
        autocompletion=completion.table_formats,
    ),
]


# --- what is given ---------------------------------------------------------------------------
def directory_of(kb: Path | None) -> Path:
    """Where the knowledge base asked for is."""
    return built_in() if kb is None else kb


def open_knowledge(kb: Path | None) -> RuleBase:
    """The knowledge base asked for. Raises KnowledgeError."""
    return load_kept(directory_of(kb), kept_at())


def kept_at() -> Path | None:
    """Where knowledge bases that were read are kept; None if nothing is to be kept."""
    return None if _given_to_all().get("no_cache") else cache_place()


def open_reviews(kb: Path | None) -> Reviews:
    """The approvals kept with the knowledge base asked for. Raises KnowledgeError."""
    return load_reviews(directory_of(kb))


LONGEST_NOTE = 200


By = Annotated[
    str, typer.Option("--by", metavar="NAME", envvar="CICATRIX_BY", help="Who does this: kept in the record.")
]


def checked_note(text: str, option: str, most: int = LONGEST_NOTE) -> str:
    """A few words that go into a record. Raises CaseError for what is no text on one line."""
    wrong = ""
    if any("\ud800" <= c <= "\udfff" for c in text):
        wrong = "is not UTF-8 text"
    elif len(text) > most:
        wrong = f"has {len(text):,} characters: {most:,} at most"
    elif on_one_line(text) != text:
        wrong = "has characters that are no text, or several lines"
    if wrong:
        raise CaseError([Problem(f"the text for {option} {wrong}: {shorten(text)}")])
    return text


class Entered(NamedTuple):
    """A case, and how it came about: the attributes as they were given, and as they were asked.

    `in_file` are those that a file gave, `by_default` those that nobody did. What it goes on from, if it
    does: the draft, the questions as they were put then, the answers to which the person had not come again
    after going back, the label, and who held it.
    """

    case: Case
    given: Sequence[str]
    asked: Sequence[str] = ()
    draft: str = ""
    questions: Mapping[str, str] = {}
    later: Mapping[str, Answer] = {}
    label: str = ""
    by: str = ""
    in_file: Collection[str] = ()
    by_default: Collection[str] = ()


def begun(entered: Entered, base: RuleBase) -> Entered:
    """What was entered, as a consultation starts on it: with the answers that are there by default."""
    case = started(entered.case, base.knowledge)
    names = [name for name in case.answers if name not in entered.case.answers]
    given = [*dict.fromkeys([*entered.given, *names])]
    return entered._replace(case=case, given=given, by_default=[*entered.by_default, *names])


TABLES = (".csv", ".tsv", ".parquet", ".xlsx", ".xlsm")  # which `population` reads


def _refuse_table(case_file: str) -> None:
    """Raise CaseError for a file of many cases."""
    if Path(case_file).suffix.lower() in TABLES:
        message = f"`{case_file}` is a table of cases, and `--case` takes one, in YAML or JSON"
        help = "`population run` takes it; of its results, `population explain OUT --row N` shows one"
        raise CaseError([Problem(message, None, help)])


def read_answers(base: RuleBase, pairs: list[str] | None, case_file: str | None) -> Entered:
    """The case of a file and of answers given as words, which come on top. Raises CaseError."""
    problems: list[Problem] = []
    names: list[str] = []
    cases = [Case({})]
    try:
        if case_file is not None:
            shown = "standard input" if case_file == "-" else case_file
            _refuse_table(case_file)
            text = sys.stdin.read() if case_file == "-" else read_text(Path(case_file), case_file, piped=True)
            cases.append(read_case(text, shown, base.knowledge))
            names = names_in(text)
    except UnicodeDecodeError:
        problems.append(Problem("standard input is not UTF-8 text"))
    except (CaseError, KnowledgeError) as error:
        problems += error.problems
    try:
        cases.append(parse_pairs(pairs or [], base.knowledge))
    except CaseError as error:
        problems += error.problems
    if problems:
        raise CaseError(problems)
    words = [pair.partition("=")[0] for pair in pairs or []]
    case = reduce(lambda a, b: a.with_answers(b.answers, base.knowledge), cases)
    typed, filed = (answered_in(named, case, base) for named in (words, names))
    return Entered(case, [*dict.fromkeys([*filed, *typed])], in_file={*filed} - {*typed})


def answered_in(names: list[str], case: Case, base: RuleBase) -> list[str]:
    """The attributes that some names answer; of several answers those on the values that are told."""
    answered: dict[str, None] = {}
    for name in names:
        term = base.knowledge.answerable.get(name)
        answered |= dict.fromkeys([part for part in term.parts if part in case.answers] if term else [])
    return [*answered]


def check_format(name: str) -> None:
    """Raises CaseError if tabulate has no such format."""
    if name == "simple":
        return
    from expert.views.terminal import table_formats

    one_of(name, table_formats(), "table format")


def one_of(word: str, allowed: Collection[str], what: str) -> str:
    """The name that a word is. Raises CaseError, with the near one."""
    if word not in allowed:
        raise CaseError([not_among(what, word, allowed)])
    return word


def ask_line(prompt: str) -> str:
    """One line of standard input. Raises EOFError at its end, or where nobody sees what is asked."""
    try:
        sys.stderr.write(prompt)
        sys.stderr.flush()
    except OSError:
        raise EOFError from None
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


# --- what is shown ---------------------------------------------------------------------------
@contextlib.contextmanager
def problems_shown() -> Iterator[None]:
    """Say what stops a command on stderr, and end with the exit code of its kind."""
    try:
        yield
    except CicatrixError as error:
        say_problems(error)
        raise typer.Exit(error.exit_code) from None


def say_problems(error: CicatrixError) -> None:
    """Say everything that is wrong."""
    for problem in error.problems:
        head = "\x1b[1;31merror:\x1b[0m" if coloured(sys.stderr) else "error:"
        say(f"{head} {problem}", hang=2)


def print_json(record: object) -> None:
    """One JSON object (or array), in ASCII so that every terminal and pipe gets the same bytes."""
    sys.stdout.write(to_json(record) + "\n")


def consultation_json(
    consultation: Consultation, unreviewed: Sequence[str], kept: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A consultation for a program: its results first, then all that it holds, and what nobody reviewed.

    `kept`: id and hash of the record that was kept of it, if one was.
    """
    held: dict[str, Any] = plain(consultation)
    return {"results": held["results"], **held, "unreviewed": unreviewed, "record": kept}


def place_of(kb: Path | None) -> str:
    """The words by which a command is about the knowledge base in a directory; none for the built-in one."""
    return f"--kb {quote(str(kb))}" if kb else ""


def say(text: str, hang: int = 0) -> None:
    """Print something that is not the result, if it can be: the result, or the exit code, says enough.

    In lines as wide as asked, or as a narrower terminal is, where results are the same on any; what follows
    of a line hangs below it, below what stands behind its mark, if it has one.
    """
    _write("\n".join(_said(text, hang)))


def fits_screen(text: str) -> bool:
    """Whether what is said can be seen all at once, above the line on which the reply is typed."""
    rows = get_terminal_size().lines if sys.stderr.isatty() else ROWS
    return len(_said(text)) < rows


def _said(text: str, hang: int = 0) -> list[str]:
    """The lines of what is said."""
    lines = []
    for line in text.split("\n"):
        begun = BEGINNING.match(line)
        indent = cells(begun[0]) if begun else 0
        marked = bool(begun and begun[1])
        rest = " " * (indent if marked else indent + hang)
        lines += wrapped(line, said_width(), "", rest)
    return lines


def say_command(line: str) -> None:
    """Print a command that can be typed, or taken over, as it stands there."""
    _write("\n".join(continued(line, said_width(), "  ")))


def _write(text: str) -> None:
    with contextlib.suppress(OSError):
        sys.stderr.write(safe(text) + "\n")
        sys.stderr.flush()


def said_width() -> int:
    """How wide what is said on stderr may be."""
    width: int = asked().get("width", WIDTH)
    if width == WIDTH and sys.stderr.isatty():
        width = min(WIDTH, get_terminal_size().columns)
    return width


def _given_to_all() -> dict[str, Any]:
    """The options that stand before the command, if it is one that runs."""
    context = click.get_current_context(silent=True)
    return context.find_root().params if context else {}


def asked() -> dict[str, Any]:
    """How the user asked for results to look: `width` and `plain`, if that is known."""
    given = _given_to_all()
    return {name: given[name] for name in ("width", "plain") if given.get(name)}


def asked_of(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Keep how the user asked for results to look, wherever in the line; help is as wide too."""
    root = context.find_root()
    if value and option.name:
        root.params[option.name] = value
        if option.name == "width":
            context.terminal_width = root.terminal_width = value
    return value


def coloured(stream: TextIO) -> bool:
    """Whether colour is seen there, and wanted."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def record_words(id: str, ledger: Path | None) -> str:
    """How a record is asked for after the name of a command."""
    return f"{id} --ledger {quote(str(ledger))}" if ledger else id
