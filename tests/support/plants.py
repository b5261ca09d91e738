"""A small knowledge base in the making, and the commands of its author."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support.program import invoked
from support.shell import ROOT
from typer.testing import Result

from expert.authoring.schema import file_schemas
from expert.knowledge.load import load

BICYCLE = ROOT / "tests" / "data" / "bicycle"
PARTS = ("kb", "rules")
DOCUMENT = """\
Two plants for a room

A fern wants shade. In bright light it may burn.

A cactus wants bright light. It costs 5 dollars.

Plants make a room friendly.
"""


def kb(*words: object) -> Result:
    return invoked("kb", *words)


@pytest.fixture
def plants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new knowledge base, in the working directory."""
    monkeypatch.chdir(tmp_path)
    Path("plants.txt").write_text(DOCUMENT)
    result = kb("new", "plants", "--document", "plants.txt")
    assert result.exit_code == 0, result.output
    return Path("plants")


def copy_of(directory: Path, to: Path) -> Path:
    for part in PARTS:
        shutil.copytree(directory / part, to / part)
    return to


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new))


def held(kind: str, directory: Path) -> Any:
    """The schema of a kind of file, ready to be held against some."""
    return validator(json.dumps(file_schemas(load(directory))[kind]))


@cache
def validator(schema: str) -> Any:
    found = json.loads(schema)
    jsonschema.Draft7Validator.check_schema(found)
    return jsonschema.Draft7Validator(found)


def files_of(directory: Path) -> list[Path]:
    return sorted(path for part in PARTS for path in (directory / part).rglob("*.yaml"))
