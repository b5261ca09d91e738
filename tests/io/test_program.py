"""The program is called what was typed, so that what it advises can be typed again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from expert.io import program
from expert.io.program import NAME, SCRIPT, extras, install_words, libraries_of, program_name


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


@pytest.mark.parametrize(
    ("prefix", "begins"),
    [
        ("/home/a/.local/share/pipx/venvs/cicatrix", "pipx inject cicatrix "),
        ("/home/a/.local/share/uv/tools/cicatrix", "uv pip install --python /home/a/.local/share/uv/tools/"),
        ("/home/a/project/.venv", f"{sys.executable} -m pip install "),
    ],
)
def test_libraries_are_installed_where_the_program_is(
    monkeypatch: pytest.MonkeyPatch, prefix: str, begins: str
) -> None:
    monkeypatch.setattr(sys, "prefix", prefix)
    monkeypatch.setattr(sys, "argv", [f"{prefix}/bin/{NAME}"])
    if "uv" in prefix:
        monkeypatch.setattr(sys, "executable", f"{prefix}/bin/python")
    words = install_words("prove")
    assert words.startswith(begins) and words.endswith(" 'z3-solver>=4.13,<6'")


def test_a_checkout_names_the_python_that_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    called(monkeypatch, [str(SCRIPT), "kb", "prove"], ".venv/bin/python", "cli.py")
    assert install_words("prove").startswith(".venv/bin/python -m pip install ")
    monkeypatch.setattr(program.importlib.util, "find_spec", lambda name: None)
    assert install_words("prove").startswith("uv pip install --python .venv/bin/python ")


def test_extras_are_those_of_the_project_and_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    checkout = extras()
    assert {"prove", "population", "spark", "author"} <= checkout.keys()
    spark = list(libraries_of("spark", checkout))
    assert spark == [*libraries_of("population", checkout), *checkout["spark"][1:]] and len(spark) > 3
    written = [
        f"{library}; extra == '{extra}'" for extra, libraries in checkout.items() for library in libraries
    ]
    assert program._by_extra(["typer>=1", *written]) == checkout
    assert list(libraries_of("prove", {})) == ["cicatrix[prove]"]
