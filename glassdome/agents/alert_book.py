"""Decide when a person is alerted to a trouble: once, again after a day, and when it is over; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

__all__ = ["AlertBook", "Notice", "Trouble"]

#: Failures in a row before a trouble is one: a single lost connection is not worth a mail.
PATIENCE: Final = 2
#: A trouble that lasts is told again after this long.
REMIND: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that does not work. `critical` troubles are told in quiet hours too."""

    key: str
    text: str
    critical: bool
    since: datetime
    failures: int = 1
    told_at: datetime | None = None

    @property
    def open(self) -> bool:
        """It has failed often enough to count."""
        return self.failures >= PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message to send: a trouble, or its end at `recovered_at`."""

    trouble: Trouble
    recovered_at: datetime | None = None


class AlertBook:
    """Remembers troubles between rounds."""

    def __init__(self) -> None:
        """Nothing is wrong yet."""
        self._troubles: dict[str, Trouble] = {}
        self._recovered: dict[str, Notice] = {}

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """The open troubles, oldest first."""
        return tuple(sorted((t for t in self._troubles.values() if t.open), key=lambda t: t.since))

    def failed(self, key: str, text: str, *, now: datetime, critical: bool = False) -> None:
        """Record that `key` does not work."""
        known = self._troubles.get(key)
        over = self._recovered.pop(key, None)
        if known is None and over is not None:
            # It came back before anybody was told that it was over: the same trouble still.
            known = over.trouble
        if known is None:
            self._troubles[key] = Trouble(key=key, text=text, critical=critical, since=now)
        else:
            self._troubles[key] = replace(known, text=text, critical=critical, failures=known.failures + 1)

    def works(self, key: str, *, now: datetime) -> None:
        """Record that `key` works."""
        known = self._troubles.pop(key, None)
        if known is not None and known.told_at is not None:
            self._recovered[key] = Notice(trouble=known, recovered_at=now)

    def keys(self, prefix: str) -> tuple[str, ...]:
        """Return the keys of known troubles that begin so."""
        return tuple(key for key in self._troubles if key.startswith(prefix))

    def due(self, now: datetime, *, quiet: bool = False) -> tuple[Notice, ...]:
        """Return what should be told now; in quiet hours only what is critical, the rest waits."""
        fresh = [
            Notice(trouble=t)
            for t in self.troubles
            if (t.told_at is None or now - t.told_at >= REMIND) and (t.critical or not quiet)
        ]
        over = [n for n in self._recovered.values() if n.trouble.critical or not quiet]
        return (*fresh, *over)

    def told(self, notices: tuple[Notice, ...], *, now: datetime) -> None:
        """Record that a person was told."""
        for notice in notices:
            key = notice.trouble.key
            if notice.recovered_at is not None:
                self._recovered.pop(key, None)
            elif key in self._troubles:
                self._troubles[key] = replace(self._troubles[key], told_at=now)
