"""Plots."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.sizes import some_or_all
from support.tables import population

START = {"png": b"\x89PNG", "svg": b"<?xml"}


@pytest.mark.parametrize("kinds", some_or_all(("svg",), ("png", "svg"), more=("png", "svg")))
def test_plots(folder: Path, kinds: tuple[str, ...]) -> None:
    pytest.importorskip("matplotlib")
    for kind in kinds:
        population("summary", "to.parquet", "--plot", f"plot.{kind}", cwd=folder)
        first = (folder / f"plot.{kind}").read_bytes()
        assert first.startswith(START[kind])
        population("summary", "to.parquet", "--plot", f"plot.{kind}", cwd=folder)
        assert (folder / f"plot.{kind}").read_bytes() == first
    assert (
        "Punch technique" in (folder / "plot.svg").read_text() or "<path" in (folder / "plot.svg").read_text()
    )
