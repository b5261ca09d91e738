"""The dialogue never stops early and never asks what cannot matter; replies are understood."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest
from support.loading import checked, texts
from support.shell import cicatrix
from support.sizes import first
from support.text import joined

from expert.consultation.case import Case, make_case, parse_pairs
from expert.consultation.dialogue import Dialogue, Interrupted, why_text
from expert.consultation.engine import infer
from expert.consultation.explain import how
from expert.consultation.outcome import follow
from expert.consultation.relevance import Reach
from expert.consultation.replies import understand, understood
from expert.consultation.result import Consultation
from expert.consultation.subjects import find_subject
from expert.knowledge.load import load
from expert.language.rules import RuleBase
from expert.library import open_ledger
from expert.views.terminal import wrapped

EXACT = Path(__file__).parents[1] / "data" / "exact"
TOMATO = EXACT.parent / "tomato"
NUMBERS = {"scar_count": [1, 2, 3, 500], "budget": [0, 4999, 5000, 10_000, 10_001, 600_000, 10**9]}


def values(base: RuleBase, name: str) -> list[str | int | None]:
    return [*(NUMBERS.get(name) or base.knowledge.attributes[name].values), None]


def shown(found: Consultation) -> object:
    """What a person sees of a consultation: all but the trace's bookkeeping, and answers that disagree."""
    arguments = [(r.option, r.verdict, r.timing, r.cost, r.flags, r.targets) for r in found.recommendations]
    reasons = {(r.option, a.rule, a.topic) for r in found.recommendations for a in r.arguments}
    disagreeing = {d.id for d in found.disagreements}
    advice = {(a.kind, a.id, a.option) for a in found.advice if a.id not in disagreeing}
    return arguments, reasons, advice, [step.step for step in found.plan]


def answered(base: RuleBase, seed: int) -> Case:
    """A dialogue held with random answers, to the point where it stops."""
    choose = random.Random(seed)
    dialogue = Dialogue(Reach(base), Case({}))
    while term := dialogue.next_question():
        dialogue.answer(term.name, choose.choice(values(base, term.name)))
    return dialogue.case


@pytest.mark.parametrize("seed", first(2, 12, more=4))
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


def asked(name: str, answers: dict[str, str]) -> list[str]:
    """The questions of a dialogue on one of the small knowledge bases of which false things were said."""
    base = load(EXACT / name)
    dialogue = Dialogue(Reach(base), Case({}))
    while term := dialogue.next_question():
        dialogue.answer(term.name, understand(answers[term.name], term))
    return dialogue.asked


def test_numbers_that_are_compared_with_each_other_are_asked_for() -> None:
    assert asked("twonums", {"asked": "100", "stock": "101"}) == ["asked", "stock"]
    assert asked("twonums", {"asked": "49"}) == ["asked"]
    assert asked("twonums", {"asked": "unknown", "stock": "5"}) == ["asked", "stock"]


def test_what_a_text_prints_is_asked_for() -> None:
    assert asked("ph", {"burned": "yes", "weight": "70"}) == ["burned", "weight"]
    assert asked("ph", {"burned": "no"}) == ["burned"]


def test_why_says_what_is_certain() -> None:
    base = load(EXACT / "twonums")
    why = Dialogue(Reach(base), Case({})).why("asked")
    assert all(why.effects.values())
    assert why.verdicts == {"ship": {"option": True, "open": True, "not-addressed": True}}
    text = why_text(why, base.knowledge)
    assert "asked can still change:" in text
    assert "for ship at once: the arguments (still option, open or not addressed)" in text
    verdicts = {"ship": {"option": False, "open": True}}
    unsure = why._replace(effects=dict.fromkeys(why.effects, False), verdicts=verdicts)
    text = why_text(unsure, base.knowledge)
    assert "asked may still change (that is not decided):" in text
    assert "(still perhaps option or open)" in text


