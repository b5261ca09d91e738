"""Texts as what reads them wants them: in double quotes, or without what a terminal would obey."""

from __future__ import annotations

import json
import re


def quoted(text: str) -> str:
    """For YAML: a text of JSON is one of YAML."""
    return json.dumps(text, ensure_ascii=False)


def backslashed(text: str) -> str:
    """For CLIPS and Graphviz, to which a backslash before a quote or a backslash means just that."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# what is obeyed rather than shown: control characters but for the line break, marks that turn the direction
# of writing, tags that cannot be seen, and half characters
OBEYED = (
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def safe(text: str) -> str:
    """A text that is shown and not obeyed, as long as it was; its line breaks stay."""
    if text.isascii() and text.isprintable():  # as most are: the pattern is compiled for the first other
        return text
    return re.sub(OBEYED, "\N{REPLACEMENT CHARACTER}", text)


def on_one_line(text: str, most: int = 200) -> str:
    """A text that a record brings along, on one line and no longer than `most` characters."""
    shown = safe(text[: most + 1]).replace("\n", "\N{REPLACEMENT CHARACTER}")
    return shown if len(shown) <= most else shown[: most - 1] + "…"
