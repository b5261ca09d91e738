"""The outcome of a run, over plain truth values: what a record says of the same conclusions."""

from __future__ import annotations

from random import Random

from support.shell import ROOT

from expert.consultation.case import Answer, make_case
from expert.consultation.engine import infer
from expert.consultation.relevance import Reach
from expert.knowledge.load import load
from expert.language.conclusions import Advise, Argue, Caution, Conclude, Flag, Plan, Wait
from expert.language.meaning import Evaluation
from expert.language.model import Knowledge
from expert.language.outcome import Outcome, cost_sides, outcome_of, parts_shown
from expert.language.policy import VERDICTS, first, firsts
from expert.language.rules import passes

HEATING = ROOT / "examples" / "heating"


def random_answers(k: Knowledge, random: Random) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for term in k.attributes.values():
        if random.random() < 0.6:
            low, high = max(0, term.low or 0), min(500, 500 if term.high is None else term.high)
            found[term.name] = random.randint(low, high) if term.numeric else random.choice([*term.values])
    return found


def test_it_says_what_the_record_says() -> None:
    for place in (ROOT, HEATING):
        base, random = load(place), Random(7)
        k, seen = base.knowledge, set()
        for _ in range(40):
            case = make_case(random_answers(k, random), k)
            reading = Evaluation(case.answers)
            fired = reading.derive(passes(base.instances))
            outcome = outcome_of(k, reading, base.instances, {id: where & 1 for id, where in fired.items()})
            record = infer(base, case)
            for r in record.recommendations:
                verdicts = {verdict: where & 1 for verdict, where in outcome.verdicts(r.option).items()}
                assert sum(verdicts.values()) == 1 and first(verdicts) == r.verdict
                timing = {step: where & 1 for step, where in outcome.timing(r.option).items()}
                assert sum(timing.values()) == 1 and first(timing) == r.timing
                assert [step for step, at in outcome.waits(r.option).items() if at] == [*r.waits_for]
                assert [flag for flag, at in outcome.flags(r.option).items() if at] == [*r.flags]
                for stance in ("for", "against", "unsure"):
                    topics = {topic for topic, at in outcome.topics(r.option, stance).items() if at}
                    assert topics == {a.topic for a in r.arguments if a.stance == stance}
                argued = {
                    target: first({verdict: where & 1 for verdict, where in verdicts.items()})
                    for target, verdicts in outcome.targets(r.option).items()
                    if target
                }
                assert {target: verdict for target, verdict in argued.items() if verdict} == r.targets
                seen |= {r.verdict, r.timing}
            assert [step for step, at in outcome.plan().items() if at] == [step.step for step in record.plan]
            said = {a.id for a in record.advice}
            keyed = {**outcome.advice, **outcome.cautions}
            assert {key.partition("@")[0] for key, at in keyed.items() if at} == said
        assert len(seen) > 4


def test_firsts_are_apart_and_leave_the_rest_to_the_otherwise() -> None:
    assert firsts({"a": 0b0011, "b": 0b0110}, 0, "none") == {"a": 0b0011, "b": 0b0100, "none": ~0b0111}
    assert first({"a": 0, "b": 2, "c": 1}) == "b" and first({"a": 0}, "none") == "none"


def test_of_nothing_nothing_follows() -> None:
    k = load(ROOT).knowledge
    outcome: Outcome[int] = Outcome(k, [], 0)
    option = next(iter(k.options))
    assert {v for v, where in outcome.verdicts(option).items() if where} == {"not-addressed"}
    assert outcome.timing(option) == {"now": -1} and outcome.plan() == {} and outcome.flags(option) == {}
    assert tuple(outcome.verdicts(option)) == VERDICTS


def test_each_conclusion_has_its_part_in_what_is_shown() -> None:
    base = load(ROOT)
    k = base.knowledge
    topic = next(topic.id for topic in k.topics.values() if topic.decides)
    [low, high] = [name for _, name, _ in cost_sides(k)]
    shown = {
        Argue(topic, "for", option="x"): [("for", "x", topic), ("verdict", "x", "")],
        Wait("rest", "x"): [("timing", "x", "")],
        Flag("dear", "x"): [("flags", "x", "")],
        Plan("rest"): [("plan", "", "rest")],
        Advise("rest", "Rest.", "x"): [("advice", "", "rest@x")],
        Caution("rest", "Rest."): [("advice", "", "rest")],
        Conclude(low, 1, True, "x"): [("low", "x", "")],
        Conclude(high, 1, True, "x"): [("high", "x", "")],
    }
    assert {c: [*parts_shown(c, k)] for c in shown} == shown
    behind = Reach(base).behind
    assert {("verdict", option, "") for option in k.options} <= behind.keys()
