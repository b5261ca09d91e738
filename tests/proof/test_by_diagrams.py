"""Invariants and decision diagrams check each other."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from support.proving import ROOT, report_of
from support.sizes import some_or_all

from expert.backends.z3 import YES, Prover
from expert.knowledge.load import load
from expert.language.conditions import AllOf, AnyOf, Condition, Is, Ref, Unless
from expert.language.keys import name_and_option
from expert.language.rules import RuleBase
from expert.proof import proofs
from expert.proof.by_diagrams import ByDiagrams
from expert.views.proofs import OTHERWISE, report_blocks
from expert.views.terminal import Look, shown

pytest.importorskip("z3", reason="the prove extra is not installed")
MINIMAL = ROOT / "docs" / "reference" / "plants"


def some_condition(terms: dict[str, list[str]], base: RuleBase, random: Random) -> Condition:
    """Of some terms of the outcome and some answers, that they are so, or that there is no evidence of it."""
    parts: list[Condition] = []
    for _ in range(random.choice((1, 2, 2, 3))):
        attributes = [term for term in base.knowledge.attributes.values() if term.values]
        if random.random() < 0.4:
            term = random.choice(attributes)
            part: Condition = Is(Ref("attribute", term.name), (random.choice([*term.values]),))
        else:
            key = random.choice([*terms])
            name, option = name_and_option(key)
            part = Is(Ref("finding", name, option=option), (random.choice(terms[key]),))
        parts.append(Unless(part) if random.random() < 0.3 else part)
    return AnyOf(tuple(parts)) if random.random() < 0.2 else AllOf(tuple(parts))


@pytest.mark.parametrize("count", some_or_all(25, 400))
@pytest.mark.parametrize("directory", [ROOT, MINIMAL], ids=["built-in", "plants"])
def test_both_say_the_same_of_any_condition(directory: Path, count: int) -> None:
    base, random = load(directory), Random(count)
    prover = Prover(base, 60)
    reading = prover.world.terms()
    terms = {key: [*values] for key, values in reading.findings.items() if values}
    conditions = [some_condition(terms, base, random) for _ in range(count)]
    by_diagrams = ByDiagrams(base, ())
    for condition in conditions:  # what rules do not ask of an answer, diagrams have not been told of
        by_diagrams.asks(condition)
    said = [by_diagrams.possible(condition) for condition in conditions]
    assert said == [prover.exists(reading.holds(condition)) == YES for condition in conditions]
    assert 0.1 * count < sum(map(bool, said)) < count


def test_a_disagreement_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    report = report_of(MINIMAL)
    assert report.holds and {proof.diagrams for proof in report.proofs} == {"agree", ""}
    assert "Decision diagrams say the same of 3." in shown(report_blocks(report), Look(width=200))
    monkeypatch.setattr(proofs.ByDiagrams, "possible", lambda *_: True)
    report = report_of(MINIMAL)
    assert not report.holds and "disagree" in {proof.diagrams for proof in report.proofs}
    assert OTHERWISE in shown(report_blocks(report), Look(width=200))
    monkeypatch.setattr(proofs.ByDiagrams, "possible", lambda *_: None)
    assert report_of(MINIMAL).holds
