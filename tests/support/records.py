"""Records made and read through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.shell import Result, cicatrix

ANSWERS = ("scar_depth=both", "light_scarring=yes", "previous_punch=yes", "active_acne=no", "scar_count=7")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a ledger of one's own is to be."""
    return tmp_path / "ledger.sqlite"


def run(path: Path, *words: str, stdin: str = "", **environment: str) -> Result:
    """A command on a ledger; no command ever shows a traceback."""
    result = cicatrix(*words, stdin=stdin, **{"CICATRIX_LEDGER": str(path), **environment})
    assert "Traceback" not in result.stderr, result.stderr
    return result


def on_stderr(result: Result) -> str:
    """What a command said beside its result, however the lines were broken."""
    return " ".join(result.stderr.split())


def output(path: Path, *words: str, **more: str) -> str:
    result = run(path, *words, **more)
    assert result.code == 0, result
    return result.stdout


def made(path: Path, *words: str) -> str:
    """A consultation's id, as it was printed."""
    return output(path, "consult", "--brief", *words).splitlines()[-1].split()[1].strip(",")


def shown(path: Path, id: str = "last") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output(path, "audit", "show", id, "--json"))
    return found


def other_bytes(data: bytes, place: int) -> list[bytes]:
    """The data with the byte at a place changed: its lowest and highest bit, and to an x."""
    old = data[place]
    changed = {old ^ 1, old ^ 0x80, ord("x") if old != ord("x") else ord("y")}
    return [data[:place] + bytes([new]) + data[place + 1 :] for new in changed]
