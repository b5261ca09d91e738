"""The `cicatrix` command: parses, calls `expert/`, prints. It decides nothing.

Exit codes: 0 success; 1 a check found something; 2 bad input; 3 bad knowledge base;
130 interrupted.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from expert.case import Case
    from expert.rules import RuleBase
    from expert.source import Problem
    from expert.trace import Consultation

CHECK_FAILED, BAD_INPUT, BAD_KNOWLEDGE, INTERRUPTED = 1, 2, 3, 130

HERE = Path(__file__).parent  # holds kb/ and rules/, in the project and when installed

settings = {"pretty_exceptions_enable": False, "rich_markup_mode": None, "no_args_is_help": True}
app = typer.Typer(help="An expert system that can account for every word it says.", **settings)  # type: ignore[arg-type]
explain_app = typer.Typer(help="How a conclusion was reached, and why another was not.", **settings)  # type: ignore[arg-type]
kb_app = typer.Typer(help="Look into a knowledge base, and check it.", **settings)  # type: ignore[arg-type]
app.add_typer(explain_app, name="explain")
app.add_typer(kb_app, name="kb")

Pairs = Annotated[list[str] | None, typer.Argument(help="Answers, as attribute=value.", show_default=False)]
CaseFile = Annotated[
    str | None,
    typer.Option("--case", metavar="FILE", help="Answers from a YAML or JSON file; - for standard input."),
]
Kb = Annotated[
    Path | None,
    typer.Option("--kb", metavar="DIR", help="A knowledge base other than the built-in one."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Document = Annotated[
    Path | None,
    typer.Option(
        "--document", metavar="FILE", help="The document itself, to put its sentences beside claims."
    ),
]
TableFormat = Annotated[
    str, typer.Option("--table-format", metavar="NAME", help="One of tabulate's formats.")
]


# --- consult -------------------------------------------------------------------------------


@app.command()
def consult(
    pairs: Pairs = None,
    case_file: CaseFile = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask what the answers given leave open.")] = False,
    brief: Annotated[bool, typer.Option("--brief", help="Plan and recommendations only.")] = False,
    trace: Annotated[bool, typer.Option("--trace/--no-trace", help="Print the firing trace.")] = True,
    table_format: TableFormat = "simple",
    json: Json = False,
    no_save: Annotated[bool, typer.Option("--no-save", help="Keep no record of the consultation.")] = False,
    kb: Kb = None,
) -> None:
    """Run a consultation: in questions, or on the answers given.

    Example: cicatrix consult scar_depth=deep active_acne=no scar_count=12
    """
    with problems_shown():
        check_format(table_format)
        base = open_knowledge(kb)
        case = read_answers(base, pairs, case_file)
        if ask or (not pairs and case_file is None):
            case = hold_dialogue(base, case, kb)
        found = run(base, case)
    if json:
        print_json(found)
    else:
        from expert.report import consultation_text

        emit(consultation_text(found, base.knowledge, brief, trace, table_format))


def hold_dialogue(base: RuleBase, case: Case, kb: Path | None) -> Case:
    """Ask on the terminal (questions go to stderr); interrupted, say how to go on, and exit."""
    from expert.dialogue import Dialogue, Interrupted
    from expert.reach import Reach

    try:
        return Dialogue(Reach(base), case).run(ask_line, say)
    except Interrupted as stopped:
        say("\nStopped. To go on from the answers so far:\n  " + command_line(base, stopped.case, kb))
        raise typer.Exit(INTERRUPTED) from None


def ask_line(prompt: str) -> str:
    """One line of standard input. Raises EOFError at its end."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def command_line(base: RuleBase, case: Case, kb: Path | None) -> str:
    """The command that goes on from a case."""
    import shlex

    from expert.case import spell_answers

    program = "python cli.py" if Path(sys.argv[0]).name == "cli.py" else "cicatrix"
    words = ["consult", "--ask", *spell_answers(case, base.knowledge), *(["--kb", str(kb)] if kb else [])]
    return f"{program} {shlex.join(words)}"


# --- explain, what-if ------------------------------------------------------------------------


