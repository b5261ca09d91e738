"""Texts held against each other."""

from __future__ import annotations

import re


def runs(text: str, words: int = 8) -> set[tuple[str, ...]]:
    found = re.findall(r"[a-z0-9]+", text.lower())
    return {tuple(found[i : i + words]) for i in range(len(found) - words + 1)}


def joined(text: str) -> str:
    """The text with lines joined that were broken for their width: what hangs, or a shell goes on with."""
    return re.sub(r"(?: \\)?\n +", " ", text)
