"""`audit export`: where nothing can be written."""

from __future__ import annotations

from pathlib import Path

from support.records import made, on_stderr, run


def test_an_output_without_a_name_is_refused(path: Path) -> None:
    made(path, "scar_depth=deep")
    for line in ("audit report last", "audit export", "kb export --to clips"):
        for out in ("/", ".", "", ".."):
            result = run(path, *line.split(), "-o", out)
            assert result.code in (2, 4) and result.stdout == "", (line, out)
            assert "error: " in on_stderr(result), (line, out)
