"""What is said of all cases, against going through all of them: bases with every construct of the language.

Nothing of what is said is used to check it: cases are enumerated, and followed by the naive evaluator, or by
the grid that the tests of engines hold to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.finite import Whole, finite
from support.sizes import some_or_all

from expert.analysis.coverage import coverage, suggest
from expert.analysis.diff import compare
from expert.analysis.expected import Expected
from expert.analysis.mutants import mutants
from expert.analysis.mutation import changed_base, tell_apart
from expert.analysis.shown import Listed, difference, shown
from expert.consultation.case import Case, parse_pairs
from expert.consultation.relevance import Reach
from expert.io.problems import Span
from expert.language.policy import NOW, VERDICTS
from expert.language.rules import RuleBase, passes

SEEN = ("verdicts", "targets", "timing", "flags", "plan", "advice", "waits", "cost")


def case_of(whole: Whole, answers: dict[str, str]) -> Case:
    return parse_pairs([f"{name}={value}" for name, value in answers.items()], whole.base.knowledge)


def dialogues_stop(whole: Whole, random: Random) -> int:
    """Where no open answer can change anything, all that can still be answered shows the same."""
    reach, answers = Reach(whole.base), dict[str, str]()
    while matters := reach.matters(case_of(whole, answers)):
        name = random.choice([*matters])
        answers[name] = random.choice(whole.axes[name])
        if random.random() < 0.02:
            return 0
    left = [n for n, case in enumerate(whole.cases) if all(case[a] == v for a, v in answers.items())]
    first = whole.followed[left[0]]
    for n in left:
        for key in SEEN:
            assert whole.followed[n][key] == first[key], (answers, whole.cases[n], key)
    return len(left) > 1


def flips_are_smallest(whole: Whole, random: Random) -> int:
    """All smallest changes to a verdict, and none where no case has it."""
    case, option = random.choice(whole.cases), random.choice([*whole.base.knowledge.options])
    goal = random.choice([*VERDICTS, NOW])
    found = Reach(whole.base).changes_to(case_of(whole, case), option, goal, ())
    there: dict[int, set[frozenset[Any]]] = {}
    for other, followed in zip(whole.cases, whole.followed, strict=True):
        if goal in (followed["verdicts"][option], followed["timing"][option]):
            change = {name: value for name, value in other.items() if value != case[name]}
            if "unknown" not in change.values():
                there.setdefault(len(change), set()).add(kept(change))
    assert found.up_to is None
    assert {kept({n: str(v) for n, v in change.items()}) for change in found.found} == (
        there[min(there)] if there else set()
    ), (case, option, goal)
    return 1


def kept(change: dict[str, str]) -> frozenset[tuple[str, str]]:
    """A change, but for which number it is."""
    return frozenset((name, "number" if value.isdigit() else value) for name, value in change.items())


def differences_are_so(whole: Whole, random: Random) -> int:
    """Of a changed base: whether each verdict and timing is the same, and of how many answers not."""
    listed, changed = Listed(case_of(whole, case) for case in whole.cases), mutant_of(whole.base, random)
    if changed is None:
        return 0
    tables = [shown(base.knowledge, passes(base.instances), listed) for base in (whole.base, changed)]
    for change in compare(whole.base, changed).changes:
        if change.thing.kind in ("verdict", "timing"):
            key = change.thing.kind, change.thing.about
            apart = difference(*({key: table.get(key, {})} for table in tables)).bit_count()
            assert change.same == (not apart), change
            if apart:
                assert change.answers is not None and change.of_answers is not None
                assert Fraction(change.answers, change.of_answers) == Fraction(apart, listed.size), change
    return 1


def mutant_of(base: RuleBase, random: Random) -> RuleBase | None:
    return changed_base(base, random.choice([*mutants(base)]))


def no_case_is_none(whole: Whole, random: Random) -> int:
    """What no case can do is done in none; what is suggested does it."""
    every = [Expected("", case_of(whole, case), (), Span("", 0, 0)) for case in whole.cases]
    never = {*coverage(whole.base, every).missed}
    suggestions = suggest(whole.base, coverage(whole.base, []).missed)
    for suggestion in suggestions:
        assert (suggestion.case is None) == (suggestion.target in never), suggestion
        assert suggestion.case is not None or suggestion.why == "no case can do that"
    return len(never)


def equivalents_are_so(whole: Whole, random: Random) -> int:
    """A mutant is equivalent where nothing that is shown differs in any case."""
    listed, changed = Listed(case_of(whole, case) for case in whole.cases), mutant_of(whole.base, random)
    if changed is None:
        return 0
    tables = [shown(base.knowledge, passes(base.instances), listed) for base in (whole.base, changed)]
    case, equivalent = tell_apart(whole.base, changed)
    assert equivalent == (case is None) == (not difference(*tables) & listed.full)
    return equivalent


HELD = (dialogues_stop, flips_are_smallest, differences_are_so, no_case_is_none, equivalents_are_so)


@pytest.mark.parametrize("seeds", some_or_all((14, 32, 55), range(120)))
@pytest.mark.parametrize("hold", HELD)
def test_it_is_so_of_every_case(
    hold: Callable[[Whole, Random], int], seeds: Sequence[int], tmp_path: Path, record_property: Any
) -> None:
    held = Counter[str]()
    for seed in seeds:
        whole = finite(seed, tmp_path / str(seed))
        if whole is not None:
            held["bases"] += 1
            held["held"] += hold(whole, Random(seed))
    record_property("held", held["held"])
    assert held["held"] > 0, held
