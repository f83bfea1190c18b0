"""Checks passwords of people who sign in at the mail server, a few at a time and each within a bound."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from glassdome.core.errors import TimedOut
from glassdome.core.limits import MAX_SIGN_IN_SECONDS, MAX_SIGN_INS_AT_ONCE
from glassdome.integrations.imap.login import ImapServer, accepts
from glassdome.values.credentials import Credentials

__all__ = ["password_check"]


def password_check(server: ImapServer) -> Callable[[Credentials], Awaitable[bool]]:
    """Return the check of a login by IMAP; it raises TimedOut and what `accepts` raises."""
    turns = asyncio.Semaphore(MAX_SIGN_INS_AT_ONCE)

    async def check(login: Credentials) -> bool:
        try:
            async with asyncio.timeout(MAX_SIGN_IN_SECONDS), turns:
                return await accepts(server, login)
        except TimeoutError as exc:
            raise TimedOut(f"{server.host} did not check a login in {MAX_SIGN_IN_SECONDS:.0f} seconds.") from exc

    return check
