"""`audit replay --with-current-rules`."""

from __future__ import annotations

import json

import pytest
from support.installed import Installed
from support.sizes import MORE


@pytest.mark.parametrize(
    ("file", "rule", "claim", "kinds"),
    [
        (
            "1-depth.yaml",
            "deep-scars-present",
            "p1s1",
            {"verdict", "cost", "flags", "plan", "advice", "target", "argument", "finding", "order"},
        ),
        pytest.param(
            "1-depth.yaml",
            "shallow-scars-present",
            "p7s1",
            {"target", "plan", "argument", "order"},
            marks=MORE,
        ),
        pytest.param("2-acne.yaml", "clear-the-acne", "", set(), marks=MORE),
    ],
)
def test_which_records_other_rules_change(
    installed: Installed, file: str, rule: str, claim: str, kinds: set[str]
) -> None:
    installed.without_rule(file, rule)
    found = json.loads(installed.run("audit", "replay", "--with-current-rules", "--json").stdout)
    assert {d["kind"] for impact in found for d in impact["differences"]} == kinds
    for impact in found:
        assert rule in impact["rules"] and claim in impact["claims"]
        assert "surface-methods-may-remove-light-scars" not in impact["rules"]


def test_current_rules_that_are_the_same_change_nothing(installed: Installed) -> None:
    result = installed.run("audit", "replay", "--with-current-rules")
    assert (result.code, result.stdout) == (0, "0 of 1 record would come out differently.\n")
