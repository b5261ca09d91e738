"""The program is called what was typed, so that what it advises can be typed again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from expert.io import program
from expert.io.program import NAME, SCRIPT, program_name


def called(monkeypatch: pytest.MonkeyPatch, argv: list[str], *before: str) -> str:
    """The name, of a process with those words, and those before them that Python takes away."""
    monkeypatch.setattr(sys, "argv", argv)
    monkeypatch.setattr(sys, "orig_argv", [*before, *argv[1:]])
    return program_name()


@pytest.mark.parametrize(
    "typed", [["python", "cli.py"], [".venv/bin/python", "-X", "dev", "cli.py"], ["python3", "-m", "cli"]]
)
def test_the_script_of_a_checkout(monkeypatch: pytest.MonkeyPatch, typed: list[str]) -> None:
    argv = [str(SCRIPT), "consult", "--ask"]
    assert called(monkeypatch, argv, *typed) == " ".join(typed)


def test_the_installed_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place = tmp_path / "a place" / NAME
    argv = [str(place), "consult"]
    monkeypatch.setattr(program, "which", lambda _: str(place))
    assert called(monkeypatch, argv, "/usr/bin/python", str(place)) == NAME
    for other in (None, "/usr/bin/cicatrix"):
        monkeypatch.setattr(program, "which", lambda _, other=other: other)
        assert called(monkeypatch, argv, "/usr/bin/python", str(place)) == f"'{place}'"
    assert called(monkeypatch, [NAME, "consult"], "python", NAME) == NAME


@pytest.mark.parametrize("argv", [["my_program.py", "x"], ["/elsewhere/cli.py"], ["-c"], [""], []])
def test_a_program_of_somebody_else(monkeypatch: pytest.MonkeyPatch, argv: list[str]) -> None:
    assert called(monkeypatch, argv, "python", *argv[:1]) == NAME
