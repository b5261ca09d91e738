"""Days and times as ISO 8601 writes them."""

from __future__ import annotations

import os
import re
import time
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


def at_second(seconds: int) -> str:
    """A time in seconds since 1970, in UTC; one that no calendar has is told as it is."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (ValueError, OverflowError, OSError):
        return f"second {seconds}"


def made_at() -> str:
    """When something is made, in UTC, to the second: now, or when SOURCE_DATE_EPOCH says.

    With that, the same can be made again to the byte.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    seconds = int(epoch) if re.fullmatch("[0-9]{1,11}", epoch, re.ASCII) else time.time()
    return at_second(int(seconds))