def test_it_goes_on_where_it_was_stopped() -> None:
    """The line printed at an interruption takes up the dialogue with every answer kept."""
    stopped = cicatrix("consult", stdin="deep\nno\nunknown\n")
    assert stopped.code == 130
    assert stopped.stdout == ""
    shown = joined(stopped.stderr).split("so far: ")[1]
    line = shown.splitlines()[0].split()
    assert line[-3:] == ["scar_depth=deep", "active_acne=no", "light_scarring=unknown"]
    resumed = cicatrix(*line[2:], "--json", "--no-save", stdin="unknown\n" * 20)
    whole = cicatrix("consult", "--json", "--no-save", stdin="deep\nno\n" + "unknown\n" * 20)
    assert resumed.code == whole.code == 0
    assert resumed.stdout == whole.stdout


def test_back_to_the_beginning(base: RuleBase) -> None:
    replies = iter(["deep", "back", "back", "shallow", "quit"])
    said: list[str] = []
    with pytest.raises(Interrupted) as stopped:
        Dialogue(Reach(base), Case({})).run(lambda _: next(replies), said.append)
    assert stopped.value.case.answers == {"scar_depth": "shallow"}
    assert "This is the first question." in said


def held(base: RuleBase, *replies: str, case: Case | None = None) -> tuple[Dialogue, list[str]]:
    """A dialogue with those replies, after which it is stopped if it is not at its end, and what it said."""
    dialogue, left, said = Dialogue(Reach(base), case or Case({})), iter([*replies, "quit"]), list[str]()
    with suppress(Interrupted):
        dialogue.run(lambda _: next(left), said.append)
    return dialogue, said


def test_what_was_understood_is_said(base: RuleBase) -> None:
    _, said = held(base, "3", "y", "not-tried", "u")
    assert [text for text in said if text.startswith("=")] == [
        "= deep and shallow",
        "= yes",
        "= have not been tried",
        "= unknown",
    ]


def test_later_answers_are_kept_after_a_return_and_offered_again(base: RuleBase) -> None:
    dialogue, said = held(base, "deep", "no", "yes", "back", "back", "", "no")
    assert dialogue.case.answers == {"scar_depth": "deep", "active_acne": "no", "light_scarring": "no"}
    offered = [text.splitlines()[-1] for text in said if "Your answer was" in text]
    assert offered == [
        "Your answer was: yes  (Enter keeps it)",
        "Your answer was: no  (Enter keeps it)",
        "Your answer was: yes  (Enter keeps it)",
    ]
    assert "= no" in said


def test_it_says_how_far_along_it_is(base: RuleBase) -> None:
    """The number only counts down: an answer never makes another question matter."""
    _, said = held(base, "deep", "no", "no", "mild", "no", "no", "1", "1", "no", "no")
    places = [text.splitlines()[1] for text in said if text.startswith("\nQuestion")]
    most = [int(place.split("at most ")[1].split()[0]) if "at most" in place else 0 for place in places]
    assert [place.split()[1] for place in places] == [str(n) for n in range(1, len(places) + 1)]
    assert places[-1].endswith("(the last)") or most[-1] > 0
    assert most == sorted(most, reverse=True) and len(set(most)) == len(most)


@pytest.mark.parametrize("reply", ["?", "help", "why", "why all"])
def test_the_question_stands_below_the_help(base: RuleBase, reply: str) -> None:
    _, said = held(base, "deep", reply)
    assert said[-1].endswith("Do you currently have acne?\n  1  yes\n  2  no\n  3  unknown")


def test_why_fits_a_screen_with_its_question(base: RuleBase) -> None:
    replies = ["3", "y", "1", "n", "u", "n", "n", "u", "u", "u", "u", "u", "u", "u"]
    _, said = held(base, *(word for reply in replies for word in ("why", reply)))
    reasons = [text for text in said if "can still change:" in text]
    assert len(reasons) > 10
    for text in reasons:
        assert sum(len(wrapped(line, 60)) for line in text.split("\n")) <= 23, text
    whole = held(base, "deep", "why all")[1][-1]
    short = held(base, "deep", "why")[1][-1]
    assert "acne-must-be-ruled-out" in whole and "acne-must-be-ruled-out" not in short
    assert "15 more rules (`why all`)" in short  # those that need other scars can no longer fire


