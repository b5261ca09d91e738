"""Conclusions as data: their keys, and what they are for one option."""

from __future__ import annotations

import pytest

from expert.io.problems import Span
from expert.language.conclusions import (
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    Flag,
    Plan,
    Wait,
    computed_refs,
    ground_conclusion,
    text_of,
)
from expert.language.conditions import Arithmetic, Ref
from expert.language.model import Datum, Option

PRICE, COUNT = Ref("property", "price", True), Ref("attribute", "count")
FERN = Option("fern", "Fern", {"price": (Datum(500, ()),)}, Span("kb/options.yaml"))
CACTUS = Option("cactus", "Cactus", {}, Span("kb/options.yaml"))
COST = Conclude("cost", Arithmetic("times", (COUNT, PRICE)), scoped=True)


@pytest.mark.parametrize(
    "conclusion",
    [
        Argue("growth", "for"),
        Wait("move"),
        Flag("dear"),
        Advise("water", "Water it."),
        Caution("dry", "Dry."),
    ],
    ids=lambda conclusion: conclusion.kind,
)
def test_what_is_about_an_option_is_about_this_one(conclusion: Conclusion) -> None:
    found = ground_conclusion(conclusion, FERN)
    assert found is not None and found != conclusion and found.option == "fern"
    assert type(found) is type(conclusion) and found.name == conclusion.name
    assert conclusion.option == ""  # it is itself as it was


def test_a_step_is_about_no_option() -> None:
    assert ground_conclusion(Plan("move"), FERN) == Plan("move")


def test_a_finding_is_about_an_option_only_if_it_is_scoped() -> None:
    assert ground_conclusion(Conclude("place", "sunny"), FERN) == Conclude("place", "sunny")
    assert ground_conclusion(Conclude("kind", "dear", True), FERN) == Conclude("kind", "dear", True, "fern")


def test_a_property_is_the_number_that_the_option_has() -> None:
    found = ground_conclusion(COST, FERN)
    assert found == Conclude("cost", Arithmetic("times", (COUNT, 500)), True, "fern")
    assert ground_conclusion(COST, CACTUS) is None  # which has no price


def test_keys_name_the_option() -> None:
    assert Conclude("cost", 5, True, "fern").key == "cost@fern" and Conclude("place", "sunny").key == "place"
    assert Advise("water", "", "fern").key == Caution("water", "", "fern").key == "water@fern"


def test_what_a_conclusion_computes_with() -> None:
    assert computed_refs(COST) == [COUNT, PRICE]
    assert computed_refs(Conclude("cost", PRICE)) == [PRICE]
    assert computed_refs(Conclude("cost", 5)) == computed_refs(Conclude("place", "sunny")) == []
    assert computed_refs(Plan("move")) == []


def test_the_words_that_it_has_of_its_own() -> None:
    assert text_of(Argue("growth", "for", text="It grows.")) == "It grows."
    assert text_of(Advise("water", "Water it.")) == "Water it." and text_of(Caution("dry", "Dry.")) == "Dry."
    assert {text_of(c) for c in (COST, Plan("move"), Wait("move"), Flag("dear"))} == {""}


def test_kinds_are_told_apart() -> None:
    kinds = [c.kind for c in (Conclude, Argue, Plan, Wait, Flag, Advise, Caution)]
    assert len(set(kinds)) == len(kinds)
