"""A time zone as a calendar must describe it (RFC 5545 3.6.5): its changes of the clock around an event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

__all__ = ["vtimezone"]

#: Years after the first event whose changes are written out; a repetition seldom goes on for longer.
_YEARS: Final = 5


def vtimezone(name: str, start: datetime) -> Iterator[str]:
    """Yield the lines of a VTIMEZONE that is right from the year before `start` on."""
    zone = ZoneInfo(name)
    day = datetime(start.year - 1, 1, 1, tzinfo=UTC)
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{name}"
    yield from _observance(zone, day, day)
    for _ in range((_YEARS + 2) * 366):
        following = day + timedelta(days=1)
        if day.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            yield from _observance(zone, *_change(zone, day, following))
        day = following
    yield "END:VTIMEZONE"


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> tuple[datetime, datetime]:
    """Narrow a day down to the minute in which the clock changes; return its ends."""
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        middle = middle.replace(second=0, microsecond=0)
        if before.astimezone(zone).utcoffset() == middle.astimezone(zone).utcoffset():
            before = middle
        else:
            after = middle
    return before, after


def _observance(zone: ZoneInfo, before: datetime, after: datetime) -> Iterator[str]:
    """Yield a part of the zone, from `after` on; its start is told by the clock of before."""
    old, new = before.astimezone(zone), after.astimezone(zone)
    kind = "DAYLIGHT" if new.dst() else "STANDARD"
    began = after.replace(tzinfo=None) + (old.utcoffset() or timedelta())
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{began:%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{old:%z}"
    yield f"TZOFFSETTO:{new:%z}"
    yield f"END:{kind}"