def talked(base: RuleBase, begun: list[str], replies: list[str]) -> tuple[Case, str]:
    """A dialogue with these replies, and all that it said."""
    said: list[str] = []
    left = iter(replies)
    dialogue = Dialogue(Reach(base), parse_pairs(begun, base.knowledge))
    with suppress(Interrupted):
        dialogue.run(lambda prompt: next(left, "quit"), said.append)
    return dialogue.case, "\n".join(said)


def test_answers_that_disagree_are_pointed_out_at_once(base: RuleBase) -> None:
    """Either can be changed, or both be left; and what was left is not brought up again."""
    begun = ["scar_depth=shallow", "active_acne=no", "light_scarring=yes", "previous_punch=no"]
    case, said = talked(base, begun, ["what", "?", "2", "yes"])
    assert said.count("Two answers disagree: the punch technique has left light scarring, and") == 2
    assert "Reply with 1, 2 or 3" in said
    assert "Your answer was: no  (Enter keeps it)" in said
    assert (case.value("light_scarring"), case.value("previous_punch")) == ("yes", "yes")
    case, said = talked(base, begun, ["light_scarring", "no"])
    assert (case.value("light_scarring"), case.value("previous_punch")) == ("no", "no")
    case, said = talked(base, begun, ["3", "mild"])
    assert said.count("Two answers disagree") == 1
    assert "= both are left as they are" in said
    assert (case.value("light_scarring"), case.value("acne_severity")) == ("yes", "mild")


def test_nothing_is_asked_only_to_find_answers_that_disagree(base: RuleBase) -> None:
    case = parse_pairs(["scar_depth=light-only", "active_acne=no"], base.knowledge)
    assert not {"light_scarring", "scar_count"} & {*Reach(base).matters(case)}


def test_why_gives_up_groups_of_options_until_it_fits(base: RuleBase) -> None:
    """What is about no option, and how many groups are left out, is said in any room."""

    def why(most: int) -> str:
        said: list[str] = []
        replies = iter(["why", "quit"])
        dialogue = Dialogue(Reach(base), Case({}), fits=lambda text: len(text.split("\n")) <= most)
        with pytest.raises(Interrupted):
            dialogue.run(lambda _: next(replies), said.append)
        return said[-1]

    room, tight, none = why(99), why(len(why(99).split("\n")) - 1), why(0)
    assert "groups of options" not in room and "and more about 2 groups of options" in tight
    assert [text.count("  for ") for text in (room, tight, none)] == [4, 2, 1]
    assert all("  the plan and the advice\n" in text and "How deep" in text for text in (room, tight, none))


# --- several answers to one question --------------------------------------------------------------
def of_tomatoes(replies: list[str], *given: str) -> tuple[Case, str]:
    """The case and the words of a dialogue with these replies."""
    base, said = load(TOMATO), list[str]()
    dialogue, left = Dialogue(Reach(base), parse_pairs([*given], base.knowledge)), iter(replies)
    return dialogue.run(lambda prompt: next(left), said.append), "\n".join(said)


def test_several_answers_are_one_question() -> None:
    case, said = of_tomatoes(["dry", "brown, rolled"])
    assert (
        case.answers == parse_pairs(["weather=dry", "signs=blotches,rolled"], load(TOMATO).knowledge).answers
    )
    assert said.count("Question 2 (the last)") == 1 and "= brown blotches, rolled edges" in said


def test_only_what_was_not_said_is_asked() -> None:
    case, said = of_tomatoes(["none"], "weather=wet", "signs.down=yes", "signs.rolled=no")
    assert case.answers == {
        "weather": "wet",
        "signs.blotches": "no",
        "signs.down": "yes",
        "signs.rolled": "no",
        "signs.yellow": "no",
    }
    assert "  2  yellow spots\n  3  none" in said and "Said already: white down below (yes), rolled" in said


