"""Date fields (RFC 5322 3.3), also the obsolete and slightly broken forms; always with a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

__all__ = ["parse_date"]

#: The common form in one step; what it does not match goes the long way.
_USUAL = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([12]\d{3})"
    r" (\d\d:\d\d:\d\d) ([+-])(\d\d)(\d\d)(?: \([A-Z]{3,4}\))?",
    re.ASCII,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Characters of a date field that can still be a date.
_LONGEST = 100


def parse_date(value: str) -> datetime | None:
    """Parse a Date field; None where there is no date in it. `-0000` (zone unknown) is read as UTC.

    A date that is outside the calendar in UTC, such as the last evening of 9999 west of Greenwich, is none.
    """
    if not value:
        return None
    try:
        found = _date_of(value)
        if found is not None:
            found.astimezone(UTC)
        return found
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _date_of(value: str) -> datetime | None:
    usual = _USUAL.fullmatch(value)
    if usual:
        return _as_date(*usual.groups())
    parts = parsedate_tz(value[:_LONGEST])
    if parts is None:
        return None
    zone = timezone(timedelta(seconds=parts[9])) if parts[9] else UTC
    return datetime(*parts[:5], min(parts[5], 59), tzinfo=zone)


def _as_date(day: str, month: str, year: str, time: str, sign: str, hours: str, minutes: str) -> datetime:
    hour, minute, second = map(int, time.split(":"))
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    zone = timezone(-offset if sign == "-" else offset) if offset else UTC
    return datetime(int(year), _MONTHS.index(month) + 1, int(day), hour, minute, min(second, 59), tzinfo=zone)
