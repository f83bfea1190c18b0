"""Instants as text."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["rfc3339"]


def rfc3339(instant: datetime) -> str:
    """Write an instant as RFC 3339 in UTC; one that is outside the calendar there keeps its clock."""
    try:
        in_utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    except OverflowError:
        in_utc = instant.replace(tzinfo=UTC)
    return in_utc.isoformat()[:-6] + "Z"