def test_back_returns_to_all_answers_of_a_question() -> None:
    base = load(TOMATO)
    dialogue = Dialogue(Reach(base), Case({}))
    dialogue.answer("weather", None)
    dialogue.take(understood("1, 2?", base.knowledge.several["signs"]))
    assert dialogue.back() and dialogue.case.answers == {"weather": None}
    assert dialogue.kept.keys() == {*base.knowledge.several["signs"].parts}
    term = dialogue.next_question()
    assert term and term.name == "signs"
    replies = iter([""])
    said: list[str] = []
    dialogue.run(lambda prompt: next(replies), said.append)
    assert "Your answer was: brown blotches; not known: white down below  (Enter keeps it)" in said[1]
    assert dialogue.case.value("signs.blotches") == "yes" and "signs.down" in dialogue.case.answers
    assert dialogue.back() and dialogue.back() and not dialogue.back()


# --- findings that are asked before what their rules read -----------------------------------------
ASKED = """    says: it is late blight
    question: Has somebody found late blight?
    ask: first
"""


def asked_base() -> RuleBase:
    files = texts(TOMATO)
    vocabulary = files["kb/vocabulary.yaml"]
    files["kb/vocabulary.yaml"] = vocabulary.replace("    says: it is late blight\n", ASKED)
    return checked(files)[0]


@pytest.mark.parametrize(
    ("replies", "asked"),
    [
        (["yes", "1"], ["blight", "signs"]),  # the weather has no other part
        (["no", "none"], ["blight", "signs"]),
        (["unknown", "wet", "1, 2"], ["blight", "weather", "signs"]),
    ],
)
def test_a_finding_is_asked_before_what_its_rules_read(replies: list[str], asked: list[str]) -> None:
    base, left, said = asked_base(), iter(replies), list[str]()
    dialogue = Dialogue(Reach(base), Case({}))
    case = dialogue.run(lambda prompt: next(left), said.append)
    assert list(base.knowledge.questions) == ["blight", "weather", "signs"]
    assert list(dict.fromkeys(name.split(".")[0] for name in dialogue.asked)) == asked
    assert next(left, None) is None and case.answers["blight"] == {"unknown": None}.get(
        replies[0], replies[0]
    )


def test_an_answer_stands_before_the_rules() -> None:
    base = asked_base()
    case = parse_pairs(["blight=no", "weather=wet", "signs=blotches,down"], base.knowledge)
    found = infer(base, case)
    [firing] = found.firings
    assert firing.rule == "blight-suspected" and firing.concluded == ()
    [undrawn] = firing.undrawn
    assert (undrawn.finding, undrawn.answer, undrawn.differs) == ("blight", "no", True)
    assert undrawn.text == "not drawn: answered blight = no, where the rule says: it is late blight"
    assert [(f.finding, f.value, f.firings) for f in found.findings] == [("blight", "no", ())]
    assert found == follow(base, case)
    [tree] = how(found, base, find_subject(base, "blight"))
    assert tree.text == "it is not the case that it is late blight (your answer: blight = no)"
    agreed = infer(base, parse_pairs(["blight=yes", "weather=wet", "signs=blotches,down"], base.knowledge))
    assert agreed.firings[0].undrawn[0].text == "not drawn: answered blight = yes"
    assert agreed.firings[1].matched[0].text.startswith("it is late blight")


def test_a_record_of_an_answered_finding_is_kept_and_replayed(tmp_path: Path) -> None:
    base = asked_base()
    with open_ledger(tmp_path / "ledger.sqlite") as records:
        case = parse_pairs(["blight=no", "weather=wet", "signs=blotches,down"], base.knowledge)
        records.save(base, infer(base, case))
        assert records.get() == infer(base, case) and records.replay()[0].same
