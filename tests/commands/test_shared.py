"""What commands share: JSON on standard output."""

from __future__ import annotations

import json
import re
from pathlib import Path

from support.shell import cicatrix

DOC = (Path(__file__).parents[2] / "docs" / "json.md").read_text()
GIVEN = ["scar_depth=both", "active_acne=yes", "scar_count=12", "budget=599.99", "picking=unknown"]


def test_one_object_on_stdout() -> None:
    result = cicatrix("consult", *GIVEN, "--json", "--no-save")
    assert (result.code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert list(found) == re.findall(r"^\| `(\w+)` \|", DOC, re.M)
    assert found["answers"] == {
        "scar_depth": "both",
        "active_acne": "yes",
        "picking": "unknown",
        "scar_count": 12,
        "budget": 599.99,
    }
    punch = next(r for r in found["recommendations"] if r["option"] == "punch-technique")
    assert punch["cost"] == {"low": 600, "high": 600, "currency": "USD"}
    laser = next(r for r in found["recommendations"] if "laser" in r["option"])
    assert laser["cost"] == {"low": 6000, "high": None, "currency": "USD"}
    assert {r["timing"] for r in found["recommendations"]} == {"clear-acne"}
    assert [f["n"] for f in found["firings"]] == list(range(1, len(found["firings"]) + 1))
    assert result.stdout.isascii()