@explain_app.command("how")
def explain_how(
    conclusion: Annotated[str, typer.Argument(help="An option, finding, step, advice or rule: id or label.")],
    pairs: Pairs = None,
    case_file: CaseFile = None,
    document: Document = None,
    json: Json = False,
    kb: Kb = None,
) -> None:
    """How a conclusion was reached: a tree down to your answers and the document's claims.

    Example: cicatrix explain how punch scar_depth=deep active_acne=no
    """
    from expert.explain import find_subject, how
    from expert.report import footer, tree_text

    with problems_shown():
        base = open_knowledge(kb)
        case = read_answers(base, pairs, case_file)
        subject = find_subject(base, conclusion)
        found = run(base, case)
        trees = how(found, base, subject, read_document(document))
    if json:
        print_json(tuple(trees))
    elif trees:
        emit(tree_text(trees) + "\n\n" + footer(found))
    else:
        emit(f"Nothing was concluded about {subject.id}: see `explain why-not {subject.id}`.")


@explain_app.command("why-not")
def explain_why_not(
    subject: Annotated[str, typer.Argument(help="An option (or finding, step, advice, rule): id or label.")],
    rest: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VERDICT] [ATTRIBUTE=VALUE]...", help="The verdict or `now`, then answers."),
    ] = None,
    case_file: CaseFile = None,
    json: Json = False,
    kb: Kb = None,
) -> None:
    """Why an option is not what one might expect, and the smallest changes that would make it so.

    Example: cicatrix explain why-not punch now scar_depth=deep active_acne=yes
    """
    from expert.explain import find_subject, why_not
    from expert.reach import Reach
    from expert.report import footer, why_not_text

    goal = rest[0] if rest and "=" not in rest[0] else ""
    with problems_shown():
        base = open_knowledge(kb)
        case = read_answers(base, (rest or [])[1 if goal else 0 :], case_file)
        found = run(base, case)
        reason = why_not(Reach(base), case, found, find_subject(base, subject), goal)
    if json:
        print_json(reason)
    else:
        emit(why_not_text(reason, base) + "\n\n" + footer(found))


@app.command("what-if")
def what_if_command(
    changes: Annotated[list[str], typer.Argument(help="The answers to change, as attribute=value.")],
    given: Annotated[
        list[str] | None,
        typer.Option("--given", metavar="ANSWERS", help="The case: 'attribute=value ...' (may be repeated)."),
    ] = None,
    case_file: CaseFile = None,
    table_format: TableFormat = "simple",
    json: Json = False,
    kb: Kb = None,
) -> None:
    """What would be different if some answers were.

    Example: cicatrix what-if active_acne=no --given 'scar_depth=deep active_acne=yes'
    """
    from expert.case import parse_pairs
    from expert.explain import what_if
    from expert.report import footer, what_if_text

    with problems_shown():
        check_format(table_format)
        base = open_knowledge(kb)
        case = read_answers(base, [word for words in given or () for word in words.split()], case_file)
        changed = case.with_answers(parse_pairs(changes, base.knowledge).answers, base.knowledge)
        before, after = run(base, case), run(base, changed)
    differences = what_if(before, after)
    if json:
        print_json(tuple(differences))
    else:
        emit(what_if_text(differences, table_format) + "\n\n" + footer(after))


# --- kb --------------------------------------------------------------------------------------


@kb_app.command("show")
def kb_show(kb: Kb = None) -> None:
    """What the knowledge base holds, and its content hash."""
    from expert.report import knowledge_text

    with problems_shown():
        emit(knowledge_text(open_knowledge(kb)))


@kb_app.command("claims")
def kb_claims(kb: Kb = None) -> None:
    """Every claim of the document, in our words, and what rests on it."""
    from expert.lint import cited
    from expert.report import claims_text

    with problems_shown():
        base = open_knowledge(kb)
    emit(claims_text(base, cited(base)))


@kb_app.command("rules")
def kb_rules(
    id: Annotated[str | None, typer.Argument(help="One rule only.", show_default=False)] = None,
    kb: Kb = None,
) -> None:
    """The rules in English."""
    from expert.source import CaseError, not_among
    from expert.words import Phrases

    with problems_shown():
        base = open_knowledge(kb)
        ids = [rule.id for rule in base.rules]
        if id is not None and id not in ids:
            raise CaseError([not_among("rule", id, ids)])
    phrases = Phrases(base.knowledge)
    emit("\n\n".join("\n".join(phrases.rule(rule)) for rule in base.rules if id in (None, rule.id)))


@kb_app.command("options")
def kb_options(kb: Kb = None) -> None:
    """What can be recommended, and what the document says of each."""
    from expert.report import options_text

    with problems_shown():
        emit(options_text(open_knowledge(kb)))


