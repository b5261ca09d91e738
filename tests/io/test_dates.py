"""Days and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from expert.io.dates import (
    bounds,
    day_after,
    days_within,
    in_zone,
    is_date,
    is_time,
    no_day,
    number_of_days,
    read_day,
    spelled_day,
    today,
    zone_named,
)


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


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2023-02-29", "is no date: 2023-02 has 28 days"),
        ("2024-04-31", "is no date: 2024-04 has 30 days"),
        ("2024-13-01", "is no date: there is no such month"),
        ("0000-01-01", "is no date: there is no such year"),
        ("29.2.2024", "is not a date, written YYYY-MM-DD"),
    ],
)
def test_why_a_text_is_no_day(text: str, why: str) -> None:
    assert read_day(text) is None and no_day(text) == why


def test_days_as_numbers() -> None:
    assert spelled_day(10101) == "0001-01-01" and read_day("0001-01-01") == 10101
    assert day_after(20240228) == 20240229 and day_after(20240301, -1) == 20240229
    assert day_after(99991231) is None
    assert number_of_days(20240101, 20241231) == 366


@pytest.mark.parametrize("seed", range(20))
def test_days_among_numbers(seed: int) -> None:
    random = Random(seed)
    low = random.choice((20240220, 20231225, 20230000, 20240230, 99991225)) + random.randrange(20)
    high = low + random.choice((0, 3, 12, 80, 900))
    there = [n for n in range(low, high + 1) if is_date(spelled_day(n))]
    assert days_within(low, high) == ((there[0], there[-1]) if there else None)


def test_today_is_that_of_the_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1709164800")
    assert today() == 20240229
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert is_date(spelled_day(today()))
