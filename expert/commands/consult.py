"""The command `consult`: a consultation, in questions or on the answers given.

It is the command that starts most often, so what not every consultation needs (a dialogue, the ledger,
the text of the result, an author's next step) is imported where it is wanted.
"""

from typing import Annotated

import typer

from expert.commands.answers import begun, read_answers
from expert.commands.options import (
    Brief,
    By,
    CaseFile,
    Full,
    Json,
    Kb,
    LedgerFile,
    Pairs,
    TableFormat,
    Trace,
    WitnessFile,
)
from expert.commands.shared import (
    check_format,
    checked_note,
    consultation_json,
    open_knowledge,
    open_reviews,
    place_of,
    print_json,
    record_words,
)
from expert.consultation.engine import infer
from expert.io.problems import LedgerError
from expert.knowledge.directories import has_todos
from expert.review.approvals import unreviewed


def consult(
    pairs: Pairs = None,
    case_file: CaseFile = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask what the answers given leave open.")] = False,
    brief: Brief = False,
    trace: Trace = True,
    full: Full = False,
    table_format: TableFormat = "simple",
    json: Json = False,
    label: Annotated[str, typer.Option("--label", help="A few words to find the record by.")] = "",
    by: By = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the last interrupted dialogue, or that with an ID.")
    ] = False,
    no_save: Annotated[bool, typer.Option("--no-save", help="Keep no record of the consultation.")] = False,
    ledger: LedgerFile = None,
    witness: WitnessFile = None,
    kb: Kb = None,
) -> None:
    """Run a consultation: in questions, or on the answers given."""
    check_format(table_format)
    label, by = checked_note(label, "--label"), checked_note(by.strip(), "--by")
    base, reviews = open_knowledge(kb), open_reviews(kb)
    ids = [word for word in pairs or [] if "=" not in word] if resume else []
    entered = read_answers(base, [word for word in pairs or [] if word not in ids[:1]], case_file)
    entered = entered._replace(label=label, by=by)
    if ask or resume or (not pairs and case_file is None):
        from expert.commands.dialogue import hold_dialogue, resumed

        if resume:
            entered = resumed(base, entered, "".join(ids), ledger)
        entered = hold_dialogue(base, begun(entered, base), kb, ledger, not no_save)
    entered = begun(entered, base)
    consultation = infer(base, entered.case)
    missing = unreviewed(base, reviews, consultation)
    saved = None
    if not no_save:
        from expert.commands.recording import save

        saved = save(base, consultation, entered, missing, ledger, witness)
    if json:
        kept = {"id": saved.id, "hash": saved.hash} if saved else None
        print_json(consultation_json(consultation, missing, kept))
    else:
        from expert.commands.showing import emit
        from expert.views.screen import Below, Extent, consultation_blocks

        record = f"Record {saved.id}, {saved.hash}" if saved else ""
        id = record_words("last", ledger) if saved else ""
        below = Below("consult", id, missing, record, place=place_of(kb))
        blocks = consultation_blocks(consultation, base.knowledge, Extent(brief, trace, full), below)
        emit(*blocks, table_format=table_format, paged=False)
    if has_todos(base.knowledge.files):
        from expert.commands.hint import hint

        hint(base, kb, aside=True)
    if saved is None and not no_save:
        raise typer.Exit(LedgerError.exit_code)
