"""Manners at the terminal: completion, version, narrow and plain output, closed pipes, poor locales."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from support.program import offered
from support.shell import PROGRAM, ROOT, cicatrix

from expert.knowledge.load import load

BASE = load(ROOT)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("manners") / "ledger.sqlite"
    cicatrix("consult", "scar_depth=deep", CICATRIX_LEDGER=str(path))
    return path


OFFERED = {
    "cicatrix consult scar_": ["scar_depth=", "scar_count="],
    "cicatrix consult scar_depth=s": ["scar_depth=shallow"],
    "cicatrix consult scar_depth=deep scar_": ["scar_count="],
    "cicatrix consult active_acne=": ["active_acne=yes", "active_acne=no", "active_acne=unknown"],
    "cicatrix explain how punch-t": ["punch-technique"],
    "cicatrix explain why-not laser": ["laser-treatment", "laser-may-or-may-not-work"],
    "cicatrix audit show l": ["last"],
    "cicatrix consult nothing_": [],
    "cicatrix consult --kb /nowhere scar_": [],
}


@pytest.mark.parametrize("line", OFFERED)
def test_completion(line: str, ledger: Path) -> None:
    assert offered(line, ledger) == OFFERED[line]


def test_completion_of_records(ledger: Path) -> None:
    last, id = offered("cicatrix audit show ", ledger)
    assert last == "last"
    assert id in cicatrix("audit", "list", CICATRIX_LEDGER=str(ledger)).stdout
    assert id in offered("cicatrix explain how punch-technique ", ledger)


@pytest.mark.parametrize(
    ("words", "at", "expected"),
    [
        ("cicatrix consult scar_depth = s", "4", ["shallow"]),
        ("cicatrix consult active_acne =", "3", ["yes", "no", "unknown"]),
    ],
)
def test_completion_in_bash_which_ends_words_at_the_sign(
    words: str, at: str, expected: list[str], ledger: Path
) -> None:
    assert offered("", ledger, COMP_WORDS=words, COMP_CWORD=at) == expected


def test_version() -> None:
    assert re.fullmatch(r"cicatrix [0-9.]+ \(.+, [0-9a-f]{12}\)\n", cicatrix("--version").stdout)


COMMANDS = [
    "consult --no-save scar_depth=both active_acne=yes budget=100",
    "kb claims",
    "kb coverage",
    "kb prove",
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
    words = ["consult", "--no-save", "scar_depth=both", "active_acne=yes", "scar_count=12"]
    tables, plain = cicatrix(*words).stdout, cicatrix("--plain", *words).stdout
    by_environment = cicatrix(*words, CICATRIX_PLAIN="1").stdout
    assert plain == by_environment
    assert "-----" in tables and "-----" not in plain
    assert "Option: Punch technique\nVerdict: preferred\nWhen: after clear-acne\nCost: $600\n" in plain
    after = tables.index("\nArguments")
    assert tables[after:] == plain[plain.index("\nArguments") :]


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
