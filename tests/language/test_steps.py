"""Steps are written down once, and what is so in every case is decided while writing."""

from __future__ import annotations

import pytest

from expert.knowledge.load import load
from expert.language.steps import Program, needed
from tests.support.shell import ROOT


@pytest.fixture
def program() -> Program:
    return Program(load(ROOT).knowledge)


def test_equal_steps_are_one(program: Program) -> None:
    a, b = program.equals("active_acne", "yes"), program.known("scar_depth")
    before = len(program.steps)
    assert a & b is b & a
    assert a | b is b | a
    assert ~~a is a
    assert program.constant(3) is program.constant(3)
    assert len(program.steps) == before + 4


def test_what_is_so_in_every_case_is_no_step(program: Program) -> None:
    a, true, false = program.equals("active_acne", "yes"), program.true, program.false
    before = [*program.steps]
    assert (a & true, a & false, a | true, a | false) == (a, false, true, a)
    assert (a & a, a | a, ~true) == (a, a, false)
    opposite = ~a
    assert (a & opposite, opposite | a) == (false, true)
    assert program.steps == [*before, opposite]


def test_numbers_are_bounded(program: Program) -> None:
    count, three = program.number("scar_count"), program.constant(3)
    assert ((count + three) > program.constant(count.low + 2)) is program.true
    assert three * three is program.constant(9)
    assert (three >= program.constant(4)) is program.false
    assert program.choose(program.true, three, count) is three
    chosen = program.choose(program.known("scar_depth"), three, program.constant(8))
    assert (chosen.low, chosen.high) == (3, 8)


def test_sets_of_bits(program: Program) -> None:
    one, two, none = program.constant(1), program.constant(2), program.constant(0)
    assert program.union(one, none) is one
    assert program.union(none, two) is two
    assert program.union(one, one) is one
    assert program.union(one, two) is program.union(two, one)


def test_what_leads_to_a_step(program: Program) -> None:
    a, b = program.equals("active_acne", "yes"), program.known("scar_depth")
    program.known("scar_count")
    both = a & b
    end = both | (both & ~program.known("budget"))
    uses = dict(needed([end]))
    assert [*uses] == sorted(uses, key=lambda step: step.n)
    assert (uses[both], uses[a], uses[end]) == (2, 1, 1)
    assert program.known("scar_count") not in uses
