"""How what is asked about stands: the first that is said of it, of every kind."""

from __future__ import annotations

import random

import pytest
from support.proving import some_case
from support.shell import ROOT
from support.sizes import some_or_all

from expert.consultation.case import Answer, Case, parse_pairs
from expert.consultation.outcome import follow
from expert.consultation.relevance import Reach
from expert.consultation.standing import by_target, standing_sentences, when_text
from expert.consultation.subjects import find_subject, subjects
from expert.consultation.why_not import why_not
from expert.io.problems import CaseError
from expert.knowledge.load import load
from expert.language.rules import RuleBase

BASES = {"built-in": ROOT, "bicycle": ROOT / "tests/data/bicycle"}
BASES |= {name: ROOT / "examples" / name for name in ("benefit", "heating", "sirs", "curb65")}


def stands(base: RuleBase, name: str, case: str) -> str:
    """All that is said of how something stands."""
    given = parse_pairs(case.split(), base.knowledge)
    return " ".join(why_not(Reach(base), given, follow(base, given), find_subject(base, name)).stands)


@pytest.mark.parametrize(
    ("name", "case", "said"),
    [
        (
            "dermabrasion",
            "scar_depth=unknown light_scarring=yes",
            "Dermabrasion is an option for the light scarring left by the punch technique. "
            "It waits for: If there is active acne, clear it up before seeking treatment of the scars.",
        ),
        (
            "fillers",
            "scar_depth=unknown",
            "Injectable fillers are open: they depend on the depth of the scars.",
        ),
        (
            "fillers",
            "scar_depth=deep active_acne=no",
            "Injectable fillers are an option. As the case stands, no step has to come before them.",
        ),
        (
            "clear-acne",
            "active_acne=no",
            "Clear up the acne before seeking treatment of the scars: not in the plan.",
        ),
        (
            "treat-deep-scars",
            "scar_depth=deep active_acne=no",
            "Seek a treatment reported to work on deep scars: step 1 of the plan.",
        ),
        (
            "acne_helped",
            "active_acne=yes",
            "Help against the acne is open: it may depend on the result of over-the-counter products "
            "and the result of prescription medicines.",
        ),
        (
            "acne_helped",
            "active_acne=no",
            "There is no evidence that something used against the acne is helping.",
        ),
        (
            "deep_scar_cause",
            "picking=no pore_bacteria=no acne_severity=mild",
            "Nothing in this case concludes a possible cause of deep scars.",
        ),
        (
            "deep_scar_cause",
            "picking=no pore_bacteria=unknown acne_severity=mild",
            "A possible cause of deep scars is open: it depends on bacteria in the pores.",
        ),
        (
            "clear-acne",
            "scar_depth=deep",
            "Clear up the acne before seeking treatment of the scars: not in the plan so far. "
            "Whether it comes in depends on active acne.",
        ),
        (
            "any-acne-can-scar",
            "acne_severity=unknown active_acne=no",
            "Not given in this case so far: Acne of any degree can leave scars, though they are often "
            "shallow. Whether it is given depends on the severity of the acne at its worst.",
        ),
        (
            "scar_count",
            "scar_depth=deep",
            "The number of deep scars to treat is not known: there is no answer.",
        ),
        ("budget", "budget=unknown", "The budget is not known: the answer is `unknown`."),
        ("budget", "budget=50", "The budget is $50, as answered."),
        (
            "light_scarring",
            "light_scarring=yes previous_punch=no",
            "The punch technique has left light scarring, as answered. That counts as not answered: "
            "Without the punch technique there is no light scarring that it has left.",
        ),
        (
            "light",
            "scar_depth=deep light_scarring=no",
            "Nothing is argued about the light scarring left by the punch technique in this case.",
        ),
        (
            "light",
            "scar_depth=deep previous_punch=yes",
            "Nothing is argued about the light scarring left by the punch technique in this case so far. "
            "Whether anything is argued depends on light scarring left by the punch technique.",
        ),
        (
            "shallow",
            "scar_depth=shallow",
            "For the shallow scars: dermabrasion (option) and chemical peels (option).",
        ),
        (
            "adds-up",
            "scar_depth=deep scar_count=1",
            "Usually charged by the scar, so it adds up: noted of no option.",
        ),
        (
            "adds-up",
            "scar_depth=deep",
            "Usually charged by the scar, so it adds up: noted of no option so far. "
            "Whether it is noted depends on the number of deep scars to treat.",
        ),
        (
            "over-budget",
            "scar_depth=deep budget=5 scar_count=2",
            "Over the budget: noted of laser treatment (added) and the punch technique (added).",
        ),
        (
            "over-budget",
            "scar_depth=deep budget=5",
            "Over the budget: noted of laser treatment (added). "
            "Whether it is noted of the punch technique too depends on the number of deep scars to treat.",
        ),
        (
            "within-budget",  # one scar is more than that
            "scar_depth=deep budget=49.99",
            "Within the budget: noted of no option.",
        ),
        (
            "do-not-overcorrect",
            "scar_depth=deep",
            "Given in this case: Injectable fillers: Collagen forms differently in each person; "
            "take care not to overcorrect.",
        ),
        (
            "light-scarring-without-a-punch",
            "scar_depth=deep",
            "No contradiction is seen between the answers on light scarring left by the punch technique "
            "and an earlier punch treatment.",
        ),
        ("cost-by-the-scar", "scar_depth=shallow", "cost-by-the-scar did not fire."),
        (
            "cost-by-the-scar",
            "scar_depth=deep",
            "cost-by-the-scar did not fire. Whether it fires depends on the number of deep scars to treat.",
        ),
        ("cost-by-the-session", "scar_depth=deep", "cost-by-the-session fired: #27 (for laser treatment)."),
        (
            "p8s1",
            "scar_depth=deep",
            "p8s1: Laser may or may not work on deep scars. [it may or may not be] #12 rests on it.",
        ),
        (
            "p14s2",
            "scar_depth=deep",
            "p14s2: They want something more affordable too. [for many people] "
            "Nothing that fired rests on it. "
            "Whether anything comes to rest on it depends on a wish for something more affordable.",
        ),
    ],
)  # fmt: skip
def test_every_kind_stands_somehow(base: RuleBase, name: str, case: str, said: str) -> None:
    assert stands(base, name, case) == said


