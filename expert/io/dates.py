"""Days and times as ISO 8601 writes them."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo

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


# --- zones -----------------------------------------------------------------------------------
OFFSET = r"[+-]\d\d:\d\d"


def zone_named(text: str) -> tzinfo | None:
    """The zone of a name (`Europe/Vienna`, `UTC`) or an offset (`+02:00`); None if there is none."""
    if re.fullmatch(OFFSET, text, re.ASCII):
        hours, minutes = int(text[1:3]), int(text[4:6])
        if hours > 23 or minutes > 59:
            return None
        return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))
    if text in ("UTC", "Z"):
        return UTC
    from zoneinfo import ZoneInfo  # which reads the system's files: few need it

    try:
        return ZoneInfo(text)
    except (ValueError, OSError, KeyError):  # no name of one, or no such zone
        return None


def bounds(text: str, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """The first and the last millisecond, in UTC, of a month, a day, a minute, a second or an instant.

    What names an offset itself (`2026-10+02:00`, `2026-10-05T09:30+02:00`) is of that. None if it is no time.
    """
    offset = re.search(f"(?<=[0-9]){OFFSET}$", text, re.ASCII)
    if offset and zone_named(offset[0]):
        text, zone = text[: offset.start()], zone_named(offset[0]) or zone
    month = re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text, re.ASCII)
    if not month and not is_time(text):
        return None
    if text.endswith("Z"):
        text, zone = text[:-1], UTC
    try:
        first = datetime.fromisoformat(f"{text}-01" if month else text).replace(tzinfo=zone)
        if month:
            after = (first + timedelta(days=31)).replace(day=1)
        elif "." in text:
            after = first + timedelta(milliseconds=1)
        else:  # one step in the reckoning of the zone, whatever its clocks do on that day
            step = {10: timedelta(days=1), 16: timedelta(minutes=1)}.get(len(text), timedelta(seconds=1))
            after = first + step
        return first.astimezone(UTC), after.astimezone(UTC) - timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None


def in_zone(time: str, zone: tzinfo) -> str:
    """A time in UTC, as headers have it, as the clocks of a zone showed it, with its offset."""
    if zone is UTC:
        return time
    try:
        return datetime.fromisoformat(time).astimezone(zone).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):
        return time


def made_at() -> str:
    """When something is made, in UTC, to the second: now, or when SOURCE_DATE_EPOCH says.

    With that, the same can be made again to the byte.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    seconds = int(epoch) if re.fullmatch("[0-9]{1,11}", epoch, re.ASCII) else time.time()
    return at_second(int(seconds))
