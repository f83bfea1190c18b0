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
#: ISO 8601 and RFC 3339, also with slashes; a zone is optional.
_ISO = re.compile(
    r"(?:\w{3,9},?\s+)?(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?:[T\s]+(\d{1,2}):?(\d\d)(?::?(\d\d)(?:[.,]\d{1,9})?)?)?"
    r"\s*(?:(Z|UTC|GMT)?\s*([+-])(\d\d):?(\d\d)?|(Z|UTC|GMT|UT))?(?:\s*\(.*\))?",
    re.ASCII | re.IGNORECASE,
)
#: `GMT+0200`, `UTC-05:00`: the offset counts, the name before it says nothing.
_NAMED_OFFSET = re.compile(r"(?:GMT|UTC|UT|Z)\s{0,3}([+-])(\d{1,2}):?(\d\d)?(?!\d)", re.IGNORECASE | re.ASCII)
_OFFSET_WITH_COLON = re.compile(r"([+-]\d\d):(\d\d)(?!\d|:)")
#: Fractions of seconds, which the obsolete forms have no place for.
_FRACTION = re.compile(r"(\d\d:\d\d:\d\d)[.,]\d{1,9}")
_THREE_DIGITS = re.compile(r"(?<=[a-z][ -])(\d{3})(?=\s+\d\d?:\d\d)", re.IGNORECASE)
_HALF_DAY = re.compile(r"\b(\d{1,2})(:\d\d(?::\d\d)?)\s{0,3}([ap])\.?m\b\.?", re.IGNORECASE)
#: Months as programs that follow the system's language write them, by how they begin.
_LOCAL_MONTHS = {
    "janv": "Jan", "jän": "Jan", "ene": "Jan", "gen": "Jan", "fév": "Feb", "fev": "Feb", "mär": "Mar", "mrz": "Mar",
    "maa": "Mar", "mrt": "Mar", "avr": "Apr", "abr": "Apr", "mai": "May", "mei": "May", "maj": "May", "mag": "May",
    "juin": "Jun", "giu": "Jun", "juil": "Jul", "lug": "Jul", "aoû": "Aug", "aou": "Aug", "ago": "Aug", "set": "Sep",
    "okt": "Oct", "out": "Oct", "ott": "Oct", "dez": "Dec", "dic": "Dec", "déc": "Dec", "des": "Dec",
}  # fmt: skip
_DAY_DOT = re.compile(r"(?<=\d)\.(?=\s)")
_LOCAL_MONTH = re.compile(rf"(?<=\d[ .-])\s?({'|'.join(_LOCAL_MONTHS)})\w{{0,9}}\.?(?=[ -])", re.IGNORECASE)
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
    text = value.strip()[:_LONGEST]
    iso = _ISO.fullmatch(text)
    if iso:
        return _iso_date(iso)
    parts = parsedate_tz(_mended(text))
    if parts is None:
        return None
    zone = timezone(timedelta(seconds=parts[9])) if parts[9] else UTC
    return datetime(*parts[:5], min(parts[5], 59), tzinfo=zone)


def _mended(text: str) -> str:
    """Write the date as the standard library reads it."""
    text = _FRACTION.sub(r"\1", text)
    text = _OFFSET_WITH_COLON.sub(r"\1\2", text)
    text = _NAMED_OFFSET.sub(lambda found: f"{found[1]}{int(found[2]):02}{found[3] or '00'}", text)
    text = _HALF_DAY.sub(_of_half_day, text)
    text = _DAY_DOT.sub("", text)
    text = _LOCAL_MONTH.sub(lambda found: _LOCAL_MONTHS[found[1].lower()], text)
    # RFC 5322 4.3: a year of three digits has 1900 added to it.
    return _THREE_DIGITS.sub(lambda found: str(1900 + int(found[1])), text)


def _of_half_day(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3].lower() == "p" else 0)
    return f"{hour:02}{found[2]}"


def _iso_date(found: re.Match[str]) -> datetime:
    sign, hours, minutes = found[9], int(found[10] or 0), int(found[11] or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    zone = timezone(-offset if sign == "-" else offset) if offset else UTC
    clock = (int(found[5] or 0), int(found[6] or 0), min(int(found[7] or 0), 59))
    return datetime(int(found[1]), int(found[3]), int(found[4]), *clock, tzinfo=zone)


def _as_date(day: str, month: str, year: str, time: str, sign: str, hours: str, minutes: str) -> datetime:
    hour, minute, second = map(int, time.split(":"))
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    zone = timezone(-offset if sign == "-" else offset) if offset else UTC
    return datetime(int(year), _MONTHS.index(month) + 1, int(day), hour, minute, min(second, 59), tzinfo=zone)
