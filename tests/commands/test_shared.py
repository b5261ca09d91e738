"""What commands share: JSON on standard output."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from support.shell import cicatrix

DOC = (Path(__file__).parents[2] / "docs" / "json.md").read_text()
TABLE = next(block for block in DOC.split("\n\n") if block.startswith("| key |"))  # the object's own keys
GIVEN = ["scar_depth=both", "active_acne=yes", "scar_count=12", "budget=599.99", "picking=unknown"]


def bounds(recommendation: dict[str, Any]) -> dict[str, Any]:
    """What a cost lies between, without what it is made of."""
    return {name: recommendation["cost"][name] for name in ("low", "high", "currency")}


def test_one_object_on_stdout() -> None:
    result = cicatrix("consult", *GIVEN, "--json", "--no-save")
    assert (result.code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert list(found) == re.findall(r"^\| `(\w+)` \|", TABLE, re.M)
    assert found["answers"] == {
        "scar_depth": "both",
        "active_acne": "yes",
        "picking": "unknown",
        "scar_count": 12,
        "budget": 599.99,
    }
    punch = next(r for r in found["recommendations"] if r["option"] == "punch-technique")
    assert bounds(punch) == {"low": 600, "high": 600, "currency": "USD"}
    laser = next(r for r in found["recommendations"] if "laser" in r["option"])
    assert bounds(laser) == {"low": 6000, "high": None, "currency": "USD"}
    assert {r["timing"] for r in found["recommendations"]} == {"clear-acne"}
    assert [f["n"] for f in found["firings"]] == list(range(1, len(found["firings"]) + 1))
    assert result.stdout.isascii()
