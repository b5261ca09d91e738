"""Calm colour for a terminal: verdicts and headings stand out, and references step back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from expert.language.words import VERDICT_WORDS
from expert.views.document import Cited, Piece, Role, Words, as_read, pieces

BOLD, DIM = "1", "2"
SHADES: dict[Role, str] = {"heading": BOLD, "soft": DIM, "hedge": DIM, "basis": DIM}
# of the terminal's own colours, which a person has chosen to be readable
VERDICT_SHADES = {"preferred": "1;32", "option": "32", "uncertain": "33", "not-advised": "31", "open": "36"}


def painted(lines: Sequence[str], words: Words, mark: str = "", role: Role = "") -> list[str]:
    """Lines that words were laid out in, in colour: breaking them has changed nothing but the spaces.

    `mark` stands before the words in the first line; `role` is that of the words that have none.
    """
    shades = ["" for sign in mark if not sign.isspace()]
    for piece in pieces(words):
        shades += [_shade(piece, role) for sign in as_read(piece) if not sign.isspace()]
    rest = iter(shades)
    return [_painted(line, rest) for line in lines]


def _painted(line: str, shades: Iterator[str]) -> str:
    """One line; colour ends where it does."""
    shown, now = [], ""
    for sign in line:
        shade = now if sign.isspace() else next(shades, "")
        if shade != now:
            shown.append(("\x1b[0m" if now else "") + (f"\x1b[{shade}m" if shade else ""))
            now = shade
        shown.append(sign)
    return "".join(shown) + ("\x1b[0m" if now else "")


def _shade(piece: Piece, role: Role) -> str:
    if isinstance(piece, str):
        return SHADES.get(role, "")
    if isinstance(piece, Cited):
        return DIM
    if piece.role != "verdict":
        return SHADES.get(piece.role, SHADES.get(role, ""))
    said = piece.text.casefold()
    verdict = next((verdict for verdict, words in VERDICT_WORDS.items() if said.startswith(words)), "")
    return VERDICT_SHADES.get(verdict, BOLD)
