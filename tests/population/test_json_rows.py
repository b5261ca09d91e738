"""Cases in JSON."""

from __future__ import annotations

import json
from pathlib import Path

from support.tables import ran


def test_numbers_in_json_stay_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text('{"scar_depth":"deep","n":[1.50,{"a":1e5}],"m":1.10}\n')
    ran(tmp_path / "c.jsonl", out="out.jsonl")
    result = json.loads((tmp_path / "out.jsonl").read_text())
    assert (result["n"], result["m"]) == ('[1.50,{"a":1e5}]', "1.10")
