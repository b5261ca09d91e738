"""Keys in the texts of Go's notes: held to the example of its documentation, and to the library itself."""

from __future__ import annotations

import base64
import sys
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from expert.io.problems import CaseError, MissingLibrary
from expert.ledger.transparency.keys import (
    COSIGNER,
    Signed,
    Verifier,
    new_signer,
    read_signer,
    read_verifier,
    sign,
    signed_by,
)
from expert.ledger.transparency.signed_note import SignedNote, read_note

# the example of the package golang.org/x/mod/sumdb/note
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6"
    "RyyBwJnAM=\n"
)


def cosigned(note: SignedNote, name: str, seed: bytes, time: int) -> tuple[SignedNote, Verifier]:
    """A note with the cosignature of a witness, made here as c2sp.org/tlog-cosignature says."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    id = sha256(name.encode() + b"\n\x04" + public).digest()[:4]
    made = private.sign(b"cosignature/v1\ntime %d\n" % time + note.text.encode())
    line = base64.b64encode(id + time.to_bytes(8, "big") + made).decode()
    text = f"{name}+{id.hex()}+{base64.b64encode(bytes([4]) + public).decode()}"
    return read_note(f"{note.written()}\u2014 {name} {line}\n"), read_verifier(text)


def test_the_example_of_go() -> None:
    note, key = read_note(NOTE), read_verifier(PUBLIC)
    assert signed_by(note, key) == Signed(key, True)
    signer = read_signer(PRIVATE)
    assert signer.verifier() == key and key.text() == PUBLIC and signer.text() == PRIVATE
    assert SignedNote(note.text, (sign(note.text, signer),)).written() == NOTE


def test_a_new_key() -> None:
    signer = new_signer("clinic.example/ledger")
    assert new_signer("clinic.example/ledger") != signer
    assert read_signer(signer.text()) == signer
    key = read_verifier(signer.verifier().text())
    note = SignedNote("a\n", (sign("a\n", signer),))
    assert signed_by(read_note(note.written()), key) == Signed(key, True)


def test_what_is_not_signed() -> None:
    note, key = read_note(NOTE), read_verifier(PUBLIC)
    assert signed_by(note._replace(text="another\n"), key).valid is False
    assert signed_by(note._replace(signatures=()), key).valid is None
    # another key of the same name, and the same key under another name
    assert signed_by(note, new_signer("PeterNeumann").verifier()).valid is None
    assert signed_by(note, key._replace(name="Peter")).valid is None
    # one that names this key, and is none of it
    (signature,) = note.signatures
    forged = sign(note.text, new_signer("PeterNeumann"))._replace(key_id=signature.key_id)
    assert signed_by(note._replace(signatures=(signature, forged)), key).valid is False
    assert signed_by(note._replace(signatures=(signature._replace(made=b"short"),)), key).valid is False


def test_a_cosignature() -> None:
    note, log = read_note(NOTE), read_verifier(PUBLIC)
    both, witness = cosigned(note, "witness.example/w1", bytes(range(32)), 1679315147)
    assert witness.kind == COSIGNER
    assert signed_by(both, witness) == Signed(witness, True, 1679315147)
    assert signed_by(both, log).valid is True
    own = both.signatures[1]
    later = own._replace(made=own.made[:7] + b"\0" + own.made[8:])
    assert signed_by(both._replace(signatures=(later,)), witness).valid is False
    # a plain signature of the same key is no cosignature, nor the other way round
    assert signed_by(both, witness._replace(kind=1)).valid is None


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "a+b", "PeterNeumann+c74f20a3", PUBLIC[:-4], PUBLIC.replace("c74f", "c74e"), PUBLIC + " ",
        PUBLIC.replace("Peter", "Petra"), PUBLIC.replace("+AR", "+CR"), PUBLIC.replace("n+", "n ", 1),
        f"+{PUBLIC}",
        PUBLIC.replace("ARpc", "Zpc\u00fc"),
    ],
)  # fmt: skip
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(CaseError, match="is no public key"):
        read_verifier(text)


def test_a_private_key_is_never_shown() -> None:
    secret = PRIVATE.rpartition("+")[2]
    for text in (
        PRIVATE.replace("+AY", "+!Y"),
        PRIVATE.replace("c74f", "c74e"),
        PRIVATE[:-5],
        PRIVATE + "=",
        PUBLIC,
    ):
        with pytest.raises(CaseError, match="is no private key") as raised:
            read_signer(text)
        assert secret[2:20] not in str(raised.value)
    with pytest.raises(CaseError, match="private key") as raised:
        read_verifier(PRIVATE)
    assert secret[2:20] not in str(raised.value)


def test_names_that_no_key_can_have() -> None:
    for name in ("", "a b", "a+b"):
        with pytest.raises(CaseError, match="the name of a key"):
            new_signer(name)


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Any = sys.modules.pop("cryptography.hazmat.primitives.asymmetric.ed25519", None)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    try:
        with pytest.raises(MissingLibrary, match="cryptography"):
            new_signer("a")
        assert read_verifier(PUBLIC).name == "PeterNeumann"  # which needs none
    finally:
        if real is not None:
            sys.modules["cryptography.hazmat.primitives.asymmetric.ed25519"] = real
