"""What all cases leave open, written down once, held to what is looked for in each."""

from __future__ import annotations

from random import Random

import pytest
from support.generate import knowledge_files
from support.sizes import MORE, some_or_all

from expert.consultation import open_cases
from expert.consultation.case import Case
from expert.consultation.openness import LOOKED_FOR, OpenCase, Openness
from expert.knowledge.load import load, open_files
from expert.language.model import Value
from expert.language.rules import RuleBase
from tests.support.chained import chain
from tests.support.compare import BASES
from tests.support.finite import Finite
from tests.support.shell import ROOT

PLACES = {**BASES, "heating": ROOT / "examples" / "heating"}
EXAMPLES = [pytest.param(name, marks=[] if name == "acne" else MORE) for name in PLACES]
Open = dict[str, tuple[str, ...]]


def looked_for(left: OpenCase) -> Open:
    """The options that a case leaves open, by its rules."""
    options = left.prepared.knowledge.options
    return {option: left.depends_on(option) for option in options if left.is_open(option)}


def written(openness: Openness, cases: list[Case]) -> list[Open] | None:
    """The same of some cases, by what is written down for all; None where that would be too much."""
    openness._write_down()
    if openness._of_options is None:
        return None
    return [openness.open(case, tuple(openness.knowledge.options)) for case in cases]


def cases_of(base: RuleBase, random: Random, count: int) -> list[Case]:
    """Cases of random answers, a third of them unknown; numbers are small."""
    cases = []
    for _ in range(count):
        case: dict[str, Value | None] = {}
        for name, term in base.knowledge.attributes.items():
            known = list[Value](range(5)) if term.ordered else [*term.values]
            case[name] = random.choice(known) if random.random() < 2 / 3 else None
        cases.append(Case(case))
    return cases


def held(base: RuleBase, cases: list[Case]) -> int:
    """How many options are open in some cases, in both ways."""
    openness = Openness(base)
    found = [looked_for(openness.of(case)) for case in cases]
    assert written(openness, cases) == found
    return sum(map(len, found))


@pytest.mark.parametrize("bases", some_or_all(6, 400, more=60))
def test_generated_knowledge(bases: int) -> None:
    open = too_long = 0
    for number in range(bases):
        random = Random(9000 + number)
        base, problems = open_files(knowledge_files(random))
        assert not problems
        cases = cases_of(base, random, 6)
        if written(Openness(base), cases) is None:
            too_long += 1
        else:
            open += held(base, cases)
    assert open > bases and too_long <= bases // 50


@pytest.mark.parametrize("bases", some_or_all(2, 60, more=15))
def test_rules_that_rest_on_each_other_in_circles(bases: int) -> None:
    circles = 0
    for number in range(bases):
        random = Random(9509 + number)
        base, problems = open_files(Finite(random).files())
        if problems:
            continue
        ordered = Openness(base).dependencies.ordered
        circles += len(ordered) > len(base.instances)
        held(base, cases_of(base, random, 6))
    assert circles


def test_what_would_be_too_long_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    base = load(ROOT)
    openness, cases = Openness(base), cases_of(base, Random(7), LOOKED_FOR + 3)
    monkeypatch.setattr(open_cases, "MOST", 1)
    for case in cases:
        expected = looked_for(openness.of(case))
        assert openness.open(case, tuple(base.knowledge.options)) == expected
    assert openness._of_options is None


def test_it_is_written_down_for_who_asks_of_many_cases() -> None:
    base = load(ROOT)
    openness, options, kinds = Openness(base), tuple(base.knowledge.options), set[bool]()
    for case in cases_of(base, Random(7), LOOKED_FOR + 3):
        assert openness.open(case, options) == looked_for(openness.of(case))
        kinds.add(openness._of_options is None)
    assert kinds == {True, False}


def test_long_chains() -> None:
    """Each finding rests on the one before; nothing is looked for by recursion."""
    base = chain(300, settled=True)
    cases = [Case({"start": answer}) for answer in ("yes", "no", None)]
    assert written(Openness(base), cases) == [{"one": ()}, {}, {"one": ("start",)}]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str) -> None:
    base, random = load(PLACES[name]), Random(7)
    assert held(base, cases_of(base, random, 12)) > 12
