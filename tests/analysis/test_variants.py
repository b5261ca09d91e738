"""Mutants that are tried together, against each tried by itself."""

from __future__ import annotations

from random import Random

import pytest
from support.chained import chain
from support.contradicting import contradicting
from support.generate import knowledge_files, random_answers
from support.sizes import rest_later

from expert.analysis.expected import Expected, Requirement, failures
from expert.analysis.mutants import mutants
from expert.analysis.mutation import changed_base, mutate
from expert.analysis.shown import Listed, difference, seen_in, shown
from expert.analysis.variants import Variants
from expert.consultation.case import Case, parse_pairs
from expert.io.problems import Span
from expert.knowledge.load import open_files
from expert.language.rules import RuleBase, SpelledOut, passes

ANYWHERE = Span("", 0, 0)
# of sixty generated bases those of which mutants are soon tried: some others take minutes
SEEDS = (
    3,
    0,
    5,
    6,
    8,
    12,
    13,
    16,
    18,
    21,
    22,
    23,
    24,
    27,
    28,
    30,
    31,
    32,
    34,
    36,
    37,
    40,
    46,
    47,
    48,
    50,
    51,
    54,
)


def expectations(base: RuleBase, random: Random) -> list[Expected]:
    """Some cases, which expect some of what follows."""
    expected = []
    for n in range(3):
        pairs = [f"{name}={value}" for name, value in random_answers(base, random).items()]
        case = parse_pairs(pairs, base.knowledge)
        seen = seen_in(shown(base.knowledge, passes(base.instances), Listed([case])), 0)
        some = random.sample(sorted(seen), k=min(3, len(seen)))
        checks = [Requirement(*key, frozenset(seen[key]), ANYWHERE) for key in some]
        expected.append(Expected(str(n), case, tuple(checks), ANYWHERE))
    return expected


@pytest.mark.parametrize("seed", rest_later(1, SEEDS))
def test_mutants_are_noticed_together_as_each_by_itself(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed + 2)
    files = knowledge_files(random)
    base, problems = open_files(contradicting(files, random) if seed % 2 else files)
    assert not problems
    cases = expectations(base, random)
    monkeypatch.setattr("expert.analysis.variants.BITS", random.choice((60, 1_000)))
    variants = Variants(base, cases, SpelledOut(base))
    together = [variant for mutant in mutants(base) if (variant := variants.variant(mutant))]
    listed = Listed([*(case.given for case in cases), Case({})])
    before = shown(base.knowledge, passes(base.instances), listed)
    tried = [*variants.tried(together)]
    assert tried
    for mutant, trial in tried[:: max(1, len(tried) // 20)]:
        changed = changed_base(base, mutant)
        assert changed is not None, mutant
        after = shown(changed.knowledge, passes(changed.instances), listed)
        noticed = any(failures(case, seen_in(after, n)) for n, case in enumerate(cases))
        shows = bool(difference(before, after) >> len(cases) & 1)
        assert (trial.noticed, trial.shows_unanswered) == (noticed, shows), mutant


def test_mutants_of_a_long_chain_are_tried_in_a_few_runs() -> None:
    """Two thousand mutants of a chain of 400 findings; by themselves each takes a run of them all."""
    base = chain(400, settled=False)
    case = parse_pairs(["start=yes"], base.knowledge)
    check = Requirement("verdict", "one", frozenset({"option"}), ANYWHERE)
    score = mutate(base, [Expected("", case, (check,), ANYWHERE)])
    assert score.invalid == 0 and sum(score.tried.values()) > 2_000
    seen = [survivor for survivor in score.survivors if not survivor.equivalent]
    assert len(seen) > 400 and all(survivor.case == Case({}) for survivor in seen)
