"""Statistics as tables."""

from __future__ import annotations

import pytest

from expert.ledger.history.statistics import Series, Statistics
from expert.views.statistics import sparkline, statistics_blocks
from expert.views.terminal import Look, shown


@pytest.mark.parametrize(
    ("counts", "room", "drawn"),
    [
        ([], 24, ""),
        ([0, 0], 24, "··"),
        ([1, 8, 4, 0], 24, "▁█▄·"),
        ([1000, 1], 24, "█▁"),  # what was there is seen, however little
        ([1, 1, 2, 2, 0], 3, "▄█·"),
    ],
)
def test_sparklines(counts: list[int], room: int, drawn: str) -> None:
    assert sparkline(counts, room) == drawn


def test_many_rows_and_periods_are_counted() -> None:
    periods = tuple(f"20{n:02}" for n in range(60))
    ends = ("2000-01-01T00:00:00Z", "2059-01-01T00:00:00Z")
    rules = [Series("rule", "kb", f"rule-{n}", "", "", 60 - n, *ends, (1,) * 60) for n in range(12)]
    held = Series("consultation", "", "", "", "", 60, *ends, (1,) * 60)
    found = Statistics(("a",), 60, "year", periods, (held, *rules))
    text = shown(statistics_blocks(found), Look())
    assert "2 more: --full" in text and "36 earlier years: --full" in text and "3 years a sign" in text
    assert "rule-0 " in text and "rule-11" not in text
    whole = shown(statistics_blocks(found, full=True), Look())
    assert "rule-11" in whole and "--full" not in whole and "2000" in whole
    assert "█" not in shown(statistics_blocks(found, plain=True), Look(plain=True))
    assert all(len(line) <= 80 for line in text.splitlines())
