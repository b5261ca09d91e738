"""Tables without the library for them."""

from __future__ import annotations

from pathlib import Path

from support.shell import cicatrix
from support.tables import BASE, random_rows, write_csv

from expert.consultation.case import Case, spell_answers


def test_without_the_library(tmp_path: Path) -> None:
    (tmp_path / "polars.py").write_text("raise ImportError('no', name='polars')")
    write_csv(tmp_path / "cases.csv", random_rows(1))
    done = cicatrix("population", "run", "cases.csv", "-o", "out.csv", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.code == 5
    assert "needs polars" in done.stderr and " -m pip install 'polars>=" in " ".join(done.stderr.split())
    assert spell_answers(Case({}), BASE.knowledge) == []
