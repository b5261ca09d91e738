"""Witnesses: heads kept elsewhere, and what they show that a ledger alone cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.ledger_make import REPLACE, behind, copied, rewritten, small, verified
from support.ledger_worker import FILES, HEADER, content
from support.records import made, on_stderr, output, run

from expert.ledger.store import Ledger
from expert.ledger.trust.witness import bear_witness


def consulted(path: Path, witness: Path) -> str:
    words = ("consult", "scar_depth=deep", "--brief", "--witness", str(witness))
    return output(path, *words).splitlines()[-1]


def test_a_witness_keeps_the_heads(path: Path) -> None:
    witness = path.with_name("elsewhere")
    lines = [consulted(path, witness) for _ in range(2)]
    kept = witness.read_text().splitlines()
    assert [line.split()[:2] for line in kept] == [
        [str(n), line.split()[-1]] for n, line in enumerate(lines, 1)
    ]
    assert witness.stat().st_mode & 0o777 == 0o600
    erased = output(path, "audit", "forget", "last", "--yes", "--witness", str(witness))
    assert (
        output(path, "audit", "head", CICATRIX_WITNESS=str(witness))
        == f"3 records\nHead {erased.split()[-1]}\n"
    )
    assert [line.split()[0] for line in witness.read_text().splitlines()] == ["1", "2", "3", "3"]
    assert "3 witnessed heads in it" in output(path, "audit", "verify", "--witness", str(witness))
    bundle = path.with_name("bundle.jsonl")
    output(path, "audit", "export", "-o", str(bundle))
    assert "3 witnessed heads" in output(path, "audit", "verify", str(bundle), "--witness", str(witness))


def test_what_a_witness_shows(path: Path) -> None:
    """Records cut off with their head, a history written anew, a ledger put back: all verify without it."""
    witness = path.with_name("elsewhere")
    ids = [consulted(path, witness).split()[1].strip(",") for _ in range(2)]
    earlier = copied(path, "earlier.sqlite")
    ids.append(consulted(path, witness).split()[1].strip(","))
    anew = copied(path, "anew.sqlite")
    with behind(anew) as connection:
        connection.execute(REPLACE, ("deep", "flat", 2))
        rewritten(connection)
    empty = path.with_name("empty.sqlite")
    made(empty, "scar_depth=deep")
    for attacked, said in (
        (earlier, "is missing, and the witness has a head of entry 3"),
        (anew, f"Record {ids[1]} (number 2) has another hash than the witness has"),
        (empty, "(number 1) has another hash"),
    ):
        assert verified(attacked).fault is None
        result = run(attacked, "audit", "verify", "--witness", str(witness))
        assert result.code == 1 and said in result.stdout, result.stdout
        before = attacked.read_bytes()
        for words in (("consult", "scar_depth=deep", "--brief"), ("audit", "forget", "last", "--yes")):
            result = run(attacked, *words, "--witness", str(witness))  # nor does it go on from there
            assert result.code == 4 and "is not what the witness" in on_stderr(result)
        assert verified(attacked).entries == 3 - (attacked == earlier) - 2 * (attacked == empty)
        assert attacked.read_bytes() == before
    assert len(witness.read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 abc\n", "line 1 of the witness"),
        (f"1 {'a' * 64}\n1 {'b' * 64}\n", "two heads for entry 1"),
        ("x" * 5000, "line 1"),
        ("\x1b[31m\n", "is no head"),
    ],
)
def test_a_witness_that_is_none(path: Path, text: str, said: str) -> None:
    small(path)
    witness = path.with_name("elsewhere")
    witness.write_text(text)
    result = run(path, "audit", "verify", "--witness", str(witness))
    assert result.code == 2 and said in on_stderr(result) and "\x1b" not in on_stderr(result)
    assert run(path, "audit", "verify", "--witness", str(path.with_name("none"))).code == 2


def test_a_witness_that_cannot_be_written(path: Path) -> None:
    """The record is made all the same, and the reason said."""
    result = run(path, "consult", "scar_depth=deep", "--brief", "--witness", str(path.parent / "no" / "file"))
    assert result.code == 0 and "cannot be written" in on_stderr(result) and "Record" in result.stdout


def test_a_flipped_byte_in_the_log(path: Path) -> None:
    """SQLite drops what is in its log from a damaged page on, in silence: a witness knows."""
    witness, log = path.with_name("elsewhere"), path.with_name(path.name + "-wal")
    with Ledger(path, write=True) as ledger:
        for name in ("one", "two", "three"):
            entry = ledger.append(HEADER, content(name), FILES)
            bear_witness(witness, entry.seq, entry.hash)
        data, log_data = path.read_bytes(), bytearray(log.read_bytes())
    log_data[-3000] ^= 1
    path.write_bytes(data)
    log.write_bytes(log_data)
    assert verified(path).fault is None and verified(path).entries == 2
    result = run(path, "audit", "verify", "--witness", str(witness))
    assert result.code == 1 and "witness has a head of entry 3" in result.stdout
