"""What leads a result: findings with their values, open or not concluded, and the places of options."""

from __future__ import annotations

import pytest
from support.loading import MINIMAL, checked, texts

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.result import Consultation, Leading, Rank
from expert.consultation.standing import ranked
from expert.language.rules import RuleBase

SCORED = """
- {id: low, claims: p1s1, basis: stated, when: {pots: known, option: [o1, o2, o3]}, \
then: {conclude: {option.points: {times: [pots, option.least]}}}, because: So.}
- {id: high, claims: p1s1, basis: stated, when: {pots: known, option: [o1, o2, o3]}, \
then: {conclude: {option.points: {times: [pots, option.most]}}}, because: So.}
"""
NUMBERS = {"o1": (4, 6), "o2": (5, 5), "o3": (1, 2), "o4": (0, 0), "o5": (5, 5)}


def scored(order: str) -> RuleBase:
    """Options with two numbers each, by which they are ranked."""
    files = texts(MINIMAL)
    files["kb/vocabulary.yaml"] = files["kb/vocabulary.yaml"].replace(
        "targets:", "  points: {type: count, per-option: yes, label: points}\ntargets:"
    )
    files["kb/vocabulary.yaml"] += f"rank: {{by: option.points, order: {order}}}\nresults: [option.points]\n"
    declared = [f"{side}: {{type: count, label: {side}}}" for side in ("least", "most")]
    properties = "\n".join(f"  {line}" for line in declared)
    options = ""
    for name, (least, most) in NUMBERS.items():
        data = f"least: {{value: {least}, claims: p1s1}}, most: {{value: {most}, claims: p1s1}}"
        options += f"  {name}: {{label: {name}, properties: {{{data}}}}}\n"
    old = files["kb/options.yaml"]
    files["kb/options.yaml"] = old.replace("properties:\n", f"properties:\n{properties}\n", 1) + options
    files["rules/3-points.yaml"] = SCORED
    base, problems = checked(files)
    assert problems == []
    return base


def places(found: Consultation) -> dict[str, Rank | None]:
    return {r.option: r.place for r in found.recommendations}


@pytest.mark.parametrize(
    ("order", "shown", "expected"),
    [
        ("most-first", ["o2", "o1", "o3"], {"o1": (1, 2), "o2": (1, 2), "o3": (3, 3)}),
        ("least-first", ["o3", "o2", "o1"], {"o1": (2, 3), "o2": (2, 3), "o3": (1, 1)}),
    ],
)
def test_options_have_places(order: str, shown: list[str], expected: dict[str, tuple[int, int]]) -> None:
    base = scored(order)
    found = infer(base, parse_pairs(["pots=1"], base.knowledge))
    assert [r.option for r in ranked(found, base.knowledge)][:3] == shown
    for option, place in places(found).items():
        if option in expected:
            assert place == Rank(*NUMBERS[option], *expected[option])
        else:  # without a number last, and as they were declared
            assert place is None
    assert [r.option for r in ranked(found, base.knowledge)][3:] == ["fern", "cactus", "o4", "o5"]


def test_without_numbers_nothing_has_a_place() -> None:
    base = scored("most-first")
    found = infer(base, parse_pairs([], base.knowledge))
    assert set(places(found).values()) == {None}
    assert [r.option for r in ranked(found, base.knowledge)] == list(base.knowledge.options)


def with_results(*names: str) -> RuleBase:
    files = texts(MINIMAL)
    files["kb/vocabulary.yaml"] += f"results: [{', '.join(names)}]\n"
    base, problems = checked(files)
    assert problems == []
    return base


@pytest.mark.parametrize(
    ("answers", "stands", "values", "depends"),
    [
        (["light=bright"], "concluded", ("sunny",), ()),
        (["light=dim"], "concluded", ("shady",), ()),
        ([], "open", (), ("light",)),
        (["pets=yes"], "open", (), ("light",)),
    ],
)
def test_how_a_result_stands(
    answers: list[str], stands: str, values: tuple[str, ...], depends: tuple[str, ...]
) -> None:
    base = with_results("place")
    [result] = infer(base, parse_pairs(answers, base.knowledge)).results
    assert (result.stands, result.values, result.depends_on) == (stands, values, depends)
    assert bool(result.firings) == bool(values)


def test_what_nothing_can_conclude_any_more_is_not_concluded() -> None:
    base = with_results("option.cost")
    fern, cactus = infer(base, parse_pairs(["pots=3"], base.knowledge)).results
    assert fern == Leading("cost", "fern", "the cost", "concluded", (15,), 15, 15, "$15", (1,))
    assert cactus == Leading(
        "cost", "cactus", "the cost", "not-concluded", (), None, None, "not concluded", ()
    )
    fern, _ = infer(base, parse_pairs([], base.knowledge)).results
    assert (fern.stands, fern.text, fern.depends_on) == ("open", "open", ("pots",))
