"""Every command of the README runs, and prints what the README shows."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from support.shell import LEDGER, ROOT, commands, run_line
from support.sizes import rest_later

README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.S)


def test_console_blocks() -> None:
    """RESET_TRANSCRIPTS=1 writes what the commands print into the README."""
    text = README.read_text(encoding="utf-8")

    def shown(match: re.Match[str]) -> str:
        runs = [f"$ {c.line}\n{run_line(c.line, c.stdin)}" for c in commands(match[1])]
        return "```console\n" + "\n".join(runs) + "```"

    assert len(BLOCK.findall(text)) >= 3
    rendered = BLOCK.sub(shown, text)
    if os.environ.get("RESET_TRANSCRIPTS"):
        README.write_text(rendered, encoding="utf-8")
    else:
        assert rendered == text


def make_commands() -> list[str]:
    return re.findall(r"^    (make .+)$", README.read_text(encoding="utf-8"), re.M)


def test_the_readme_names_the_make_commands() -> None:
    assert [line.split()[1] for line in make_commands()] == ["consult", "consult", "test"]


@pytest.mark.parametrize(
    "line", rest_later(1, [line for line in make_commands()[::-1] if line.split()[1] == "consult"])
)
def test_make_consult(line: str) -> None:
    """`make consult` with answers gives a result; without them, and with no input, it stops."""
    if not (ROOT / ".venv" / "run.stamp").is_file():
        pytest.skip("the environment that `make` prepares is not there")
    # as from a shell, also when `make test` runs this
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    environment["CICATRIX_LEDGER"] = str(LEDGER)
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        env=environment,
    )
    if "ARGS" in line:
        assert done.returncode == 0, done.stderr
        assert "Punch technique preferred now $600" in " ".join(done.stdout.split())
    else:
        assert "How deep are the scars you want treated?" in done.stderr
        assert "consult --ask" in done.stderr


def test_make_test_runs_pytest() -> None:
    done = subprocess.run(["make", "-n", "test"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "-m pytest" in done.stdout


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text(encoding="utf-8")):
        assert Path(ROOT / target).exists(), target
