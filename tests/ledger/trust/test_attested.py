"""Signed heads are heads of the chain that they are in: the tree is over their hashes."""

from __future__ import annotations

import base64
from hashlib import sha256

from support.signing import KEEPER, OTHER, cosignature, witness_key

from expert.ledger.transparency.keys import read_verifier, sign
from expert.ledger.transparency.signed_note import SignedNote
from expert.ledger.trust.attested import Attested, attested, leaf_of, signed_up_to, wrong_head

HASHES = [sha256(bytes([n])).hexdigest() for n in range(5)]


def root(hashes: list[str]) -> bytes:
    """RFC 6962, over the hashes as bytes."""
    if len(hashes) == 1:
        return sha256(b"\0" + bytes.fromhex(hashes[0])).digest()
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return sha256(b"\1" + root(hashes[:k]) + root(hashes[k:])).digest()


def head(size: int, origin: str = "a", signer: object = KEEPER, below: str = "") -> Attested:
    text = f"{origin}\n{size}\n{base64.b64encode(root(HASHES[:size])).decode()}\n"
    note = SignedNote(text, (sign(text, signer),) if signer else ())  # type: ignore[arg-type]
    return attested(size, f"id{size}", note.written() + below)


def test_leaves() -> None:
    assert leaf_of(HASHES[0]) == root(HASHES[:1])


def test_heads_of_a_chain() -> None:
    assert wrong_head([], HASHES) is None
    assert wrong_head([head(size) for size in (1, 2, 3, 5)], HASHES) is None


def test_heads_of_none() -> None:
    wrong = wrong_head([head(2), head(5)], HASHES[:4])
    assert wrong and wrong.id == "id5" and "and the last is 4: the history was cut off" in wrong.message
    wrong = wrong_head([head(3)], HASHES[::-1])
    assert wrong and wrong.seq == 3 and "another head at entry 3" in wrong.message
    wrong = wrong_head([head(3), head(4, "b")], HASHES)
    assert wrong and "names the origin `b`, and the first one `a`" in wrong.message
    wrong = wrong_head([head(5)._replace(seq=0, id="")], HASHES[:2])
    assert wrong and wrong.message.startswith(
        "does not agree with the checkpoint that was kept, which is a head at entry 5"
    )


def test_how_far_a_key_has_signed() -> None:
    key, other = KEEPER.verifier(), OTHER.verifier()
    heads = [head(2), head(4, signer=None), head(3)]
    assert signed_up_to(heads, [key]) == ([(key.name, 3, True, "")], None)
    assert signed_up_to([], []) == ([], None)
    assert signed_up_to([head(4), head(2)], []) == ([(key.name, 4, False, "")], None)
    _, wrong = signed_up_to(heads, [key, other])
    assert wrong and "no head that the key of `clinic.example/ledger` has signed" in wrong.message
    (signature,) = heads[0].note.signatures
    forged = head(5)._replace(note=head(5).note._replace(signatures=(signature,)))
    _, wrong = signed_up_to([*heads, forged], [key])
    assert wrong and wrong.id == "id5" and "that its key did not make" in wrong.message


def test_a_cosigner_says_when() -> None:
    witness = read_verifier(witness_key())
    found = head(2, below=cosignature(head(2).note.text))
    assert signed_up_to([found], [witness]) == ([(witness.name, 2, True, "2023-03-20T12:25:47Z")], None)
    again = head(2, below=cosignature(head(2).note.text, 1679315148))
    assert signed_up_to([found, again], [witness])[0][0].time == "2023-03-20T12:25:48Z"
    far = head(2, below=cosignature(head(2).note.text, 2**63 - 1))
    assert signed_up_to([far], [witness])[0][0].time == f"second {2**63 - 1}"
