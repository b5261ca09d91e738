"""Days and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from expert.io.dates import bounds, in_zone, is_date, is_time, zone_named


@pytest.mark.parametrize("text", ["2026-01-31", "2024-02-29"])
def test_days(text: str) -> None:
    assert is_date(text) and is_time(text)


@pytest.mark.parametrize("text", ["2026-01-31T09:30", "2026-01-31 09:30:00Z", "2026-01-31T09:30:00.5Z"])
def test_times(text: str) -> None:
    assert is_time(text) and not is_date(text)


@pytest.mark.parametrize("text", ["", "2026-02-29", "2026-1-31", "20260131", "٢٠٢٦-01-31"])
def test_neither(text: str) -> None:
    assert not is_date(text) and not is_time(text)


@pytest.mark.parametrize(
    ("text", "zone", "first", "last"),
    [
        ("2026-02", "UTC", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("2026-12", "+02:00", "2026-11-30T22:00", "2026-12-31T22:00"),
        ("2026-02-01", "-05:30", "2026-02-01T05:30", "2026-02-02T05:30"),
        ("2026-03-29", "Europe/Vienna", "2026-03-28T23:00", "2026-03-29T22:00"),  # a day of 23 hours
        ("2026-03-29T12:00", "Europe/Vienna", "2026-03-29T10:00", "2026-03-29T10:01"),
        ("2026-02-01T10:00+02:00", "UTC", "2026-02-01T08:00", "2026-02-01T08:01"),
        ("2026-02-01T10:00Z", "+02:00", "2026-02-01T10:00", "2026-02-01T10:01"),
        ("2026-02-01T10:00:00", "UTC", "2026-02-01T10:00:00", "2026-02-01T10:00:01"),
    ],
)
def test_bounds(text: str, zone: str, first: str, last: str) -> None:
    there = zone_named(zone)
    assert there is not None
    found = bounds(text, there)
    ends = [datetime.fromisoformat(end).replace(tzinfo=UTC) for end in (first, last)]
    assert found == (ends[0], ends[1] - timedelta(milliseconds=1))


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-02-30", "2026-02-01+25:00", "9999-12"])
def test_no_bounds(text: str) -> None:
    assert bounds(text, UTC) is None


def test_zones() -> None:
    assert zone_named("") is zone_named("Mars") is zone_named("+2:00") is zone_named("/etc/passwd") is None
    vienna = zone_named("Europe/Vienna")
    assert vienna and in_zone("2026-07-01T10:00:00.000Z", vienna) == "2026-07-01T12:00:00.000+02:00"
    assert in_zone("2026-07-01T10:00:00.000Z", UTC) == "2026-07-01T10:00:00.000Z"
    assert in_zone("", vienna) == ""
