"""The ledgers that commands open, and the records in them."""

from __future__ import annotations

from pathlib import Path

from support.records import made, run


def test_records_that_are_not_there(path: Path) -> None:
    id = made(path, "scar_depth=deep")
    for words in (
        ("audit", "show", "zzzz9"),
        ("explain", "how", "punch-technique", "zzzz9"),
        ("explain", "why-not", "punch-technique", "zzzz9"),
        ("what-if", "zzzz9", "active_acne=no"),
        ("audit", "replay", "zzzz9"),
        ("audit", "replay", id, "zzzz9"),
        ("audit", "forget", "zzzz9", "--yes"),
        ("audit", "export", "--format", "prov", "--id", "zzzz9"),
    ):
        result = run(path, *words)
        assert result.code == 4 and "no record `zzzz9`" in result.stderr, words
    assert run(path, "audit", "export", "--format", "xml").code == 2
