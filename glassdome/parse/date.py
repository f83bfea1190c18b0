"""Date fields (RFC 5322 3.3), also the obsolete and slightly broken forms; always with a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from glassdome.core.shipped import shipped_table

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
_DATA = shipped_table("parse/data/dates.toml")
_LOCAL_MONTHS = {start: month for month, starts in _DATA["months"].items() for start in starts.split()}
_ZONES = {name: offset for offset, names in _DATA["zones"].items() for name in names.split()}
_ZONE = re.compile(rf"(?<=\d)\s{{0,3}}\b({'|'.join(_ZONES)})\b", re.IGNORECASE | re.ASCII)
#: `Pacific Daylight Time`, as Windows names zones.
_LONG_ZONE = re.compile(r"\b([ECMP])(?:astern|entral|ountain|acific) ([SD])(?:tandard|aylight) Time\b", re.IGNORECASE)
_ZONE_BEFORE_YEAR = re.compile(r"([+-]\d{4}) ((?:19|20)\d\d)$")
_COMMENT = re.compile(r"\([^()]{0,80}\)")
#: Spaces around the colons of a clock (RFC 5322 4.3).
_WIDE_COLON = re.compile(r"(?<=\d)\s{0,9}:\s{0,9}(?=\d)")
_AT = re.compile(r"(?<=\d),?\s+(?:at|um|kl\.?)\s+(?=\d)|(?<=\d{4}),\s+(?=\d)", re.IGNORECASE)
_BY_NUMBER = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}),?(?=\s)", re.ASCII)
_EAST_ASIAN = re.compile(r"(\d{4})[年년]\s?(\d{1,2})[月월]\s?(\d{1,2})[日일]")
#: `1.` and `1st` of a month.
_DAY_DOT = re.compile(r"(?<=\d)(?:\.|(?:st|nd|rd|th)\b,?)(?=\s)", re.IGNORECASE)
#: The name of a day in any language, in front of the day's number and a month's name.
_WEEKDAY = re.compile(r"[^\W\d_]{2,12}\.?,?\s{1,9}(?=\d{1,2}[.\s-]{1,3}[^\W\d_])")
_LOCAL_MONTH = re.compile(
    rf"(?<=\d[ .-])\s?({'|'.join(sorted(_LOCAL_MONTHS, key=len, reverse=True))})\w{{0,9}}\.?(?=[ -])", re.IGNORECASE
)
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
    text = _plain(value)
    iso = _ISO.fullmatch(text)
    if iso:
        return _iso_date(iso)
    parts = parsedate_tz(_mended(text))
    if parts is None:
        return None
    zone = timezone(timedelta(seconds=parts[9])) if parts[9] else UTC
    return datetime(*parts[:5], min(parts[5], 59), tzinfo=zone)


def _plain(value: str) -> str:
    """Take out what says nothing, and write dates in numbers alone as ISO 8601 does."""
    text = _COMMENT.sub(" ", _COMMENT.sub(" ", value[:_LONGEST])).strip(" \t\"'")
    text = _EAST_ASIAN.sub(r"\1-\2-\3", _BY_NUMBER.sub(r"\3-\2-\1", text))
    text = _ZONE.sub(lambda found: f" {_ZONES[found[1].upper()]}", _WIDE_COLON.sub(":", text))
    return _AT.sub(" ", text)


def _mended(text: str) -> str:
    """Write the date as the standard library reads it."""
    text = _FRACTION.sub(r"\1", text)
    text = _LONG_ZONE.sub(r"\1\2T", text)
    text = _ZONE_BEFORE_YEAR.sub(r"\2 \1", text)
    text = _OFFSET_WITH_COLON.sub(r"\1\2", text)
    text = _NAMED_OFFSET.sub(lambda found: f"{found[1]}{int(found[2]):02}{found[3] or '00'}", text)
    text = _HALF_DAY.sub(_of_half_day, text)
    text = _DAY_DOT.sub("", text)
    if weekday := _WEEKDAY.match(text):
        text = text[weekday.end() :]
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
