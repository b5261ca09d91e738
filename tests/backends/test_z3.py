"""Z3 and the engine say the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from support.proving import HERE, RULE, copy_of, edit, some_case
from support.sizes import MORE, some_or_all

from expert.backends.z3 import Prover
from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.relevance import Reach
from expert.knowledge.load import load
from expert.language.policy import VERDICTS
from expert.proof.invariants import observed, outcome_terms


@pytest.mark.parametrize("prover", ["acne", pytest.param("bicycle", marks=MORE)], indirect=True)
@pytest.mark.parametrize("count", some_or_all(1, 60, more=5))
def test_the_translation_agrees_with_the_engine(prover: Prover, count: int) -> None:
    """Every firing, and every term of the outcome, for random cases."""
    base, choose, z3 = prover.base, random.Random(4), prover.z3
    reading = prover.world.terms()
    terms = outcome_terms(base)
    keys = [f"{n}@{o}" if t.per_option else n for n, t in terms.items() for o in base.knowledge.options]
    for _ in range(count):
        case = some_case(base, choose, 0.8)
        prover.solver.push()
        for name in base.knowledge.attributes:
            prover.solver.add(prover.algebra.given(name, case.value(name)))
        assert prover.solver.check() == z3.sat
        model = prover.solver.model()
        prover.solver.pop()
        found = infer(base, case)
        seen = observed(base, case, found)
        fired = {f"{f.rule}@{f.option}" if f.option else f.rule for f in found.firings}
        assert {
            id for id, where in prover.world.fired.items() if z3.is_true(model.eval(where, True))
        } == fired
        for key in dict.fromkeys(keys):
            foretold = {
                v for v, w in reading.findings.get(key, {}).items() if z3.is_true(model.eval(w, True))
            }
            assert foretold == set(seen.findings[key]), (key, case)


def test_targets_that_nobody_argues_about(tmp_path: Path) -> None:
    """An argument for every target does not outweigh, for a target not at hand, one against."""
    directory = copy_of(HERE / "data" / "minimal", tmp_path / "copy")
    edit(
        directory,
        "kb/vocabulary.yaml",
        "  health: its health\n",
        "  health: its health\n  looks: its looks\n",
    )
    rules = [
        ("in-general", "{option: cactus, pets: yes}", "{argue: {for: growth}}"),
        ("not-healthy", "{option: cactus, pets: yes}", "{argue: {against: growth, target: health}}"),
        ("looks-good", "{option: cactus, light: dim}", "{argue: {for: growth, target: looks}}"),
    ]
    (directory / "rules/3.yaml").write_text("".join(RULE.format(*rule) for rule in rules))
    base = load(directory)
    case = parse_pairs(["pets=yes", "light=unknown"], base.knowledge)
    verdict = infer(base, case).recommendation("cactus").verdict
    prover = Prover(base)
    given = [prover.algebra.given(name, case.value(name)) for name in base.knowledge.attributes]
    foretold = prover.world.outcome.verdicts("cactus")
    assert [v for v in VERDICTS if prover.exists(*given, foretold[v]) == "yes"] == [verdict] == ["uncertain"]
    assert Reach(base).verdicts("cactus", case) == {verdict: True}
