"""The `cicatrix` command: parses, calls `expert/`, prints. It decides nothing.

Exit codes: 0 success; 1 a check found something; 2 bad input; 3 bad knowledge base; 4 the
ledger cannot be used (a consultation's result is printed all the same); 5 an optional library is
not installed; 130 interrupted.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from expert.commands import completion
from expert.commands.shared import (
    BAD_LEDGER,
    BUILT_IN,
    CHECK_FAILED,
    INTERRUPTED,
    CaseFile,
    Document,
    Json,
    Kb,
    LedgerFile,
    Pairs,
    Rest,
    TableFormat,
    ask_line,
    check_format,
    document_text,
    emit,
    ledger_path,
    open_knowledge,
    open_reviews,
    print_json,
    problems_shown,
    read_answers,
    read_document,
    run,
    say,
    say_wrapped,
    settings,
    the_case,
)

if TYPE_CHECKING:
    from expert.consultation.case import Case
    from expert.consultation.result import Consultation
    from expert.language.rules import RuleBase
    from expert.ledger.store import Entry

BUILT_IN[0] = Path(__file__).parent  # holds kb/ and rules/, in the project and when installed

app = typer.Typer(help="An expert system that can account for every word it says.", **settings)
explain_app = typer.Typer(help="How a conclusion was reached, and why another was not.", **settings)
kb_app = typer.Typer(help="Look into a knowledge base, and check it.", **settings)


def print_version(wanted: bool) -> None:
    """What this is, and with which knowledge."""
    if wanted:
        from expert.io.version import __version__

        k = open_knowledge(None).knowledge
        emit(f"cicatrix {__version__} ({k.title} {k.version}, {k.hash[:12]})")
        raise typer.Exit


@app.callback()
def look(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=print_version, help="Print the version.")
    ] = False,
    width: Annotated[
        int,
        typer.Option(min=20, metavar="COLUMNS", envvar="CICATRIX_WIDTH", help="Lines at most this wide."),
    ] = 80,
    plain: Annotated[
        bool, typer.Option("--plain", envvar="CICATRIX_PLAIN", help="Sentences instead of tables.")
    ] = False,
) -> None:
    """The whole program."""
    if plain or width != 80:
        from expert.views.terminal import Look

        context.obj = Look(width, plain)


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
    label: Annotated[str, typer.Option("--label", help="A few words to find the record by.")] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the last interrupted dialogue.")
    ] = False,
    no_save: Annotated[bool, typer.Option("--no-save", help="Keep no record of the consultation.")] = False,
    ledger: LedgerFile = None,
    kb: Kb = None,
) -> None:
    """Run a consultation: in questions, or on the answers given.

    Example: cicatrix consult scar_depth=deep active_acne=no scar_count=12
    """
    from expert.io.json import plain
    from expert.knowledge.todo import has_todos
    from expert.review.approvals import unreviewed

    with problems_shown():
        check_format(table_format)
        base, reviews = open_knowledge(kb), open_reviews(kb)
        given: list[str] = []
        asked: list[str] = []
        case, draft = read_answers(base, pairs, case_file, given), ""
        if resume:
            draft, case, before, asked = resumed(base, case, ledger)
            given = list(dict.fromkeys([*before, *given]))
        if ask or resume or (not pairs and case_file is None):
            keep = None if no_save else (ledger_path(ledger), draft)
            case, asked = hold_dialogue(base, case, kb, keep, given, asked)
        found = run(base, case)
        missing = unreviewed(base, reviews, found)
    saved = None if no_save else save(base, found, (given, asked, label, missing), ledger, draft)
    if json:
        print_json({**plain(found), "unreviewed": missing})
    else:
        from expert.views.consultations import consultation_blocks

        blocks = consultation_blocks(found, base.knowledge, brief, trace, missing)
        emit(*blocks, table_format=table_format)
        if saved:
            emit(f"Record {saved.id}, head {saved.hash}")
    if has_todos(base.knowledge.files):
        from expert.commands.shared import hint

        hint(base, kb, aside=True)
    if saved is None and not no_save:
        raise typer.Exit(BAD_LEDGER)


def save(
    base: RuleBase,
    found: Consultation,
    how: tuple[list[str], list[str], str, tuple[str, ...]],
    ledger: Path | None,
    draft: str,
) -> Entry | None:
    """Append the consultation to the ledger; None, with the reason on stderr, if that fails."""
    from expert.io.problems import LedgerError
    from expert.ledger.records import record
    from expert.ledger.store import Ledger

    try:
        with Ledger(ledger_path(ledger), write=True) as store:
            entry = record(store, base, found, *how)
            if draft:
                store.drop_draft(draft)
            return entry
    except LedgerError as error:
        for problem in error.problems:
            say(f"error: {problem}")
        say("The consultation was not recorded.")
        return None


def resumed(base: RuleBase, case: Case, ledger: Path | None) -> tuple[str, Case, list[str], list[str]]:
    """The newest draft: its id, its case with the answers given now on top, what was given and asked."""
    from expert.consultation.case import parse_pairs
    from expert.io.problems import LedgerError
    from expert.ledger.store import Ledger

    with Ledger(ledger_path(ledger)) as store:
        found = store.draft()
    if found is None:
        raise LedgerError("there is no interrupted consultation to resume")
    kept = [word for word in found[1]["answers"] if word.split("=")[0] in base.knowledge.attributes]
    merged = parse_pairs(kept, base.knowledge).with_answers(case.answers, base.knowledge)
    return found[0], merged, found[1]["given"], found[1]["asked"]


def hold_dialogue(
    base: RuleBase,
    case: Case,
    kb: Path | None,
    keep: tuple[Path, str] | None,
    given: list[str],
    asked: list[str],
) -> tuple[Case, list[str]]:
    """Ask on the terminal (questions go to stderr); the case, and what was asked in that order.

    Interrupted, keep a draft (`keep`: the ledger, and the draft it replaces), say how to go on,
    and exit.
    """
    from expert.consultation.dialogue import Dialogue, Interrupted
    from expert.consultation.relevance import Reach

    dialogue = Dialogue(Reach(base), case)
    try:
        return dialogue.run(ask_line, say_wrapped), [*asked, *dialogue.asked]
    except Interrupted as stopped:
        say("\nStopped. To go on from the answers so far:\n  " + going_on(base, stopped.case, kb))
        if keep and stopped.case.answers:
            keep_draft(base, stopped.case, *keep, given, [*asked, *dialogue.asked])
        raise typer.Exit(INTERRUPTED) from None


def keep_draft(
    base: RuleBase, case: Case, ledger: Path, replaced: str, given: list[str], asked: list[str]
) -> None:
    """Keep the answers of an interrupted dialogue in the ledger."""
    from expert.consultation.case import spell_answers
    from expert.io.problems import LedgerError
    from expert.ledger.store import Ledger

    try:
        with Ledger(ledger, write=True) as store:
            answers = spell_answers(case, base.knowledge)
            store.save_draft({"answers": answers, "given": given, "asked": asked})
            if replaced:
                store.drop_draft(replaced)
        say("They are kept too: `consult --resume` takes them up.")
    except LedgerError as error:
        for problem in error.problems:
            say(f"error: {problem}")


def going_on(base: RuleBase, case: Case, kb: Path | None) -> str:
    """The command that goes on from a case."""
    from expert.consultation.case import command_line, spell_answers

    program = "python cli.py" if Path(sys.argv[0]).name == "cli.py" else "cicatrix"
    answers = spell_answers(case, base.knowledge)
    return command_line("consult", "--ask", *answers, kb=kb, program=program)


# --- explain, what-if ------------------------------------------------------------------------


@explain_app.command("how")
def explain_how(
    conclusion: Annotated[
        str,
        typer.Argument(
            help="An option, finding, step, advice or rule: id or label.", autocompletion=completion.subjects
        ),
    ],
    rest: Rest = None,
    case_file: CaseFile = None,
    document: Document = None,
    json: Json = False,
    ledger: LedgerFile = None,
    kb: Kb = None,
) -> None:
    """How a conclusion was reached: a tree down to your answers and the document's claims.

    Examples: cicatrix explain how punch scar_depth=deep active_acne=no
              cicatrix explain how punch last
    """
    from expert.consultation.explain import find_subject, how
    from expert.views.consultations import explanation, footer
    from expert.views.document import apart

    with problems_shown():
        asked = the_case(rest, case_file, ledger, kb)
        subject = find_subject(asked.base, conclusion)
        trees = how(asked.found, asked.base, subject, read_document(document))
    if json:
        print_json(tuple(trees))
    elif trees:
        end = footer(asked.found, asked.unreviewed, asked.recorded)
        emit(apart(*(explanation(tree) for tree in trees)), end)
    else:
        emit(f"Nothing was concluded about {subject.id}: see `explain why-not {subject.id}`.")


@explain_app.command("why-not")
def explain_why_not(
    subject: Annotated[
        str,
        typer.Argument(
            help="An option (or finding, step, advice, rule): id or label.",
            autocompletion=completion.subjects,
        ),
    ],
    rest: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VERDICT] [ID | ATTRIBUTE=VALUE...]", help="The verdict or `now`; a record or answers."
        ),
    ] = None,
    case_file: CaseFile = None,
    document: Document = None,
    json: Json = False,
    ledger: LedgerFile = None,
    kb: Kb = None,
) -> None:
    """Why an option is not what one might expect, and the smallest changes that would make it so.

    Example: cicatrix explain why-not punch now scar_depth=deep active_acne=yes
    """
    from expert.consultation.explain import find_subject, why_not
    from expert.consultation.relevance import Reach
    from expert.views.consultations import footer, why_not_blocks

    goal = verdict_in(rest or [])
    with problems_shown():
        asked = the_case((rest or [])[1 if goal else 0 :], case_file, ledger, kb)
        sentences, about = read_document(document), find_subject(asked.base, subject)
        reason = why_not(Reach(asked.base), asked.case, asked.found, about, goal)
    if json:
        print_json(reason)
    else:
        end = footer(asked.found, asked.unreviewed, asked.recorded)
        emit(*why_not_blocks(reason, asked.base, sentences), end)


def verdict_in(words: list[str]) -> str:
    """The first word if it is meant as a verdict: no answer, and no record's id."""
    from expert.io.problems import nearest
    from expert.language.policy import NOW, VERDICTS

    if not words or "=" in words[0] or words[0] == "last":
        return ""
    alone = len(words) == 1 or "=" in words[1]
    is_id = len(words[0]) == 5 and any(c.isdigit() for c in words[0]) and alone
    known = words[0] in (*VERDICTS, NOW) or nearest(words[0], [*VERDICTS, NOW])
    return words[0] if known or not is_id else ""


