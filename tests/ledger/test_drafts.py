"""Drafts in the ledger: expired ones are dropped, damaged ones are an error."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from support.ledger_make import behind, bytes_kept
from support.records import made, output, run
from support.sizes import MORE

from expert.ledger.store import Ledger


def drafted(path: Path) -> None:
    assert run(path, "consult", "scar_depth=deep", "--ask", stdin="no\nyes\n").code == 130


def drafts(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(output(path, "audit", "drafts", "--json"))
    return found


def test_a_draft_expires(path: Path) -> None:
    drafted(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE drafts SET body = json_set(body, '$.expires', '2020-01-01T00:00:00.000Z')")
    connection.close()
    assert drafts(path) == [] and run(path, "consult", "--resume").code == 4
    assert run(path, "consult", "scar_depth=deep", "--brief").code == 0
    with Ledger(path) as store:
        assert store.draft_rows() == []


@pytest.mark.parametrize("how", ["forget", "delete", "note"])
def test_nothing_is_left_of_a_draft(path: Path, how: str) -> None:
    """Neither of one that is deleted, nor of one that has expired when anything else is written."""
    made(path, "scar_depth=shallow")
    assert run(path, "consult", "scar_count=481516", "--ask", stdin="").code == 130
    assert bytes_kept(path, "481516") == ["481516"], "the search must be able to find it"
    if how == "delete":
        output(path, "audit", "drafts", "--delete", "all")
    else:
        with behind(path) as connection:
            connection.execute("UPDATE drafts SET body = json_set(body, '$.expires', '2020-01-01T00:00:00Z')")
        noted = ("audit", "note", "last", "--by", "Ada", "--judgement", "agree")
        output(path, *(noted if how == "note" else ("audit", "forget", "last", "--yes")))
    assert bytes_kept(path, "481516") == [] and drafts(path) == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        b"\xff\xfe",
        '{"answers": [], "given": [], "asked": ["a"], "questions": ["?", "?"]}',
        *(
            pytest.param(body, marks=MORE)
            for body in (
                "{",
                "[]",
                "7",
                '{"answers": 7, "given": [], "asked": []}',
                '{"answers": ["x"], "given": [], "asked": []}',
                "[" * 100_000,
            )
        ),
    ],
)
def test_a_damaged_draft_is_an_error(path: Path, body: str | bytes) -> None:
    drafted(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE drafts SET body = CAST(? AS TEXT)", (body,))
    connection.close()
    (kept,) = drafts(path)
    assert kept["damaged"] and "cannot be read" in output(path, "audit", "drafts")
    for words in (["--resume"], ["--resume", kept["id"]]):
        done = run(path, "consult", *words)
        assert done.code == 4 and f"`audit drafts --delete {kept['id']}` drops it" in done.stderr
    assert run(path, "consult", "scar_depth=deep", "--brief").code == 0
    assert run(path, "audit", "drafts", "--delete", kept["id"]).code == 0
