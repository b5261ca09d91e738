"""Manners at the terminal: completion, version, narrow and plain output, closed pipes, poor locales."""

from __future__ import annotations

import re
import subprocess

import pytest
from support.shell import PROGRAM, cicatrix


@pytest.mark.parametrize(
    "environment",
    [{"TERM": "dumb"}, {"NO_COLOR": "1"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}],
)
def test_poor_terminals_get_the_same(environment: dict[str, str]) -> None:
    for line in ("consult --no-save scar_depth=deep", "kb rules", "audit --help"):
        done = cicatrix(*line.split(), **environment)
        assert (done.stdout, done.code) == (cicatrix(*line.split()).stdout, 0)
        assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("line", ["kb claims", "kb rules", "consult --no-save scar_depth=deep"])
def test_a_closed_pipe_is_no_error(line: str) -> None:
    shown = " ".join([*PROGRAM, line])
    done = subprocess.run(["bash", "-c", f"{shown} | head -1"], capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_every_command_shows_an_example() -> None:
    """`--help` of every command that takes something shows how it is used."""
    groups = {"": [], "explain": [], "kb": [], "audit": [], "population": []}
    for group in groups:
        text = cicatrix(*group.split(), "--help").stdout.split("Commands:\n")[1]
        groups[group] = re.findall(r"^  ([a-z-]+)", text, re.M)
    lacking = []
    for group, names in groups.items():
        for name in names:
            if not (group == "" and name in groups):
                text = cicatrix(*group.split(), name, "--help").stdout
                if "Arguments:" in text and "Example" not in text:
                    lacking.append(f"{group} {name}".strip())
    assert lacking == []


# --- what typer and click make of a command ----------------------------------------------------------


def test_help_says_what_an_argument_is() -> None:
    """With click 8.5 this typer shows `[required]` and nothing else."""
    help = " ".join(cicatrix("explain", "how", "--help").stdout.split())
    assert "CONCLUSION An option, finding, step, advice or rule: id or label. [required]" in help


def test_a_suggestion_is_made_once() -> None:
    """Click makes one, and typer would make another."""
    for words, near in (("conslt", "consult"), ("kb tst", "test"), ("audit shwo", "show")):
        done = cicatrix(*words.split())
        assert done.code == 2 and done.stderr.count("Did you mean") == 1
        assert done.stderr.endswith(f". Did you mean '{near}'?\n")