@app.command("what-if")
def what_if_command(
    changes: Annotated[
        list[str],
        typer.Argument(metavar="[ID] ATTRIBUTE=VALUE...", help="A record, if any; the answers to change."),
    ],
    given: Annotated[
        list[str] | None,
        typer.Option("--given", metavar="ANSWERS", help="The case: 'attribute=value ...' (may be repeated)."),
    ] = None,
    case_file: CaseFile = None,
    table_format: TableFormat = "simple",
    json: Json = False,
    ledger: LedgerFile = None,
    kb: Kb = None,
) -> None:
    """What would be different if some answers were.

    Examples: cicatrix what-if active_acne=no --given 'scar_depth=deep active_acne=yes'
              cicatrix what-if last active_acne=no
    """
    from expert.consultation.case import parse_pairs
    from expert.consultation.compare import what_if
    from expert.consultation.outcome import follow
    from expert.review.approvals import unreviewed
    from expert.views.consultations import footer, what_if_block

    with problems_shown():
        check_format(table_format)
        words = [word for words in given or () for word in words.split()]
        if "=" not in changes[0]:
            words, changes = [changes[0], *words], changes[1:]
        asked = the_case(words, case_file, ledger, kb)
        base, before = asked.base, asked.found
        changed = asked.case.with_answers(parse_pairs(changes, base.knowledge).answers, base.knowledge)
        after = follow(base, changed)
        # a record says that of the rules which fired in it, and not of others
        missing = None if asked.reviews is None else unreviewed(base, asked.reviews, after)
    differences = what_if(before, after)
    if json:
        print_json(tuple(differences))
    else:
        emit(what_if_block(differences), footer(after, missing), table_format=table_format)


