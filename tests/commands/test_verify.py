"""`audit verify` and `audit head`: what can be asked of them together."""

from __future__ import annotations

import json
from pathlib import Path

from support.records import made, on_stderr, output, run


def test_the_head_is_that_of_the_last_record(path: Path) -> None:
    id = made(path, "scar_depth=deep")
    hash = json.loads(output(path, "audit", "show", id, "--json"))["hash"]
    assert output(path, "audit", "head") == f"1 record\nHead {hash}\n"
    assert json.loads(output(path, "audit", "head", "--json")) == {"entries": 1, "head": hash}
    checkpoint = output(path, "audit", "head", "--checkpoint")
    assert json.loads(output(path, "audit", "head", "--checkpoint", "--json"))["checkpoint"] == checkpoint
    assert output(path, "audit", "verify", "--head", hash[:32]).startswith("1 record: the chain is whole.")


def test_a_record_is_shown_by_another_command(path: Path) -> None:
    made(path, "scar_depth=deep")
    asked = run(path, "audit", "verify", "--show")
    assert asked.code == 2 and "goes with the evidence of a record" in on_stderr(asked)
