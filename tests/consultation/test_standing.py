"""How an option stands, in words."""

from __future__ import annotations

import pytest

from expert.consultation.case import parse_pairs
from expert.consultation.outcome import follow
from expert.consultation.result import Consultation, Cost, Price
from expert.consultation.standing import (
    cost_of,
    cost_text,
    for_each_target,
    targets_in_play,
    timing_text,
    verdict_text,
    when_text,
)
from expert.language.rules import RuleBase

SCAR = Price("price_per_scar", 50, "a scar", "typical", ("p13s2",), ())


def consulted(base: RuleBase, *pairs: str) -> Consultation:
    return follow(base, parse_pairs(list(pairs), base.knowledge))


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (Cost(1000, None, "USD"), "from $1,000"),
        (Cost(None, 1000, "USD"), "up to $1,000"),
        (Cost(5, 5, "USD"), "$5"),
        (Cost(600, 600, "USD", "typical", (SCAR,)), "$600, typically"),
        (Cost(None, None, "USD", "", (SCAR,)), "$50 a scar, typically"),
        (
            Cost(None, None, "USD", "", (SCAR._replace(missing=("scar_count",)),)),
            "$50 a scar, typically; how many is not known",
        ),
        (Cost(5, 7.5, "XYZ"), "5 XYZ to 7.50 XYZ"),
    ],
)
def test_a_cost_as_far_as_it_is_stated(cost: Cost, words: str) -> None:
    assert cost_text(cost) == words


def test_a_verdict_says_what_it_is_for_where_that_is_not_everything(base: RuleBase) -> None:
    k = base.knowledge
    deep, both = (consulted(base, f"scar_depth={depth}", "active_acne=no") for depth in ("deep", "both"))
    assert targets_in_play(deep, k) == ["deep"] and targets_in_play(both, k) == ["deep", "shallow"]
    assert verdict_text(deep.recommendation("punch-technique"), deep, k) == "preferred"
    assert for_each_target(deep, k) == []
    assert verdict_text(both.recommendation("punch-technique"), both, k) == "preferred for the deep scars"
    peel = verdict_text(both.recommendation("chemical-peel"), both, k)
    assert peel == "option for the shallow scars; not advised for the deep scars"
    punch, shallow = for_each_target(both, k)
    assert punch.startswith("For the deep scars: ") and "(preferred)" in punch and "peel" not in punch
    assert shallow.startswith("For the shallow scars: ") and "peel" in shallow and "punch" not in shallow


def test_when_is_said_of_what_is_recommended_and_by_the_number_of_the_step(base: RuleBase) -> None:
    k, found = base.knowledge, consulted(base, "scar_depth=deep", "active_acne=yes")
    number = next(step.n for step in found.plan if step.step == "clear-acne")
    assert when_text(found.recommendation("punch-technique"), found, k) == f"after step {number}"
    refused = found.recommendation("chemical-peel")
    assert refused.timing == "clear-acne" and when_text(refused, found, k) == ""
    assert timing_text("now", found.plan, k) == "now"
    assert timing_text("clear-acne", (), k).startswith("after this: clear up the acne")


def test_what_is_priced_is_never_not_stated(base: RuleBase) -> None:
    each = "$50 a scar, typically"
    unknown = f"{each}; how many is not known"
    for depth, said in (("deep", unknown), ("both", unknown), ("shallow", each)):
        found = consulted(base, f"scar_depth={depth}", "active_acne=no")
        cost = found.recommendation("punch-technique").cost
        assert cost and cost.low is None and cost.prices[0].claims == ("p13s2",)
        assert cost and cost_text(cost) == said  # of shallow scars no number would tell more
    counted = consulted(base, "scar_depth=deep", "scar_count=12").recommendation("punch-technique").cost
    assert counted and cost_text(counted) == "$600, typically" and counted.prices[0].missing == ()
    several = consulted(base, "scar_depth=deep").recommendation("laser-treatment").cost
    assert several and cost_text(several) == "from $6,000" and several.prices[0].per == "a session"
    assert cost_of(consulted(base, "scar_depth=deep").recommendation("chemical-peel")) == "not stated"
