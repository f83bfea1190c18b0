"""Remember who is signed in to the web UI, for every process of one database."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

__all__ = ["SessionStore"]


class SessionStore(Protocol):
    """The sessions that were begun and have not ended. A token is kept as its hash only."""

    async def begin_session(self, token: str, *, who: str, now: datetime, until: datetime) -> None:
        """Store a session, and forget those whose time is over."""
        ...

    async def holds_session(self, token: str, *, now: datetime) -> bool:
        """Say whether the session was begun, not signed out of, and is not over."""
        ...

    async def end_session(self, token: str) -> None:
        """Forget the session: no copy of its cookie opens anything from now on."""
        ...
