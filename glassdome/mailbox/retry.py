"""Repeats a reading operation whose connection turns out to be closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from glassdome.core.errors import Disconnected
from glassdome.ports.imap import ImapSession, ImapSessions

__all__ = ["with_retry"]

T = TypeVar("T")


async def with_retry(sessions: ImapSessions, mailbox: str, ask: Callable[[ImapSession], Awaitable[T]]) -> T:
    """Run a reading operation; once more on a new connection when the old one turns out to be closed."""
    try:
        async with sessions.session(mailbox) as session:
            return await ask(session)
    except Disconnected:
        async with sessions.session(mailbox) as session:
            return await ask(session)
