"""Columns of plain answers are read as cell by cell."""

from __future__ import annotations

from random import Random

from support.populations import TERMS, by_python, pl, series

from expert.language.rules import RuleBase
from expert.population.plain import plain_answers


def test_cells_are_read_in_haste_as_with_care(base: RuleBase) -> None:
    """Columns of which `plain_answers` takes every cell, alone and together."""
    taken = 0
    for term in TERMS:
        knowledge = base.knowledge._replace(attributes={term.name: term})
        for kind, cells in series(Random(7)).items():
            expected = [by_python(cell, term) for cell in cells.to_list()]
            plain = [n for n, (good, _) in enumerate(expected) if good]
            for rows in [plain, *([n] for n in range(len(cells)))]:
                found = plain_answers(pl.DataFrame({term.name: cells[rows]}), knowledge)
                if term.name in found:
                    answers = [(True, answer) for answer in found[term.name].to_list()]
                    assert answers == [expected[n] for n in rows], (term.name, kind, cells[rows].to_list())
                    taken += len(rows)
    assert taken > 500