def test_what_is_said_to_be_open_is_so_after_some_answers(base: RuleBase) -> None:
    """And of what waits for no answer, no answers to the questions that are left bring it about."""
    choose, reach = random.Random(7), Reach(base)
    given = some_case(base, choose, 0.5, 10**6)
    found = follow(base, given)
    others = [some_case(base, choose, 1, 10**6).answers for _ in range(10)]
    completed = [given.with_answers({**other, **_known(given)}, base.knowledge) for other in others]
    after = [{(f.rule, f.option) for f in follow(base, case).firings} for case in completed]
    for subject in subjects(base):
        if subject.kind == "rule":
            asked = why_not(reach, given, found, subject)
            if not asked.already and not asked.depends_on:
                assert not any(rule == subject.id for fired in after for rule, _ in fired), subject


def test_an_answer_that_is_left_out_of_account_is_said_to_be(base: RuleBase) -> None:
    given = parse_pairs(["scar_depth=deep", "light_scarring=yes", "previous_punch=no"], base.knowledge)
    [failed] = why_not(
        Reach(base), given, follow(base, given), find_subject(base, "light-scars-present")
    ).failed
    assert [leaf.text for leaf in failed.stands] == [
        "the scars are deep (your answer: scar_depth = deep)",
        "it is not the case that scars have been removed with the punch technique before "
        "(your answer: previous_punch = no)",
        "the punch technique has left light scarring (your answer: light_scarring = yes, "
        "which counts as not answered)",
    ]


