"""What the cases of a knowledge base cover."""

from __future__ import annotations

from support.trying import ROOT

from expert.analysis.coverage import coverage
from expert.analysis.expected import load_cases
from expert.consultation.case import Case
from expert.consultation.engine import infer
from expert.language.rules import RuleBase


def test_coverage_counts_what_it_says(base: RuleBase) -> None:
    none, all_cases = coverage(base, []), coverage(base, load_cases(ROOT, base))
    assert none.missed == none.targets == all_cases.targets
    one = coverage(base, [c for c in load_cases(ROOT, base) if not c.given.answers])
    fired = {f.rule for f in infer(base, Case({})).firings}
    assert {t.rule for t in one.targets if t.leaf < 0} - {t.rule for t in one.missed if t.leaf < 0} == fired
