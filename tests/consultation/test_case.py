"""Cases: answers as they are written and read."""

from __future__ import annotations

import json

import pytest
from support.shell import cicatrix

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.io.json import plain
from expert.language.rules import RuleBase

GIVEN = ["scar_depth=both", "active_acne=yes", "scar_count=12", "budget=599.99", "picking=unknown"]


def test_json_output_is_a_case_again() -> None:
    first = cicatrix("consult", *GIVEN, "--json")
    again = cicatrix("consult", "--case", "-", "--json", stdin=first.stdout)
    assert again.stdout == first.stdout


@pytest.mark.parametrize("budget", ["0.01", "0.10", "599.99", "123456789012345.67", "999999999999999"])
def test_money_is_exact(base: RuleBase, budget: str) -> None:
    """What is written into the record reads back as the amount that was typed."""
    case = parse_pairs([f"budget={budget}"], base.knowledge)
    written = json.loads(json.dumps(plain(infer(base, case))))["answers"]["budget"]
    again = parse_pairs([f"budget={written}"], base.knowledge)
    assert again == case
