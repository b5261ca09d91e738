"""What docs/ledger.md says of bytes and hashes, written a second time: with `json` and `hashlib` only.

It shares no code with the program, so that a change of the program cannot change what is expected of it.
"""

from __future__ import annotations

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
        content = None if id in erased or entry["content"] is None else canonical(entry["content"])
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
