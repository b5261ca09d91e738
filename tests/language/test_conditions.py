"""Conditions and conclusions as data: told apart by type, frozen, and gone through in one way."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from expert.consultation.case import Case
from expert.consultation.engine import infer
from expert.language.conclusions import Advise, Caution, Conclude, Flag, Plan, Wait
from expert.language.conditions import (
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Given,
    Is,
    Known,
    Not,
    Ref,
    Unless,
    leaves,
    parts_of,
    refs,
    settled,
    walk,
    with_parts,
)
from expert.language.rules import RuleBase

SIZE, COLOUR = Ref("attribute", "size"), Ref("attribute", "colour")
RED, LARGE = Is(COLOUR, ("red",)), Compare(SIZE, "more-than", Arithmetic("plus", (1, 2)))


def test_equality_knows_the_type() -> None:
    """As tuples, each of these pairs would be equal."""
    pairs = [
        (Not(RED), Unless(RED)),
        (AllOf((RED,)), AnyOf((RED,))),
        (Wait("rest", "x"), Flag("rest", "x")),
        (Advise("rest", "Rest."), Caution("rest", "Rest.")),
        (Plan("rest"), Wait("rest")),
    ]
    for one, other in pairs:
        assert one != other and len({one, other}) == 2
    assert Not(RED) == Not(Is(Ref("attribute", "colour"), ("red",))) and len({Not(RED), Not(RED)}) == 1
    assert Conclude("size", 1) != Conclude("size", "1")


@pytest.mark.parametrize("thing", [RED, Not(RED), SIZE, Plan("rest"), Conclude("size", 1)], ids=repr)
def test_they_are_frozen_and_have_no_room_for_more(thing: object) -> None:
    with pytest.raises((FrozenInstanceError, AttributeError)):
        setattr(thing, next(iter(getattr(type(thing), "_fields", ()) or type(thing).__slots__)), "other")
    assert not hasattr(thing, "__dict__")


def test_walk_goes_through_everything_in_the_order_written() -> None:
    inside = AnyOf((RED, Not(Unless(LARGE))))
    whole = AllOf((Known(SIZE), inside, Unless(RED)))
    assert list(walk(whole)) == [
        (whole, 0),
        (Known(SIZE), 0),
        (inside, 0),
        (RED, 0),
        (Not(Unless(LARGE)), 0),
        (Unless(LARGE), 1),
        (LARGE, 2),
        (Unless(RED), 0),
        (RED, 1),
    ]
    assert leaves(whole) == [Known(SIZE), RED, LARGE, RED]
    assert list(refs(whole)) == [(SIZE, False), (COLOUR, False), (SIZE, True), (COLOUR, True)]


def test_with_parts_keeps_the_kind() -> None:
    for condition in (AllOf((RED, LARGE)), AnyOf((RED, LARGE)), Not(RED), Unless(LARGE)):
        assert with_parts(condition, parts_of(condition)) == condition
    assert parts_of(RED) == () and settled(RED) is None
    assert settled(AllOf(())) is True and settled(AnyOf(())) is False and settled(Not(AnyOf(()))) is True


def test_conditions_that_no_file_spells_so(base: RuleBase) -> None:
    """A bare `unless`, parts that are always so, and nothing at all."""
    depth = Ref("attribute", "scar_depth")
    for when in (
        Unless(Is(depth, ("deep",))),
        Unless(Known(depth)),
        Given(True),
        AllOf((AllOf(()), Given(True))),
    ):
        one = base._replace(instances=(base.instances[0]._replace(when=when),))
        assert len(infer(one, Case({})).firings) == 1
        answered = infer(one, Case({"scar_depth": "deep"}))
        assert len(answered.firings) == (not isinstance(when, Unless)) == 1 - len(answered.not_fired)
