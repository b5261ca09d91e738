"""What is said of other answers is so: smallest changes, what-if, what a question decides, contradictions.

Each statement is derived again by `support.ahead`, which goes through the cases with the naive evaluator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from support.ahead import (
    UNKNOWN,
    Answers,
    Evaluated,
    Result,
    contradicted,
    differences,
    in_play,
    reached,
    same,
)
from support.compare import summary
from support.contradicting import VOCABULARY, contradicting
from support.generate import knowledge_files, random_answers, write_files
from support.oracle import OracleKB
from support.shell import ROOT
from support.sizes import some_or_all

from expert.consultation.case import Case, parse_pairs
from expert.consultation.compare import what_if
from expert.consultation.dialogue import Dialogue
from expert.consultation.disagreement import disagreeing
from expert.consultation.engine import infer
from expert.consultation.relevance import VERDICT, Effect, Reach
from expert.consultation.subjects import find_subject
from expert.consultation.why_not import Flip, WhyNot, why_not
from expert.knowledge.load import load
from expert.language.keys import name_and_option
from expert.language.policy import NOW, VERDICTS
from expert.language.rules import RuleBase
from expert.views.terminal import Look, shown
from expert.views.what_if import what_if_blocks

BASES = {
    "built-in": ROOT,
    "bicycle": ROOT / "tests/data/bicycle",
    "heating": ROOT / "examples/heating",
    "plants": ROOT / "docs/reference/plants",
}
Made = tuple[RuleBase, Evaluated]
FEW_OPTIONS = 2
FEW, SOME = (2, 3, 4), (2, 3, 4, 8, 10, 14, 15, 16)  # seeds of knowledge bases with few questions


def case_of(base: RuleBase, answers: Answers) -> Case:
    return parse_pairs([f"{name}={value}" for name, value in answers.items()], base.knowledge)


def made(seed: int, directory: Path, disagree: bool = False) -> Made:
    """A generated knowledge base, with answers that cannot be changed; or with answers that disagree."""
    files = knowledge_files(Random(seed))
    if disagree:
        files = contradicting(files, Random(seed))
    else:
        files[VOCABULARY] = with_fixed(files[VOCABULARY], Random(seed))
    write_files(files, directory)
    return load(directory), Evaluated(OracleKB(directory))


def with_fixed(text: str, random: Random) -> str:
    """A vocabulary in which some answers cannot be changed once they are given."""
    vocabulary = yaml.load(text, Loader=yaml.CBaseLoader)
    for term in vocabulary["attributes"].values():
        if random.random() < 0.25:
            term["fixed"] = "yes"
    return str(yaml.dump(vocabulary, Dumper=yaml.CSafeDumper, sort_keys=False))


def hold_all(
    hold: Callable[[RuleBase, Evaluated, Random], int],
    seeds: Sequence[int],
    where: Path,
    record: Any,
    least: int,
) -> None:
    """Hold statements about cases of as many generated knowledge bases; how many there are is recorded."""
    nodes = 0
    for seed in seeds:
        nodes += hold(*made(seed, where / str(seed), hold is disagreements_hold), Random(seed))
    record("nodes", nodes)
    print(f"{hold.__name__}: {nodes} nodes of {len(seeds)} knowledge bases hold")
    assert nodes > least * len(seeds)


def answers_of(base: RuleBase, random: Random) -> Answers:
    """Random answers that are allowed."""
    found = random_answers(base, random)
    return {name: value for name, value in found.items() if _allowed(base, name, value)}


def _allowed(base: RuleBase, name: str, value: str) -> bool:
    try:
        return value == UNKNOWN or base.knowledge.attributes[name].parse(value) is not None
    except ValueError:
        return False


# --- the smallest changes ---------------------------------------------------------------------------
def flips_hold(base: RuleBase, evaluated: Evaluated, random: Random) -> int:
    """Of options and goals: where each change leads, and that those found are all the smallest."""
    reach, answers = Reach(base), answers_of(base, random)
    most = 2 if len(base.knowledge.attributes) <= 3 else 1  # answers of which every change is tried
    case, before, held = case_of(base, answers), evaluated(answers), 0
    consultation = infer(base, case)
    for option in [*base.knowledge.options][:FEW_OPTIONS]:
        subject = find_subject(base, option, ("option",))
        for goal in ("", NOW, *VERDICTS):
            why = why_not(reach, case, consultation, subject, goal)
            told = (answers, option, goal, why)
            assert why.already == reached(before, option, why.wanted, ()), told
            assert why.waiting == (tuple(before["waits"][option]) if goal == NOW else ()), told
            for flip in why.flips or ():
                hold_flip(evaluated, answers, option, why, flip)
            looked_for = not why.already or bool(why.not_for and why.failed)
            held += 3 + 7 * len(why.flips or ())
            if looked_for and why.decided and why.up_to is None:
                hold_smallest(evaluated, answers, option, why, most)
                held += 1
    return held


def hold_flip(evaluated: Evaluated, answers: Answers, option: str, why: WhyNot, flip: Flip) -> None:
    """The changed case has the goal, and everything that is said of it."""
    before, after = evaluated(answers), evaluated({**answers, **flip.changes})
    told = (answers, option, why.goal, flip)
    assert reached(after, option, why.wanted, why.not_for), told
    assert (flip.verdict, flip.timing) == (after["verdicts"][option], after["timing"][option]), told
    assert flip.targets == after["targets"][option], told
    steps = after["plan"]
    assert flip.plan_step == (steps.index(flip.timing) + 1 if flip.timing in steps else None), told
    new = in_play(after) - in_play(before) if in_play(before) else set()
    assert {*flip.new_targets} == new, told
    assert flip.unanswered == all(answers.get(name, UNKNOWN) == UNKNOWN for name in flip.changes), told
    for name, value in flip.changes.items():
        assert value != UNKNOWN and not same(answers.get(name), value), told
        fixed = evaluated.kb.answerable[name].get("fixed") == "yes"
        assert not fixed or answers.get(name, UNKNOWN) == UNKNOWN, told


def hold_smallest(evaluated: Evaluated, answers: Answers, option: str, why: WhyNot, most: int) -> None:
    """No smaller change leads there, and no other one of the same size (but for other numbers)."""
    kb = evaluated.kb
    size = min((len(flip.changes) for flip in why.flips or ()), default=most + 1)
    found = {_kept(kb, flip.changes) for flip in why.flips or ()}
    assert len(found) == len(why.flips or ()), (answers, option, why.goal, why.flips)
    for n in range(min(size, most) + 1):
        for change in evaluated.changes(answers, n):
            if reached(evaluated({**answers, **change}), option, why.wanted, why.not_for):
                assert n == size and _kept(kb, change) in found, (answers, option, why.goal, change, found)


def _kept(kb: OracleKB, change: Answers) -> tuple[tuple[str, str], ...]:
    """A change, but for which number it is."""
    named = {name: value if "values" in kb.answerable[name] else "" for name, value in change.items()}
    named |= {name: value for name, value in change.items() if kb.answerable[name]["type"] == "yes-no"}
    return tuple(sorted(named.items()))


@pytest.mark.parametrize("seeds", some_or_all((2, 3, 69), range(200)))
def test_every_change_leads_where_it_says_and_is_smallest(
    seeds: Sequence[int], tmp_path: Path, record_property: Any
) -> None:
    hold_all(flips_hold, seeds, tmp_path, record_property, 20)


@pytest.mark.parametrize("count", some_or_all(1, 60))
@pytest.mark.parametrize("name", ["built-in", "plants"])
def test_every_change_of_these(name: str, count: int, record_property: Any) -> None:
    base, evaluated, random = load(BASES[name]), Evaluated(OracleKB(BASES[name])), Random(5)
    nodes = sum(flips_hold(base, evaluated, random) for _ in range(count))
    record_property("nodes", nodes)
    assert nodes > 70 * count


# --- what-if ------------------------------------------------------------------------------------------
def differences_hold(base: RuleBase, evaluated: Evaluated, random: Random, times: int = 6) -> int:
    """Every difference is one, with what stands on both sides; and none is missing."""
    held = 0
    for _ in range(times):
        answers = answers_of(base, random)
        others = {**answers, **answers_of(base, random)} if random.random() < 0.5 else dict(answers)
        for name, value in random.sample([*others.items()], min(1, len(others))):
            tried = [v for v in (*evaluated.tried(name), UNKNOWN) if _allowed(base, name, v) and v != value]
            others[name] = random.choice(tried or [value])
        held += hold_differences(base, evaluated, answers, others)
    return held


def hold_differences(base: RuleBase, evaluated: Evaluated, answers: Answers, others: Answers) -> int:
    one, other = (infer(base, case_of(base, each)) for each in (answers, others))
    sides = evaluated(answers), evaluated(others)
    found, expected = what_if(one, other), differences(*sides)
    told = (answers, others)
    named = {(d.kind, d.name) for d in found}
    assert len(named) == len(found), told
    assert expected <= named, (told, expected - named)
    for d in found:
        if d.kind in ("verdict", "timing"):
            key = {"verdict": "verdicts"}.get(d.kind, d.kind)
            assert [d.before, d.after] == [side[key][d.name] for side in sides], (told, d)
        elif d.kind == "target":
            option, target = d.name.split(" for ")
            assert [d.before, d.after] == [side["targets"][option].get(target, "") for side in sides], d
        elif d.kind == "flags":
            assert [d.before, d.after] == [", ".join(side["flags"][d.name]) for side in sides], (told, d)
        elif d.kind == "answer":
            assert not same(answers.get(d.name, ""), others.get(d.name, "")), (told, d)
            assert [bool(d.before), bool(d.after)] == [d.name in each for each in (answers, others)], d
        elif d.kind == "advice":
            there = [_is_advised(side, d.name) for side in sides]
            assert [bool(d.before), bool(d.after)] == there and d.before != d.after, (told, d)
        elif d.kind in ("plan", "firing"):
            assert (d.kind, d.name) in expected, (told, d)
            assert bool(d.before) != bool(d.after), (told, d)
        elif d.kind == "cost":
            same_bounds = (d.kind, d.name) not in expected
            assert not same_bounds or evaluated.priced(d.name), (told, d)
        elif d.kind == "result":
            hold_result(sides, d.name, d.before, d.after)
    text = shown(what_if_blocks(found, one, other, base.knowledge), Look(width=200))
    changed = any(kind in ("verdict", "target") for kind, _ in expected)
    assert ("No verdict changes." in text) == (bool(base.knowledge.options) and bool(found) and not changed)
    assert ("Nothing would be different." in text) == (not found)
    return len(found) + 2


def hold_result(sides: Iterable[Result], name: str, *said: str) -> None:
    """A result that differs stands otherwise: what is concluded of it, or whether it is open."""
    assert said[0] != said[1]
    for side, text in zip(sides, said, strict=True):
        values = {v for finding, option, v in side["findings"] if (finding, option) == _key(name)}
        assert values or text.startswith(("open", "not concluded")) or _key(name) in side["bounds"]


def _key(name: str) -> tuple[str, str | None]:
    finding, option = name_and_option(name)
    return finding, option or None


def _is_advised(result: Result, name: str) -> bool:
    return any((id, option) == _key(name) for _, id, option in result["advice"])


@pytest.mark.parametrize("seeds", some_or_all(FEW, range(300), more=SOME))
def test_every_difference_is_one_and_none_is_missing(
    seeds: Sequence[int], tmp_path: Path, record_property: Any
) -> None:
    hold_all(differences_hold, seeds, tmp_path, record_property, 5)


@pytest.mark.parametrize("count", some_or_all(1, 300))
@pytest.mark.parametrize("name", BASES)
def test_every_difference_of_these(name: str, count: int, record_property: Any) -> None:
    base, evaluated = load(BASES[name]), Evaluated(OracleKB(BASES[name]))
    nodes = differences_hold(base, evaluated, Random(name), count)
    record_property("nodes", nodes)
    assert nodes > count


# --- why a question is asked ---------------------------------------------------------------------------
def reasons_hold(base: RuleBase, evaluated: Evaluated, random: Random) -> int:
    """What every open answer can change, by which rules, and the verdicts that are possible yet."""
    answers = evaluated.partial(answers_of(base, random), random)
    dialogue = Dialogue(Reach(base), case_of(base, answers))
    every = [(case, evaluated(case)) for case in evaluated.completions(answers)]
    held = 0
    for option in base.knowledge.options:
        possible = dialogue.reach.verdicts(option, dialogue.case)
        really = {result["verdicts"][option] for _, result in every}
        sure = {verdict for verdict, so in possible.items() if so}
        assert sure <= really <= possible.keys(), (answers, option, possible, really)
        held += len(possible)
    for name in (name for name in base.knowledge.attributes if name not in answers):
        why = dialogue.why(name)
        pairs = next_to_each_other(every, name)
        for effect in dialogue.reach.effects:
            seen = [{_seen(effect, *each) for each in some} for some in pairs]
            changes = any(len(some) > 1 for some in seen)
            assert changes <= (effect in why.effects), (answers, name, effect.kind, effect.name)
            assert changes >= why.effects.get(effect, False), (answers, name, effect.kind, effect.name)
        hold_none_missing(why.effects, pairs, (answers, name))
        held += len(dialogue.reach.effects) + 1
        for rule in why.rules:
            fires = {any(id == rule for id, _ in result["fired"]) for _, result in every}
            assert not all(why.effects.values()) or len(fires) > 1 or _prints(base, rule), (
                answers,
                name,
                rule,
            )
            held += 1
    return held


Followed = tuple[Answers, Result]


def next_to_each_other(every: list[Followed], name: str) -> list[list[Followed]]:
    """Cases that differ in one answer only."""
    groups: dict[tuple[str, ...], list[Followed]] = {}
    for case, result in every:
        groups.setdefault(tuple(v for other, v in case.items() if other != name), []).append((case, result))
    return [*groups.values()]


def _seen(effect: Effect, case: Answers, result: Result) -> object:
    """What a reader sees of it in a case."""
    visible = effect.visible
    if effect.kind == VERDICT:
        return result["verdicts"][effect.option] == "open"
    fired = {(i.rule.id, i.option or None) for i in visible.instances} & {*result["fired"]}
    if visible.instances and not fired:
        return None
    keys = [_key(key) for key in visible.findings]
    numbers = frozenset((name, option, v) for name, option, v in result["findings"] if (name, option) in keys)
    bounds = tuple(result["bounds"].get(key) for key in keys)
    return numbers, bounds, tuple(case[name] for name in visible.answers)


def hold_none_missing(effects: dict[Effect, bool], pairs: list[list[Followed]], told: Any) -> None:
    """Whatever of the outcome can change with an answer is among what is said to change."""
    kinds: set[tuple[str, str]] = set()
    for (_, first), *others in pairs:
        for _, result in others:
            kinds |= {(kind, name.split(" for ")[0]) for kind, name in differences(first, result)}
    options = {effect.option for effect in effects}
    names = {effect.name for effect in effects}
    for kind, name in kinds:
        if kind in ("verdict", "target", "timing"):
            assert name in options, (told, kind, name)
        elif kind == "plan":
            assert name in names, (told, kind, name)


def _prints(base: RuleBase, rule: str) -> bool:
    return "{" in base.rule(rule).because


@pytest.mark.parametrize("seeds", some_or_all(FEW, range(300), more=SOME))
def test_what_a_question_decides(seeds: Sequence[int], tmp_path: Path, record_property: Any) -> None:
    hold_all(reasons_hold, seeds, tmp_path, record_property, 10)


# --- answers that disagree --------------------------------------------------------------------------
def disagreements_hold(base: RuleBase, evaluated: Evaluated, random: Random, times: int = 6) -> int:
    """Each names answers that disagree, none is missing, and what is left out is of no account."""
    held = 0
    for _ in range(times):
        answers = {**answers_of(base, random)}
        case, result = case_of(base, answers), evaluated(answers)
        consultation, expected = infer(base, case), contradicted(evaluated.kb, result)
        found = {d.id: ({*d.answers}, d.left_out) for d in consultation.disagreements}
        assert found == expected, answers
        for d in consultation.disagreements:
            assert consultation.firings[d.firing - 1].rule == d.id
        pointed_out = {d.contradiction.id: d for d in disagreeing(base, case)}
        assert pointed_out.keys() == expected.keys(), answers
        for d in pointed_out.values():
            for name, value in zip(d.contradiction.attributes, d.answers, strict=True):
                term = base.knowledge.attributes[name]
                assert value is not None and same(answers[name], term.spell(value)), (answers, d)
                worded = term.says and term.says in d.text
                assert worded or (term.label in d.text and term.show(value) in d.text), (answers, d)
        left = {name for _, name in expected.values()}
        without = evaluated({name: value for name, value in answers.items() if name not in left})
        hold_left_out(summary(consultation), without, (answers, left))
        held += 7 * len(expected) + 2
    return held


def hold_left_out(found: Result, without: Result, told: Any) -> None:
    """All follows that does without the answer; but what it may yet decide is another question."""
    for key in ("targets", "waits", "flags", "plan", "cost", "findings"):
        assert found[key] == without[key], (told, key)
    for option, verdict in found["verdicts"].items():
        assert {verdict, without["verdicts"][option]} <= {"open", "not-addressed"} or (
            verdict == without["verdicts"][option]
        ), (told, option)


@pytest.mark.parametrize("seeds", some_or_all(FEW, range(300), more=SOME))
def test_answers_that_disagree(seeds: Sequence[int], tmp_path: Path, record_property: Any) -> None:
    hold_all(disagreements_hold, seeds, tmp_path, record_property, 2)
