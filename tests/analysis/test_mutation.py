"""Mutants, and the cases that notice them."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from support.linked import every_case, linked_base, small_first
from support.sizes import some_or_all
from support.trying import ROOT, edit, kb

from expert.analysis.expected import load_cases
from expert.analysis.mutation import changed_base, mutants, tell_apart
from expert.analysis.shown import Listed, difference, seen_by, shown
from expert.consultation.case import Answer, Case
from expert.consultation.engine import infer
from expert.language.meaning import passes
from expert.language.rules import RuleBase


def test_mutants_are_only_tried_on_cases_that_pass(copy: Path) -> None:
    edit(
        copy / "rules/5-cost.yaml", "scar_count: {more-than: 1}, option", "scar_count: {more-than: 2}, option"
    )
    result = kb("test", "--kb", copy, "--mutate")
    assert result.exit_code == 1 and "No mutants were tried" in result.output


@pytest.mark.long
def test_a_survivor_comes_with_a_case_that_would_notice_it(copy: Path) -> None:
    edit(copy / "kb/cases/deep.yaml", "scar_count: 2, budget: 100}", "scar_count: 3, budget: 150}")
    edit(copy / "kb/cases/deep.yaml", "{verdict: preferred, low: 100, high: 100, ", "{verdict: preferred, ")
    result = kb("test", "--kb", copy, "--mutate", "--threshold", 100, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)["mutation"]
    lost = [survivor for survivor in found["survivors"] if not survivor["equivalent"]]
    assert [survivor["what"] for survivor in lost] == ["a constant is raised by one"] * 2
    assert lost[0]["answers"] == lost[1]["answers"] == {"scar_depth": "deep", "scar_count": 2}
    assert found["of"] - found["covered"] == 2


@pytest.mark.parametrize("every", some_or_all(151, 19))
def test_survivors_are_told_apart_by_the_engine(base: RuleBase, every: int) -> None:
    """The case found for a mutant shows a difference when the engine runs it; equivalents show none."""
    cases = load_cases(ROOT, base)
    for mutant in list(mutants(base))[::every]:
        changed = changed_base(base, mutant)
        assert changed is not None
        case, equivalent = tell_apart(base, changed)
        for given in [case] if case else [c.given for c in cases]:
            seen = [seen_by(infer(b, given), b.knowledge) for b in (base, changed)]
            assert (seen[0] != seen[1]) == (case is not None), mutant
        assert equivalent == (case is None)


@pytest.mark.parametrize("seed", small_first(60))
def test_mutants_of_linked_numbers_against_every_case(seed: int, tmp_path: Path) -> None:
    """A case that tells apart, with as few answers as any; or the certainty that there is none."""
    random = Random(seed)
    linked, base = linked_base(random, tmp_path)
    listed = Listed(every_case(linked, base))
    whole = shown(base.knowledge, passes(base.instances), listed)
    for mutant in random.sample(list(mutants(base)), 3):
        changed = changed_base(base, mutant)
        assert changed is not None
        where = difference(whole, shown(changed.knowledge, passes(changed.instances), listed)) & listed.full
        case, equivalent = tell_apart(base, changed)
        assert equivalent == (not where) == (case is None), mutant
        if case is not None:
            noticing = [given for n, given in enumerate(listed.cases) if where >> n & 1]
            given = {name: value for name, value in case.answers.items() if value is not None}
            assert given in [answered(other) for other in noticing], mutant
            assert len(given) == min(len(answered(other)) for other in noticing), mutant


def answered(case: Case) -> dict[str, Answer]:
    """Without what is not known."""
    return {name: value for name, value in case.answers.items() if value is not None}
