"""Cases: answers as they are written and read."""

from __future__ import annotations

import json

import pytest
from support.shell import cicatrix

from expert.consultation.case import parse_pairs, read_case
from expert.consultation.engine import infer
from expert.io.json import plain
from expert.io.problems import CaseError
from expert.language.rules import RuleBase

GIVEN = ["scar_depth=both", "active_acne=yes", "scar_count=12", "budget=599.99", "picking=unknown"]


def test_json_output_is_a_case_again() -> None:
    first = cicatrix("consult", *GIVEN, "--json")
    again = cicatrix("consult", "--case", "-", "--json", stdin=first.stdout)
    assert again.stdout.split('"record":')[0] == first.stdout.split('"record":')[0]


@pytest.mark.parametrize("budget", ["0.01", "0.10", "599.99", "123456789012345.67", "999999999999999"])
def test_money_is_exact(base: RuleBase, budget: str) -> None:
    """What is written into the record reads back as the amount that was typed."""
    case = parse_pairs([f"budget={budget}"], base.knowledge)
    written = json.loads(json.dumps(plain(infer(base, case))))["answers"]["budget"]
    again = parse_pairs([f"budget={written}"], base.knowledge)
    assert again == case


def test_rows_of_a_population_are_cases(base: RuleBase) -> None:
    """Other columns of such a row are passed over, unless one seems to be an attribute."""
    result = {"row": 7, "patient": "A", "scar_depth": "deep", "budget": None, "x.verdict": "option"}
    assert read_case(json.dumps(result), "", base.knowledge).answers == {"scar_depth": "deep", "budget": None}
    rejected = {
        "row": 1,
        "file": "a",
        "line": 2,
        "reasons": ["?"],
        "cells": {"patient": "A", "picking": "yes"},
    }
    text = json.dumps(rejected)
    assert read_case(text, "", base.knowledge).answers == {"picking": "yes"}
    with pytest.raises(CaseError, match="unknown attribute `Scar_Depth`"):
        read_case(text.replace("patient", "Scar_Depth"), "", base.knowledge)
    with pytest.raises(CaseError, match="unknown attribute `patient`"):
        read_case(json.dumps(rejected["cells"]), "", base.knowledge)
