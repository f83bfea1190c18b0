"""`MailcowClient`: the first seed's client, one object for mailcow's API, IMAP and submission."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from glassdome.core.clock import Clock, SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, GlassdomeError
from glassdome.core.log import get_logger
from glassdome.core.secrets import reveal
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.logins import FixedLogins
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.imap.session import Session
from glassdome.integrations.mailcow.http import MailcowAccess, MailcowHttp
from glassdome.integrations.mailcow.mailboxes import MailcowMailboxes
from glassdome.integrations.mailcow.objects import MailcowObjects
from glassdome.integrations.mailcow.reading import DEFAULT_LIMIT, read_messages
from glassdome.integrations.smtp.addresses import envelope_address
from glassdome.integrations.smtp.compose import compose, envelope_of
from glassdome.integrations.smtp.sender import SmtpSender, SmtpServer
from glassdome.integrations.tls import TlsPolicy, tls_policy
from glassdome.parse import parse_message
from glassdome.values.credentials import Credentials
from glassdome.values.outgoing import OutgoingMessage, RecipientOutcome, SendOutcome

__all__ = ["MailcowClient"]

_log = get_logger(__name__)
Secret = SecretStr | str


class MailcowClient:
    """mailcow's mailboxes, read and sent from. Async; an async context manager; works across `asyncio.run` calls.

    Every method raises GlassdomeError: MailcowRefused, LoginRefused, TransportError, NotFound, InputError.
    """

    def __init__(
        self,
        api_url: str,
        api_uid: str | None = None,
        api_pw: Secret | None = None,
        domain: str | None = None,
        *,
        api_key: Secret | None = None,
        imap_host: str | None = None,
        imap_port: int = 993,
        smtp_host: str | None = None,
        smtp_port: int = 587,
        tls: TlsPolicy | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Hosts default to the API's; nothing is connected yet. Raises ConfigError for a missing or wrong setting."""
        tls = tls or TlsPolicy()
        tls.warn()
        host = urlsplit(api_url).hostname or ""
        self.domain = domain
        self._clock = clock or SystemClock()
        access = MailcowAccess(url=api_url, key=_secret(api_key), user=api_uid, password=_secret(api_pw))
        self._http = MailcowHttp(access, tls)
        self.mailboxes, self.objects = MailcowMailboxes(self._http), MailcowObjects(self._http)
        self.sessions = ImapPool(ImapServer(host=imap_host or host, port=imap_port, tls=tls), FixedLogins({}))
        self._sender = SmtpSender(SmtpServer(host=smtp_host or host, port=smtp_port, tls=tls))

    @classmethod
    def from_settings(cls, settings: Settings, *, clock: Clock | None = None) -> Self:
        """Return the client that the settings describe; raises ConfigError when MAILCOW_API_URL is missing."""
        if not settings.mailcow_api_url:
            raise ConfigError(
                "MAILCOW_API_URL is not set.", fix="Write the address of mailcow, https://mail.example.org."
            )
        return cls(
            settings.mailcow_api_url,
            settings.mail_api_uid,
            settings.mail_api_pw,
            settings.mailcow_domain,
            api_key=settings.mailcow_api_key,
            imap_host=settings.imap_host,
            imap_port=settings.mailcow_imap_port,
            smtp_host=settings.smtp_host,
            smtp_port=settings.mailcow_smtp_port,
            tls=tls_policy(settings),
            clock=clock,
        )

    # -- mailboxes, by the API

    async def create_mailbox(
        self,
        local_part: str,
        password: Secret,
        name: str = "",
        quota_mb: int = 1024,
        *,
        domain: str | None = None,
        tags: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Create a mailbox and return mailcow's row of it."""
        domain = domain or self.domain
        if not domain:
            raise ConfigError("No domain for the mailbox is known.", fix="Set MAILCOW_DOMAIN.")
        local_part = envelope_address(f"{local_part}@{domain}").rpartition("@")[0].lower()
        return await self.mailboxes.add(
            local_part=local_part,
            domain=domain,
            password=SecretStr(reveal(password) or ""),
            name=name or local_part,
            quota_mb=quota_mb,
            tags=tags,
        )

    async def list_mailboxes(self, domain: str | None = None, *, tags: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Return mailcow's rows: `username` is the full address, `quota` is bytes."""
        return await self.mailboxes.all(domain=domain or "", tags=tags)

    async def delete_mailbox(self, mailbox: str) -> tuple[str, ...]:
        """Delete a mailbox with its mail; return mailcow's warnings."""
        return await self.mailboxes.delete(mailbox)

    # -- mail

    async def get_mailbox_messages(
        self,
        mailbox: str,
        password: Secret,
        folder: str = "INBOX",
        unread_only: bool = True,
        *,
        since: datetime | None = None,
        limit: int = DEFAULT_LIMIT,
        mark_seen: bool = False,
        fresh: bool = False,
    ) -> list[dict[str, Any]]:
        """Return messages of a folder: `id` (the UID), `subject`, `from`, `to`, `date`, `body` and more.

        Nothing is marked as read unless `mark_seen`. `fresh` logs in anew, so that the server checks the password now.
        """
        async with self.session(mailbox, password, fresh=fresh) as session:
            return await read_messages(
                session,
                folder,
                parse=parse_message,
                unread_only=unread_only,
                since=since,
                limit=limit,
                mark_seen=mark_seen,
            )

    @contextlib.asynccontextmanager
    async def session(self, mailbox: str, password: Secret, *, fresh: bool = False) -> AsyncIterator[Session]:
        """Lend an IMAP session of that mailbox and password; connections are kept for the next call.

        `fresh` logs in anew, so that the server checks the password now.
        """
        login = Credentials(user=mailbox, password=SecretStr(reveal(password) or ""))
        async with self.sessions.session(mailbox, login, fresh=fresh) as session:
            yield session

    async def send_email(self, message: OutgoingMessage, password: Secret, *, save_copy: bool = True) -> SendOutcome:
        """Submit a message as its sender, and put a copy into the folder with special use `\\Sent`.

        The outcome has one result per recipient; `unknown` means that the server's last answer was lost. A copy that
        cannot be stored is logged and is no failure: the mail is on its way.
        """
        raw = compose(message)
        login = Credentials(user=message.sender.addr, password=SecretStr(reveal(password) or ""))
        outcome = await self._sender.send(envelope_of(message), raw, login)
        if save_copy and (outcome.of(RecipientOutcome.ACCEPTED) or outcome.of(RecipientOutcome.UNKNOWN)):
            await self._save_copy(message, raw, password)
        return outcome

    async def _save_copy(self, message: OutgoingMessage, raw: bytes, password: Secret) -> None:
        try:
            async with self.session(message.sender.addr, password) as session:
                found = [f.name for f in await session.folders() if r"\Sent" in f.special_use]
                if not found:
                    await session.create("Sent")
                folder = found[0] if found else "Sent"
                await session.append(folder, raw, flags=[r"\Seen"], date=self._clock.now())
        except GlassdomeError as exc:
            _log.warning("sent_copy_not_stored", mailbox=message.sender.addr, code=exc.code, problem=exc.sentence)

    # -- life

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection; the client may be used again."""
        await self.sessions.aclose()
        await self._http.aclose()


def _secret(value: Secret | None) -> SecretStr | None:
    plain = reveal(value)
    return SecretStr(plain) if plain else None
