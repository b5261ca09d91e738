"""The cases of kb/cases/: verdicts, and the rules that must have fired."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from expert.case import read_case
from expert.inference import infer
from expert.rules import RuleBase
from expert.trace import Consultation

FOLDER = Path(__file__).parent.parent / "kb" / "cases"
# every scalar is read as text, as the shell reads it
CASES = [
    (path.name, case)
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.load(path.read_text(), Loader=yaml.BaseLoader)
]


def consulted(base: RuleBase, given: dict[str, str]) -> Consultation:
    return infer(base, read_case(yaml.safe_dump(given), "given", base.knowledge))


@pytest.mark.parametrize(("file", "case"), CASES, ids=[case["case"] for _, case in CASES])
def test_case(base: RuleBase, file: str, case: dict[str, Any]) -> None:
    assert set(case) <= {"case", "given", "expect", "plan", "findings", "fired", "not-fired"}
    found = consulted(base, case["given"])
    for option, wanted in case["expect"].items():
        result = found.recommendation(option)
        cost = result.cost
        seen = {
            "verdict": result.verdict,
            "timing": result.timing,
            "flags": list(result.flags),
            "low": None if cost is None else str(cost.low),
            "high": None if cost is None else str(cost.high),
        }
        assert {key: seen[key] for key in wanted} == wanted, option
    assert [step.step for step in found.plan] == case["plan"]
    fired = {firing.rule for firing in found.firings}
    known = {rule.id for rule in base.rules}
    assert set(case["fired"]) | set(case.get("not-fired", [])) <= known
    assert set(case["fired"]) <= fired
    assert not set(case.get("not-fired", [])) & fired
    if "findings" in case:
        causes = [str(f.value) for f in found.findings if f.finding == "deep_scar_cause"]
        assert causes == case["findings"].get("deep_scar_cause", [])


def test_every_rule_is_named_by_a_case_it_fires_in(base: RuleBase) -> None:
    assert {rule.id for rule in base.rules} == {id for _, case in CASES for id in case["fired"]}
