"""Days and times as ISO 8601 writes them."""

from __future__ import annotations

import re
from datetime import datetime

DAY = r"\d{4}-\d\d-\d\d"
CLOCK = r"[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?"


def is_date(text: str) -> bool:
    """Whether it is a day that there is."""
    return _there_is(text, DAY)


def is_time(text: str) -> bool:
    """Whether it is such a day, or a time of it."""
    return _there_is(text, f"{DAY}({CLOCK})?")


def _there_is(text: str, pattern: str) -> bool:
    if not re.fullmatch(pattern, text, re.ASCII):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
