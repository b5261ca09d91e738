"""What docs/ledger.md says of bytes and hashes, written a second time: with the standard library only.

It shares no code with the program, so that a change of the program cannot change what is expected of it.
"""

from __future__ import annotations

import base64
import json
import math
from hashlib import sha256
from typing import Any

LARGEST = 2**53 - 1  # of whole numbers that every reader of JSON has exactly


def canonical(data: Any) -> str:
    """The one text of some JSON data, as RFC 8785 has it. Raises ValueError for what has none."""
    if isinstance(data, dict):
        names = sorted(data, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(data[name])}" for name in names) + "}"
    if isinstance(data, list):
        return "[" + ",".join(map(canonical, data)) + "]"
    if isinstance(data, str):
        data.encode("utf-8")  # raises UnicodeEncodeError, a ValueError, for half a character
        return json.dumps(data, ensure_ascii=False)
    if isinstance(data, float):
        return number(data)
    if isinstance(data, int) and abs(data) > LARGEST:
        raise ValueError(f"{data} is not exact in every reader")
    return json.dumps(data)  # true, false, null, a whole number


def number(value: float) -> str:
    """A number as ECMAScript writes it: the shortest digits that are it, laid out by its size."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is no number of JSON")
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    sign = "-" if value < 0 else ""
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{point - 1:+d}"


def digest(*texts: str) -> str:
    """SHA-256 over the UTF-8 of texts, one behind the other."""
    return sha256("".join(texts).encode("utf-8")).hexdigest()


def knowledge_hash(files: dict[str, str]) -> str:
    """The hash of knowledge files: name, length in bytes and text of each, in order of name."""
    hashed = sha256()
    for name, text in sorted(files.items()):
        data = text.encode("utf-8")
        hashed.update(f"{name}\n{len(data)}\n".encode() + data)
    return hashed.hexdigest()


def bundle(vectors: dict[str, Any]) -> str:
    """The bundle of the vectors' chain, after its erasures."""
    files, entries = vectors["knowledge"]["files"], vectors["entries"]
    lines: list[dict[str, Any]] = [
        {"bundle": vectors["layout"], "entries": len(entries), "head": entries[-1]["hash"]},
        {"knowledge": knowledge_hash(files), "files": canonical(files)},
    ]
    erased = {entry["header"].get("erases") for entry in entries}
    for entry in entries:
        id = entry["header"]["id"]
        gone = entry["content"] is None or {id, entry["header"].get("about")} & erased - {None}
        content = None if gone else canonical(entry["content"])
        header = canonical(entry["header"])
        lines.append(
            {
                "seq": entry["header"]["seq"],
                "id": id,
                "header": header,
                "content": content,
                "hash": entry["hash"],
            }
        )
    return "".join(canonical(line) + "\n" for line in lines)


# --- the tree over the entries -------------------------------------------------------------------
def node(*parts: bytes) -> bytes:
    """SHA-256 over bytes, one behind the other."""
    return sha256(b"".join(parts)).digest()


def left_of(size: int) -> int:
    """How many leaves are to the left of the root: the largest power of two that is less than all."""
    return 1 << (size - 1).bit_length() - 1


def root(hashes: list[str]) -> bytes:
    """The root over entries with these hashes, as RFC 6962 defines it."""
    if not hashes:
        return node()
    if len(hashes) == 1:
        return node(b"\0", bytes.fromhex(hashes[0]))
    k = left_of(len(hashes))
    return node(b"\1", root(hashes[:k]), root(hashes[k:]))


def path(place: int, hashes: list[str]) -> list[bytes]:
    """The path from the entry at a place (0 for the first), from below."""
    if len(hashes) == 1:
        return []
    k = left_of(len(hashes))
    if place < k:
        return [*path(place, hashes[:k]), root(hashes[k:])]
    return [*path(place - k, hashes[k:]), root(hashes[:k])]


def consistency(old: int, hashes: list[str], known: bool = True) -> list[bytes]:
    """What shows that the tree of the first `old` entries is the beginning of that of all."""
    if old == 0 or old == len(hashes):
        return [] if known or old == 0 else [root(hashes)]
    k = left_of(len(hashes))
    if old <= k:
        return [*consistency(old, hashes[:k], known), root(hashes[k:])]
    return [*consistency(old - k, hashes[k:], False), root(hashes[:k])]


def base64_lines(hashes: list[bytes]) -> str:
    return "".join(base64.b64encode(hash).decode() + "\n" for hash in hashes)


def checkpoint(origin: str, hashes: list[str]) -> str:
    """The head of a ledger as the text of a checkpoint."""
    return f"{origin}\n{len(hashes)}\n{base64_lines([root(hashes)])}"


def evidence(vectors: dict[str, Any], place: int) -> str:
    """The evidence of one entry of the vectors, with the path to their signed head."""
    entries, size = vectors["entries"], vectors["signed"]["entries"]
    hashes = [entry["hash"] for entry in entries[:size]]

    def proof(n: int) -> str:
        lines = base64_lines(path(n, hashes))
        return f"c2sp.org/tlog-proof@v1\nindex {n}\n{lines}\n{vectors['signed']['note']}"

    entry, files = entries[place], vectors["knowledge"]["files"]
    record = {name: entry["header"][name] for name in ("seq", "id")} | {
        "header": canonical(entry["header"]),
        "content": canonical(entry["content"]),
        "previous": entry["previous"],
        "hash": entry["hash"],
        "proof": proof(place),
    }
    head = {"hash": hashes[-1], "proof": proof(size - 1)}
    knowledge = {"hash": knowledge_hash(files), "files": canonical(files)}
    return canonical({"evidence": 1, "record": record, "notes": [], "head": head, "knowledge": knowledge})
