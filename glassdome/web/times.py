"""Moments and days on a page, in the zone of the one who looks at it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from glassdome.web import words
from glassdome.web.tongue import N_, gettext

__all__ = ["Times", "short_day"]

#: Until then pages show the age of a moment, which readers of new mail want to know; afterwards its date.
_AGE_TELLS: Final = timedelta(days=1)
_MONTHS: Final = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip
_DAYS: Final = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Says moments as pages do; `now` and `zone` are the visitor's."""

    now: datetime
    zone: tzinfo

    def __call__(self, instant: str | datetime) -> str:
        """Say a moment of the last or the next day by its distance, any other by its date."""
        then = self._there(instant)
        if abs(self.now - then) < _AGE_TELLS:
            return words.age(then, self.now)
        return _day(then.date(), self.now.astimezone(self.zone).year)

    def exact(self, instant: str | datetime) -> str:
        """Say a moment to the minute, with the zone."""
        return self._there(instant).strftime("%Y-%m-%d %H:%M %Z")

    def clock(self, instant: str | datetime) -> str:
        """Say the time of day."""
        return self._there(instant).strftime("%H:%M %Z")

    def day(self, instant: str | datetime) -> str:
        """Say the day of a moment."""
        return _day(self._there(instant).date(), 0)

    def due(self, when: str) -> str:
        """Say a due date, which is a day or a moment as analyses have them; a text that is neither stays as it is."""
        this_year = self.now.astimezone(self.zone).year
        try:
            if _DATE.fullmatch(when):
                day = date.fromisoformat(when)
                return _weekday(day, this_year)
            then = self._there(when)
        except ValueError:
            return when
        when = _weekday(then.date(), this_year)
        return gettext("%(day)s, %(time)s", day=when, time=f"{then:%H:%M}")

    def _there(self, instant: str | datetime) -> datetime:
        then = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        try:
            return (then if then.tzinfo else then.replace(tzinfo=UTC)).astimezone(self.zone)
        except OverflowError:  # mail has dates at the calendar's ends
            return then.replace(tzinfo=UTC)


def short_day(day: date) -> str:
    """Say a day and its month."""
    return gettext("%(day)s %(month)s", day=day.day, month=gettext(_MONTHS[day.month - 1]))


def _day(day: date, this_year: int) -> str:
    if day.year == this_year:
        return short_day(day)
    month = gettext(_MONTHS[day.month - 1])
    return gettext("%(day)s %(month)s %(year)s", day=day.day, month=month, year=day.year)


def _weekday(day: date, this_year: int) -> str:
    return gettext("%(weekday)s %(date)s", weekday=gettext(_DAYS[day.weekday()]), date=_day(day, this_year))
