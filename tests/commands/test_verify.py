"""`audit verify` and `audit head`: what can be asked of them together."""

from __future__ import annotations

import json
from pathlib import Path

from support.ledger_make import behind
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


def test_several_ledgers_are_told_of_each_by_itself(path: Path, tmp_path: Path) -> None:
    """With the exit code of the worst: 4 of what cannot be read, 1 of what is at fault."""
    broken, none = tmp_path / "broken.sqlite", tmp_path / "none.sqlite"
    for ledger in (path, broken):
        made(ledger, "scar_depth=deep")
    both = ["--ledger", str(path), "--ledger", str(broken), "--ledger", str(broken)]
    told = output(path, "audit", "verify", *both)
    assert [line for line in told.split("\n") if "/" in line] == [str(path), str(broken)]
    assert told.count("1 record: the chain is whole.\nHead ") == 2
    with behind(broken) as connection:
        connection.execute("UPDATE entries SET hash = '0' || substr(hash, 2)")
    found = run(path, "audit", "verify", *both, "--json")
    assert found.code == 1
    first, second = json.loads(found.stdout)
    assert (first["ledger"], first["fault"]) == (str(path), None)
    assert second["ledger"] == str(broken) and second["fault"]
    unread = run(path, "audit", "verify", "--ledger", str(none), *both)
    assert unread.code == 4 and "there is no ledger at" in on_stderr(unread)
    assert unread.stdout == run(path, "audit", "verify", *both).stdout


def test_what_was_kept_elsewhere_is_of_one_ledger(path: Path, tmp_path: Path) -> None:
    for ledger in (path, tmp_path / "other.sqlite"):
        made(ledger, "scar_depth=deep")
    both = ["--ledger", str(path), "--ledger", str(tmp_path / "other.sqlite")]
    asked = run(path, "audit", "verify", *both, "--head", "0" * 64)
    assert asked.code == 2 and "is of one ledger, and 2 are named" in on_stderr(asked)
