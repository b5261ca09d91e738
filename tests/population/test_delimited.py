"""Delimited text: what a stray quote costs."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from support.tables import ran, random_rows, write_csv, write_jsonl


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_one_stray_quote_costs_one_row(tmp_path: Path, kind: str) -> None:
    random = Random(7)
    for seed in range(4):
        rows = [
            r | {"note": random.choice(["a", "b,c", 'say "x"', "two\nlines"])} for r in random_rows(20, seed)
        ]
        path = (
            write_csv(tmp_path / "c.csv", rows) if kind == "csv" else write_jsonl(tmp_path / "c.jsonl", rows)
        )
        text = path.read_text()
        place = random.randrange(text.index("\n") + 1, len(text))
        path.write_text(text[:place] + '"' + text[place:])
        counts, _ = ran(path)
        assert counts.accepted >= 19  # with a cell of two lines, the second is a row of its own then
