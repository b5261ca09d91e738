"""`kb export`: formats, files, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.compare import BASES
from support.program import invoked

from expert.authoring.schema import schema
from expert.backends import clips as clips_text
from expert.commands.export import writers
from expert.knowledge.load import load

# --- the command -----------------------------------------------------------------------------


def run(*words: str) -> Any:
    return invoked("kb", "export", *words)


@pytest.mark.parametrize("format", ["clips", "json-schema", "dot", "mermaid", "markdown"])
@pytest.mark.parametrize("name", BASES)
def test_a_format_is_printed_or_written_and_the_same_every_time(
    format: str, name: str, tmp_path: Path
) -> None:
    where = ["--kb", str(BASES[name]), "--to", format]
    printed, file = run(*where), tmp_path / "out"
    assert printed.exit_code == 0 and printed.stdout.endswith("\n") and not printed.stderr
    assert run(*where).stdout == printed.stdout
    written = run(*where, "-o", str(file))
    assert (written.exit_code, written.output) == (0, "")
    assert file.read_bytes().decode() == printed.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_schema_is_json() -> None:
    printed = run("--kb", str(BASES["acne"]), "--to", "json-schema").stdout
    assert json.loads(printed) == json.loads(json.dumps(schema(load(BASES["acne"]))))


def test_an_unknown_format_is_refused_with_the_near_one(tmp_path: Path) -> None:
    found = run("--to", "markdwn", "-o", str(tmp_path / "out"), "--kb", str(BASES["acne"]))
    assert found.exit_code == 2 and not found.stdout and not list(tmp_path.iterdir())
    assert "unknown format `markdwn`" in found.stderr and "did you mean `markdown`?" in found.stderr
    assert all(name in found.stderr for name in writers())


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    found = run("--to", "dot", "-o", str(tmp_path / "no" / "out"), "--kb", str(BASES["acne"]))
    assert found.exit_code == 2 and "cannot be written" in found.stderr
    assert not list(tmp_path.iterdir())


def test_a_knowledge_base_with_problems_leaves_an_old_file_as_it_was(tmp_path: Path) -> None:
    old = tmp_path / "out"
    old.write_text("old")
    assert run("--to", "dot", "-o", str(old), "--kb", str(tmp_path)).exit_code == 3
    assert old.read_text() == "old" and len(list(tmp_path.iterdir())) == 1


def test_too_many_rules_for_clips_leave_an_old_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips_text, "HIGHEST", 10)
    old = tmp_path / "out"
    old.write_text("old")
    found = run("--to", "clips", "-o", str(old), "--kb", str(BASES["acne"]))
    assert found.exit_code == 3 and "saliences for 21 rules only" in found.stderr
    assert old.read_text() == "old" and len(list(tmp_path.iterdir())) == 1
