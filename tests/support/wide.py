"""A knowledge base whose words are of wide characters, of several code points, and without spaces."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from support.shell import ROOT

SAID = re.compile(r"^( *(?:- )?(?:label|says|question|help|because|title|disclaimer|context): )(.*)$", re.M)
NAME = (
    "\u7f8a\u6b6f\U0001f468\u200d\U0001f469\u200d\U0001f467\u2764\ufe0f"
    + "\u3068\u3066\u3082\u9577\u3044\u540d\u524d" * 6
)  # no space in it
LETTER = re.compile(r"\{[^}]*\}|[a-z]")


def widened(text: str) -> str:
    """A text whose small letters take two cells each; what stands in braces stays."""
    return LETTER.sub(lambda m: m[0] if len(m[0]) > 1 else chr(ord(m[0]) - ord("a") + 0xFF41), text)


def wide_base(place: Path) -> Path:
    """The example of the reference, all of whose sentences and labels are wide."""
    shutil.copytree(ROOT / "docs" / "reference" / "plants", place)
    for path in sorted([*place.glob("kb/*.yaml"), *place.glob("rules/*.yaml")]):
        text = path.read_text(encoding="utf-8").replace("label: Ferns", f"label: {NAME}")
        text = SAID.sub(lambda m: m[1] + widened(m[2]), text)
        path.write_text(text, encoding="utf-8")
    return place
