"""Records as W3C PROV."""

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
from support.records import ANSWERS, made, run, shown
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


class Installed:
    """A copy of the whole program, whose built-in rules a test may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("expert", "kb", "rules"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "cli.py", folder / "cli.py")
        self.environment = {**os.environ, "COLUMNS": "80", "CICATRIX_LEDGER": str(folder / "ledger.sqlite")}
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)  # it is run many times

    def run(self, *words: str) -> Result:
        done = subprocess.run(
            [sys.executable, str(self.folder / "cli.py"), *words],
            capture_output=True,
            text=True,
            env=self.environment,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Result(done.stdout, done.stderr, done.returncode)

    def read_all(self) -> list[Result]:
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


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    program = Installed(tmp_path / "program")
    assert program.run("consult", *ANSWERS).code == 0
    yield program


def test_prov(path: Path, tmp_path: Path) -> None:
    """W3C PROV-JSON with every firing, what each used and gave."""
    model = pytest.importorskip("prov.model", reason="the extra `prov` is not installed")
    id = made(path, *ANSWERS)
    target = tmp_path / "record.json"
    assert run(path, "audit", "export", "--format", "prov", "--id", id, "-o", str(target)).code == 0
    data = json.loads(target.read_text())
    trace = shown(path, id)["content"]["consultation"]
    for firing in trace["firings"]:
        assert data["activity"][f"firing-{firing['n']}"]["prov:label"] == firing["rule"]
    used = {(u["prov:activity"], u["prov:entity"]) for u in data["used"].values()}
    given = {(g["prov:entity"], g["prov:activity"]) for g in data["wasGeneratedBy"].values()}
    informed = {(i["prov:informed"], i["prov:informant"]) for i in data["wasInformedBy"].values()}
    for firing in trace["firings"]:
        here = f"firing-{firing['n']}"
        assert {(here, f"claim-{claim}") for claim in firing["claims"]} <= used
        for match in firing["matched"]:
            assert {(here, f"claim-{claim}") for claim in match["claims"]} <= used
            assert match["kind"] != "answer" or (here, f"answer-{match['name']}") in used
            assert {(here, f"firing-{n}") for n in match["firings"]} <= informed
        for n in range(1, len(firing["concluded"]) + 1):
            assert (f"conclusion-{firing['n']}-{n}", here) in given
    entities, activities = set(data["entity"]), set(data["activity"])
    assert {entity for _, entity in used} <= entities and {activity for activity, _ in used} <= activities
    document = model.ProvDocument.deserialize(content=target.read_text(), format="json")
    assert len(list(document.get_records(model.ProvActivity))) == len(trace["firings"]) + 1


def test_without_prov(path: Path, tmp_path: Path) -> None:
    made(path, "scar_depth=deep")
    fake = tmp_path / "fake" / "prov"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text("raise ImportError('none')\n")
    target = tmp_path / "record.json"
    result = run(path, "audit", "export", "--format", "prov", "-o", str(target), PYTHONPATH=str(fake.parent))
    assert result.code == 5 and "needs the library `prov`" in result.stderr
    assert "pip install" in result.stderr and not target.exists() and not result.stdout
