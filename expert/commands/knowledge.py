"""The `kb` commands that show a knowledge base: what is in it, in English, and what it covers."""

from typing import Annotated

import typer

from expert.commands import completion
from expert.commands.documents import document_text, read_quotes
from expert.commands.hint import hint
from expert.commands.options import Document, Json, Kb
from expert.commands.shared import one_of, open_knowledge, print_json
from expert.commands.showing import emit
from expert.consultation.subjects import find_subject
from expert.io.problems import CheckFailed
from expert.knowledge.document import coverage as accounted_for
from expert.knowledge.document import elsewhere
from expert.language.rules import cited
from expert.views.knowledge import (
    claims_blocks,
    coverage_blocks,
    edition_lines,
    knowledge_blocks,
    options_blocks,
    questions_blocks,
    rules_blocks,
)


def show(kb: Kb = None) -> None:
    """What the knowledge base holds, and its content hash."""
    emit(*knowledge_blocks(open_knowledge(kb)))


def claims(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CLAIM]...",
            help="These only, with the rules that cite them.",
            show_default=False,
            autocompletion=completion.claims,
        ),
    ] = None,
    document: Document = None,
    kb: Kb = None,
) -> None:
    """Every claim of the document, in our words, and what rests on it.

    Example: cicatrix kb claims p5s2
    """
    base = open_knowledge(kb)
    named = [one_of(id, base.knowledge.claims, "claim") for id in ids or []]
    emit(*claims_blocks(base, cited(base), named, read_quotes(document, base)))


def rules(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RULE]...", help="These only.", show_default=False, autocompletion=completion.rules
        ),
    ] = None,
    kb: Kb = None,
) -> None:
    """The rules in English.

    Example: cicatrix kb rules depth-decides
    """
    base = open_knowledge(kb)
    known = [rule.id for rule in base.rules]
    named = [one_of(id, known, "rule") for id in ids or []]
    emit(*rules_blocks([rule for rule in base.rules if not named or rule.id in named], base))


def options(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[OPTION]...",
            help="These only: id, label or beginning.",
            show_default=False,
            autocompletion=completion.options,
        ),
    ] = None,
    kb: Kb = None,
) -> None:
    """What can be recommended, and what the document says of each."""
    base = open_knowledge(kb)
    named = [find_subject(base, id, ("option",)).id for id in ids or []]
    emit(*options_blocks(base, named))


def questions(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ATTRIBUTE]...",
            help="These only, with the help that the dialogue gives.",
            show_default=False,
            autocompletion=completion.attributes,
        ),
    ] = None,
    kb: Kb = None,
) -> None:
    """What a case can say, and how it is asked."""
    base = open_knowledge(kb)
    named = [one_of(id, base.knowledge.questions, "attribute") for id in ids or []]
    emit(*questions_blocks(base, named))


def coverage(document: Document = None, json: Json = False, kb: Kb = None) -> None:
    """Whether every sentence of the document is accounted for; exits with 1 if not."""
    base = open_knowledge(kb)
    text = None if document is None else document_text(document)
    places = accounted_for(base, text)
    if json:
        print_json(tuple(places))
    else:
        moved = elsewhere(base, text) if text is not None else 0
        emit(*coverage_blocks(places, document is not None), *edition_lines(base.knowledge, moved))
    hint(base, kb, text, aside=json)
    if any(place.status not in ("encoded", "context") for place in places):
        raise CheckFailed
