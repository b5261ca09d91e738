"""Samples of cases: what is seen in them is so."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from support.dense import dense_files
from support.generate import knowledge_files, write_files

from expert.consultation.case import Case
from expert.consultation.relevance import VERDICT, Effect, Reach
from expert.knowledge.load import load, open_files
from expert.language import prospect
from expert.language.limits import Limits, TooLarge
from expert.language.policy import OPEN, VERDICTS
from expert.language.prospect import Cones, Prospect, changing_alone, deciding
from expert.language.rules import RuleBase
from expert.language.samples import Samples


def test_cases_come_in_groups_that_differ_in_one_answer() -> None:
    samples = Samples({"c": "x"}, {"a": ["p", "q", None], "b": ["p", None]}, [], ["a", "b"])
    assert samples.varying(lambda: [samples.equals("a", "p")]) == {"a"}
    assert samples.varying(lambda: [samples.known("b") & samples.known("a")]) == {"a", "b"}
    assert samples.varying(lambda: [samples.equals("c", "x"), samples.false]) == set()
    groups = samples.take(["b"])
    assert set(groups) == {("b", 2)}
    for n in range(0, samples.size, 2):
        one, other = samples.listed[n : n + 2]
        assert {name for name in one if one[name] != other[name]} == {"b"}


def verdict_effect(base: RuleBase) -> Effect:
    return next(effect for effect in Reach(base).effects if effect.kind == VERDICT)


def test_a_dense_base_is_decided_by_two_cases_where_diagrams_are_too_large() -> None:
    """One option under 61 rules over 20 questions of four values: 2,000,000 nodes are not enough."""
    base, problems = open_files(dense_files(Random(1), rules=61, questions=20, values=4))
    assert not problems
    effect, few = verdict_effect(base), Limits(nodes=300)
    with pytest.raises(TooLarge):
        Prospect(Cones(base), {}, deciding(base, "o0"), few).verdicts("o0")[OPEN].get()
    found = changing_alone(Cones(base), {}, effect.visible, few)
    assert found == dict.fromkeys(base.knowledge.attributes, True)
    more = Prospect(Cones(base), {}, deciding(base, "o0"), Limits(nodes=3_000))
    assert more.possible_verdicts("o0") == dict.fromkeys(VERDICTS[1:], True)  # nothing argues strongly


@pytest.mark.parametrize("seed", [1, 3, *(pytest.param(n, marks=pytest.mark.long) for n in range(4, 40))])
def test_what_is_seen_is_what_diagrams_say(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of any knowledge base: sampling says of no answer that it can change something if it cannot."""
    base = load(write_files(knowledge_files(Random(seed)), tmp_path))
    reach = Reach(base)
    exact = {effect: reach.changing(effect, Case({})) for effect in reach.effects}
    monkeypatch.setattr(prospect, "SMALL", 1)
    for effect, changing in exact.items():
        sampled = changing_alone(reach.cones, {}, effect.visible, Limits(nodes=1))
        assert changing.keys() <= sampled.keys(), effect.name
        assert {name for name, sure in sampled.items() if sure} <= changing.keys(), effect.name