def test_the_rules_that_may_still_fire_are_named_first(base: RuleBase) -> None:
    given = parse_pairs(["scar_depth=deep", "scar_count=2"], base.knowledge)
    failed = why_not(Reach(base), given, follow(base, given), find_subject(base, "within-budget")).failed
    assert [rule.option for rule in failed][:2] == ["punch-technique", "injectable-fillers"]


def _known(case: Case) -> dict[str, Answer]:
    return {name: answer for name, answer in case.answers.items() if answer is not None}


def test_of_what_some_options_have_it_is_said_why_others_have_it_not(base: RuleBase) -> None:
    case = parse_pairs(["scar_depth=deep"], base.knowledge)
    cost = why_not(Reach(base), case, follow(base, case), find_subject(base, "least_cost"))
    assert cost.already and cost.stands == (
        "The low end of the reckoned cost is $6,000 (for laser treatment). (inferred)",
        "The low end of the reckoned cost is open for the punch technique: "
        "it depends on the number of deep scars to treat.",
    )
    assert [(failed.rule, failed.option) for failed in cost.failed] == [
        ("cost-by-the-scar", "punch-technique")
    ]


def test_a_verdict_is_asked_of_options_only(base: RuleBase) -> None:
    case = parse_pairs(["scar_depth=deep"], base.knowledge)
    with pytest.raises(CaseError, match="`option` is asked of options, and `clear-acne` is a step"):
        why_not(Reach(base), case, follow(base, case), find_subject(base, "clear-acne"), "option")


@pytest.mark.parametrize("cases", some_or_all(1, 60, more=6))
@pytest.mark.parametrize("name", BASES)
def test_whatever_is_asked_about_it_is_said_how_it_stands(name: str, cases: int) -> None:
    """Of options with the targets, and when, as the table has it."""
    base, choose = load(BASES[name]), random.Random(name)
    reach, knowledge = Reach(base), base.knowledge
    for _ in range(cases):
        case = some_case(base, choose, choose.random(), 10**6)
        found = follow(base, case)
        for subject in subjects(base):
            if subject.kind == "option" and cases == 1:
                continue  # the smallest changes take longer than all else
            said = why_not(reach, case, found, subject).stands
            assert said and all(said), subject
        for r in found.recommendations:
            sentences = " ".join(standing_sentences(r, found, knowledge))
            for target in knowledge.targets.values():
                named = any(target.label in words for words in by_target(r, found, knowledge))
                assert not named or target.label in sentences
            when = when_text(r, found, knowledge)
            assert ("As the case stands, no step has to come before" in sentences) == (when == "now")
            assert (" for: " in sentences) == when.startswith("after") or not when


def test_of_a_rule_that_settles_both_halves_are_told() -> None:
    base = load(ROOT / "examples" / "sirs")
    assert stands(base, "rule:sirs-with-an-infection", "infection=no").endswith(
        "did not fire. sirs-with-an-infection/no fired: #1."
    )
    open_case = parse_pairs(["pulse=92"], base.knowledge)
    half = find_subject(base, "rule:sirs-with-an-infection/no")
    [failed] = why_not(Reach(base), open_case, follow(base, open_case), half).failed
    assert (failed.rule, failed.reason) == ("sirs-with-an-infection", "unknown")


def test_what_is_ours_is_marked(base: RuleBase) -> None:
    """In the sentences that come first, and of the rules that did not fire."""
    case = "scar_depth=deep active_acne=yes otc_result=helping"
    assert stands(base, "go-on-with-what-helps", case).endswith("the document does not speak. (added)")
    assert stands(base, "clear-acne", "active_acne=yes").endswith("step 5 of the plan. (inferred)")
    given = parse_pairs(["scar_depth=deep"], base.knowledge)
    budget = why_not(Reach(base), given, follow(base, given), find_subject(base, "over-budget"))
    assert {failed.basis for failed in budget.failed} == {"added"}
