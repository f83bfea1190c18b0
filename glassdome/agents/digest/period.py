"""The day or the week that a digest is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from glassdome.core.clock import zone_of
from glassdome.values.preferences import DigestEvery, Preferences

__all__ = ["LATEST", "Period", "latest_period"]

#: A digest that is later than this is not sent any more: its owner has seen the mail by then.
LATEST: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The time from the digest before to the moment this one is due."""

    since: datetime
    due: datetime


def latest_period(preferences: Preferences, *, now: datetime, default_zone: str) -> Period:
    """Return the newest period that is over: of a day, or of a week that ends on Monday; by the owner's clock."""
    zone = zone_of(preferences.timezone, default_zone)
    weekly = preferences.digest is DigestEvery.WEEKLY
    local = now.astimezone(zone)
    day = local.date()
    if local.hour < preferences.digest_hour:
        day -= timedelta(days=1)
    if weekly:
        day -= timedelta(days=day.weekday())
    before = day - timedelta(days=7 if weekly else 1)
    # Dates and hours are put together on each day, since days of a changed clock are longer or shorter.
    since, due = (
        datetime(d.year, d.month, d.day, preferences.digest_hour, tzinfo=zone).astimezone(UTC) for d in (before, day)
    )
    return Period(since=since, due=due)
