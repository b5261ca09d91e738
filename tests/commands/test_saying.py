"""What is said beside a result: as wide as asked, and what cannot be written stops nothing."""

from __future__ import annotations

from io import StringIO

import pytest

from expert.commands.saying import ask_line, fits_screen, say, say_command


def test_lines_hang_below_what_they_begin_with(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"error: {'so it is ' * 12}", hang=2)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("error: so it is") and second.startswith("  so") and len(first) <= 80
    say_command(f"cicatrix consult {'light=bright ' * 8}".rstrip())
    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith(" \\") and second.startswith("    light=")


def test_what_a_screen_shows() -> None:
    assert fits_screen("\n" * 20) and not fits_screen("\n" * 200)


def test_the_end_of_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("yes\n"))
    assert ask_line("> ") == "yes"
    with pytest.raises(EOFError):
        ask_line("> ")
