"""The way to the receivers of events."""

from __future__ import annotations

from typing import Protocol

from glassdome.values.webhook import Post

__all__ = ["EventPoster"]


class EventPoster(Protocol):
    """Sends requests to allowed hosts."""

    async def post(self, request: Post) -> int:
        """Return the status of the answer.

        Raises ActionForbidden for a host that is not allowed, and ConnectFailed, TimedOut, TlsFailed, Disconnected.
        """
        ...
