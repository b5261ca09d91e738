"""`audit show` and `audit report`: what is damaged, and where nothing can be written."""

from __future__ import annotations

from pathlib import Path

from support.ledger_make import behind
from support.records import made, run


def test_reading_a_damaged_record(path: Path) -> None:
    """Said in words, by every command that meets it; the others can still be read."""
    good, bad = made(path, "scar_depth=deep"), made(path, "scar_depth=deep")
    for damage in ("'{}'", "CAST(x'7bff' AS TEXT)", "5"):
        with behind(path) as connection:
            connection.execute(f"UPDATE entries SET content = {damage} WHERE seq = 2")
        listed = run(path, "audit", "list", "--since", "2999-01")
        assert listed.code == 1 and bad in listed.stdout and good not in listed.stdout
        for words in (("show", bad), ("replay", "--all")):
            assert run(path, "audit", *words).code == 4, (damage, words)
        verify = run(path, "audit", "verify")
        assert verify.code == 1 and bad in verify.stdout
    assert run(path, "audit", "show", good).code == 0
