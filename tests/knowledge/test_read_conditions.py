"""Conditions and quantities as they are read: what they become, and which do not fit."""

from __future__ import annotations

import pytest
from support.loading import node_of

from expert.io.yaml import Reader
from expert.knowledge.read_conditions import Scope
from expert.language.conditions import (
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Factor,
    Is,
    Known,
    Not,
    OptionIs,
    Quantity,
    Ref,
    Unless,
)
from expert.language.model import Knowledge

LIGHT, POTS, BUDGET = (Ref("attribute", name) for name in ("light", "pots", "budget"))
PLACE, COST, FEE = Ref("finding", "place"), Ref("finding", "cost", True), Ref("property", "fee", True)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("{light: dim}", Is(LIGHT, ("dim",))),
        ("{light: [dim, bright]}", Is(LIGHT, ("dim", "bright"))),
        ("{light: known}", Known(LIGHT)),
        ("{light: unknown}", Known(LIGHT, False)),
        ("{pots: 3}", Is(POTS, (3,))),
        ("{pots: {at-least: 3}}", Compare(POTS, "at-least", 3)),
        (
            "{pots: {at-least: 3, less-than: 9}}",
            AllOf((Compare(POTS, "at-least", 3), Compare(POTS, "less-than", 9))),
        ),
        ("{light: {not: dim}}", Not(Is(LIGHT, ("dim",)))),
        ("{not: {light: dim}}", Not(AllOf((Is(LIGHT, ("dim",)),)))),
        ("{unless: {place: sunny}}", Unless(AllOf((Is(PLACE, ("sunny",)),)))),
        (
            "{any: [{light: dim}, {place: shady}]}",
            AnyOf((AllOf((Is(LIGHT, ("dim",)),)), AllOf((Is(PLACE, ("shady",)),)))),
        ),
        ("{all: [{light: dim}]}", AllOf((AllOf((Is(LIGHT, ("dim",)),)),))),
        ("{option: [fern, cactus]}", OptionIs(("fern", "cactus"))),
        ("{option.cost: {more-than: budget}}", Compare(COST, "more-than", BUDGET)),
    ],
)
def test_a_condition(knowledge: Knowledge, text: str, condition: Condition) -> None:
    reader = Reader()
    assert Scope(knowledge, reader).condition(node_of(text)) == AllOf((condition,))
    assert not reader.problems


def test_a_list_is_all_of_its_conditions(knowledge: Knowledge) -> None:
    found = Scope(knowledge, Reader()).condition(node_of("[{light: dim}, {pots: 1}]"))
    assert found == AllOf((AllOf((Is(LIGHT, ("dim",)),)), AllOf((Is(POTS, (1,)),))))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("light", "must be a mapping or a list"),
        ("{lihgt: dim}", "unknown attribute or finding `lihgt`"),
        ("{cost: known}", "unknown attribute or finding `cost`"),  # it is option.cost
        ("{light: dimm}", "unknown value"),
        ("{light: []}", "no value is given for `light`"),
        ("{light: [dim, unknown]}", "`unknown` stands alone"),
        ("{light: {more-than: 3}}", "is a choice and cannot be compared by size"),
        ("{pots: {}}", "the test of `pots` is empty"),
        ("{pots: {above: 3}}", "unknown comparison `above`"),
        ("{place: unknown}", "is a finding and is never unknown"),
        ("{not: {place: sunny}}", "`not` over the finding `place`"),
        ("{place: {not: sunny}}", "`not` over the finding `place`"),
        ("{any: [{light: dim}]}", "`any` needs a list of two or more"),
        ("{any: [{}, {light: dim}]}", "`any` is given no condition"),
        ("{unless: {}}", "`unless` is given no condition"),
        ("{option: []}", "no option is given"),
        ("{option: rose}", "unknown option `rose`"),
    ],
)
def test_what_is_no_condition(knowledge: Knowledge, text: str, told: str) -> None:
    reader = Reader()
    Scope(knowledge, reader).condition(node_of(text))
    assert any(told in problem.message for problem in reader.problems), reader.problems
    assert all(problem.span for problem in reader.problems)


def rounded(quantity: Quantity, by: int) -> Quantity:
    return Arithmetic("rounded", (quantity, by))


def scaled(quantity: Quantity, by: int) -> Quantity:
    return Arithmetic("scaled", (quantity, by))


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("12.5", 1250),
        ("budget", BUDGET),
        ("{plus: [budget, 1]}", Arithmetic("plus", (BUDGET, 100))),
        ("{minus: [budget, option.fee]}", Arithmetic("minus", (BUDGET, FEE))),
        ("{times: [pots, option.fee]}", Arithmetic("times", (POTS, FEE))),
        ("{times: [2, pots, option.fee]}", Arithmetic("times", (2, POTS, FEE))),
        ("{times: [pots, 2.50]}", Arithmetic("times", (POTS, 250))),
        ("{times: [0.5, budget]}", rounded(Arithmetic("times", (Factor(5, 1), BUDGET)), 10)),
        ("{percent: [12.5, budget]}", rounded(Arithmetic("percent", (Factor(125, 1), BUDGET)), 1000)),
        ("{percent: [25, pots]}", Arithmetic("percent", (25, POTS))),
        ("{min: [budget, 10, option.fee]}", Arithmetic("min", (BUDGET, 1000, FEE))),
        (
            "{plus: [1, {percent: [25, budget]}]}",
            rounded(Arithmetic("plus", (scaled(100, 100), Arithmetic("percent", (25, BUDGET)))), 100),
        ),
    ],
)
def test_a_quantity_measured_as_money(knowledge: Knowledge, text: str, quantity: Quantity) -> None:
    reader = Reader()
    found = Scope(knowledge, reader).concluded(node_of(text), knowledge.attributes["budget"])
    assert found == quantity and not reader.problems


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "a quantity must not be a list"),
        ("''", "a quantity must not be empty"),
        ("light", "`light` is a choice, not a number"),
        ("pots", "is not measured as `budget`"),
        ("{times: [budget, option.fee]}", "`times` has two factors with a unit"),
        ("{times: [pots, pots]}", "one factor must be measured as `budget`"),
        ("{plus: [budget]}", "`plus` needs a list of two or more operands"),
        ("{minus: [budget, 1, 2]}", "`minus` needs two operands"),
        ("{plus: [budget, 1], minus: [budget, 1]}", "a computed quantity has one key"),
        ("{divided: [budget, 2]}", "unknown operator `divided`"),
        ("1.234", "not a number with up to 2 decimals"),
        ("{percent: [25, budget, 1]}", "`percent` needs two operands"),
        ("{years-between: [budget, light]}", "`budget` is money, not a date"),
        ("{years-between: [2023-02-29, 2024-02-29]}", "`2023-02-29` is no date: 2023-02 has 28 days"),
    ],
)
def test_what_is_no_quantity(knowledge: Knowledge, text: str, told: str) -> None:
    reader = Reader()
    Scope(knowledge, reader).concluded(node_of(text), knowledge.attributes["budget"])
    assert any(told in problem.message for problem in reader.problems), reader.problems
