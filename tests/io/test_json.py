"""The JSON of docs/json.md: its keys, its types, and that nothing is lost on the way."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.shell import cicatrix

from expert.consultation import result as trace
from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.io.json import plain, restore
from expert.language.rules import RuleBase

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


@pytest.mark.parametrize(
    "record",
    [
        *(trace.Consultation, trace.Recommendation, trace.Argument, trace.Firing, trace.Match),
        *(trace.Concluded, trace.NotFired, trace.PlanStep, trace.Advice, trace.Finding, trace.Cost),
        trace.KnowledgeId,
    ],
)
def test_every_key_is_documented(record: Any) -> None:
    for name in record._fields:
        assert f"`{name}`" in DOC, name


def test_restored_from_json(base: RuleBase) -> None:
    found = infer(base, parse_pairs(GIVEN, base.knowledge))
    text = json.dumps(plain(found))
    assert restore(trace.Consultation, json.loads(text)) == found


def test_json_output_is_a_case_again() -> None:
    first = cicatrix("consult", *GIVEN, "--json")
    again = cicatrix("consult", "--case", "-", "--json", stdin=first.stdout)
    assert again.stdout == first.stdout


def test_no_fact_without_a_justification(base: RuleBase) -> None:
    """Every finding that a firing matched was concluded by an earlier firing."""
    found = infer(base, parse_pairs(GIVEN, base.knowledge))
    for firing in found.firings:
        for match in firing.matched:
            assert match.kind in ("answer", "unknown", "datum", "finding", "no-evidence")
            assert all(n < firing.n for n in match.firings)
            assert match.firings or match.kind != "finding"
            assert match.claims or match.kind != "datum"
    assert all(firing.claims for firing in found.firings)


@pytest.mark.parametrize("budget", ["0.01", "0.10", "599.99", "123456789012345.67", "999999999999999"])
def test_money_is_exact(base: RuleBase, budget: str) -> None:
    """What is written into the record reads back as the amount that was typed."""
    case = parse_pairs([f"budget={budget}"], base.knowledge)
    written = json.loads(json.dumps(plain(infer(base, case))))["answers"]["budget"]
    again = parse_pairs([f"budget={written}"], base.knowledge)
    assert again == case
