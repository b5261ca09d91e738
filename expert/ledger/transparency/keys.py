"""Keys that sign notes, and those that verify them: Ed25519, in the texts of golang.org/x/mod/sumdb/note.

A signer's key is `PRIVATE+KEY+<name>+<id>+<base64>`, a verifier's `<name>+<id>+<base64>`: one byte for the
kind, then 32 bytes of the key. Kind 1 signs the text; kind 4 is a witness, whose cosignature
(c2sp.org/tlog-cosignature) is over the time and the text.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

from expert.io.problems import CaseError, not_installed, shorten
from expert.ledger.transparency.signed_note import (
    NoNote,
    Signature,
    SignedNote,
    from_base64,
    name_fault,
    to_base64,
)

SIGNER, COSIGNER = 1, 4  # kinds of keys
PRIVATE = "PRIVATE+KEY+"
STAMP = 8  # bytes of a cosignature's time


class Verifier(NamedTuple):
    """A public key: whose, of which kind, and its 32 bytes."""

    name: str
    kind: int
    key: bytes

    def id(self) -> bytes:
        """Four bytes by which a signature names its key: no proof of it."""
        return sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.key).digest()[:4]

    def text(self) -> str:
        return f"{self.name}+{self.id().hex()}+{to_base64(bytes([self.kind]) + self.key)}"


class Signer(NamedTuple):
    """A private key, which only its owner has."""

    name: str
    seed: bytes

    def verifier(self) -> Verifier:
        private = _ed25519().Ed25519PrivateKey.from_private_bytes(self.seed)
        return Verifier(self.name, SIGNER, private.public_key().public_bytes_raw())

    def text(self) -> str:
        id = self.verifier().id().hex()
        return f"{PRIVATE}{self.name}+{id}+{to_base64(bytes([SIGNER]) + self.seed)}"


class Signed(NamedTuple):
    """What a key has to do with a note: `valid` is None if it has not signed it; when a cosigner did."""

    verifier: Verifier
    valid: bool | None
    time: int | None = None


def _ed25519() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise not_installed("audit", "the library `cryptography` for keys and signatures", "sign") from None
    return ed25519


def new_signer(name: str) -> Signer:
    """A new key of that name. Raises CaseError for what can be none's name, and MissingLibrary."""
    if wrong := name_fault(name):
        help = "such as clinic.example/ledger: it stands in every checkpoint that the key signs"
        raise CaseError(f"the name of a key {wrong}: `{shorten(name)}`", help)
    return Signer(name, _ed25519().Ed25519PrivateKey.generate().private_bytes_raw())


def read_verifier(text: str) -> Verifier:
    """The public key that a text is. Raises CaseError."""
    if text.startswith(PRIVATE):
        help = "`audit keygen` prints the public key, which begins with its name"
        raise CaseError("this is a private key, which verifies nothing and is shown to nobody", help)
    try:
        name, id, data = _parts(text)
        if data[0] not in (SIGNER, COSIGNER):
            raise NoNote(f"it is of kind {data[0]}: only Ed25519 (1) and its cosignatures (4) are known")
        verifier = Verifier(name, data[0], data[1:])
        if verifier.id().hex() != id:
            raise NoNote("its parts do not belong together")
    except NoNote as error:
        raise _no_key(
            "public", text, error, "<name>+<8 digits>+<base64>, as `audit keygen` prints it"
        ) from None
    return verifier


def read_signer(text: str) -> Signer:
    """The private key that a text is. Raises CaseError, in which it is not shown, and MissingLibrary."""
    try:
        if not text.startswith(PRIVATE):
            raise NoNote(f"it does not begin with {PRIVATE}")
        name, id, data = _parts(text.removeprefix(PRIVATE))
        if data[0] != SIGNER:
            raise NoNote(f"it is of kind {data[0]}: only Ed25519 (1) signs here")
    except NoNote as error:
        raise _no_key("private", "", error, "`audit keygen NAME -o FILE` makes one") from None
    signer = Signer(name, data[1:])
    if signer.verifier().id().hex() != id:
        raise _no_key("private", "", NoNote("its parts do not belong together"), "")
    return signer


def _parts(text: str) -> tuple[str, str, bytes]:
    name, _, rest = text.partition("+")
    id, plus, encoded = rest.partition("+")
    if not plus or name_fault(name):
        raise NoNote("it has not its three parts")
    data = from_base64(encoded)
    if len(data) != 33:
        raise NoNote("its key has not 32 bytes")
    return name, id, data


def _no_key(which: str, text: str, error: NoNote, help: str) -> CaseError:
    shown = f"`{shorten(text)}`" if text else "this"
    # what was shown of the base64 of a private key is not repeated
    why = str(error) if text or not str(error).startswith("`") else "its key is no base64"
    return CaseError(f"{shown} is no {which} key: {why}", help)


def sign(text: str, signer: Signer) -> Signature:
    """The signature of a key below a text. Raises MissingLibrary."""
    private = _ed25519().Ed25519PrivateKey.from_private_bytes(signer.seed)
    return Signature(signer.name, signer.verifier().id(), private.sign(text.encode()))


def signed_by(note: SignedNote, verifier: Verifier) -> Signed:
    """Whether a key has signed a note, and rightly in each of its signatures. Raises MissingLibrary."""
    own = [s for s in note.signatures if (s.name, s.key_id) == (verifier.name, verifier.id())]
    if not own:
        return Signed(verifier, None)
    times: list[int] = []
    for signature in own:
        message, made = note.text, signature.made
        if verifier.kind == COSIGNER:
            times.append(int.from_bytes(made[:STAMP], "big"))
            message, made = f"cosignature/v1\ntime {times[-1]}\n{note.text}", made[STAMP:]
        if not _is_valid(verifier.key, made, message):
            return Signed(verifier, False)
    return Signed(verifier, True, max(times, default=None))


def _is_valid(key: bytes, signature: bytes, message: str) -> bool:
    ed25519 = _ed25519()
    from cryptography.exceptions import InvalidSignature

    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, message.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
