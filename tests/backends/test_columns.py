"""Cells of every type are read as `consult` reads them."""

from __future__ import annotations

from random import Random

from support.populations import TERMS, by_python, pl, series

from expert.language.rules import RuleBase


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
