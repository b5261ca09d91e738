"""What records amount to: periods, zones, kinds of entries."""

from __future__ import annotations

from datetime import timedelta, timezone
from pathlib import Path

import pytest
from support.ledger_make import small

from expert.io.problems import CaseError
from expert.ledger import store
from expert.ledger.history import statistics
from expert.ledger.history.statistics import Statistics, statistics_of
from expert.ledger.store import Ledger


def counted(path: Path, times: list[str], per: str = "", hours: int = 0) -> Statistics:
    """Statistics of as many records as there are times."""
    from support.ledger_worker import FILES, HEADER, content

    with pytest.MonkeyPatch.context() as patch, Ledger(path, write=True) as ledger:
        for time in times:
            patch.setattr(store, "utc_now", lambda time=time: time)
            ledger.append(HEADER, content("one"), FILES)
        return statistics_of([ledger], per=per, zone=timezone(timedelta(hours=hours)))


@pytest.mark.parametrize(
    ("per", "periods", "counts"),
    [
        ("day", ["2024-12-30", "2024-12-31", "2025-01-01"], (1, 0, 1)),
        ("week", ["2025-W01"], (2,)),  # of ISO 8601: the last days of a year may be of the next one's
        ("month", ["2024-12", "2025-01"], (1, 1)),
        ("year", ["2024", "2025"], (1, 1)),
        ("", ["2024-12-30", "2024-12-31", "2025-01-01"], (1, 0, 1)),
    ],
)
def test_periods(path: Path, per: str, periods: list[str], counts: tuple[int, ...]) -> None:
    found = counted(path, ["2024-12-30T10:00:00.000Z", "2025-01-01T10:00:00.000Z"], per)
    assert [*found.periods] == periods and found.of("consultation")[0].counts == counts


def test_the_period_that_fits(path: Path) -> None:
    spans = {"2024-02-20": "day", "2024-06-01": "week", "2025-12-01": "month", "2031-01-01": "year"}
    for n, (end, per) in enumerate(spans.items()):
        there = path.with_name(f"{n}.sqlite")
        found = counted(there, ["2024-02-01T00:00:00.000Z", f"{end}T00:00:00.000Z"])
        assert found.per == per and sum(found.of("consultation")[0].counts) == 2
        assert len(found.periods) <= statistics.MOST + 1


def test_a_zone_moves_what_is_near_midnight(path: Path) -> None:
    found = counted(path, ["2024-12-31T23:30:00.000Z"], "year", hours=1)
    assert found.periods == ("2025",) and found.of("consultation")[0].first == "2024-12-31T23:30:00Z"


def test_too_many_periods_are_refused(path: Path) -> None:
    with pytest.raises(CaseError, match="too many periods of a day"):
        counted(path, ["0900-01-01T00:00:00.000Z", "2024-12-31T00:00:00.000Z"], "day")


def test_every_entry_is_counted_once(path: Path) -> None:
    small(path)
    with Ledger(path) as ledger:
        found = statistics_of([ledger])
    kinds = {kind: sum(s.total for s in found.of(kind)) for kind in ("consultation", "erased", "erasure")}
    assert kinds == {"consultation": 2, "erased": 1, "erasure": 1} and found.entries == 4
    assert [s.name for s in found.of("erasure")] == ["asked to"]
    assert [s.total for s in found.of("version")] == [1, 1]
    with Ledger(path.with_name("none.sqlite"), write=True) as empty:
        assert statistics_of([empty]).periods == ()
