"""What is printed of another edition."""

from __future__ import annotations

from pathlib import Path

from support.shell import ROOT

from expert.knowledge.editions import edition
from expert.knowledge.load import load
from expert.views.editions import edition_blocks, written_blocks
from expert.views.terminal import Look, shown

HEATING = ROOT / "examples" / "heating"


def test_edited_and_gone_name_what_rests_on_them() -> None:
    base = load(HEATING)
    text = (HEATING / "document.txt").read_text("utf-8")
    lines = text.splitlines()
    found = edition(base, text, {}, {"p1s1": "p2s1"})
    told = shown([*edition_blocks(found, base), *written_blocks(found, Path("d"), ["a"], "x", True)], Look())
    assert "edited  p1s1 -> p2s1" in told and lines[0] in told.replace("\n", " ")
    assert "The edition is called: x" in told and "changed  d/a" in told
    assert "Read the claims of edited sentences again" in told
