"""The order of rules: strata, and cycles that have none."""

from __future__ import annotations

import random
import re
from itertools import pairwise

from support.loading import MINIMAL, checked, texts

from expert.language.strata import Needs, strata_of

VOCABULARY, OPTIONS, CLAIMS, RULES = "kb/vocabulary.yaml", "kb/options.yaml", "kb/claims.yaml", "rules/3.yaml"
RULE = "claims: p1s1, basis: stated, because: x"


def many_findings(count: int) -> str:
    lines = (f"  f{i}: {{type: choice, label: a, values: {{x: y}}}}\n" for i in range(count))
    return texts(MINIMAL)[VOCABULARY].replace("findings:\n", "findings:\n" + "".join(lines))


def test_the_cycle_is_told_with_places() -> None:
    rules = "".join(
        f"- {{id: {id}, {RULE}, when: {when}, then: {{conclude: {{{finding}: x}}}}}}\n"
        for id, when, finding in [
            ("one", "{f1: x}", "f0"),
            ("two", "{unless: {f2: x}}", "f1"),
            ("three", "{any: [{f0: x}, {f5: x}]}", "f2"),
            ("aside", "{f0: x}", "f3"),
        ]
    )
    _, problems = checked({**texts(MINIMAL), VOCABULARY: many_findings(6), RULES: rules})
    (problem,) = problems
    names = re.findall(r"`(\w+)` \((\S+)\)", problem.help)
    places = {"one": 1, "two": 2, "three": 3}
    assert names == [(name, f"rules/3.yaml:{places[name]}:8") for name in ("two", "three", "one", "two")]


def test_a_cycle_without_unless_is_accepted_and_stands_in_one_stratum() -> None:
    rules = "".join(
        f"- {{id: r{i}, {RULE}, when: {{f{(i + 1) % 3}: x}}, then: {{conclude: {{f{i}: x}}}}}}\n"
        for i in range(3)
    )
    rules += f"- {{id: last, {RULE}, when: {{unless: {{f0: x}}}}, then: {{conclude: {{f3: x}}}}}}\n"
    base, problems = checked({**texts(MINIMAL), VOCABULARY: many_findings(4), RULES: rules})
    strata = {instance.id: instance.stratum for instance in base.instances}
    assert not problems and [strata[id] for id in ("r0", "r1", "r2", "last")] == [0, 0, 0, 1]


def by_definition(needs: Needs) -> dict[str, int] | None:
    """The least strata by raising them until nothing changes; None if that never ends."""
    strata = dict.fromkeys(needs, 0)
    for _ in range(len(needs) + 1):
        raised = {n: max((strata[w] + strict for w, strict in needs[n]), default=0) for n in needs}
        if raised == strata:
            return strata
        strata = {n: max(strata[n], raised[n]) for n in needs}
    return None


def test_strata_are_those_of_the_definition() -> None:
    cyclic = 0
    for seed in range(3_000):
        draw = random.Random(seed)
        names = [str(number) for number in range(draw.randint(1, 8))]
        needs: Needs = {
            name: [(draw.choice(names), draw.random() < 0.25) for _ in range(draw.choice([0, 0, 1, 1, 2, 3]))]
            for name in names
        }
        strata, cycle = strata_of(needs)
        if not cycle:
            assert strata == by_definition(needs)
            continue
        cyclic += 1
        assert by_definition(needs) is None and cycle[0] == cycle[-1] and (cycle[1], True) in needs[cycle[0]]
        assert all(b in [name for name, _ in needs[a]] for a, b in pairwise(cycle))
    assert 500 < cyclic < 2_500
