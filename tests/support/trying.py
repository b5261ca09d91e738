"""A copy of the built-in knowledge to spoil, and the commands that try it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.program import invoked
from typer.testing import Result

ROOT = Path(__file__).parents[2]
BICYCLE = ROOT / "tests" / "data" / "bicycle"
HEATING = ROOT / "examples" / "heating"


def kb(*words: object) -> Result:
    return invoked("kb", *words)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the built-in knowledge, to spoil."""
    for room in ("kb", "rules"):
        shutil.copytree(ROOT / room, tmp_path / "copy" / room)
    return tmp_path / "copy"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new))


def only_case(copy: Path, text: str) -> None:
    """Leave this case file only."""
    shutil.rmtree(copy / "kb" / "cases")
    (copy / "kb" / "cases").mkdir()
    (copy / "kb" / "cases" / "one.yaml").write_text(text)
