"""Z3 and `reach` say the same: what can matter, and the smallest changes."""

from __future__ import annotations

import random

import pytest
from support.changes import matters, smallest_changes
from support.proving import bicycle, kept, some_case
from support.sizes import MORE, some_or_all

from expert.backends.z3 import Prover
from expert.consultation.case import Answer, Case
from expert.consultation.engine import infer
from expert.consultation.relevance import Reach
from expert.language.changes import changes_to
from expert.language.policy import NOW, VERDICTS
from expert.language.prospect import Cones
from expert.language.rules import RuleBase


@pytest.mark.parametrize("count", some_or_all(5, 150, more=15))
def test_the_stop_certificate(base: RuleBase, count: int) -> None:
    """For cases on the way: exactly the questions that can matter are asked, by Z3's word."""
    prover, choose = Prover(base, 60), random.Random(1)
    stopped = 0
    for n in range(count):
        case = some_case(base, choose, (n * 3 % 10) / 10)
        asked = list(Reach(base).matters(case))
        assert asked == matters(prover, case), case
        stopped += not asked and len(case.answers) < len(base.knowledge.attributes)
    assert stopped


@pytest.mark.long
def test_the_stop_certificate_at_length(prover: Prover) -> None:
    choose = random.Random(10)
    for _ in range(60):
        case = some_case(prover.base, choose, 0.7)
        assert list(Reach(prover.base).matters(case)) == matters(prover, case), case


@pytest.mark.long
@pytest.mark.more
def test_it_does_not_stop_before_an_equality() -> None:
    """A number that is tested for being equal to another (`stretched: [1, 1.25]`)."""
    others = ["sound", "wet", "spokes", "pressure", "limit", "saved", "tool", "clean_hands", "braking"]
    prover, case = bicycle("place=brake distance=2001 " + " ".join(f"{name}=unknown" for name in others))
    assert matters(prover, case, ["stretch"])
    assert "stretch" in Reach(prover.base).matters(case)


def test_it_does_not_ask_where_a_grid_is_too_large() -> None:
    """With a suspect known, the pressure cannot matter, whatever else is open."""
    prover, case = bicycle("sound=unknown wet=unknown spokes=5 saved=51 tool=61 clean_hands=unknown")
    assert not matters(prover, case, ["pressure", "limit"])
    assert not {"pressure", "limit"} & set(Reach(prover.base).matters(case))


def test_it_does_not_stop_before_a_large_number() -> None:
    others = ["place", "sound", "wet", "braking", "stretch", "distance", "saved", "tool", "clean_hands"]
    case = "pressure=100000000 spokes=unknown " + " ".join(f"{name}=unknown" for name in others)
    prover, around = bicycle(case.replace("sound=unknown", "sound=rattle"))
    assert matters(prover, around) == ["limit"]
    assert list(Reach(prover.base).matters(around)) == ["limit"]


def found_by(cones: Cones, case: Case, option: str, goals: tuple[str, ...]) -> list[dict[str, Answer]]:
    """The changes found without Z3; none that is further than what was looked at."""
    changes = changes_to(cones, case.answers, option, goals)
    assert changes.up_to is None or changes.up_to >= 3
    return [{**change} for change in changes.found]


def moved(change: dict[str, Answer], case: Case) -> int:
    """How far the numbers are from those given."""
    pairs = [(new, case.value(name)) for name, new in change.items()]
    return sum(abs(a - b) if isinstance(b, int) else a for a, b in pairs if isinstance(a, int))


@pytest.mark.parametrize("prover", ["acne", pytest.param("bicycle", marks=MORE)], indirect=True)
@pytest.mark.parametrize("counts", some_or_all((4, 1), (150, 12), more=(12, 1)))
def test_the_smallest_changes_are_all_there(prover: Prover, counts: tuple[int, int]) -> None:
    """`changes_to` and Z3 find the same sets of changes; each leads where it says."""
    base, choose, compared = prover.base, random.Random(5), 0
    cones, few = Cones(base), counts[base.knowledge.id != "deep-acne-scars"]
    while compared < few:
        case = some_case(base, choose, 0.75, 10**8)
        option = choose.choice(list(base.knowledge.options))
        goals = choose.choice([*((verdict,) for verdict in VERDICTS), (NOW,), ("option", NOW)])
        now = infer(base, case).recommendation(option)
        if all((goal == NOW and now.timing == NOW) or goal == now.verdict for goal in goals):
            continue
        mine = [change for change in found_by(cones, case, option, goals) if len(change) <= 3]
        other = smallest_changes(prover, case, option, goals)
        assert sorted(map(kept, mine)) == sorted(map(kept, other)), (case, option, goals)
        nearest = {kept(change): moved(change, case) for change in other}
        for change in mine:
            assert moved(change, case) == nearest[kept(change)]
        for change in other:
            after = infer(base, case.with_answers(change, base.knowledge)).recommendation(option)
            assert all(goal in (after.verdict, after.timing) for goal in goals)
        compared += 1