@kb_app.command("questions")
def kb_questions(kb: Kb = None) -> None:
    """What a case can say, and how it is asked."""
    from expert.report import question_lines

    with problems_shown():
        base = open_knowledge(kb)
    emit("\n\n".join("\n".join(question_lines(term)) for term in base.knowledge.attributes.values()))


@kb_app.command("lint")
def kb_lint(
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False, kb: Kb = None
) -> None:
    """Check the knowledge base; errors exit with 3, warnings are only shown."""
    from expert.lint import warnings

    with problems_shown():
        base = open_knowledge(kb)
    found = warnings(base)
    for problem in found:
        emit(f"warning: {problem}")
    emit(f"{len(base.rules)} rules, {len(base.knowledge.claims)} claims: no errors, {len(found)} warnings.")
    if strict and found:
        raise typer.Exit(CHECK_FAILED)


@kb_app.command("coverage")
def kb_coverage(document: Document = None, json: Json = False, kb: Kb = None) -> None:
    """Whether every sentence of the document is accounted for; exits with 1 if not."""
    from expert.coverage import coverage
    from expert.report import coverage_text

    with problems_shown():
        base = open_knowledge(kb)
        places = coverage(base, None if document is None else document_text(document))
    if json:
        print_json(tuple(places))
    else:
        emit(coverage_text(places, base, document is not None))
    if any(place.status not in ("encoded", "context") for place in places):
        raise typer.Exit(CHECK_FAILED)


# --- what the commands share -------------------------------------------------------------------


def open_knowledge(kb: Path | None) -> RuleBase:
    """The knowledge base asked for. Raises KnowledgeError."""
    from expert.lint import load

    return load(HERE if kb is None else kb)


def read_answers(base: RuleBase, pairs: list[str] | None, case_file: str | None) -> Case:
    """The case of a file and of answers given as words, which come on top. Raises CaseError."""
    from expert.case import Case, parse_pairs, read_case
    from expert.source import CaseError, KnowledgeError, read_text

    problems: list[Problem] = []
    cases = [Case({})]
    try:
        if case_file == "-":
            cases.append(read_case(sys.stdin.read(), "standard input", base.knowledge))
        elif case_file is not None:
            cases.append(read_case(read_text(Path(case_file), case_file), case_file, base.knowledge))
    except UnicodeDecodeError:
        from expert.source import Problem

        problems.append(Problem("standard input is not UTF-8 text"))
    except KnowledgeError as error:
        problems += error.problems
    try:
        cases.append(parse_pairs(pairs or [], base.knowledge))
    except CaseError as error:
        problems += error.problems
    if problems:
        raise CaseError(problems)
    from functools import reduce

    return reduce(lambda a, b: a.with_answers(b.answers, base.knowledge), cases)


def run(base: RuleBase, case: Case) -> Consultation:
    """What follows from the case."""
    from expert.inference import infer

    return infer(base, case)


def document_text(path: Path) -> str:
    """The document's text. Raises CaseError."""
    from expert.source import CaseError, KnowledgeError, read_text

    try:
        return read_text(path, str(path))
    except KnowledgeError as error:
        raise CaseError(error.problems) from None


def read_document(path: Path | None) -> dict[str, str]:
    """The document's sentences by place; none without a document."""
    from expert.coverage import sentences

    return {} if path is None else sentences(document_text(path))


def check_format(name: str) -> None:
    """Raises CaseError if tabulate has no such format."""
    if name == "simple":
        return
    from expert.report import table_formats
    from expert.source import CaseError, not_among

    if name not in table_formats():
        raise CaseError([not_among("table format", name, table_formats())])


@contextlib.contextmanager
def problems_shown() -> Iterator[None]:
    """Turn problems into messages on stderr and an exit code."""
    from expert.source import CaseError, KnowledgeError

    try:
        yield
    except CaseError as error:
        fail(error, BAD_INPUT)
    except KnowledgeError as error:
        fail(error, BAD_KNOWLEDGE)


def fail(error: Exception, code: int) -> NoReturn:
    """Print every problem and exit."""
    for problem in getattr(error, "problems", ()):
        say(f"error: {problem}")
    raise typer.Exit(code)


def print_json(record: object) -> None:
    """One JSON object (or array), in ASCII so that every terminal and pipe gets the same bytes."""
    import json

    from expert.trace import plain

    emit(json.dumps(plain(record), indent=2))


def emit(text: str) -> None:
    """Print a result."""
    sys.stdout.write(text + "\n")


def say(text: str) -> None:
    """Print something that is not the result."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main() -> None:
    """The entry point of the `cicatrix` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app()


if __name__ == "__main__":
    main()
