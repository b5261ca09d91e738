"""Bundles: a ledger to carry, whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.ledger_make import behind
from support.records import ANSWERS, made, output, run

from expert.ledger.bundle import bundle_lines
from expert.ledger.store import Ledger


def test_an_export_that_fails_half_way(path: Path) -> None:
    made(path, *ANSWERS)
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Ledger(path) as ledger:
        lines = bundle_lines(ledger)
        next(lines)
    del lines  # after the ledger was closed
    link = path.with_name("bundle")
    link.symlink_to("/dev/full")
    result = run(path, "audit", "export", "-o", str(link))
    assert result.code == 2 and "No space left" in result.stderr
    assert link.is_symlink() and not list(path.parent.glob("*.part"))


def test_an_export_is_whole_or_not_there(path: Path, tmp_path: Path) -> None:
    made(path, "scar_depth=deep")
    target = tmp_path / "bundle.jsonl"
    assert run(path, "audit", "export", "-o", str(target)).code == 0
    assert target.read_text() == output(path, "audit", "export")
    assert run(path, "audit", "export", "-o", str(tmp_path)).code == 2
    with behind(path) as connection:
        connection.execute("UPDATE entries SET content = CAST(x'ff' AS TEXT)")
    before = target.read_bytes()
    assert run(path, "audit", "export", "-o", str(target)).code == 4
    assert target.read_bytes() == before and not list(tmp_path.glob("*.part"))
