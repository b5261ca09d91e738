"""Standard streams that are closed, full or no files end in no traceback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from support.shell import PROGRAM
from support.sizes import MORE

CONSULT = "consult scar_depth=deep --no-save --brief"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"{CONSULT} >/dev/full", 6),
        pytest.param(f"{CONSULT} --json >/dev/full", 6, marks=pytest.mark.long),
        pytest.param("--help >/dev/full", 6, marks=MORE),
        pytest.param(f"{CONSULT} >/dev/full 2>&1", 6, marks=pytest.mark.long),
        pytest.param(f"{CONSULT} 2>/dev/full", 0, marks=MORE),
        pytest.param(f"{CONSULT} >&-", 0, marks=pytest.mark.long),
        (f"{CONSULT} <&- >&- 2>&-", 0),
        pytest.param("consult --no-save <&-", 130, marks=MORE),
        pytest.param("consult --no-save 2>&- </dev/null", 130, marks=pytest.mark.long),
        pytest.param("consult --no-save 2>/dev/full </dev/null", 130, marks=pytest.mark.long),
        pytest.param("consult --case - --no-save <&-", 2, marks=MORE),
        pytest.param("consult --case /dev/null --no-save", 2, marks=pytest.mark.long),
        ("consult --case <(echo scar_depth: deep) --no-save >/dev/null", 0),
        pytest.param("consult --case . --no-save", 2, marks=MORE),
        pytest.param("kb coverage --document <(echo One sentence.) >/dev/null", 1, marks=MORE),
        pytest.param("kb coverage --document /dev/null >/dev/null", 1, marks=pytest.mark.long),
        pytest.param("audit verify /dev/null", 2, marks=MORE),
        pytest.param("audit verify <(echo)", 2, marks=pytest.mark.long),
        pytest.param("kb show --kb /dev/null", 3, marks=pytest.mark.long),
    ],
)
def test_streams(line: str, code: int, tmp_path: Path) -> None:
    shown = f"{' '.join(PROGRAM)} {line}"
    environment = {**os.environ, "CICATRIX_LEDGER": str(tmp_path / "ledger.sqlite")}
    done = subprocess.run(
        ["bash", "-c", shown], capture_output=True, text=True, check=False, env=environment, timeout=100
    )
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr, done.stderr
    assert done.returncode == code, done.stderr
    if ">/dev/full" in line and "2>" not in line:
        assert done.stderr == "error: the result cannot be written: No space left on device\n"
