"""What diagrams leave undecided, by Z3: the same as they say where they are not too large."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.constructs import opened
from support.dense import dense_files
from support.proving import DIRECTORIES, some_case
from support.sizes import some_or_all

from expert.analysis import diff
from expert.analysis.coverage import coverage, suggest
from expert.analysis.mutation import TRIES, Score, Survivor, mutate
from expert.commands.trial import cases_apart
from expert.consultation.case import Case
from expert.consultation.outcome import follow
from expert.consultation.relevance import Reach
from expert.knowledge.load import load, open_files
from expert.language import changes as smallest
from expert.language import prospect
from expert.language.changes import changes_to
from expert.language.conditions import Given
from expert.language.limits import Limits, NotDecided
from expert.language.policy import NOW, VERDICTS
from expert.language.rules import RuleBase, all_leaves
from expert.proof.undecided import Solver, difference, solver

pytest.importorskip("z3", reason="the prove extra is not installed")


def dense(rules: int = 24, questions: int = 8) -> RuleBase:
    base, problems = open_files(dense_files(Random(2), rules, questions, 3))
    assert not problems
    return base


@pytest.mark.parametrize(("name", "count"), [("acne", 1), pytest.param("acne", 8, marks=pytest.mark.long)])
def test_it_says_what_diagrams_say(name: str, count: int) -> None:
    base, random = load(DIRECTORIES[name]), Random(count)
    by_diagrams, by_solver = Reach(base), Solver(base)
    for _ in range(count):
        case = some_case(base, random, 0.6, 10**8)
        for effect in random.sample(by_diagrams.effects, 12):
            exact = by_diagrams.changing(effect, case)
            for name in set(by_diagrams.rests_on(effect)) - case.answers.keys():
                assert by_solver.changes(effect.visible, name, case.answers) == (name in exact), effect.name
        for option in random.sample([*base.knowledge.options], 2):
            possible = by_diagrams.verdicts(option, case)
            for verdict in VERDICTS:
                assert by_solver.has(option, verdict, case.answers) == (verdict in possible)


@pytest.mark.parametrize("count", some_or_all(2, 40))
def test_smallest_changes(count: int) -> None:
    """Of the dense base and the built-in one, the same sets as by diagrams."""
    for base in (dense(), load(DIRECTORIES["acne"])):
        random, by_solver = Random(7), Solver(base)
        for _ in range(count):
            case = some_case(base, random, 0.8, 10**6)
            option, goal = random.choice([*base.knowledge.options]), random.choice([*VERDICTS, NOW])
            by_diagrams = changes_to(by_solver.cones, case.answers, option, (goal,))
            found = by_solver.changes_to(case.answers, option, goal)
            assert found.up_to is None and by_diagrams.up_to is None
            assert sorted(map(kept, found.found)) == sorted(map(kept, by_diagrams.found)), (
                option,
                goal,
                case,
            )


def kept(change: dict[str, object]) -> list[tuple[str, str]]:
    """A set of changes, but for which number it is."""
    return sorted((name, v if isinstance(v, str) else "number") for name, v in change.items())


def test_past_the_budget_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without nodes, and without samples: what can change something, verdicts, and the smallest changes."""
    base = dense()
    exact, case = Reach(base), Case({"a0": "v0", "a1": "v1"})
    effect = exact.effects[-1]
    wanted = exact.changing(effect, case), exact.verdicts("o0", case)
    changes = exact.changes_to(case, "o0", "option", ())
    monkeypatch.setattr(prospect, "SMALL", 1)
    monkeypatch.setattr(smallest, "FEW", 1)
    monkeypatch.setattr(prospect.changing_alone, "__defaults__", (Limits(nodes=1),))
    monkeypatch.setattr(changes_to, "__defaults__", ((), Limits(nodes=1)))
    monkeypatch.setattr(prospect.Prospect, "seen_to_change", lambda *_: set())
    monkeypatch.setattr(prospect.Prospect, "seen_verdicts", lambda *_: set())
    monkeypatch.setattr(Limits, "__new__", lambda cls, *_: tuple.__new__(cls, (1, 1, True)))
    without_it, with_it = Reach(base), Reach(base, solver)
    assert not any(without_it.changing(effect, case).values())
    assert (with_it.changing(effect, case), with_it.verdicts("o0", case)) == wanted
    assert with_it.changes_to(case, "o0", "option", ()) == changes


