"""Parquet that is not read, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.tables import pl, ran, why_refused

from expert.io.problems import CaseError
from expert.population.parquet import check_widths


def test_an_engine_that_gives_up_is_told_of(tmp_path: Path) -> None:
    """Polars ends in a panic at times that it has no name for, which no Exception is."""
    far = pl.Series([2**62]).cast(pl.Datetime("ms"))
    pl.DataFrame({"scar_depth": ["deep"], "n": far}).write_parquet(tmp_path / "c.parquet")
    assert "the results cannot be written" in why_refused(tmp_path / "c.parquet")
    assert ran(tmp_path / "c.parquet", out="out.parquet")[0] == (1, 1, 0)


def test_what_no_reader_has_is_named(tmp_path: Path) -> None:
    """Decimals of 256 bits, which another library writes: Polars tells of their type, and reads none."""
    path = tmp_path / "c.parquet"
    columns = {"scar_depth": pl.String(), "n": pl.List(pl.Decimal(76, 2))}
    with pytest.raises(CaseError, match=r"`n` of .* has decimals of more than 38 digits"):
        check_widths(path, columns)
