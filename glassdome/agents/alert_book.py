"""Decide when a person is alerted to an incident: once, again after a day, and when it is over; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

__all__ = ["AlertBook", "Incident", "Notice"]

#: Failures in a row before an incident is one: a single lost connection is not worth a mail.
FAILURES_BEFORE_NOTICE: Final = 2
#: An incident that lasts is reported again after this long.
REMIND: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that does not work. `critical` incidents are reported in quiet hours too."""

    key: str
    text: str
    critical: bool
    since: datetime
    failures: int = 1
    notified_at: datetime | None = None

    @property
    def open(self) -> bool:
        """It has failed often enough to count."""
        return self.failures >= FAILURES_BEFORE_NOTICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message to send: an incident, or its end at `recovered_at`."""

    incident: Incident
    recovered_at: datetime | None = None


class AlertBook:
    """Remembers incidents between rounds."""

    def __init__(self) -> None:
        """Nothing is wrong yet."""
        self._incidents: dict[str, Incident] = {}
        self._recovered: dict[str, Notice] = {}

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The open incidents, oldest first."""
        return tuple(sorted((t for t in self._incidents.values() if t.open), key=lambda t: t.since))

    def failed(self, key: str, text: str, *, now: datetime, critical: bool = False) -> None:
        """Record that `key` does not work."""
        known = self._incidents.get(key)
        over = self._recovered.pop(key, None)
        if known is None and over is not None:
            # It came back before the end was reported: still the same incident.
            known = over.incident
        if known is None:
            self._incidents[key] = Incident(key=key, text=text, critical=critical, since=now)
        else:
            self._incidents[key] = replace(known, text=text, critical=critical, failures=known.failures + 1)

    def works(self, key: str, *, now: datetime) -> None:
        """Record that `key` works."""
        known = self._incidents.pop(key, None)
        if known is not None and known.notified_at is not None:
            self._recovered[key] = Notice(incident=known, recovered_at=now)

    def keys(self, prefix: str) -> tuple[str, ...]:
        """Return the keys of known incidents that begin so."""
        return tuple(key for key in self._incidents if key.startswith(prefix))

    def due(self, now: datetime, *, quiet: bool = False) -> tuple[Notice, ...]:
        """Return the incidents to report now; in quiet hours only the critical ones, the others wait."""
        fresh = [
            Notice(incident=t)
            for t in self.incidents
            if (t.notified_at is None or now - t.notified_at >= REMIND) and (t.critical or not quiet)
        ]
        over = [n for n in self._recovered.values() if n.incident.critical or not quiet]
        return (*fresh, *over)

    def mark_notified(self, notices: tuple[Notice, ...], *, now: datetime) -> None:
        """Record that a person was notified."""
        for notice in notices:
            key = notice.incident.key
            if notice.recovered_at is not None:
                self._recovered.pop(key, None)
            elif key in self._incidents:
                self._incidents[key] = replace(self._incidents[key], notified_at=now)
