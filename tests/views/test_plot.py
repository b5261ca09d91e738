"""Plots."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.tables import population


def test_plots(folder: Path) -> None:
    pytest.importorskip("matplotlib")
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        population("summary", "to.parquet", "--plot", f"plot.{kind}", cwd=folder)
        first = (folder / f"plot.{kind}").read_bytes()
        assert first.startswith(start)
        population("summary", "to.parquet", "--plot", f"plot.{kind}", cwd=folder)
        assert (folder / f"plot.{kind}").read_bytes() == first
    assert (
        "Punch technique" in (folder / "plot.svg").read_text() or "<path" in (folder / "plot.svg").read_text()
    )
