"""What a case leaves open, held to completions of it, which the naive evaluator decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from random import Random

import pytest
from support.sizes import MORE

from expert.consultation.case import make_case, parse_pairs
from expert.consultation.engine import infer
from expert.consultation.openness import Openness
from expert.consultation.outcome import follow
from expert.consultation.result import Consultation
from expert.knowledge.load import load
from expert.language.rules import RuleBase
from expert.library import from_json, to_json
from tests.support.chained import chain
from tests.support.compare import BASES, choices
from tests.support.generate import knowledge_files, tried, write_files
from tests.support.oracle import OracleKB, evaluate
from tests.support.shell import ROOT
from tests.support.sizes import some_or_all

PLACES = {**BASES, "heating": ROOT / "examples" / "heating"}
Answers = dict[str, str]
Choices = dict[str, list[str]]
COMPLETIONS = 6


def consult(base: RuleBase, answers: Answers) -> Consultation:
    return infer(base, parse_pairs([f"{name}={value}" for name, value in answers.items()], base.knowledge))


def verdicts(base: RuleBase, answers: Answers) -> dict[str, str]:
    return {r.option: r.verdict for r in consult(base, answers).recommendations}


def answers_to_try(base: RuleBase, kb: OracleKB) -> Choices:
    """Answers to each question; numbers without their own list are small."""
    terms = base.knowledge.attributes
    found = {}
    for name, term in terms.items():
        numbers = [n for n in ("0", "1", "2", "5", "20", "60", "70") if _fits(base, name, n)]
        found[name] = tried(term, numbers)
    return found


def _fits(base: RuleBase, name: str, number: str) -> bool:
    try:
        base.knowledge.attributes[name].parse(number)
    except ValueError:
        return False
    return True


def partial(options: Choices, random: Random) -> Answers:
    share, answers = random.choice((0.1, 0.4, 0.7, 0.9)), {}
    for name, values in options.items():
        if random.random() < share:
            answers[name] = random.choice(values)
        elif random.random() < 0.2:
            answers[name] = "unknown"
    return answers


def completed(answers: Answers, options: Choices, random: Random, share: float) -> Answers:
    """The case with more of it answered, `unknown` too."""
    known = {name: value for name, value in answers.items() if value != "unknown"}
    more = {name: random.choice(values) for name, values in options.items() if random.random() < share}
    return {**more, **known}


def disagree(kb: OracleKB, advice: set[tuple[str, str, str | None]]) -> set[str]:
    """The contradictions that are cautioned of."""
    return {id for _, id, _ in advice} & {id for id, _ in kb.contradictions}


def hold(base: RuleBase, kb: OracleKB, options: Choices, random: Random) -> tuple[int, int]:
    """One case against completions of it: how many were tried, and how many options were open."""
    answers = partial(options, random)
    before = consult(base, answers)
    tried = 0
    for share in (0.5, *[1.0] * (COMPLETIONS - 1)):
        whole = completed(answers, options, random, share)
        found = evaluate(kb, whole)
        after = found["verdicts"]
        tried += 1
        disagreeing = disagree(kb, found["advice"])
        if disagreeing - disagree(kb, {(a.kind, a.id, a.option) for a in before.advice}):
            continue  # an answer of these counts as none
        for r in before.recommendations:
            if r.verdict == "not-addressed":
                assert after[r.option] == "not-addressed", (answers, whole, r.option)
            if share == 1.0 and not disagreeing:
                assert after[r.option] != "open", (whole, r.option)
    for r in before.recommendations:
        assert bool(r.depends_on) == (r.verdict == "open")
        if r.depends_on:
            whole = completed(answers, options, random, 1.0)
            hold_to_what_it_depends_on(base, kb, answers, whole, r.option, r.depends_on)
    return tried, sum(r.verdict == "open" for r in before.recommendations)


def hold_to_what_it_depends_on(
    base: RuleBase, kb: OracleKB, answers: Answers, whole: Answers, option: str, names: tuple[str, ...]
) -> None:
    """Open until one of these is answered, whatever else is; and not once all of them are."""
    order = [*base.knowledge.attributes]
    assert [*names] == sorted(names, key=order.index)
    if disagree(kb, evaluate(kb, whole)["advice"]):
        return  # an answer counts as none, whatever else is answered
    assert {answers.get(name, "unknown") for name in names} == {"unknown"}
    others = {name: value for name, value in whole.items() if name not in names}
    assert verdicts(base, others)[option] == "open", (others, option)
    these = {name: value for name, value in whole.items() if name in names or name in answers}
    assert verdicts(base, these)[option] != "open", (these, option)


@pytest.mark.parametrize("cases", some_or_all(3, 400, more=8))
@pytest.mark.parametrize(
    "place", [pytest.param(name, marks=[] if name == "acne" else MORE) for name in PLACES]
)
def test_what_is_not_addressed_stays_so_whatever_is_answered(place: str, cases: int) -> None:
    base, kb, random = load(PLACES[place]), OracleKB(PLACES[place]), Random(31)
    options = choices(kb) if place in BASES else answers_to_try(base, kb)
    found = [hold(base, kb, options, random) for _ in range(cases)]
    assert sum(tried for tried, _ in found) == cases * COMPLETIONS
    assert sum(open for _, open in found) > cases // 4


@pytest.mark.parametrize("bases", some_or_all(2, 600, more=12))
def test_the_same_of_generated_knowledge(bases: int, tmp_path: Path) -> None:
    open = 0
    for number in range(700, 700 + bases):
        random = Random(number)
        directory = write_files(knowledge_files(random), tmp_path / str(number))
        base, kb = load(directory), OracleKB(directory)
        options = answers_to_try(base, kb)
        for _ in range(4):
            open += hold(base, kb, options, random)[1]
    assert open >= bases // 12


def every(options: Choices, names: tuple[str, ...]) -> Iterator[Answers]:
    for values in product(*(options[name] for name in names)):
        yield dict(zip(names, values, strict=True))


def test_every_completion_of_what_the_verdicts_rest_on() -> None:
    """Of the built-in knowledge: all answers to all questions that its verdicts read."""
    base, kb = load(ROOT), OracleKB(ROOT)
    names = ("scar_depth", "light_scarring", "previous_punch")
    options = {name: choices(kb)[name] for name in names}
    agreeing = [a for a in every(options, names) if not disagree(kb, evaluate(kb, a)["advice"])]
    whole = [(answers, verdicts(base, answers)) for answers in agreeing]
    for answers in every({name: [*values, "unknown"] for name, values in options.items()}, names):
        known = {name: value for name, value in answers.items() if value != "unknown"}
        if disagree(kb, evaluate(kb, known)["advice"]):
            assert "open" in verdicts(base, answers).values() or "scar_depth" in known
            continue
        fitting = [after for other, after in whole if known.items() <= other.items()]
        for option, verdict in verdicts(base, answers).items():
            assert verdict != "not-addressed" or {after[option] for after in fitting} == {"not-addressed"}
            assert known != answers or verdict != "open"


@pytest.mark.parametrize("run", [infer, follow])
def test_the_depth_decides(run: Callable[[RuleBase, object], Consultation]) -> None:
    base = load(ROOT)
    found = run(base, parse_pairs([], base.knowledge))
    punch = found.recommendation("punch-technique")
    assert (punch.verdict, punch.depends_on) == ("open", ("scar_depth",))
    shallow = run(base, parse_pairs(["scar_depth=shallow"], base.knowledge)).recommendation("punch-technique")
    assert (shallow.verdict, shallow.depends_on) == ("not-addressed", ())


def test_it_is_written_and_read_back() -> None:
    found = consult(load(ROOT), {})
    assert from_json(to_json(found)) == found


def test_what_a_long_chain_of_findings_depends_on() -> None:
    base = chain(300, settled=True)
    found = infer(base, parse_pairs(["start=unknown"], base.knowledge)).recommendations[0]
    assert (found.verdict, found.depends_on) == ("open", ("start",))


def test_no_more_is_read_than_it_takes() -> None:
    """The first rules tell whether an option is open; what that depends on, those up to the last answer."""
    one = load(ROOT)
    copies = [
        i._replace(rule=i.rule._replace(id=f"{i.rule.id}-{n}")) for n in range(9) for i in one.instances
    ]
    openness, nothing = Openness(one._replace(instances=tuple(copies))), make_case({}, one.knowledge)
    for option, deciding in openness.deciding.items():
        left, whole = openness.of(nothing), openness.of(nothing)
        assert left.is_open(option) and whole.arguments(option)
        everything = len(openness.dependencies.upstream(deciding))
        assert len(left.fired) < len(whole.fired) == everything
        assert left.depends_on(option) == whole.depends_on(option) != ()
        assert left.arguments(option) == whole.arguments(option) and left.fired == whole.fired
