"""`audit export`: where nothing can be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.records import made, on_stderr, run


@pytest.mark.parametrize("out", ["/", ".", "", ".."])
@pytest.mark.parametrize(
    "words", [("audit", "report", "last"), ("audit", "export"), ("kb", "export", "--to", "clips")]
)
def test_an_output_without_a_name_is_refused(path: Path, words: tuple[str, ...], out: str) -> None:
    made(path, "scar_depth=deep")
    result = run(path, *words, "-o", out)
    assert result.code in (2, 4) and result.stdout == "" and "error: " in on_stderr(result)
