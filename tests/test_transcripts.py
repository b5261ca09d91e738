"""Real command lines with their whole output and exit code, in tests/transcripts/*.txt."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.shell import commands, run_line

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path) -> None:
    """Each command prints what the transcript says. RESET_TRANSCRIPTS=1 rewrites it instead."""
    text = path.read_text(encoding="utf-8")
    found = commands(text)
    assert found, f"{path} holds no command"
    head = text[: text.index("$ ")]
    shown = head
    for command in found:
        replies = "".join(f"< {line}\n" for line in command.stdin.splitlines())
        shown += f"$ {command.line}\n{replies}{run_line(command.line, command.stdin)}"
        shown += "\n" if command is not found[-1] else ""
    if os.environ.get("RESET_TRANSCRIPTS"):
        path.write_text(shown, encoding="utf-8")
    assert shown.split("\n") == text.split("\n") or os.environ.get("RESET_TRANSCRIPTS")
