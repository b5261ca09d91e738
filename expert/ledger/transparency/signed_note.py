"""Signed notes (c2sp.org/signed-note): a text, and signatures below it, each with the name of its key."""

from __future__ import annotations

import binascii
from typing import NamedTuple

DASH = "\N{EM DASH} "
MOST = 64  # signatures below a text
LONGEST = 100_000  # characters of a note


class NoNote(ValueError):
    """What is wrong with a text that is no signed note."""


class Signature(NamedTuple):
    """A signature below a text: by which key, and its bytes."""

    name: str
    key_id: bytes
    made: bytes

    def line(self) -> str:
        return f"{DASH}{self.name} {to_base64(self.key_id + self.made)}\n"


class SignedNote(NamedTuple):
    """A text, which ends with a line feed, and the signatures below it, in order; there may be none yet."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def written(self) -> str:
        """The note as it is passed on. One without a signature is its text, with the blank line."""
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)


def to_base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def from_base64(text: str) -> bytes:
    """The bytes that a text stands for. Raises NoNote if it is not as they would be written."""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        raise NoNote(f"`{text[:60]}` is no base64") from None
    if to_base64(data) != text:
        raise NoNote(f"`{text[:60]}` is no base64 as it is written")
    return data


def name_fault(name: str) -> str:
    """What is wrong with the name of a key; empty if nothing is."""
    if not name:
        return "is empty"
    if any(c.isspace() or not c.isprintable() or c == "+" for c in name):
        return "has a space, a `+` or a character that is no text"
    return "is longer than 200 characters" if len(name) > 200 else ""


def read_note(text: str) -> SignedNote:
    """The signed note that a text is; its signatures are not verified. Raises NoNote."""
    if len(text) > LONGEST:
        raise NoNote(f"it is longer than {LONGEST:,} characters")
    if any((ord(c) < 32 and c != "\n") or "\ud800" <= c <= "\udfff" for c in text):
        raise NoNote("it has control characters, or bytes that are no text")
    body, blank, below = text.rpartition("\n\n")
    if not blank or (below and not below.endswith("\n")):
        raise NoNote("it has no blank line between a text and its signatures, or no end of a line")
    lines = below.split("\n")[:-1]
    if len(lines) > MOST:
        raise NoNote(f"it has more than {MOST} signatures")
    return SignedNote(body + "\n", tuple(read_signature(line) for line in lines))


def read_signature(line: str) -> Signature:
    """The signature that a line holds. Raises NoNote."""
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or name_fault(name):
        raise NoNote(f"`{line[:60]}` is no line of a signature")
    data = from_base64(encoded)
    if len(data) < 5:
        raise NoNote(f"the signature of `{name}` is too short")
    return Signature(name, data[:4], data[4:])
