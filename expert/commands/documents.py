"""Documents that commands are given, to put sentences beside claims."""

from __future__ import annotations

from pathlib import Path

from expert.io.files import read_text
from expert.io.problems import CaseError, KnowledgeError
from expert.knowledge.document import quotes
from expert.language.model import Quotes
from expert.language.rules import RuleBase


def document_text(path: Path) -> str:
    """The document's text. Raises CaseError."""
    try:
        return read_text(path, str(path), piped=True)
    except KnowledgeError as error:
        raise CaseError(error.problems) from None


def read_quotes(path: Path | None, base: RuleBase) -> Quotes:
    """What the document has for each claim; none without a document."""
    return {} if path is None else quotes(base.knowledge.claims, document_text(path))
