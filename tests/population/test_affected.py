"""Whom an edit touches."""

from __future__ import annotations

import json
from pathlib import Path

from support.tables import BASE, pl, population


def edited(tmp_path: Path, old: str, new: str) -> Path:
    """A copy of the built-in knowledge with an edit."""
    for name in (*BASE.knowledge.files,):
        path = tmp_path / "edited" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = BASE.knowledge.files[name]
        path.write_text(text.replace(old, new) if name.startswith("rules/") else text)
    return tmp_path / "edited"


def test_diff_names_whom_an_edit_touches(folder: Path, tmp_path: Path) -> None:
    cases = str(folder / "cases.csv")
    new = edited(tmp_path, "strength: strong", "strength: plain")
    found = json.loads(
        population("diff", "--kb", "now", "--kb", str(new), cases, "--json", cwd=tmp_path, code=1)
    )
    preferred = pl.read_parquet(folder / "to.parquet").filter(
        pl.col("punch-technique.verdict") == "preferred"
    )
    (moved,) = found["moved"]
    assert (moved["option"], moved["what"], moved["before"], moved["after"]) == (
        "punch-technique", "verdict", "preferred", "option",
    )  # fmt: skip
    assert moved["cases"] == found["touched"] == len(preferred)
    assert moved["rows"] == preferred["row"].to_list()[:3]
    assert [(r["rule"], r["claims"], r["edited"]) for r in moved["responsible"]] == [
        ("punch-is-most-often-recommended", ["p9s1"], True)
    ]
    text = population("diff", "--kb", "now", "--kb", str(new), cases, cwd=tmp_path, code=1)
    assert "preferred -> option" in text and "p9s1" in text
    same = population("diff", "--kb", "now", "--kb", "now", cases, cwd=tmp_path)
    assert "of which 0 (0.0%)" in same
    assert "twice" in population("diff", "--kb", "now", cases, cwd=tmp_path, code=2)