# --- kb --------------------------------------------------------------------------------------


@kb_app.command("show")
def kb_show(kb: Kb = None) -> None:
    """What the knowledge base holds, and its content hash."""
    from expert.views.knowledge import knowledge_blocks

    with problems_shown():
        emit(*knowledge_blocks(open_knowledge(kb)))


@kb_app.command("claims")
def kb_claims(kb: Kb = None) -> None:
    """Every claim of the document, in our words, and what rests on it."""
    from expert.language.rules import cited
    from expert.views.knowledge import claims_blocks

    with problems_shown():
        base = open_knowledge(kb)
    emit(*claims_blocks(base, cited(base)))


@kb_app.command("rules")
def kb_rules(
    id: Annotated[str | None, typer.Argument(help="One rule only.", show_default=False)] = None,
    kb: Kb = None,
) -> None:
    """The rules in English.

    Example: cicatrix kb rules depth-decides
    """
    from expert.io.problems import CaseError, not_among
    from expert.views.knowledge import rules_blocks

    with problems_shown():
        base = open_knowledge(kb)
        ids = [rule.id for rule in base.rules]
        if id is not None and id not in ids:
            raise CaseError([not_among("rule", id, ids)])
    emit(*rules_blocks([rule for rule in base.rules if id in (None, rule.id)], base))


