"""Documents that commands are given: they are read, or it is said why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.shell import ROOT

from expert.commands.documents import document_text, read_quotes
from expert.io.problems import CaseError
from expert.knowledge.load import load

HEATING = ROOT / "examples" / "heating"


def test_sentences_are_found_for_claims() -> None:
    base = load(HEATING)
    quotes = read_quotes(HEATING / "document.txt", base)
    assert quotes and {*quotes} <= {*base.knowledge.claims}
    text = document_text(HEATING / "document.txt")
    assert all(quote.text in text for quote in quotes.values())
    assert read_quotes(None, base) == {}


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"no\.txt` is missing"):
        document_text(tmp_path / "no.txt")
