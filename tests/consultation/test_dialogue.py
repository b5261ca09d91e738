"""The dialogue never stops early and never asks what cannot matter; replies are understood."""

from __future__ import annotations

import random

import pytest
from support.shell import cicatrix
from support.sizes import first

from expert.consultation.case import Case, make_case, parse_pairs
from expert.consultation.dialogue import Dialogue, Interrupted, understand
from expert.consultation.engine import infer
from expert.consultation.relevance import Reach
from expert.consultation.result import Consultation
from expert.language.rules import RuleBase

NUMBERS = {"scar_count": [1, 2, 3, 500], "budget": [0, 4999, 5000, 10_000, 10_001, 600_000, 10**9]}


def values(base: RuleBase, name: str) -> list[str | int | None]:
    return [*(NUMBERS.get(name) or base.knowledge.attributes[name].values), None]


def shown(found: Consultation) -> object:
    """What a person sees of a consultation: all but the trace's bookkeeping."""
    arguments = [(r.option, r.verdict, r.timing, r.cost, r.flags, r.targets) for r in found.recommendations]
    reasons = {(r.option, a.rule, a.topic) for r in found.recommendations for a in r.arguments}
    advice = {(a.kind, a.id, a.option) for a in found.advice}
    return arguments, reasons, advice, [step.step for step in found.plan]


def answered(base: RuleBase, seed: int) -> Case:
    """A dialogue held with random answers, to the point where it stops."""
    choose = random.Random(seed)
    dialogue = Dialogue(Reach(base), Case({}))
    while term := dialogue.next_question():
        dialogue.answer(term.name, choose.choice(values(base, term.name)))
    return dialogue.case


@pytest.mark.parametrize("seed", first(4, 12))
def test_it_never_stops_early(base: RuleBase, seed: int) -> None:
    """Whatever the questions not asked would have been answered, nothing changes."""
    case = answered(base, seed)
    left = Reach(base).open(case)
    outcome = shown(infer(base, case))
    choose = random.Random(seed)
    for _ in range(60):
        more = {name: choose.choice(values(base, name)) for name in left}
        assert shown(infer(base, case.with_answers(more, base.knowledge))) == outcome
    for name in left:
        for value in values(base, name):
            assert shown(infer(base, case.with_answers({name: value}, base.knowledge))) == outcome


def test_questions_of_a_shallow_scar(base: RuleBase) -> None:
    """With shallow scars no price is asked for; without acne, nothing about its care."""
    matters = Reach(base).matters(parse_pairs(["scar_depth=shallow", "active_acne=no"], base.knowledge))
    assert not {"scar_count", "budget", "wants_easier", "otc_result", "seen_dermatologist"} & set(matters)


def test_a_budget_no_price_can_reach_is_not_asked_for(base: RuleBase) -> None:
    """With the number of scars known, the budget matters; with shallow scars it does not."""
    deep = make_case({"scar_depth": "deep", "scar_count": 3}, base.knowledge)
    assert "budget" in Reach(base).matters(deep)


@pytest.mark.parametrize(
    ("reply", "name", "answer"),
    [
        ("1", "scar_depth", "deep"),
        ("3", "scar_depth", "both"),
        ("4", "scar_depth", "light-only"),
        ("5", "scar_depth", None),
        ("deep and shallow", "scar_depth", "both"),
        ("SHALLOW", "scar_depth", "shallow"),
        ("sh", "scar_depth", "shallow"),
        ("de", "scar_depth", "deep"),
        ("unk", "scar_depth", None),
        ("y", "active_acne", "yes"),
        ("did not help", "otc_result", "did-not-help"),
        ("not_tried", "otc_result", "not-tried"),
        (" 12 ", "scar_count", 12),
        ("99.5", "budget", 9950),
        ("unknown", "budget", None),
    ],
)
def test_replies(base: RuleBase, reply: str, name: str, answer: object) -> None:
    assert understand(reply, base.knowledge.attributes[name]) == answer


@pytest.mark.parametrize(
    ("reply", "name", "words"),
    [
        ("", "scar_depth", "nothing was typed"),
        ("6", "scar_depth", "from 1 to 5"),
        ("0", "scar_depth", "from 1 to 5"),
        ("shalow", "scar_depth", "did you mean `shallow`?"),
        ("12.5", "scar_count", "whole number"),
        ("0", "scar_count", "out of range"),
        ("-1", "budget", "out of range"),
        ("1,000", "budget", "such as"),
        ("٣", "scar_count", "whole number"),
        ("9" * 5000, "scar_count", "whole number"),
    ],
)
def test_bad_replies(base: RuleBase, reply: str, name: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        understand(reply, base.knowledge.attributes[name])
    assert words in str(caught.value)
    assert len(str(caught.value)) < 400


def test_it_goes_on_where_it_was_stopped() -> None:
    """The line printed at an interruption takes up the dialogue with every answer kept."""
    stopped = cicatrix("consult", stdin="deep\nno\nunknown\n")
    assert stopped.code == 130
    assert stopped.stdout == ""
    line = next(line for line in stopped.stderr.splitlines() if "consult --ask" in line).split()
    assert line[-3:] == ["scar_depth=deep", "active_acne=no", "previous_punch=unknown"]
    resumed = cicatrix(*line[2:], "--json", stdin="unknown\n" * 20)
    whole = cicatrix("consult", "--json", stdin="deep\nno\n" + "unknown\n" * 20)
    assert resumed.code == whole.code == 0
    assert resumed.stdout == whole.stdout


def test_back_to_the_beginning(base: RuleBase) -> None:
    replies = iter(["deep", "back", "back", "shallow", "quit"])
    said: list[str] = []
    with pytest.raises(Interrupted) as stopped:
        Dialogue(Reach(base), Case({})).run(lambda _: next(replies), said.append)
    assert stopped.value.case.answers == {"scar_depth": "shallow"}
    assert "This is the first question." in said
