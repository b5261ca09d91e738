"""Proofs of inclusion as c2sp.org/tlog-proof has them."""

from __future__ import annotations

import base64

import pytest

from expert.ledger.transparency.checkpoint import Checkpoint
from expert.ledger.transparency.inclusion import Inclusion, read_inclusion
from expert.ledger.transparency.merkle import leaf_hash, path_to, root_of
from expert.ledger.transparency.signed_note import NoNote, SignedNote

LEAVES = [leaf_hash(bytes([n])) for n in range(6)]
NOTE = SignedNote(Checkpoint("a.example/log", 6, root_of(LEAVES)).text())


def proof(n: int) -> Inclusion:
    return Inclusion(n, tuple(path_to(n, LEAVES)), NOTE)


def test_a_proof_is_written_and_read() -> None:
    for n in range(6):
        text = proof(n).written()
        assert read_inclusion(text) == proof(n)
        lines = [base64.b64encode(hash).decode() for hash in path_to(n, LEAVES)]
        assert text == "\n".join(["c2sp.org/tlog-proof@v1", f"index {n}", *lines, "", NOTE.text, ""])
        assert [proof(n).holds(leaf) for leaf in LEAVES] == [m == n for m in range(6)]


def test_what_others_put_there_is_passed_over() -> None:
    text = proof(2).written().replace("\nindex", "\nextra AAAA\nindex", 1)
    assert read_inclusion(text) == proof(2)


def test_a_log_of_one_entry() -> None:
    alone = Inclusion(0, (), SignedNote(Checkpoint("a", 1, LEAVES[0]).text()))
    assert read_inclusion(alone.written()) == alone and alone.holds(LEAVES[0])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1", "@v2"), ("index 2", "index 02"), ("index 2", "index -1"), ("index 2\n", ""), ("\n\n", "\n"),
        ("index 2\n", "index 2\nAAAA\n"), ("index 2\n", "index 2\n!\n"), ("\n6\n", "\nx\n"),
        ("index 2\n", "index 2\n" + "A" * 43 + "=\n" * 70), ("c2sp", ""),
    ],
)  # fmt: skip
def test_what_is_no_proof(old: str, new: str) -> None:
    with pytest.raises(NoNote):
        read_inclusion(proof(2).written().replace(old, new, 1))
    with pytest.raises(NoNote):
        read_inclusion("")
