"""Names in filters over records, where several knowledge bases were recorded."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.ledger_make import small
from support.records import made

from expert.commands.filters import Recorded
from expert.io.problems import CaseError
from expert.ledger.store import Ledger


def test_a_name_of_several_knowledge_bases(path: Path) -> None:
    """What one of them knows is found, and what none knows is refused."""
    made(path, "scar_depth=deep")
    with Ledger(path) as store:
        recorded = Recorded(store)
        assert recorded.whole and recorded.resolved("punch", "option") == "punch-technique"
        assert recorded.answers(["scar_count=3"]) == (("scar_count", 3),)
        with pytest.raises(CaseError):
            recorded.resolved("no-such", "rule")


def test_a_name_where_some_knowledge_cannot_be_opened(path: Path) -> None:
    """It may be one of that: it is taken as it is."""
    small(path)
    with Ledger(path) as store:
        recorded = Recorded(store)
        assert not recorded.whole and recorded.resolved("one", "option") == "one"
        assert recorded.answers(["a=b"]) == (("a", "b"),)
