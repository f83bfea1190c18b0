"""Values inside IMAP search criteria (RFC 9051 6.4.4)."""

from __future__ import annotations

from datetime import datetime

from glassdome.core.errors import InvalidQuery

__all__ = ["quoted", "search_date"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def quoted(text: str) -> str:
    """Return a quoted string; raises InvalidQuery for anything but printable ASCII."""
    if not (text.isascii() and text.isprintable()):
        raise InvalidQuery(f"{text!r} cannot be searched for: it is not printable ASCII.")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def search_date(moment: datetime) -> str:
    """Return the day as SINCE and BEFORE want it, whatever the locale."""
    return f"{moment.day:02d}-{_MONTHS[moment.month - 1]}-{moment.year}"
