"""Rules as they are read: fields, conclusions, options, and the order of firing."""

from __future__ import annotations

import pytest
from support.loading import MINIMAL, texts

from expert.knowledge.load import load, open_files
from expert.language.conclusions import Advise, Argue, Caution, Conclude, Conclusion, Flag, Plan, Wait
from expert.language.conditions import AllOf, Arithmetic, Ref
from expert.language.rules import RuleBase

HEAD = "- id: mine\n  claims: p1s1\n  basis: stated\n  because: So it is.\n"


def with_rule(rule: str) -> tuple[RuleBase, list[str]]:
    """The small knowledge base with one more rule, and what is wrong with it."""
    base, problems = open_files({**texts(MINIMAL), "rules/3.yaml": rule})
    return base, [problem.message for problem in problems]


def test_the_fields_of_a_rule() -> None:
    [rule] = [rule for rule in load(MINIMAL).rules if rule.id == "ferns-like-shade"]
    assert (rule.claims, rule.basis, rule.reason) == (("p1s1",), "added", "To have an example.")
    assert rule.because == "{option} likes shade." and rule.salience == 0 and rule.span
    assert rule.span.file.endswith("2-options.yaml") and rule.span.line == 1
    bare, problems = with_rule(HEAD + "  then: {plan: move}\n")
    assert not problems and next(r for r in bare.rules if r.id == "mine").when == AllOf(())


@pytest.mark.parametrize(
    ("then", "conclusions"),
    [
        ("{conclude: {place: sunny}}", [Conclude("place", "sunny")]),
        ("{conclude: {option.cost: 5}}", [Conclude("cost", 500, True)]),
        (
            "{conclude: {option.cost: {times: [pots, option.fee]}}}",
            [
                Conclude(
                    "cost",
                    Arithmetic("times", (Ref("attribute", "pots"), Ref("property", "fee", True))),
                    True,
                )
            ],
        ),
        ("{argue: {for: growth}}", [Argue("growth", "for", text="So it is.")]),
        (
            "{argue: {unsure: price, target: health, strength: strong, says: Well.}}",
            [Argue("price", "unsure", "health", "strong", "Well.")],
        ),
        ("{plan: move, wait: move}", [Plan("move"), Wait("move")]),
        ("[{flag: dear}, {flag: [dear]}]", [Flag("dear"), Flag("dear")]),
        ("{advise: Water it.}", [Advise("mine", "Water it.")]),
        ("{caution: {id: thorns, says: It stings.}}", [Caution("thorns", "It stings.")]),
    ],
)
def test_conclusions(then: str, conclusions: list[Conclusion]) -> None:
    base, problems = with_rule(f"{HEAD}  then: {then}\n")
    assert not problems
    assert [*next(rule for rule in base.rules if rule.id == "mine").then] == conclusions


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("mine", "a rule file must be a list of rules"),
        (HEAD + "  then: {plan: mvoe}\n", "unknown step `mvoe`"),
        (HEAD + "  then: {}\n", "the rule concludes nothing"),
        (HEAD + "  then: {plan: []}\n", "`plan` is given nothing"),
        (HEAD + "  then: {conclude: place}\n", "`conclude` must be a mapping from findings"),
        (HEAD + "  then: {conclude: {option.cost: -1}}\n", "out of range"),
        (HEAD + "  then: {argue: {for: growth, against: growth}}\n", "exactly one of"),
        (HEAD + "  then: {advise: {id: much}}\n", "`advice` has no `says`"),
        (HEAD + "  then: {advise: 'Ask {nobody}.'}\n", "unknown placeholder"),
        (HEAD + "  then: {advise: 'Ask } me.'}\n", "`}` stands alone"),
        (HEAD.replace("mine", "Mine") + "  then: {plan: move}\n", "is not a rule id"),
        (HEAD.replace("mine", "too-dear") + "  then: {plan: move}\n", "duplicate rule `too-dear`"),
        (HEAD.replace("stated", "added") + "  then: {plan: move}\n", "gives no `reason`"),
        (HEAD + "  salience: high\n  then: {plan: move}\n", "for `salience`"),
        (HEAD + "  when: {unless: {place: sunny}}\n  then: {conclude: {place: sunny}}\n", "depends on there"),
    ],
)
def test_what_is_no_rule(rule: str, told: str) -> None:
    _, problems = with_rule(rule)
    assert any(told in message for message in problems), problems


def test_a_rule_about_options_is_spelled_out_for_each_that_it_can_be_about() -> None:
    base = load(MINIMAL)
    spelled = {rule.id: [i.option for i in base.instances if i.rule is rule] for rule in base.rules}
    assert spelled["ferns-like-shade"] == ["fern"]  # the cactus likes no shade
    assert spelled["a-sunny-place"] == [""]


def test_instances_are_in_firing_order() -> None:
    base = load(MINIMAL)
    keys = [(i.stratum, -i.rule.salience) for i in base.instances]
    assert keys == sorted(keys) and len({i.stratum for i in base.instances}) > 1
