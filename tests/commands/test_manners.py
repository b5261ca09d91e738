"""Manners at the terminal: completion, version, narrow and plain output, closed pipes, poor locales."""

from __future__ import annotations

import re
import subprocess
from itertools import pairwise

import pytest
from support.shell import PROGRAM, cicatrix, program
from support.sizes import rest_later, some_or_all

POOR = {
    "consult --no-save scar_depth=deep": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    "kb rules": {"TERM": "dumb"},
    "audit --help": {"NO_COLOR": "1"},
}


@pytest.mark.parametrize("environments", some_or_all(1, 3, more=3))
def test_poor_terminals_get_the_same(environments: int) -> None:
    """A line in one environment each; in the long suite each in all of them."""
    for line, own in POOR.items():
        for environment in [own, *(other for other in POOR.values() if other != own)][:environments]:
            assert_the_same(line, environment)


def assert_the_same(line: str, environment: dict[str, str]) -> None:
    done = program(*line.split(), **environment)
    assert (done.stdout, done.code) == (cicatrix(*line.split()).stdout, 0)
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "line", rest_later(1, ["kb claims", "kb rules", "consult --no-save scar_depth=deep"])
)
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
    what = "An option, finding, question, target, step, note, advice, rule or claim: id or label."
    assert f"CONCLUSION {what} [required]" in help


def test_a_suggestion_is_made_once() -> None:
    """Click makes one, and typer would make another."""
    for words, near in (("conslt", "consult"), ("kb tst", "test"), ("audit shwo", "show")):
        done = cicatrix(*words.split())
        assert done.code == 2 and done.stderr.count("Did you mean") == 1
        assert done.stderr.endswith(f". Did you mean '{near}'?\n")


def test_help_is_had_by_every_habit() -> None:
    """`-h`, `--help` and `help` say the same, of the program, a group and a command."""
    for words in ((), ("kb",), ("kb", "fmt"), ("consult",)):
        told = cicatrix(*words, "--help")
        assert (told.code, told.stderr) == (0, "")
        assert cicatrix(*words, "-h") == cicatrix("help", *words) == told
    assert cicatrix("kb", "help", "fmt") == cicatrix("kb", "fmt", "--help")
    wrong = cicatrix("help", "nothing")
    assert wrong.code == 2 and "No such command 'nothing'" in wrong.stderr


def test_examples_stand_one_a_line_under_the_name_that_was_typed() -> None:
    shown = [cicatrix(*words, "--help").stdout for words in ((), ("explain", "how"), ("what-if",))]
    for text in shown:
        lines = text[text.index("Example") :].split("\n\n")[0].splitlines()
        assert len(lines) > 1
        for before, line in pairwise(["", *lines]):  # a long one goes on as a shell takes it
            begins = re.fullmatch(r"( *Examples?:)? +python cli\.py [a-z].*", line)
            assert begins or before.endswith(" \\")
    assert "Usage: python cli.py [OPTIONS]" in shown[0] and "cicatrix" not in shown[0]
