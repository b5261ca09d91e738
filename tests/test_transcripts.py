"""Real command lines with their whole output and exit code, in tests/transcripts/*.txt."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.shell import Result, cicatrix, commands, program, run_line

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path) -> None:
    """Each command prints what the transcript says. RESET_TRANSCRIPTS=1 rewrites it instead."""
    text = path.read_text(encoding="utf-8")
    shown = shown_by(text, cicatrix)
    if os.environ.get("RESET_TRANSCRIPTS"):
        path.write_text(shown, encoding="utf-8")
    assert "Traceback" not in shown
    assert shown.split("\n") == text.split("\n") or os.environ.get("RESET_TRANSCRIPTS")


@pytest.mark.long
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript_of_processes(path: Path) -> None:
    """The same of commands each of which is a process that Python starts anew."""
    text = path.read_text(encoding="utf-8")
    assert shown_by(text, program).split("\n") == text.split("\n")


def shown_by(text: str, run: Callable[..., Result]) -> str:
    """The transcript with what its commands print now."""
    found = commands(text)
    assert found, "the transcript holds no command"
    shown = text[: text.index("$ ")]
    for command in found:
        replies = "".join(f"< {line}\n" for line in command.stdin.splitlines())
        shown += f"$ {command.line}\n{replies}{run_line(command.line, command.stdin, run)}"
        shown += "\n" if command is not found[-1] else ""
    return shown
