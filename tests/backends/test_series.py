"""Step by step and by expressions, the same follows from a table."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from support.generate import knowledge_files
from support.populations import COMBINATIONS, ends, pl
from support.size import combinations
from support.sizes import some_or_all

from expert.backends import series
from expert.backends.columns import POLARS, outcome
from expert.backends.program import lines
from expert.knowledge.load import open_files
from expert.language.model import BadValue
from expert.language.rules import RuleBase
from expert.population.plain import answers_type


def answers(base: RuleBase, count: int, random: Random) -> Any:
    """A table of answers as `checked` gives them, a quarter of them not known."""
    columns = []
    for name, term in base.knowledge.attributes.items():
        values = [*(ends(term) if term.ordered else term.values)]
        cells = random.choices([*values, None], [3 / len(values)] * len(values) + [1], k=count)
        columns.append(pl.Series(name, cells, dtype=answers_type(term)))
    return pl.DataFrame(columns)


def by_expressions(base: RuleBase, frame: Any) -> Any:
    import narwhals as nw

    found = outcome(nw.from_native(frame), base.knowledge, lines(base), POLARS).to_native()
    return found.select(pl.exclude(r"^step\..*$", *base.knowledge.attributes))


def _operations(plan: series.SeriesPlan) -> list[series.Operation]:
    return [*plan.first, *(operation for stage in plan.stages for operation in stage.operations)]


@pytest.mark.parametrize("seeds", some_or_all(range(3028, 3029), range(3000, 3300)))
def test_generated_knowledge_bases(seeds: range) -> None:
    long = 0
    for seed in seeds:
        base, problems = open_files(knowledge_files(Random(seed)))
        assert not problems
        if combinations(base) > COMBINATIONS:
            continue
        frame = answers(base, 50, Random(seed))
        try:
            plan = series.SeriesPlan(lines(base), base.knowledge)
        except BadValue:
            with pytest.raises(BadValue):
                by_expressions(base, frame)
            continue
        for rows in (frame, frame[:1], frame[:0]):
            found, expected = plan.on(rows), by_expressions(base, rows)
            assert found.schema == expected.schema
            assert found.equals(expected), seed
        long += any(getattr(each.apply, "func", None) is series._of_long for each in _operations(plan))
    assert long


def test_a_long_table_is_followed_in_parts(base: RuleBase, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = answers(base, 100, Random(1))
    plan = series.SeriesPlan(lines(base), base.knowledge)
    whole = plan.on(frame)
    monkeypatch.setattr(series, "LEAST", 7)
    monkeypatch.setattr(series, "MOST", 13)
    parts = plan.on(frame)
    assert (whole.n_chunks(), parts.n_chunks()) == (1, 8)
    assert parts.equals(whole)


def test_a_table_in_pieces_that_begins_anywhere(base: RuleBase) -> None:
    frame = answers(base, 60, Random(2))
    plan = series.SeriesPlan(lines(base), base.knowledge)
    expected = plan.on(frame)
    for begin in range(1, 10):
        assert plan.on(frame[begin:]).equals(expected[begin:])
    pieces = pl.concat([frame[:3], frame[3:20], frame[20:21], frame[21:]], rechunk=False)
    assert plan.on(pieces).equals(expected)
    assert plan.on(pieces[2:40]).equals(expected[2:40])


def test_what_no_step_needs_any_more_is_let_go(base: RuleBase) -> None:
    """Each column but those of results and constants is done with after the last step that reads it."""
    plan = series.SeriesPlan(lines(base), base.knowledge)
    there = {*plan.read, *plan.numbers, *plan.constants}
    for operation in _operations(plan):
        assert there >= {*operation.inputs, *operation.done}
        there = (there | {operation.step}) - {*operation.done}
    kept = {*series.parts_shown(plan.shown.values()), *plan.constants}
    assert there == kept
