"""Texts in double quotes, as the languages that are written here want them."""

from __future__ import annotations

import json


def quoted(text: str) -> str:
    """For YAML: a text of JSON is one of YAML."""
    return json.dumps(text, ensure_ascii=False)


def backslashed(text: str) -> str:
    """For CLIPS and Graphviz, to which a backslash before a quote or a backslash means just that."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
