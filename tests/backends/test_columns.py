"""Cells of every type are read as `consult` reads them."""

from __future__ import annotations

from random import Random

from support.populations import TERMS, by_python, pl, series

from expert.language.rules import RuleBase
from expert.population import run as population


def test_cells_are_read_as_consult_reads_them(base: RuleBase) -> None:
    import narwhals as nw

    from expert.backends.columns import ANSWER, BAD, POLARS, checked

    accepted = 0
    for term in TERMS:
        knowledge = base.knowledge._replace(attributes={term.name: term})
        for kind, cells in series(Random(5)).items():
            column = pl.concat([cells, pl.Series([None], dtype=cells.dtype)])
            frame = pl.DataFrame({term.name: column})
            found = checked(nw.from_native(frame), knowledge, POLARS).to_native()
            answers = found[ANSWER + term.name].to_list()
            for cell, answer, bad in zip(column.to_list(), answers, found[BAD].to_list(), strict=True):
                assert (not bad, answer) == by_python(cell, term), (term.name, kind, cell)
                accepted += answer is not None
    assert accepted > 1000


def test_cells_are_read_in_haste_as_with_care(base: RuleBase) -> None:
    """Columns of which `plain_answers` takes every cell, alone and together."""
    taken = 0
    for term in TERMS:
        knowledge = base.knowledge._replace(attributes={term.name: term})
        for kind, cells in series(Random(7)).items():
            expected = [by_python(cell, term) for cell in cells.to_list()]
            plain = [n for n, (good, _) in enumerate(expected) if good]
            for rows in [plain, *([n] for n in range(len(cells)))]:
                found = population.plain_answers(pl.DataFrame({term.name: cells[rows]}), knowledge)
                if term.name in found:
                    answers = [(True, answer) for answer in found[term.name].to_list()]
                    assert answers == [expected[n] for n in rows], (term.name, kind, cells[rows].to_list())
                    taken += len(rows)
    assert taken > 500
