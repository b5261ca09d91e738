"""Days and times as ISO 8601 writes them, and days as the whole numbers YYYYMMDD that engines compare."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

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


# --- days as numbers ---------------------------------------------------------------------------
FIRST_DAY, LAST_DAY = 1_01_01, 9999_12_31
ANCHOR = 2000_01_01  # of days that would all do, that next to it is shown


def day_number(day: date) -> int:
    """The day as YYYYMMDD."""
    return day.year * 10_000 + day.month * 100 + day.day


def day_of(number: int) -> date:
    """The day that YYYYMMDD is. Raises ValueError."""
    return date(number // 10_000, number // 100 % 100, number % 100)


def spelled_day(number: int) -> str:
    """YYYYMMDD as ISO 8601 writes it."""
    return f"{number // 10_000:04}-{number // 100 % 100:02}-{number % 100:02}"


def read_day(text: str) -> int | None:
    """The day that a text is, as YYYYMMDD; None if there is no such day, or it is not written so."""
    return day_number(date.fromisoformat(text)) if is_date(text) else None


def no_day(text: str) -> str:
    """Why a text is no day."""
    if not re.fullmatch(DAY, text, re.ASCII):
        return "is not a date, written YYYY-MM-DD"
    year, month = int(text[:4]), int(text[5:7])
    if not year or not 1 <= month <= 12:
        return f"is no date: there is no such {'month' if year else 'year'}"
    return f"is no date: {text[:7]} has {_days_in(year, month)} days"


def _days_in(year: int, month: int) -> int:
    """How many days a month has."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def day_after(number: int, days: int = 1) -> int | None:
    """So many days later, or earlier; None beyond the years that there are."""
    try:
        return day_number(day_of(number) + timedelta(days=days))
    except OverflowError:
        return None


def days_within(low: int, high: int) -> tuple[int, int] | None:
    """The first and the last day among some numbers, if there are any."""
    low, high = _day_from(max(low, FIRST_DAY)), _day_until(min(high, LAST_DAY))
    return (low, high) if low <= high else None


def _day_from(number: int) -> int:
    """The number of the first day that is not less."""
    year, month, day = number // 10_000, max(1, number // 100 % 100), number % 100
    if number // 100 % 100 == 0:
        day = 1
    if month > 12:
        return (year + 1) * 10_000 + 101
    if day > _days_in(year, month):
        year, month, day = year + month // 12, month % 12 + 1, 1
    return year * 10_000 + month * 100 + max(1, day)


def _day_until(number: int) -> int:
    """The number of the last day that is not more."""
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    if month > 12:
        return year * 10_000 + 1231
    if month > 0 and day == 0:
        month, day = month - 1, 31
    if month == 0:
        return (year - 1) * 10_000 + 1231
    return year * 10_000 + month * 100 + min(day, _days_in(year, month))


def number_of_days(low: int, high: int) -> int:
    """How many days there are from one to another, both counted."""
    return day_of(high).toordinal() - day_of(low).toordinal() + 1


def today() -> int:
    """The day that it is here, as YYYYMMDD; that of SOURCE_DATE_EPOCH, if there is one, in UTC."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if re.fullmatch("[0-9]{1,11}", epoch, re.ASCII):
        return day_number(datetime.fromtimestamp(int(epoch), UTC).date())
    return day_number(date.today())
