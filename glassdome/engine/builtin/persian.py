"""Days of the Persian calendar, by the arithmetic rule of 33 years that holds from 1925 to 2088."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

__all__ = ["PERSIAN_YEARS", "persian_day", "persian_month_ends", "persian_year", "persian_year_end"]

#: Years that are taken for Persian ones.
PERSIAN_YEARS: Final = range(1300, 1500)
#: The first day of the year 1300 and its number in the cycle.
_FIRST: Final = date(1921, 3, 21)
_LEAP: Final = frozenset((1, 5, 9, 13, 17, 22, 26, 30))
_CYCLE: Final = 33
_LONG_MONTHS: Final = 6


def persian_day(year: int, month: int, day: int) -> date:
    """Return the day; raises ValueError for one that no month has."""
    longest = 31 if month <= _LONG_MONTHS else 30 if month < 12 or year % _CYCLE in _LEAP else 29
    if not (1 <= month <= 12 and 1 <= day <= longest and year in PERSIAN_YEARS):
        raise ValueError("no day of the Persian calendar")
    years = sum(366 if earlier % _CYCLE in _LEAP else 365 for earlier in range(PERSIAN_YEARS.start, year))
    months = 31 * min(month - 1, _LONG_MONTHS) + 30 * max(month - 1 - _LONG_MONTHS, 0)
    return _FIRST + timedelta(days=years + months + day - 1)


def persian_year(today: date) -> int:
    """Return the Persian year of a day."""
    year = today.year - 621
    return year if persian_day(year, 1, 1) <= today else year - 1


def persian_year_end(today: date) -> date:
    """Return the last day of this Persian year, which is in March."""
    return persian_day(persian_year(today) + 1, 1, 1) - timedelta(days=1)


def persian_month_ends(today: date) -> list[date]:
    """Return the last days of this Persian month and of those that follow, at least twelve."""
    year = persian_year(today)
    firsts = [persian_day(year + more, month, 1) for more in (0, 1) for month in range(1, 13)]
    firsts.append(persian_day(year + 2, 1, 1))
    return [first - timedelta(days=1) for first in firsts if first > today]
