"""What is shown of many cases at once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from support.sizes import some_or_all
from support.trying import BICYCLE, ROOT

from expert.analysis.shown import Listed, seen_by, seen_in, shown
from expert.consultation.case import Case, make_case
from expert.consultation.engine import infer
from expert.consultation.relevance import Reach
from expert.knowledge.load import load
from expert.language.meaning import passes


@pytest.mark.parametrize("where", [ROOT, BICYCLE], ids=["built-in", "bicycle"])
@pytest.mark.parametrize("count", some_or_all(20, 60))
def test_many_cases_at_once_are_the_engine_case_by_case(where: Path, count: int) -> None:
    base, dice = load(where), random.Random(4)
    reach = Reach(base)
    cases = []
    for _ in range(count):
        values = {n: [*reach.candidates(n, Case({})), None] for n in base.knowledge.attributes}
        cases.append(make_case({n: dice.choice(v) for n, v in values.items()}, base.knowledge))
    table = shown(base.knowledge, passes(base.instances), Listed(cases))
    for n, case in enumerate(cases):
        assert seen_in(table, n) == seen_by(infer(base, case), base.knowledge), case
