"""Opens an authenticated session from an address."""

from __future__ import annotations

import base64
import contextlib
import re
from dataclasses import dataclass

from glassdome.core.errors import (
    ConnectFailed,
    Disconnected,
    FolderMissing,
    ImapRefused,
    LoginRefused,
    LoginUnsupported,
)
from glassdome.core.limits import MAX_IMAP_CONNECTIONS_PER_MAILBOX
from glassdome.core.secrets import reveal
from glassdome.integrations.imap.connection import Connection, ServerReply
from glassdome.integrations.imap.session import Session
from glassdome.integrations.tls import TlsPolicy
from glassdome.values.credentials import Credentials

__all__ = ["IMPLICIT_TLS_PORT", "ImapServer", "accepts", "greet", "log_in", "probe"]

#: The port that speaks TLS at once (RFC 8314 3.2); any other must offer STARTTLS.
IMPLICIT_TLS_PORT = 993
#: Ways to log in that want a token of an authorization server in place of a password (RFC 7628).
_BY_TOKEN = frozenset({"AUTH=XOAUTH2", "AUTH=OAUTHBEARER"})


@dataclass(frozen=True, kw_only=True)
class ImapServer:
    """An IMAP server's address. `implicit_tls` None means: by the port; `connections` is how many a mailbox may have."""

    host: str
    port: int = IMPLICIT_TLS_PORT
    tls: TlsPolicy
    implicit_tls: bool | None = None
    connections: int = MAX_IMAP_CONNECTIONS_PER_MAILBOX

    @property
    def implicit(self) -> bool:
        """TLS before the first byte, rather than STARTTLS."""
        return self.port == IMPLICIT_TLS_PORT if self.implicit_tls is None else self.implicit_tls


async def log_in(server: ImapServer, login: Credentials) -> Session:
    """Connect and authenticate.

    Raises LoginRefused, LoginUnsupported (no password was sent), ConnectFailed (also when the server says that it has no
    room or cannot check logins at present), TlsFailed, TimedOut, Disconnected.
    """
    try:
        return await _attempt(server, login)
    except Disconnected:
        # A server that restarts hangs up too: only the second time it is an answer.
        pass
    try:
        return await _attempt(server, login)
    except Disconnected as exc:
        if exc.facts.get("for_now"):
            raise _not_now(server.host, login, exc.facts["said"]) from exc
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
    """Ask; a server that does not tell is in trouble, since each must (RFC 3501 6.1.1)."""
    try:
        found = _listed(await connection.command("CAPABILITY"))
    except (ImapRefused, FolderMissing) as exc:
        raise ConnectFailed(exc.message) from exc
    if not found:
        raise ConnectFailed(f"{connection.peer} does not tell its capabilities.")
    return found


def _listed(reply: ServerReply) -> frozenset[str]:
    return frozenset(str(token).upper() for response in reply.of("CAPABILITY") for token in response.data)


async def _authenticate(connection: Connection, login: Credentials, offered: frozenset[str]) -> frozenset[str]:
    """Log in and return the capabilities, where the server volunteers them."""
    password = reveal(login.password) or ""
    by_plain, by_token = "AUTH=PLAIN" in offered, bool(offered & _BY_TOKEN)
    if "LOGINDISABLED" in offered and not by_plain:
        raise _unsupported(connection.peer, by_token=by_token)
    try:
        if by_plain:
            return _listed(await connection.authenticate("PLAIN", _plain(login), at_once="SASL-IR" in offered))
        return _listed(await connection.command("LOGIN", login.user.encode(), password.encode()))
    except FolderMissing as exc:
        raise _refused(connection.peer, login, exc.facts["said"]) from exc
    except ImapRefused as exc:
        if exc.away or exc.facts["for_now"]:
            raise _not_now(connection.peer, login, exc.facts["said"]) from exc
        if by_token and not by_plain:
            raise _unsupported(connection.peer, by_token=True) from exc
        raise _refused(connection.peer, login, exc.facts["said"]) from exc


def _refused(peer: str, login: Credentials, words: str) -> LoginRefused:
    # Some servers repeat the command that they refuse, and the password stands in it.
    password = reveal(login.password) or ""
    quotable = not any(secret in words for secret in (password, _plain(login)) if secret)
    return LoginRefused(
        f"{peer} refused the login of {login.user}{f': {words}' if quotable else '.'}",
        fix="Check the password, or the app password's permission for IMAP, or the master user's name and password.",
    )


def _plain(login: Credentials) -> str:
    """Return the answer of AUTHENTICATE PLAIN (RFC 4616)."""
    return base64.b64encode(f"\0{login.user}\0{reveal(login.password) or ''}".encode()).decode()


def _unsupported(peer: str, *, by_token: bool) -> LoginUnsupported:
    if by_token:
        return LoginUnsupported(
            f"{peer} takes OAuth tokens only (XOAUTH2), no passwords.",
            fix="Switch on IMAP with an app password there, or read the mailbox through a proxy that keeps the tokens.",
        )
    return LoginUnsupported(
        f"{peer} takes no login by password (LOGINDISABLED).", fix="Let the server offer AUTH=PLAIN on TLS connections."
    )


def _not_now(peer: str, login: Credentials, words: str) -> ConnectFailed:
    """Return the error of a server that has no room or no time: the password is not in question."""
    full = re.search(r"connection|simultaneous", words, re.IGNORECASE)
    return ConnectFailed(
        f"{peer} cannot take the login of {login.user} at present: {words}",
        fix="It is tried again. Lower GLASSDOME_IMAP_CONNECTIONS, the connections per mailbox, or raise the server's limit "
        "(Dovecot: mail_max_userip_connections, Courier: MAXPERIP)."
        if full
        else "",
    )


async def probe(server: ImapServer, login: Credentials) -> frozenset[str]:
    """Log in and out once and return the capabilities; raises as `log_in`."""
    session = await log_in(server, login)
    with contextlib.suppress(Disconnected):
        await session.log_out()
    return session.capabilities


async def accepts(server: ImapServer, login: Credentials) -> bool:
    """Return whether the server takes the login, asked once.

    Raises where it gave no answer: LoginUnsupported, ConnectFailed, TlsFailed, TimedOut, Disconnected.
    """
    try:
        session = await _attempt(server, login)
    except LoginUnsupported:
        raise
    except LoginRefused:
        return False
    with contextlib.suppress(Disconnected):
        await session.log_out()
    return True


async def greet(server: ImapServer) -> None:
    """See that the server answers, encrypted, and log in nowhere; raises ConnectFailed, TlsFailed, TimedOut, Disconnected.

    A login each time would fill its log, and a wrong one could get our address banned.
    """
    connection = await Connection.open(server.host, server.port, server.tls, implicit=server.implicit)
    try:
        await connection.command("LOGOUT")
    finally:
        await connection.aclose()
