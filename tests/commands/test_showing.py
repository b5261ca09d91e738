"""As wide and as plain as the user asked."""

from __future__ import annotations

import pytest
from support.shell import cicatrix

COMMANDS = [
    "consult --no-save scar_depth=both active_acne=yes budget=100",
    "kb claims",
    "kb coverage",
    "kb prove --kb docs/reference/plants",
]


@pytest.mark.parametrize("line", COMMANDS)
@pytest.mark.parametrize("width", [40, 60])
def test_narrow(line: str, width: int) -> None:
    """No line is longer than asked, but for single words that are."""
    done = cicatrix("--width", str(width), *line.split())
    assert (done.code, "Traceback" in done.stderr) == (0, False)
    for text in done.stdout.splitlines():
        assert len(text) <= width or len(text.split()[-1]) > width // 3, text


def test_plain_has_no_tables_and_says_the_same() -> None:
    words = ["consult", "--no-save", "scar_depth=both", "active_acne=yes", "scar_count=12", "--full"]
    tables, plain = cicatrix(*words).stdout, cicatrix("--plain", *words).stdout
    by_environment = cicatrix(*words, CICATRIX_PLAIN="1").stdout
    assert plain == by_environment
    assert "-----" in tables and "-----" not in plain
    assert "Option: Punch technique\nVerdict: preferred\nWhen: after step 4\nCost: $600, typically\n" in plain
    for begin, end in (("\nArguments", "\nOption"), ("\nFor the deep scars", "")):
        parts = [text[text.index(begin) : text.index(end) if end else None] for text in (tables, plain)]
        assert parts[0] == parts[1]
