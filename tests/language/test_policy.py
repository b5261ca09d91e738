"""The policy, on all arguments."""

from __future__ import annotations

from random import Random

from support.compare import ROOT

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.outcome import verdicts
from expert.knowledge.load import load
from expert.language.conclusions import Argue
from expert.language.grids import Grid
from expert.language.policy import VERDICTS, first, overall, weigh

STANCES = [(stance, strength) for stance in ("for", "against", "unsure") for strength in ("plain", "strong")]


def test_verdicts_are_those_of_the_policy_on_all_arguments() -> None:
    """Also where many say the same, on topics that decide and others, with and without targets."""
    found = set()
    for seed in range(3_000):
        random = Random(seed)
        arguments = [
            Argue(random.choice("abc"), stance, random.choice(("", "x", "y")), strength, "because", "o")
            for stance, strength in random.choices(STANCES, k=random.choice((0, 1, 2, 3, 6)))
        ]
        weighed = weigh([(a, Grid.true) for a in arguments if a.name in ("a", "b")], (), Grid.false)
        expected = {target: first(verdicts) for target, verdicts in weighed.items() if target}
        said = [(a.target, a.stance, a.strength) for a in arguments if a.name in ("a", "b")]
        verdict, targets = verdicts(tuple(dict.fromkeys(said)))
        assert (verdict, [*targets.items()]) == (
            first(overall(weighed, Grid.false)),
            [*expected.items()],
        )
        found |= {verdict, *targets.values()}
    assert found == {*VERDICTS} - {"open"}  # which takes more than the arguments that there are


def test_the_verdicts_on_targets_are_each_consultations_own() -> None:
    base = load(ROOT)
    case = parse_pairs(["scar_depth=both"], base.knowledge)
    one, other = (infer(base, case).recommendations for _ in range(2))
    for first_time, second_time in zip(one, other, strict=True):
        assert first_time.targets == second_time.targets
        assert first_time.targets is not second_time.targets
