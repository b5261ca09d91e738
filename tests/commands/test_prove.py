"""`kb prove`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.proving import BAD, HERE, ROOT, command, copy_of, drop

from expert.knowledge.load import load
from expert.proof.invariants import load_invariants


@pytest.mark.long
@pytest.mark.more
def test_the_command_on_the_built_in_knowledge() -> None:
    done = command("--kb", str(ROOT))
    base = load(ROOT)
    all_of_them = len(load_invariants(base, ROOT).invariants) + len(base.knowledge.exclusive)
    assert (done.exit_code, done.stdout.count("  proved  ")) == (0, all_of_them)


def test_the_command(tmp_path: Path) -> None:
    directory = copy_of(ROOT, tmp_path / "copy")
    drop(directory, "rules/2-acne.yaml", "active-acne-comes-first")
    done = command("--kb", str(directory))
    assert done.exit_code == 1
    assert "counterexample  nothing-now-while-acne-is-active" in done.stdout
    shown = " ".join(done.stdout.replace("\\\n", "").split())
    assert f"cicatrix consult scar_depth=deep active_acne=yes --kb {directory}" in shown
    assert "NOT CONFIRMED" not in done.stdout


def test_the_command_in_json(tmp_path: Path) -> None:
    directory = copy_of(HERE / "data" / "minimal", tmp_path / "copy")
    invariant = "{id: cacti-are-never-meant, says: No., never: {option.verdict: preferred}}"
    (directory / "kb/invariants.yaml").write_text(f"invariants: [{invariant}]\n")
    data = command("--kb", str(directory), "--json")
    assert data.exit_code == 1
    assert '"status":"counterexample"' in data.stdout


def test_without_z3_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    done = command("--kb", str(ROOT))
    assert (done.exit_code, done.stdout) == (5, "")
    assert " -m pip install 'z3-solver>=" in " ".join(done.stderr.split())


def test_a_bad_file_is_bad_knowledge(tmp_path: Path) -> None:
    directory = copy_of(ROOT, tmp_path / "copy")
    (directory / "kb/invariants.yaml").write_text(BAD)
    done = command("--kb", str(directory))
    assert (done.exit_code, done.stdout) == (3, "")
    assert f"{directory}/kb/invariants.yaml:4:12" in done.stderr
