"""Keys for the tests, always the same, and a witness of our own, made as c2sp.org/tlog-cosignature says."""

from __future__ import annotations

import base64
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from expert.ledger.transparency.keys import Signer

KEEPER = Signer("clinic.example/ledger", bytes(range(32)))
OTHER = Signer("clinic.example/ledger", bytes(range(1, 33)))  # of the same name
WITNESS, WITNESS_SEED = "witness.example/w1", bytes(range(2, 34))


def witness_key() -> str:
    """The public key of the witness."""
    public = Ed25519PrivateKey.from_private_bytes(WITNESS_SEED).public_key().public_bytes_raw()
    return f"{WITNESS}+{_id(public).hex()}+{base64.b64encode(bytes([4]) + public).decode()}"


def cosignature(text: str, time: int = 1679315147) -> str:
    """The line that the witness answers with, for the text of a checkpoint."""
    private = Ed25519PrivateKey.from_private_bytes(WITNESS_SEED)
    made = private.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
    data = _id(private.public_key().public_bytes_raw()) + time.to_bytes(8, "big") + made
    return f"\u2014 {WITNESS} {base64.b64encode(data).decode()}\n"


def _id(public: bytes) -> bytes:
    return sha256(f"{WITNESS}\n".encode() + b"\x04" + public).digest()[:4]
