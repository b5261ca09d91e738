"""Contradictions are read with what is wrong with them, and become cautions that name both answers."""

from __future__ import annotations

import pytest
from support.loading import MINIMAL, checked, texts

from expert.knowledge.read_contradictions import REASON

PLACE = "kb/vocabulary.yaml"
TRUE = "claims: p1s1, because: So it is."


def said(contradictions: str) -> list[str]:
    """What is wrong with a knowledge base that declares these."""
    files = texts(MINIMAL)
    files[PLACE] = f"{files[PLACE].rstrip()}\ncontradictions:\n{contradictions}\n"
    return [problem.message for problem in checked(files)[1]]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("  x: 3", "contradiction `x` must be a mapping, not `3`"),
        (f"  x: {{between: {{light: dim}}, leaves-out: light, {TRUE}}}", "must name two attributes"),
        (f"  x: {{between: [light, pets], leaves-out: light, {TRUE}}}", "must name two attributes"),
        (
            f"  x: {{between: {{light: dm, pets: no}}, leaves-out: light, {TRUE}}}",
            "unknown value for `light` `dm`",
        ),
        (f"  x: {{between: {{lght: dim, pets: no}}, leaves-out: pets, {TRUE}}}", "unknown attribute `lght`"),
        (f"  x: {{between: {{light: dim, pets: no}}, leaves-out: pots, {TRUE}}}", "unknown attribute `pots`"),
        (f"  x: {{between: {{light: unknown, pets: no}}, leaves-out: pets, {TRUE}}}", "contradicts nothing"),
        (
            f"  x: {{between: {{pots: {{at-least: 2, at-most: 3}}, pets: no}}, leaves-out: pets, {TRUE}}}",
            "the test of `pots` in `x` is more than one of its answers",
        ),
        (f"  x_y: {{between: {{light: dim, pets: no}}, leaves-out: pets, {TRUE}}}", "is not the id of a"),
        (
            "  x: {between: {light: dim, pets: no}, leaves-out: pets, claims: p1s1, because: '{light}'}",
            "`because` of `x` takes no placeholder",
        ),
    ],
)
def test_what_is_wrong_is_said(written: str, message: str) -> None:
    assert any(message in problem for problem in said(written)), said(written)


def test_a_rule_that_also_computes_with_what_may_be_left_out_is_to_be_split() -> None:
    files = texts(MINIMAL)
    files[PLACE] += (
        f"\ncontradictions:\n  x: {{between: {{pots: known, pets: no}}, leaves-out: pots, {TRUE}}}\n"
    )
    rules = next(name for name in files if name.startswith("rules/"))
    files[rules] += (
        "\n- {id: two, claims: p1s1, basis: stated, because: So., then: "
        "[{conclude: {option.cost: {times: [pots, 2.00]}}}, {plan: move}]}\n"
    )
    messages = [problem.message for problem in checked(files)[1]]
    assert messages == ["rule `two` does not compute all with `pots`, which may be left out of account"]


def test_they_become_cautions() -> None:
    files = texts(MINIMAL)
    between = "{pots: {at-least: 2}, light: [dim, bright]}"
    files[PLACE] += f"\ncontradictions:\n  x: {{between: {between}, leaves-out: pots, {TRUE}}}\n"
    base, problems = checked(files)
    assert not problems
    rule = base.rules[0]
    [caution] = rule.then
    assert (rule.id, rule.basis, rule.reason, rule.because) == ("x", "added", REASON, "So it is.")
    assert caution.text == (  # type: ignore[union-attr]
        "Two answers disagree: the number of pots is {pots}, and the light is {light}."
        " The answer on the number of pots is left out of account."
    )
