"""Times of calendars and passes in one form: `2025-03-18T13:00:00+00:00`, `2025-02-03T18:30:00 Europe/Berlin`, a date."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

__all__ = ["Moment", "iso_moment", "moment_of"]

_STAMP: Final = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)?(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
_ZONE: Final = re.compile(r"[A-Za-z_]{2,20}/[A-Za-z_+-]{2,40}(?:/[A-Za-z_+-]{2,40})?")
#: Windows' names of time zones in invitations of Outlook and Exchange, and the names that others use (CLDR).
_WINDOWS: Final = {
    "gmt standard time": "Europe/London",
    "greenwich standard time": "Atlantic/Reykjavik",
    "w. europe standard time": "Europe/Berlin",
    "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw",
    "romance standard time": "Europe/Paris",
    "e. europe standard time": "Europe/Chisinau",
    "fle standard time": "Europe/Kyiv",
    "gtb standard time": "Europe/Bucharest",
    "turkey standard time": "Europe/Istanbul",
    "russian standard time": "Europe/Moscow",
    "belarus standard time": "Europe/Minsk",
    "israel standard time": "Asia/Jerusalem",
    "egypt standard time": "Africa/Cairo",
    "south africa standard time": "Africa/Johannesburg",
    "w. central africa standard time": "Africa/Lagos",
    "e. africa standard time": "Africa/Nairobi",
    "morocco standard time": "Africa/Casablanca",
    "arab standard time": "Asia/Riyadh",
    "arabian standard time": "Asia/Dubai",
    "iran standard time": "Asia/Tehran",
    "pakistan standard time": "Asia/Karachi",
    "india standard time": "Asia/Kolkata",
    "bangladesh standard time": "Asia/Dhaka",
    "se asia standard time": "Asia/Bangkok",
    "china standard time": "Asia/Shanghai",
    "singapore standard time": "Asia/Singapore",
    "taipei standard time": "Asia/Taipei",
    "tokyo standard time": "Asia/Tokyo",
    "korea standard time": "Asia/Seoul",
    "w. australia standard time": "Australia/Perth",
    "aus eastern standard time": "Australia/Sydney",
    "e. australia standard time": "Australia/Brisbane",
    "cen. australia standard time": "Australia/Adelaide",
    "new zealand standard time": "Pacific/Auckland",
    "hawaiian standard time": "Pacific/Honolulu",
    "alaskan standard time": "America/Anchorage",
    "pacific standard time": "America/Los_Angeles",
    "us mountain standard time": "America/Phoenix",
    "mountain standard time": "America/Denver",
    "central standard time": "America/Chicago",
    "canada central standard time": "America/Regina",
    "central standard time (mexico)": "America/Mexico_City",
    "eastern standard time": "America/New_York",
    "us eastern standard time": "America/Indiana/Indianapolis",
    "atlantic standard time": "America/Halifax",
    "newfoundland standard time": "America/St_Johns",
    "sa pacific standard time": "America/Bogota",
    "pacific sa standard time": "America/Santiago",
    "argentina standard time": "America/Argentina/Buenos_Aires",
    "e. south america standard time": "America/Sao_Paulo",
}
_UTC: Final = frozenset({"utc", "etc/utc", "gmt", "etc/gmt", "z", "coordinated universal time"})
_MOST_ZONE_CHARS: Final = 60


class Moment(NamedTuple):
    """A time in its normal form, and which type of fact it is."""

    kind: Literal["date", "datetime"]
    value: str


def moment_of(stamp: str, zone: str = "") -> Moment | None:
    """Read a DATE or DATE-TIME of iCalendar with its TZID; None for what is no day of the calendar."""
    found = _STAMP.match(stamp.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, offset = found.groups()
    try:
        if hour is None:
            return Moment("date", date(int(year), int(month), int(day)).isoformat())
        seconds = min(59, int(second or 0))  # a leap second is the last one of its minute
        clock = datetime(int(year), int(month), int(day), int(hour), int(minute), seconds)  # noqa: DTZ001
    except ValueError:
        return None
    return Moment("datetime", clock.isoformat() + (_offset(offset) if offset else _zone(zone)))


def iso_moment(text: str) -> Moment | None:
    """Read an ISO 8601 date or time, as passes and web pages have it, and leave its precision as it is."""
    text = text.strip()
    moment = moment_of(text)
    if moment is None or moment.kind == "date" or not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text):
        return moment
    found = _STAMP.match(text)
    without_seconds = found is not None and found[6] is None
    return Moment("datetime", moment.value[:16] + moment.value[19:]) if without_seconds else moment


def _offset(written: str) -> str:
    return "+00:00" if written == "Z" else f"{written[:3]}:{written[-2:]}"


def _zone(name: str) -> str:
    name = name.strip().strip('"')
    if not name:
        return ""
    if name.lower() in _UTC:
        return "+00:00"
    known = _WINDOWS.get(name.lower()) or (found[-1] if (found := _ZONE.findall(name)) else "")
    return f" {known or ' '.join(name.split())[:_MOST_ZONE_CHARS]}"
