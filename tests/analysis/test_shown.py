"""What is shown of many cases at once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from support.sizes import some_or_all
from support.telling import telling
from support.trying import BICYCLE, ROOT

from expert.analysis.shown import Listed, seen_by, seen_in, shown
from expert.consultation.case import make_case
from expert.consultation.engine import infer
from expert.knowledge.load import load
from expert.language.rules import passes


@pytest.mark.parametrize("where", [ROOT, BICYCLE], ids=["built-in", "bicycle"])
@pytest.mark.parametrize("count", some_or_all(8, 60, more=20))
def test_many_cases_at_once_are_the_engine_case_by_case(where: Path, count: int) -> None:
    base, dice = load(where), random.Random(4)
    answers = telling(base)
    cases = []
    for _ in range(count):
        chosen = {name: dice.choice([*some, None]) for name, some in answers.items()}
        cases.append(make_case(chosen, base.knowledge))
    table = shown(base.knowledge, passes(base.instances), Listed(cases))
    for n, case in enumerate(cases):
        assert seen_in(table, n) == seen_by(infer(base, case), base.knowledge), case
