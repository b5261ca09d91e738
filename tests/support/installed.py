"""A copy of the whole program."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.records import ANSWERS
from support.shell import ROOT, Result

READING = (
    ("audit", "show", "last"),
    ("audit", "show", "last", "--json"),
    ("explain", "how", "punch-technique", "last"),
    ("explain", "why-not", "laser-treatment", "last"),
    ("explain", "why-not", "punch-technique", "now", "last"),
    ("what-if", "last", "active_acne=yes"),
    ("audit", "list", "--json"),
    ("audit", "verify"),
)


# runs command lines one after another: what the program imports need not be imported for each of them
SERVE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import cli
from typer.testing import CliRunner
assert cli.__file__.startswith(sys.argv[1])
for line in sys.stdin:
    done = CliRunner().invoke(cli.app, json.loads(line), prog_name="cli.py")
    print(json.dumps([done.stdout, done.stderr, done.exit_code]), flush=True)
"""


class Installed:
    """A copy of the whole program, whose built-in rules a test may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("expert", "kb", "rules"):
            shutil.copytree(ROOT / name, folder / name)  # what is compiled too, which takes long
        shutil.copy(ROOT / "cli.py", folder / "cli.py")
        self.environment = {**os.environ, "COLUMNS": "80", "CICATRIX_LEDGER": str(folder / "ledger.sqlite")}
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)  # it is run many times
        self.server: subprocess.Popen[str] | None = None

    def run(self, *words: str) -> Result:
        """What a command says. Between two, its rules may change."""
        server = self.server or self.started()
        assert server.stdin and server.stdout
        server.stdin.write(json.dumps(words) + "\n")
        server.stdin.flush()
        done = Result(*json.loads(server.stdout.readline()))
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def started(self) -> subprocess.Popen[str]:
        self.server = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
        )
        return self.server

    def stop(self) -> None:
        """End the process; the next command has a new one."""
        if self.server:
            self.server.communicate()
            self.server = None

    def read_all(self) -> list[Result]:
        """What every command that reads says."""
        return [self.run(*words) for words in READING]

    def without_rule(self, file: str, rule: str) -> None:
        """Delete a rule."""
        rules = self.folder / "rules" / file
        text = rules.read_text()
        changed = re.sub(rf"^- id: {rule}\n(  .*\n|\n)*", "", text, flags=re.M)
        assert len(changed) < len(text) and f"id: {rule}\n" not in changed
        rules.write_text(changed)

    def without_experta(self) -> None:
        """Make experta impossible to import."""
        fake = self.folder / "fake" / "experta"
        fake.mkdir(parents=True)
        (fake / "__init__.py").write_text("raise ImportError('no experta here')\n")
        self.environment["PYTHONPATH"] = str(fake.parent)
        self.stop()


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    program = Installed(tmp_path / "program")
    assert program.run("consult", *ANSWERS).code == 0
    yield program
    program.stop()
