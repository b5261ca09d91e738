"""The rules as straight-line logic over columns, held against `infer`, the fast evaluator and the oracle."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from support.generate import knowledge_files, write_files
from support.populations import (
    CASES_EACH,
    GENERATED,
    Setting,
    by_decider,
    by_infer,
    by_oracle,
    compare_rows,
    directory,
    generated,
    is_all,
    name_of,
    pl,
)
from support.sizes import some_or_all

ORACLE = {"acne": 5000, "bicycle": 400}  # of all, how many
SOME = {"acne": 60, "bicycle": 60}  # of some


def test_the_answers_are_those_of_the_cells(cases: Setting) -> None:
    for name, term in cases.base.knowledge.attributes.items():
        column = cases.frame[name].cast(pl.String) if not term.ordered else cases.frame[name]
        scale = 10**term.decimals
        given = [case.answers[name] for case in cases.cases]
        assert column.to_list() == [Fraction(v, scale) if isinstance(v, int) else v for v in given]
    assert cases.frame["row"].to_list() == list(range(1, len(cases.cases) + 1))


def test_a_sample_is_what_infer_says(cases: Setting) -> None:
    rows = sorted(Random(3).sample(range(len(cases.cases)), 300 if is_all(cases) else 80))
    assert compare_rows(cases, by_infer(cases.base), rows) > 50


def test_all_is_what_the_fast_evaluator_says(cases: Setting) -> None:
    rows = range(0, len(cases.cases), 1 if is_all(cases) else 2)
    assert compare_rows(cases, by_decider(cases.base), list(rows)) > 50


def test_a_sample_is_what_the_oracle_says(cases: Setting) -> None:
    """As many as take some seconds: a case for each set of rules that fire, so that every rule fires."""
    rows = telling(cases, (ORACLE if is_all(cases) else SOME)[name_of(cases)])
    fired = [name for name in cases.frame.columns if name.startswith("fired.")]
    ever = {name.split(".")[1].split("@")[0] for name in fired if cases.frame[rows][name].any()}
    assert ever == {rule.id for rule in cases.base.rules}
    assert compare_rows(cases, by_oracle(directory(cases), cases.base), rows) > 50


def telling(found: Setting, count: int) -> list[int]:
    """Rows in which different rules fire: one for each set of rules, then any."""
    fired = pl.col(r"^fired\..*$")
    rows = found.frame.select(pl.col("row") - 1, pl.struct(fired).hash(7).alias("set"))
    first = rows.group_by("set").agg(pl.col("row").min())["row"].sort().to_list()
    return first[:count] + Random(4).sample(range(len(found.cases)), max(0, count - len(first)))


@pytest.mark.long
def test_all_is_what_the_oracle_says(cases: Setting) -> None:
    """All 100,000: the oracle takes some milliseconds for each, minutes for all."""
    told = by_oracle(directory(cases), cases.base)
    for start in range(0, len(cases.cases), 10_000):
        compare_rows(cases, told, list(range(start, min(start + 10_000, len(cases.cases)))))


def compare_generated(seed: int, folder: Path, count: int) -> Setting | None:
    folder.mkdir()
    found = generated(seed, folder, count)
    if found:
        rows, some = list(range(len(found.cases))), list(range(0, len(found.cases), 20))
        compare_rows(found, by_decider(found.base), rows)
        compare_rows(found, by_infer(found.base), some)
        kb = write_files(knowledge_files(Random(seed)), folder / "kb")
        compare_rows(found, by_oracle(kb, found.base), rows[::4])
    return found


@pytest.mark.parametrize("seeds", some_or_all(GENERATED[4:5], GENERATED, more=GENERATED[4:10]))
def test_generated_knowledge_bases(tmp_path: Path, seeds: range) -> None:
    found = [compare_generated(seed, tmp_path / str(seed), CASES_EACH) for seed in seeds]
    assert found.count(None) <= len(found) / 3


@pytest.mark.long
def test_many_generated_knowledge_bases(tmp_path: Path) -> None:
    for seed in range(2000, 2400):
        compare_generated(seed, tmp_path / str(seed), CASES_EACH)
