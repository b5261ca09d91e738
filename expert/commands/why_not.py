"""The command `explain why-not`, which alone of its kind looks at other cases than the one asked about."""

from typing import Annotated

import typer

from expert.commands import completion
from expert.commands.documents import read_quotes
from expert.commands.ledgers import names_record
from expert.commands.opening import the_case
from expert.commands.options import CaseFile, Document, Json, Kb, LedgerFiles, Unfolded
from expert.commands.shared import place_of, print_json
from expert.commands.showing import emit
from expert.commands.subject import subject_named
from expert.consultation import why_not as why
from expert.consultation.relevance import Reach
from expert.io.problems import nearest
from expert.language.policy import NOW, VERDICTS
from expert.proof.undecided import solver
from expert.views.consultations import footer
from expert.views.explanations import why_not_blocks


def why_not(
    subject: Annotated[
        str,
        typer.Argument(
            help="An option (or finding, question, target, step, note, advice, rule, claim): id or label.",
            autocompletion=completion.subjects,
        ),
    ],
    rest: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VERDICT] [ID | ATTRIBUTE=VALUE...]",
            help="The verdict or `now`; a record or answers.",
            autocompletion=completion.verdicts_records_or_answers,
        ),
    ] = None,
    case_file: CaseFile = None,
    document: Document = None,
    full: Unfolded = False,
    json: Json = False,
    ledger: LedgerFiles = None,
    kb: Kb = None,
) -> None:
    """Why an option is not what one might expect, and the smallest changes that would make it so."""
    goal = verdict_in(rest or [])
    asked = the_case((rest or [])[1 if goal else 0 :], case_file, ledger, kb)
    quotes, about = read_quotes(document, asked.base), subject_named(asked.base, subject)
    reason = why.why_not(Reach(asked.base, solver), asked.case, asked.consultation, about, goal)
    if json:
        print_json(reason)
    else:
        end = footer(asked.consultation, asked.unreviewed, asked.recorded, place_of(kb))
        emit(*why_not_blocks(reason, asked.base, quotes, full), end)


def verdict_in(words: list[str]) -> str:
    """The first word if it is meant as a verdict: no answer, and no record's id."""
    if not words or "=" in words[0] or words[0] == "last":
        return ""
    alone = len(words) == 1 or "=" in words[1]
    known = words[0] in (*VERDICTS, NOW) or nearest(words[0], [*VERDICTS, NOW])
    return words[0] if known or not (names_record(words[0]) and alone) else ""
