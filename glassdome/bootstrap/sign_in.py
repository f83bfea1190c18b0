"""Wires the ways to sign in: passwords that the mail server checks, and the identity provider."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from glassdome.bootstrap.app import App
from glassdome.core.errors import TimedOut
from glassdome.core.limits import MAX_SIGN_IN_SECONDS, MAX_SIGN_INS_AT_ONCE
from glassdome.integrations.imap.login import ImapServer, accepts
from glassdome.integrations.mailcow.key_check import MailcowKeyCheck
from glassdome.integrations.oidc import OidcProvider
from glassdome.integrations.tls import tls_policy
from glassdome.values.credentials import Credentials

__all__ = ["add_sign_in", "password_check"]


def add_sign_in(app: App, stack: AsyncExitStack) -> None:
    """Give the app its identity provider and the check of mailcow's keys; `stack` closes both."""
    provider = OidcProvider(app.settings.current, app.clock)
    stack.push_async_callback(provider.aclose)
    app.provider = provider
    settings = app.settings.current()
    if settings.mailcow_api_url:
        app.check_mailcow_key = MailcowKeyCheck(settings.mailcow_api_url, tls_policy(settings))


def password_check(server: ImapServer) -> Callable[[Credentials], Awaitable[bool]]:
    """Return the check of a login by IMAP, a few at a time and each within a bound; it raises TimedOut and what `accepts` raises."""
    turns = asyncio.Semaphore(MAX_SIGN_INS_AT_ONCE)

    async def check(login: Credentials) -> bool:
        try:
            async with asyncio.timeout(MAX_SIGN_IN_SECONDS), turns:
                return await accepts(server, login)
        except TimeoutError as exc:
            raise TimedOut(f"{server.host} did not check a login in {MAX_SIGN_IN_SECONDS:.0f} seconds.") from exc

    return check