@kb_app.command("options")
def kb_options(kb: Kb = None) -> None:
    """What can be recommended, and what the document says of each."""
    from expert.views.knowledge import options_blocks

    with problems_shown():
        emit(*options_blocks(open_knowledge(kb)))


@kb_app.command("questions")
def kb_questions(kb: Kb = None) -> None:
    """What a case can say, and how it is asked."""
    from expert.views.knowledge import questions_blocks

    with problems_shown():
        base = open_knowledge(kb)
    emit(*questions_blocks(base))


@kb_app.command("coverage")
def kb_coverage(document: Document = None, json: Json = False, kb: Kb = None) -> None:
    """Whether every sentence of the document is accounted for; exits with 1 if not."""
    from expert.commands.shared import hint
    from expert.knowledge.document import coverage
    from expert.views.knowledge import coverage_blocks

    with problems_shown():
        base = open_knowledge(kb)
        text = None if document is None else document_text(document)
        places = coverage(base, text)
    if json:
        print_json(tuple(places))
    else:
        emit(*coverage_blocks(places, document is not None))
    hint(base, kb, text, aside=json)
    if any(place.status not in ("encoded", "context") for place in places):
        raise typer.Exit(CHECK_FAILED)


def main() -> None:
    """The entry point of the `cicatrix` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.argv[1:2] == ["consult"]:
        gc.disable()  # one short run makes no garbage worth looking for
    else:
        add_groups()  # a consultation needs none of them
    app()


def add_groups() -> None:
    """Add the groups of commands."""
    from expert.commands import author as author_command
    from expert.commands import review as review_command
    from expert.commands import trial as test_commands
    from expert.commands.audit import audit_app
    from expert.commands.export import export
    from expert.commands.population import population_app
    from expert.commands.prove import prove

    for name, command in (
        ("new", author_command.new),
        ("lint", author_command.lint),
        ("fmt", author_command.fmt),
        ("test", test_commands.test),
        ("load-bearing", test_commands.load_bearing),
        ("diff", test_commands.diff),
        ("prove", prove),
        ("export", export),
        ("review", review_command.review),
        ("approve", review_command.approve),
    ):
        kb_app.command(name)(command)
    groups = {"explain": explain_app, "kb": kb_app, "audit": audit_app, "population": population_app}
    for name, group in groups.items():
        app.add_typer(group, name=name)


if __name__ == "__main__":
    main()
