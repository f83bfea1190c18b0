"""The time zone of an owner."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["zone_of"]


def zone_of(name: str, default: str) -> ZoneInfo:
    """Return the zone of that name, else the server's `default`, else UTC. It may read a file."""
    for each in (name, default):
        try:
            return ZoneInfo(each)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")
