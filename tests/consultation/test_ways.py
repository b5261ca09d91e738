"""Ways lead from what is open to answers, each turn to those next to it."""

from __future__ import annotations

from collections.abc import Iterable

from expert.consultation.ways import Computes, Fires, Has, Holds, Turn, behind, inside
from expert.knowledge.load import load
from expert.language.conditions import AllOf, Compare, Is, Known, Not, Ref, Unless
from expert.language.keys import name_and_option
from expert.language.rules import Dependencies, Instance, passes
from tests.support.shell import ROOT

A, F = Ref("attribute", "a"), Ref("finding", "f")
IS_A, IS_F = Is(A, ("x",)), Is(F, ("y", "z"))


def test_inside_conditions() -> None:
    assert [*inside(AllOf((IS_A, IS_F)), True)] == [Holds(IS_A, True), Holds(IS_F, True)]
    assert [*inside(Not(IS_A), False)] == [Holds(IS_A, True)]
    assert [*inside(Unless(IS_F), True)] == [Holds(IS_F, False)]
    assert [*inside(Compare(A, "more-than", F), False)] == [Has(A, None), Has(F, None)]
    assert [*inside(Known(F), True)] == [Has(F, None)]


def test_of_a_finding_only_what_is_wanted() -> None:
    """Where it is denied, any value may be what denies it."""
    assert [*inside(IS_F, False)] == [Has(F, ("y", "z"))]
    assert [*inside(IS_F, True)] == [Has(F, None)]


def test_behind_findings() -> None:
    base = load(ROOT)
    writers = Dependencies(passes(base.instances)).writers
    kinds = set[type[Turn]]()
    for key, instances in writers.items():
        name, option = name_and_option(key)
        turns = [*behind(Has(Ref("finding", name, option=option), None), writers)]
        kinds |= set(map(type, turns))
        assert of(turns) == [i.id for i in instances if i.id in of(turns)]
    assert kinds == {Fires, Computes}
    deep, all_kinds = Ref("finding", "scar_kind"), writers["scar_kind"]
    assert len([*behind(Has(deep, ("deep",)), writers)]) < len([*behind(Has(deep, None), writers)])
    assert len(all_kinds) == len([*behind(Has(deep, None), writers)])


def of(turns: Iterable[Turn]) -> list[str]:
    """The instances that turns are about, once each."""
    found: dict[str, Instance] = {}
    for turn in turns:
        if isinstance(turn, Fires):
            found[turn.instance.id] = turn.instance
    return [*found]
