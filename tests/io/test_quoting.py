"""Texts in double quotes."""

from __future__ import annotations

import pytest

from expert.io.quoting import backslashed, quoted
from expert.io.yaml import parse_yaml


@pytest.mark.parametrize("text", ["", "a", 'say "so"', "C:\\dir", "no", "two\nlines", "é: #1", "- {x}"])
def test_yaml_reads_back_what_was_quoted(text: str) -> None:
    node, problems = parse_yaml(f"- {quoted(text)}", "here")
    assert node is not None and node.items is not None and not problems
    assert node.items[0].text == text


def test_quotes_and_backslashes_are_escaped() -> None:
    assert backslashed('a "b" \\ c') == r'"a \"b\" \\ c"'