@pytest.mark.parametrize("seeds", some_or_all(range(3), range(40)))
def test_differences_past_the_budget(seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    """By samples, and by Z3: the same as diagrams say, and the case found shows it when it is run."""
    whole = diff._compared

    def too_large(thing: diff.Thing, *parts: Any) -> diff.Change:
        if thing.kind == "verdict":
            raise NotDecided("of the test")
        return whole(thing, *parts)

    told = Counter[bool | None]()
    for seed in seeds:
        random = Random(seed)
        files = dense_files(random, 12, 5, 3)
        rules = files["rules/1.yaml"].split("\n")
        line = random.randrange(12)
        edited = {
            **files,
            "rules/1.yaml": "\n".join([*rules[:line], twisted(rules[line], random), *rules[line + 1 :]]),
        }
        old, new = (open_files(texts)[0] for texts in (files, edited))
        exact = verdict_change(diff.compare(old, new))
        with monkeypatch.context() as patched:
            patched.setattr(diff, "_compared", too_large)
            sampled = verdict_change(diff.compare(old, new))
            patched.setattr(diff, "_sampled", lambda *_: None)
            proved = verdict_change(diff.compare(old, new, difference))
        assert sampled.same in (None, exact.same) and proved.same == exact.same, seed
        for found in (sampled, proved):
            told[found.same] += 1
            if found.example is not None:
                said = [follow(base, found.example).recommendation("o0").verdict for base in (old, new)]
                assert said == [found.before, found.after] and said[0] != said[1], seed
    assert told[False] > len(seeds)


def twisted(rule: str, random: Random) -> str:
    """A rule that tests another value, or is dropped."""
    return "" if random.random() < 0.2 else rule.replace(": v0", ": v1", 1).replace(": v2", ": v0", 1)


def verdict_change(differences: diff.Differences) -> diff.Change:
    return next(change for change in differences.changes if change.thing.kind == "verdict")


SPANS = {
    "attributes": {"born": "date", "died": "date", "n": "count"},
    "findings": {"age": "count", "years": "count"},
}


@pytest.mark.parametrize(
    ("condition", "possible"),
    [
        ({"age": {"at-least": "n"}}, True),
        ({"age": {"more-than": {"times": [2, "n"]}}}, True),
        ({"age": {"more-than": {"plus": ["n", 10_000]}}}, False),
        ({"age": {"more-than": "years"}}, False),
    ],
)
def test_a_case_for_completed_years_that_are_compared(condition: Any, possible: bool, tmp_path: Path) -> None:
    """Of two dates that are open, with what is open too; no days are ten thousand years apart."""
    years = {"years-between": ["born", "died"]}
    rules = [
        {"id": "age", "then": {"conclude": {"age": years}}},
        {"id": "years", "then": {"conclude": {"years": years}}},
        {"id": "r", "when": condition, "then": {"conclude": {"s": "yes"}}},
    ]
    base = opened({**SPANS, "findings": {**SPANS["findings"], "s": "yes-no"}, "rules": rules}, tmp_path)
    missed = coverage(base, []).missed
    said = {s.what: s for s in suggest(base, missed, Solver(base).case_where)}
    found = said["r fires"]
    assert found.why == ("" if possible else "no case can do that")
    if possible:
        assert found.case and "r" in follow(base, found.case).rules()
    assert not any("not decided" in s.why for s in said.values())
    assert not possible or any("not decided" in s.why for s in suggest(base, missed))  # by diagrams


def test_a_case_is_found_where_diagrams_find_one() -> None:
    """For every condition of every rule, that it holds and that it does not."""
    base = load(DIRECTORIES["acne"])
    looked, decides = prospect.Prospect(prospect.Cones(base), {}), Solver(base)
    for instance in base.instances[::40]:
        for leaf in all_leaves(instance):
            if isinstance(leaf, Given):
                continue
            for holds in (True, False):
                where = looked.holds(leaf)
                answers = looked.completions.smallest(where if holds else ~where)
                possible, found = decides.case_where(instance, leaf, holds)
                assert (possible, found is None) == (answers is not None, answers is None)


def test_a_mutant_that_completed_years_tell_apart(tmp_path: Path) -> None:
    """By a case that is seen to; and in vain no more often than it is said."""
    years = {"conclude": {"age": {"years-between": ["born", "died"]}}}
    when = {"option": "o1", "age": {"at-least": "n"}}
    older = {"id": "r", "when": when, "then": {"argue": {"for": "topic"}}}
    base = opened({**SPANS, "rules": [{"id": "age", "then": years}, older]}, tmp_path)

    def survivor(score: Score) -> Survivor:
        return next(s for s in score.survivors if "at-least \u2192 more-than" in s.mutant.what)

    alone, told = mutate(base, []), mutate(base, [], cases_apart)
    assert (survivor(alone).case, survivor(alone).equivalent) == (None, False)
    found = survivor(told).case
    assert found and {"born", "died", "n"} == found.answers.keys()
    tried: list[RuleBase] = []
    mutate(base, [], lambda old, new: tried.append(new) or [])  # type: ignore[func-returns-value]
    assert 0 < len(tried) <= TRIES
