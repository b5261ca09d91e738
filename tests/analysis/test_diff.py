"""Which cases an edit makes different."""

from __future__ import annotations

import json
from pathlib import Path

from support.shell import cicatrix
from support.trying import ROOT, edit, kb

from expert.analysis.diff import compare
from expert.knowledge.load import load


def test_the_smallest_case_with_another_verdict_can_be_run(copy: Path) -> None:
    edit(copy / "rules/4-treatments.yaml", "{unsure: effectiveness, target: deep}",
         "{against: effectiveness, target: deep}")  # fmt: skip
    result = kb("diff", ROOT, copy)
    assert result.exit_code == 1
    assert "edited   rule laser-may-or-may-not-work (then)" in result.stdout
    assert "laser-treatment verdict: differs in 18 of 45 cases" in result.stdout
    line = f"cicatrix consult scar_depth=deep --no-save --kb {copy}"
    assert line in result.stdout
    said = json.loads(cicatrix(*line.split()[1:], "--json").stdout)
    assert {r["option"]: r["verdict"] for r in said["recommendations"]}["laser-treatment"] == "not-advised"


def test_a_number_between_thresholds_is_found(copy: Path) -> None:
    edit(
        copy / "rules/5-cost.yaml",
        "scar_count: {more-than: 1}, option",
        "scar_count: {more-than: 17}, option",
    )
    flags = [c for c in compare(load(ROOT), load(copy)).changes if c.thing.kind == "flags"]
    assert [c.thing.about for c in flags] == ["punch-technique"]
    assert flags[0].example and flags[0].example.answers["scar_count"] == 2
    edit(copy / "rules/5-cost.yaml", "scar_count: {more-than: 17}, option", "scar_count: 17, option")
    flags = [c for c in compare(load(ROOT), load(copy)).changes if c.thing.kind == "flags"]
    assert flags and flags[0].cases
