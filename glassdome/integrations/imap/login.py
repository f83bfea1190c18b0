"""From an address to an authenticated session."""

from __future__ import annotations

import base64
import contextlib
from dataclasses import dataclass

from glassdome.core.errors import ConnectFailed, Disconnected, ImapRefused, LoginRefused
from glassdome.core.secrets import reveal
from glassdome.integrations.imap.connection import Connection, Reply
from glassdome.integrations.imap.session import Session
from glassdome.integrations.tls import TlsPolicy
from glassdome.values.credentials import Credentials

__all__ = ["IMPLICIT_TLS_PORT", "ImapServer", "greet", "log_in", "probe"]

#: The port that speaks TLS at once (RFC 8314 3.2); any other must offer STARTTLS.
IMPLICIT_TLS_PORT = 993
#: RFC 5530 codes by which the server says that the login may work later.
_LATER = {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"}


@dataclass(frozen=True, kw_only=True)
class ImapServer:
    """Where the mail is. `implicit_tls` None means: by the port."""

    host: str
    port: int = IMPLICIT_TLS_PORT
    tls: TlsPolicy
    implicit_tls: bool | None = None

    @property
    def implicit(self) -> bool:
        """TLS before the first byte, rather than STARTTLS."""
        return self.port == IMPLICIT_TLS_PORT if self.implicit_tls is None else self.implicit_tls


async def log_in(server: ImapServer, login: Credentials) -> Session:
    """Connect and authenticate.

    Raises LoginRefused, ConnectFailed (also when the server says that it cannot check logins at present), TlsFailed,
    TimedOut, Disconnected.
    """
    try:
        return await _attempt(server, login)
    except Disconnected:
        # A server that restarts hangs up too: only the second time it is an answer.
        pass
    try:
        return await _attempt(server, login)
    except Disconnected as exc:
        # Dovecot does so when the master user asks for a mailbox that is unknown or switched off.
        raise LoginRefused(
            f"{server.host} closed the connection instead of answering the login of {login.user}.",
            fix="Check that the mailbox exists and is active.",
        ) from exc


async def _attempt(server: ImapServer, login: Credentials) -> Session:
    connection = await Connection.open(server.host, server.port, server.tls, implicit=server.implicit)
    try:
        told = await _authenticate(connection, login, await _capabilities(connection))
        return Session(connection, told or await _capabilities(connection))
    except BaseException:
        connection.abort()
        raise


async def _capabilities(connection: Connection) -> frozenset[str]:
    return _listed(await connection.command("CAPABILITY"))


def _listed(reply: Reply) -> frozenset[str]:
    return frozenset(str(token).upper() for response in reply.of("CAPABILITY") for token in response.data)


async def _authenticate(connection: Connection, login: Credentials, offered: frozenset[str]) -> frozenset[str]:
    """Log in and return the capabilities, where the server volunteers them."""
    password = reveal(login.password) or ""
    try:
        if {"AUTH=PLAIN", "SASL-IR"} <= offered:
            secret = base64.b64encode(f"\0{login.user}\0{password}".encode()).decode()
            return _listed(await connection.command("AUTHENTICATE", "PLAIN", secret))
        return _listed(await connection.command("LOGIN", login.user.encode(), password.encode()))
    except ImapRefused as exc:
        if exc.facts.get("imap_code") in _LATER:
            raise ConnectFailed(f"{connection.peer} cannot check the login of {login.user} at present.") from exc
        raise LoginRefused(
            f"{connection.peer} refused the login of {login.user}.",
            fix="Check the password, or the app password's permission for IMAP, or the master user's name and password.",
        ) from exc


async def probe(server: ImapServer, login: Credentials) -> frozenset[str]:
    """Log in and out once and return the capabilities; raises as `log_in`."""
    session = await log_in(server, login)
    with contextlib.suppress(Disconnected):
        await session.log_out()
    return session.capabilities


async def greet(server: ImapServer) -> None:
    """See that the server answers, encrypted, and log in nowhere; raises ConnectFailed, TlsFailed, TimedOut, Disconnected.

    A login each time would fill its log, and a wrong one could get our address banned.
    """
    connection = await Connection.open(server.host, server.port, server.tls, implicit=server.implicit)
    try:
        await connection.command("LOGOUT")
    finally:
        await connection.aclose()
