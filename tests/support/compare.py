"""Knowledge bases to compare engines on, answers to try, and a consultation in the oracle's terms."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from support.oracle import OracleKB
from support.shell import ROOT

from expert.consultation import result as trace
from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.io.dates import is_date
from expert.language.rules import RuleBase

BASES = {"acne": ROOT, "bicycle": ROOT / "tests" / "data" / "bicycle"}
NUMBERS = {  # at and around what the rules compare with
    "scar_count": "1 2 3 11 12 13 120",
    "budget": "0 50 99.99 600 600.01 5999.99 6000 6000.01 999999999999999",
    "stretch": "0.49 0.50 0.51 0.75 0.80",
    "distance": "499 500 1999 2000 2001",
    "spokes": "0 1 2 3 36",
    "pressure": "0 4 4.5 4.6 5",
    "limit": "0 4.5 4.7 5 5.1",
    "saved": "0 10 10.01 35.50 61 90.01 100 100.01",
    "tool": "0 0.01 5 12.75 50 100",
}


def choices(kb: OracleKB) -> dict[str, list[str]]:
    """Answers to try for each attribute, `unknown` not among them."""
    yes_no = {"yes": "", "no": ""}
    return {
        name: NUMBERS[name].split() if name in NUMBERS else list(term.get("values", yes_no))
        for name, term in kb.attributes.items()
    }


def exact(value: trace.Plain | None) -> Any:
    """A recorded value, numbers as they were meant before they were floats, and dates."""
    if isinstance(value, str) and is_date(value):
        return date.fromisoformat(value)
    return value if isinstance(value, str) or value is None else Fraction(str(value))


def bounds(cost: trace.Cost | None) -> tuple[str | Fraction | None, str | Fraction | None] | None:
    """Between what a cost lies; None where it was not computed, and there are prices at most."""
    low_and_high = (exact(cost.low), exact(cost.high)) if cost else (None, None)
    return None if low_and_high == (None, None) else low_and_high


def summary(c: trace.Consultation) -> dict[str, Any]:
    """A consultation in the oracle's terms."""
    advised = c.recommendations
    return {
        "fired": [(f.rule, f.option) for f in c.firings],
        "findings": {(f.finding, f.option, exact(f.value)) for f in c.findings},
        "bounds": {(s.finding, s.option): (exact(s.low), exact(s.high)) for s in c.scores},
        "verdicts": {r.option: r.verdict for r in advised},
        "targets": {r.option: r.targets for r in advised},
        "waits": {r.option: list(r.waits_for) for r in advised},
        "timing": {r.option: r.timing for r in advised},
        "flags": {r.option: list(r.flags) for r in advised},
        "cost": {r.option: bounds(r.cost) for r in advised},
        "plan": [step.step for step in c.plan],
        "advice": {(a.kind, a.id, a.option) for a in c.advice},
        "not_fired": {(n.rule, n.option): n.reason for n in c.not_fired},
    }


def consult(base: RuleBase, answers: dict[str, str]) -> dict[str, Any]:
    pairs = [f"{name}={value}" for name, value in answers.items()]
    return summary(infer(base, parse_pairs(pairs, base.knowledge)))
