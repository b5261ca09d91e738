"""The commands `explain how` and `what-if`."""

import shlex
from typing import Annotated

import typer

from expert.commands import completion
from expert.commands.documents import read_quotes
from expert.commands.ledgers import names_record
from expert.commands.opening import the_case
from expert.commands.options import CaseFile, Document, Json, Kb, LedgerFiles, Rest, TableFormat, Unfolded
from expert.commands.shared import check_format, place_of, print_json
from expert.commands.showing import emit
from expert.commands.subject import subject_named
from expert.consultation import compare, explain
from expert.consultation.case import parse_pairs
from expert.consultation.outcome import follow
from expert.consultation.subjects import find_subject, spelled
from expert.io.problems import CaseError
from expert.review.approvals import unreviewed
from expert.views.consultations import footer
from expert.views.document import apart, on
from expert.views.explanations import arguments_folded, explanation
from expert.views.what_if import footer_of_changed, what_if_blocks


def how(
    conclusion: Annotated[
        str,
        typer.Argument(
            help="An option, finding, question, target, step, note, advice, rule or claim: id or label.",
            autocompletion=completion.subjects,
        ),
    ],
    rest: Rest = None,
    case_file: CaseFile = None,
    document: Document = None,
    full: Unfolded = False,
    json: Json = False,
    ledger: LedgerFiles = None,
    kb: Kb = None,
) -> None:
    """How a conclusion was reached: a tree down to your answers and the document's claims."""
    asked = the_case(rest, case_file, ledger, kb)
    subject = subject_named(asked.base, conclusion)
    quotes = read_quotes(document, asked.base)
    trees = explain.how(asked.consultation, asked.base, subject, quotes, full or json)
    if json:
        print_json(tuple(trees))
    elif trees:
        end = footer(asked.consultation, asked.unreviewed, asked.recorded, place_of(kb))
        left = arguments_folded(trees)
        emit(apart(*(explanation(tree) for tree in trees)), apart(*left), end)
    elif subject.kind == "claim":
        command = on(f"kb claims {subject.id}", place_of(kb))
        emit(f"No rule that fired rests on {subject.id}: see `{command}`.")
    else:
        # of the same case: without these words it would be another's
        case = [*(rest or ()), *(["--case", case_file] if case_file else ())]
        place = [word for path in ledger or () for word in ("--ledger", str(path))]
        name = subject.id if find_subject(asked.base, subject.id) == subject else spelled(subject)
        again = on(shlex.join(["explain", "why-not", name, *case, *place]), place_of(kb))
        fires = subject.kind == "rule"
        said = f"{subject.id} did not fire" if fires else f"Nothing was concluded about {subject.id}"
        emit(f"{said}: see `{again}`.")


def what_if(
    changes: Annotated[
        list[str],
        typer.Argument(
            metavar="[ID] ATTRIBUTE=VALUE...",
            help="A record, if any; the answers to change.",
            autocompletion=completion.records_or_answers,
        ),
    ],
    given: Annotated[
        list[str] | None,
        typer.Option("--given", metavar="ANSWERS", help="The case: 'attribute=value ...' (may be repeated)."),
    ] = None,
    case_file: CaseFile = None,
    table_format: TableFormat = "simple",
    full: Unfolded = False,
    json: Json = False,
    ledger: LedgerFiles = None,
    kb: Kb = None,
) -> None:
    """What would be different if some answers were."""
    check_format(table_format)
    words = [word for words in given or () for word in words.split()]
    if "=" not in changes[0]:
        words, changes = [changes[0], *words], changes[1:]
    elif "=" not in changes[-1] and names_record(changes[-1]) and not words:
        words, changes = [changes[-1]], changes[:-1]
    if not changes:
        raise CaseError("no answer to change is named", "name one: ATTRIBUTE=VALUE")
    asked = the_case(words, case_file, ledger, kb)
    base = asked.base
    # of a record, this program's words on both sides: only the answers are to make a difference
    before = follow(base, asked.case) if asked.recorded else asked.consultation
    changed = asked.case.with_answers(parse_pairs(changes, base.knowledge).answers, base.knowledge)
    after = follow(base, changed)
    # a record says that of the rules which fired in it, and not of others
    missing = None if asked.reviews is None else unreviewed(base, asked.reviews, after)
    differences = compare.what_if(before, after)
    if json:
        print_json(tuple(differences))
    else:
        emit(
            *what_if_blocks(differences, before, after, base.knowledge, full),
            footer_of_changed(after, missing, place_of(kb)),
            table_format=table_format,
        )
