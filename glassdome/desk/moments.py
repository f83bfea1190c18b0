"""Moments as callers write them."""

from __future__ import annotations

from datetime import UTC, datetime

from glassdome.core.errors import InvalidQuery

__all__ = ["as_utc"]


def as_utc(instant: datetime | None) -> datetime | None:
    """Return the instant in UTC; one without offset is meant so. Raises InvalidQuery at the calendar's ends."""
    if instant is None:
        return None
    try:
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except OverflowError as exc:
        raise InvalidQuery("That moment is outside the calendar.") from exc
