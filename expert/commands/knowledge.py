"""The `kb` commands that show a knowledge base: what is in it, in English, and what it covers."""

from __future__ import annotations

from typing import Annotated

import typer

from expert.commands.hint import hint
from expert.commands.opening import document_text
from expert.commands.shared import Document, Json, Kb, open_knowledge, print_json
from expert.commands.showing import emit
from expert.io.problems import CaseError, CheckFailed, not_among
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


def claims(kb: Kb = None) -> None:
    """Every claim of the document, in our words, and what rests on it."""
    base = open_knowledge(kb)
    emit(*claims_blocks(base, cited(base)))


def rules(
    id: Annotated[str | None, typer.Argument(help="One rule only.", show_default=False)] = None,
    kb: Kb = None,
) -> None:
    """The rules in English.

    Example: cicatrix kb rules depth-decides
    """
    base = open_knowledge(kb)
    ids = [rule.id for rule in base.rules]
    if id is not None and id not in ids:
        raise CaseError([not_among("rule", id, ids)])
    emit(*rules_blocks([rule for rule in base.rules if id in (None, rule.id)], base))


def options(kb: Kb = None) -> None:
    """What can be recommended, and what the document says of each."""
    emit(*options_blocks(open_knowledge(kb)))


def questions(kb: Kb = None) -> None:
    """What a case can say, and how it is asked."""
    emit(*questions_blocks(open_knowledge(kb)))


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
