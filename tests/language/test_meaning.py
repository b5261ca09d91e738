"""The meaning of conditions, case by case: what holds, what is denied, and what is neither."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from support.generate import knowledge_files, random_answers
from support.sizes import first

from expert.consultation.case import parse_pairs
from expert.knowledge.load import open_files
from expert.language.algebra import amount
from expert.language.conclusions import Conclude, Plan
from expert.language.conditions import (
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Is,
    Known,
    Not,
    OptionIs,
    Quantity,
    Ref,
    Unless,
)
from expert.language.grids import Grid
from expert.language.meaning import Evaluation, Reading
from expert.language.possibility import Possibilities
from expert.language.rules import passes
from expert.language.samples import CaseList

LIGHT, POTS = Ref("attribute", "light"), Ref("attribute", "pots")
PLACE, TOTAL = Ref("finding", "place"), Ref("finding", "total")
DIM, SUNNY, MANY = Is(LIGHT, ("dim",)), Is(PLACE, ("sunny",)), Compare(POTS, "at-least", 3)
SEVERAL_VALUES = (9, 110, 123, 1011, 2252, 3390)  # seeds of bases that compare numbers of several values
TRUE, DENIED, OPEN = (True, False), (False, True), (False, False)


def reading(light: str | None = None, pots: int | None = None) -> Evaluation:
    return Evaluation({"light": light, "pots": pots})


def said(condition: Condition, read: Evaluation) -> tuple[bool, bool]:
    return read.test(condition), read.denies(condition)


@pytest.mark.parametrize(
    ("condition", "known", "otherwise", "unknown"),
    [
        (DIM, TRUE, DENIED, OPEN),
        (MANY, TRUE, DENIED, OPEN),
        (Not(DIM), DENIED, TRUE, OPEN),
        (Unless(DIM), DENIED, TRUE, TRUE),
        (Known(LIGHT), TRUE, TRUE, DENIED),
        (Known(LIGHT, False), DENIED, DENIED, TRUE),
        (AllOf(()), TRUE, TRUE, TRUE),
    ],
)
def test_answers_hold_are_denied_or_are_not_known(
    condition: Condition,
    known: tuple[bool, bool],
    otherwise: tuple[bool, bool],
    unknown: tuple[bool, bool],
) -> None:
    assert said(condition, reading("dim", 3)) == known
    assert said(condition, reading("bright", 2)) == otherwise
    assert said(condition, reading()) == unknown


@pytest.mark.parametrize(("light", "pots"), [*product(("dim", "bright", None), (3, 2, None))])
def test_all_and_any_are_kleenes(light: str | None, pots: int | None) -> None:
    read = reading(light, pots)
    parts = [said(part, read) for part in (DIM, MANY)]
    both, one = AllOf((DIM, MANY)), AnyOf((DIM, MANY))
    assert said(both, read) == (all(held for held, _ in parts), any(denied for _, denied in parts))
    assert said(one, read) == (any(held for held, _ in parts), all(denied for _, denied in parts))


def test_a_finding_is_never_denied() -> None:
    """Until it is concluded there is no evidence of it, and there may be several values."""
    read = reading()
    assert said(SUNNY, read) == OPEN and said(Not(SUNNY), read) == OPEN
    assert said(Unless(SUNNY), read) == TRUE and said(Known(PLACE), read) == DENIED
    read.conclude(Conclude("place", "shady"), Grid.true)
    assert said(SUNNY, read) == OPEN and said(Known(PLACE), read) == TRUE
    read.conclude(Conclude("place", "sunny"), Grid.true)
    assert said(SUNNY, read) == TRUE and said(Is(PLACE, ("shady",)), read) == TRUE


def test_a_computed_finding_is_known_where_its_terms_are() -> None:
    for pots in (4, None):
        read = reading(pots=pots)
        read.conclude(Conclude("total", Arithmetic("times", (POTS, 2))), Grid.true)
        for condition, held in (
            (Compare(TOTAL, "more-than", 7), True),
            (Compare(TOTAL, "at-most", 7), False),
            (Is(TOTAL, (8,)), True),
            (Is(TOTAL, (7,)), False),
            (Known(TOTAL), True),
        ):
            assert read.test(condition) == (held and pots is not None), condition


def test_of_several_values_one_that_compares_is_enough() -> None:
    read = reading()
    for value in (1, 9):
        read.conclude(Conclude("total", value), Grid.true)
    assert said(Compare(TOTAL, "more-than", 5), read) == TRUE
    assert said(Compare(TOTAL, "less-than", 5), read) == TRUE
    assert said(Compare(TOTAL, "more-than", 9), read) == DENIED


def test_other_conclusions_are_nobodys_premises() -> None:
    read = reading()
    read.conclude(Plan("move"), Grid.true)
    assert not read.findings and not read.numbers


def test_what_is_not_about_one_option_has_no_meaning_yet() -> None:
    with pytest.raises(TypeError, match="not grounded"):
        reading().test(OptionIs(("fern",)))


@pytest.mark.parametrize(
    ("quantity", "total"),
    [
        (7, 7),
        (POTS, 4),
        (Arithmetic("plus", (POTS, 1, 2)), 7),
        (Arithmetic("minus", (POTS, 6)), -2),
        (Arithmetic("times", (POTS, Arithmetic("plus", (POTS, 1)))), 20),
    ],
)
def test_an_amount(quantity: Quantity, total: int) -> None:
    assert amount(quantity, {"pots": 4}) == total
    [(where, row)] = reading(pots=4).amounts(quantity)
    assert where & 1 and row.values[0] == total


def test_one_reading_of_a_grid_is_one_of_each_case() -> None:
    grid = Grid({"light": ("dim", "bright", None), "pots": (2, 3, None)})
    whole: Reading[int, object] = Reading(grid)  # type: ignore[type-var]
    for condition in (AnyOf((DIM, Not(MANY))), AllOf((Unless(DIM), Known(POTS)))):
        held, denied = whole.pair(condition)
        for n, (pots, light) in enumerate(product((2, 3, None), ("dim", "bright", None))):
            assert (bool(held >> n & 1), bool(denied >> n & 1)) == said(condition, reading(light, pots))


@pytest.mark.parametrize("seed", first(2, 60))
def test_where_conditions_hold_is_read_alone_as_with_where_they_are_denied(seed: int) -> None:
    random = Random(seed)
    base, _ = open_files(knowledge_files(random))
    answers = random_answers(base, random)
    case = parse_pairs([f"{name}={value}" for name, value in answers.items()], base.knowledge)
    read = Evaluation(dict(case.answers))
    read.derive(passes(base.instances))
    for instance in base.instances:
        assert read.holds(instance.when) & 1 == read.pair(instance.when)[0] & 1


@pytest.mark.parametrize("seed", first(6, 300))
def test_of_many_values_the_extremes_decide_a_comparison(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read with the least and the greatest of a number's values, and with all of them."""
    random = Random(SEVERAL_VALUES[seed % len(SEVERAL_VALUES)] if seed < 6 else seed)
    base, _ = open_files(knowledge_files(random))
    cases = [parse_pairs([f"{n}={v}" for n, v in random_answers(base, random).items()], base.knowledge)]
    cases += [parse_pairs([], base.knowledge)]
    algebra = CaseList([case.answers for case in cases])
    read = []
    for many in (1, 1_000):
        monkeypatch.setattr("expert.language.algebra.MANY", many)
        fired = Reading(algebra).derive(passes(base.instances))
        bounds = Reading(Possibilities(algebra)).derive(passes(base.instances))
        read.append(({id: where & algebra.full for id, where in fired.items()}, bounds))
    assert read[0][0] == read[1][0]
    for id, (must, may) in read[0][1].items():
        other = read[1][1][id]
        assert (must & algebra.full, may & algebra.full) == (
            other.must & algebra.full,
            other.may & algebra.full,
        )


def test_a_number_of_many_values_is_compared_in_a_sum_of_many() -> None:
    """Ten mentions of a finding of ten values: all that can come together would be ten thousand million."""
    total = Arithmetic("plus", (TOTAL,) * 10)
    read = reading(pots=60)
    for value in range(10):
        read.add_numbers("total", [(Grid.true, read.constant(value))])
    assert said(Compare(total, "at-least", 90), read) == TRUE
    assert said(Compare(total, "more-than", 90), read) == DENIED
    assert said(Compare(POTS, "less-than", total), read) == TRUE
    assert said(Compare(POTS, "less-than", Arithmetic("minus", (total, total))), read) == TRUE
    assert said(Compare(POTS, "more-than", Arithmetic("times", (TOTAL,) * 10)), read) == TRUE
