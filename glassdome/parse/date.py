"""Date fields (RFC 5322 3.3), also the obsolete and slightly broken forms; always with a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

__all__ = ["parse_date"]

#: Characters of a date field that can still be a date.
_LONGEST = 100


def parse_date(value: str) -> datetime | None:
    """Parse a Date field; None where there is no date in it. `-0000` (zone unknown) is read as UTC."""
    if not value:
        return None
    try:
        parts = parsedate_tz(value[:_LONGEST])
        if parts is None:
            return None
        zone = timezone(timedelta(seconds=parts[9])) if parts[9] else UTC
        return datetime(*parts[:5], min(parts[5], 59), tzinfo=zone)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
