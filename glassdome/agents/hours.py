"""Hours of people: report times and quiet hours in a time zone; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from glassdome.core.errors import ConfigError

__all__ = ["QuietHours", "Schedule", "read_quiet_hours", "read_schedule", "read_zone"]

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Every day at `at`, or only on `weekday` (0 is Monday), on the clocks of `zone`."""

    at: time
    zone: ZoneInfo
    weekday: int | None = None

    def last(self, now: datetime) -> datetime:
        """Return the latest planned instant that is not after `now`, in UTC.

        An hour that the clocks skip counts as if they had not been changed yet; one that comes twice counts first.
        """
        day = now.astimezone(self.zone).date()
        for back in range(9):
            candidate = day - timedelta(days=back)
            planned = datetime.combine(candidate, self.at, self.zone).astimezone(UTC)
            if planned <= now and self.weekday in (None, candidate.weekday()):
                return planned
        raise AssertionError("a week holds every weekday")


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """The quiet hours from `start` to `end` in the time zone `zone`; they span midnight if `end` is the earlier one."""

    start: time
    end: time
    zone: ZoneInfo

    def hold(self, now: datetime) -> bool:
        """Return whether `now` is quiet."""
        here = now.astimezone(self.zone).time()
        if self.start <= self.end:
            return self.start <= here < self.end
        return here >= self.start or here < self.end


def read_zone(name: str) -> ZoneInfo:
    """Return the time zone; raises ConfigError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ConfigError(f"{name!r} is no time zone.", fix="Write one like Europe/Berlin.") from exc


def read_schedule(text: str, zone: ZoneInfo) -> Schedule | None:
    """Read `07:00`, `monday 07:00` or `never`; raises ConfigError."""
    words = text.lower().split()
    if words == ["never"]:
        return None
    weekday = _DAYS.index(words[0]) if len(words) == 2 and words[0] in _DAYS else None
    if len(words) != (1 if weekday is None else 2):
        raise ConfigError(f"{text!r} is no report time.", fix="Write 07:00, monday 07:00 or never.")
    return Schedule(at=_time(words[-1]), zone=zone, weekday=weekday)


def read_quiet_hours(text: str, zone: ZoneInfo) -> QuietHours | None:
    """Read `22:00-07:00`, or nothing; raises ConfigError."""
    if not text.strip():
        return None
    start, dash, end = text.partition("-")
    if not dash:
        raise ConfigError(f"{text!r} are no quiet hours.", fix="Write them like 22:00-07:00.")
    return QuietHours(start=_time(start.strip()), end=_time(end.strip()), zone=zone)


def _time(text: str) -> time:
    found = _TIME.fullmatch(text)
    if not found:
        raise ConfigError(f"{text!r} is no time of day.", fix="Write it like 07:00.")
    return time(int(found[1]), int(found[2]))
