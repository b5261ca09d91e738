"""Days and times."""

from __future__ import annotations

import pytest

from expert.io.dates import is_date, is_time


@pytest.mark.parametrize("text", ["2026-01-31", "2024-02-29"])
def test_days(text: str) -> None:
    assert is_date(text) and is_time(text)


@pytest.mark.parametrize("text", ["2026-01-31T09:30", "2026-01-31 09:30:00Z", "2026-01-31T09:30:00.5Z"])
def test_times(text: str) -> None:
    assert is_time(text) and not is_date(text)


@pytest.mark.parametrize("text", ["", "2026-02-29", "2026-1-31", "20260131", "٢٠٢٦-01-31"])
def test_neither(text: str) -> None:
    assert not is_date(text) and not is_time(text)
