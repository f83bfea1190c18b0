"""`MailcowClient`: the first seed's client, one object for mailcow's API, IMAP and submission."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from glassdome.core.clock import Clock, SystemClock
from glassdome.core.config import Settings
from glassdome.core.config.mailcow import TlsMode
from glassdome.core.errors import ConfigError, FolderMissing, GlassdomeError, NotFound, SmtpRefused
from glassdome.core.limits import MAX_IMAP_CONNECTIONS_PER_MAILBOX
from glassdome.core.log import get_logger
from glassdome.core.secrets import reveal
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.logins import FixedLogins
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.mailcow.handling import fetch_message, mark_message, move_message
from glassdome.integrations.mailcow.http import MailcowAccess, mailcow_http
from glassdome.integrations.mailcow.mailboxes import MailcowMailboxes
from glassdome.integrations.mailcow.objects import MailcowObjects
from glassdome.integrations.mailcow.reading import DEFAULT_LIMIT, message_row, read_messages
from glassdome.integrations.smtp.addresses import envelope_address, read_addresses
from glassdome.integrations.smtp.compose import compose, envelope_of, new_message_id
from glassdome.integrations.smtp.sender import SmtpSender, SmtpServer
from glassdome.integrations.tls import TlsPolicy, tls_policy
from glassdome.parse import parse_message, read_original
from glassdome.ports.imap import ImapSession, ImapSessions
from glassdome.values.credentials import Credentials
from glassdome.values.message import Address, Message
from glassdome.values.outgoing import Envelope, OutgoingFile, OutgoingMessage, RecipientOutcome, SendOutcome, SendState
from glassdome.values.refs import Cursor

__all__ = ["MailcowClient"]

_log = get_logger(__name__)
Secret = SecretStr | str
#: A password of the mailbox, or a login whose name is not the address.
Login = Secret | Credentials


class MailcowClient:
    """Mailboxes read and sent from, managed where there is a mailcow. An async context manager; survives event loops.

    Every method raises GlassdomeError: MailcowRefused, LoginRefused, TransportError, NotFound, InputError, and
    ConfigError where a call needs a server that is not set.
    """

    def __init__(
        self,
        api_url: str | None = None,
        api_uid: str | None = None,
        api_pw: Secret | None = None,
        domain: str | None = None,
        *,
        api_key: Secret | None = None,
        imap_host: str | None = None,
        imap_port: int = 993,
        imap_tls: TlsMode | None = None,
        imap_connections: int = MAX_IMAP_CONNECTIONS_PER_MAILBOX,
        smtp_host: str | None = None,
        smtp_port: int = 587,
        smtp_tls: TlsMode | None = None,
        tls: TlsPolicy | None = None,
        clock: Clock | None = None,
        sessions: ImapSessions | None = None,
        parse: Callable[[bytes], Message] = parse_message,
    ) -> None:
        """Hosts default to the API's; nothing is connected yet. Raises ConfigError for a wrong setting.

        Without `api_url` any IMAP server is read and sent from; only the calls to mailcow's API raise. `sessions` are lent
        by other readers of mail in this process, and stay open when the client closes.
        """
        tls = tls or TlsPolicy()
        tls.warn()
        host = (urlsplit(api_url).hostname if api_url else "") or ""
        self.domain = domain
        self._clock = clock or SystemClock()
        access = MailcowAccess(url=api_url or "", key=_secret(api_key), user=api_uid, password=_secret(api_pw))
        self._http = mailcow_http(access, tls)
        self.mailboxes, self.objects = MailcowMailboxes(self._http), MailcowObjects(self._http)
        imap = ImapServer(
            host=imap_host or host,
            port=imap_port,
            tls=tls,
            implicit_tls=_implicit(imap_tls),
            connections=imap_connections,
        )
        self._smtp = SmtpServer(host=smtp_host or host, port=smtp_port, tls=tls, implicit_tls=_implicit(smtp_tls))
        self._lent, self._parse = sessions is not None, parse
        self.sessions: ImapSessions = sessions or ImapPool(imap, FixedLogins({}))
        self._sender = SmtpSender(self._smtp)

    @classmethod
    def from_settings(cls, settings: Settings, *, clock: Clock | None = None) -> Self:
        """Return the client that the settings describe; raises ConfigError where they name no mail server at all."""
        if not settings.imap_host and not settings.smtp_host:
            raise ConfigError(
                "No mail server is set.", fix="Set GLASSDOME_IMAP_HOST, or MAILCOW_API_URL for a mailcow."
            )
        return cls(
            settings.mailcow_api_url,
            settings.mail_api_uid,
            settings.mail_api_pw,
            settings.mailcow_domain,
            api_key=settings.mailcow_api_key,
            imap_host=settings.mailcow_imap_host,
            imap_port=settings.imap_port,
            imap_tls=settings.imap_tls,
            imap_connections=settings.imap_connections,
            smtp_host=settings.mailcow_smtp_host,
            smtp_port=settings.smtp_port,
            smtp_tls=settings.smtp_tls,
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
        password: Login,
        folder: str = "INBOX",
        unread_only: bool = True,
        *,
        since: datetime | None = None,
        limit: int = DEFAULT_LIMIT,
        mark_seen: bool = False,
        fresh: bool = False,
        after: Cursor | None = None,
    ) -> list[dict[str, Any]]:
        """Return messages of a folder: `id` (the UID), `subject`, `from`, `to`, `date`, `body` and more.

        Nothing is marked as read unless `mark_seen`. `fresh` makes a new login, so that the server checks the password now.
        `after` answers the oldest messages behind a cursor, instead of the newest.
        """
        async with self.session(mailbox, password, fresh=fresh) as session:
            return await read_messages(
                session,
                folder,
                parse=self.row_of,
                unread_only=unread_only,
                since=since,
                limit=limit,
                mark_seen=mark_seen,
                after=after,
            )

    async def fetch_message(
        self, mailbox: str, password: Login, uid: int, folder: str = "INBOX", *, uid_validity: int | None = None
    ) -> dict[str, Any]:
        """Return one message with its source in `raw` and the bytes of each attachment in its `content`."""
        async with self.session(mailbox, password) as session:
            parse = partial(self.row_of, with_contents=True)
            return await fetch_message(session, folder, uid, uid_validity=uid_validity, parse=parse)

    async def mark_message(
        self,
        mailbox: str,
        password: Login,
        uid: int,
        folder: str = "INBOX",
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        uid_validity: int | None = None,
    ) -> list[str]:
        """Add and remove flags (`\\Seen`, `\\Flagged`) and keywords; return those that the message has then."""
        async with self.session(mailbox, password) as session:
            return await mark_message(session, folder, uid, uid_validity=uid_validity, add=add, remove=remove)

    async def move_message(
        self,
        mailbox: str,
        password: Login,
        uid: int,
        to: str,
        folder: str = "INBOX",
        *,
        uid_validity: int | None = None,
    ) -> tuple[int, int] | None:
        """Move a message to the folder `to`; return UIDVALIDITY and UID there, None where the server does not tell."""
        async with self.session(mailbox, password) as session:
            return await move_message(session, folder, uid, to, uid_validity=uid_validity)

    def row_of(self, raw: bytes, *, with_contents: bool = False) -> dict[str, Any]:
        """Return the fields of a message, with the bytes of its attachments where asked for; raises ParseError."""
        message, original = self._parse(raw), read_original(raw, with_contents=with_contents)
        row = message_row(message, plain=original.plain, html=original.html)
        if with_contents:
            for told, attachment in zip(row["attachments"], message.attachments, strict=True):
                told["content"] = original.contents.get(attachment.sha256, b"")
        return row

    @contextlib.asynccontextmanager
    async def session(self, mailbox: str, password: Login, *, fresh: bool = False) -> AsyncIterator[ImapSession]:
        """Lend an IMAP session of that mailbox and login; connections are kept for the next call.

        `fresh` makes a new login, so that the server checks the password now.
        """
        async with self.sessions.session(mailbox, _login(mailbox, password), fresh=fresh) as session:
            try:
                yield session
            except FolderMissing as exc:
                # To a caller, a folder that is missing and a message that is missing are one code, `not_found`.
                raise NotFound(exc.message, fix=exc.fix) from exc

    async def send_email(
        self,
        mailbox: str,
        password: Login,
        to_addresses: str | Sequence[str] = (),
        subject: str = "",
        body: str = "",
        html_body: str | None = None,
        cc: str | Sequence[str] = (),
        bcc: str | Sequence[str] = (),
        *,
        attachments: Sequence[OutgoingFile] = (),
        reply_to: str | Sequence[str] = (),
        save_copy: bool = True,
    ) -> SendOutcome:
        """Send a mail from `mailbox`; addresses are `a@example.org` or `Name <a@example.org>`, one or several.

        Returns and raises as `submit`. Nothing is checked for sensitive data and nothing is remembered here: that is
        the agent's action `send_email`.
        """
        message = OutgoingMessage(
            sender=Address(addr=envelope_address(mailbox)),
            to=read_addresses(to_addresses),
            cc=read_addresses(cc),
            bcc=read_addresses(bcc),
            reply_to=read_addresses(reply_to),
            subject=subject,
            text=body,
            html=html_body or "",
            files=tuple(attachments),
            message_id=new_message_id(mailbox.rpartition("@")[2]),
            date=self._clock.now(),
        )
        return await self.submit(message, password, save_copy=save_copy)

    async def submit(self, message: OutgoingMessage, password: Login, *, save_copy: bool = True) -> SendOutcome:
        """Submit a message as its sender, and put a copy into the folder with special use `\\Sent`.

        The outcome has one result per recipient; `unknown` means that the server's last answer was lost. A copy that
        cannot be stored is logged and is no failure: the mail is on its way.
        """
        if not self._smtp.host:
            raise ConfigError("No server to send mail through is set.", fix="Set GLASSDOME_SMTP_HOST.")
        raw = compose(message)
        login = _login(message.sender.addr, password)
        outcome = await self._send(envelope_of(message), message.sender.addr, raw, login)
        if save_copy and (outcome.of(RecipientOutcome.ACCEPTED) or outcome.of(RecipientOutcome.UNKNOWN)):
            await self._save_copy(message, raw, login)
        return outcome

    async def _send(self, envelope: Envelope, own: str, raw: bytes, login: Credentials) -> SendOutcome:
        """Submit; where the server wants no null sender of this login, nothing was sent, and the mailbox stands for it."""
        try:
            outcome = await self._sender.send(envelope, raw, login)
        except SmtpRefused:
            if envelope.mail_from:
                raise
        else:
            if envelope.mail_from or outcome.state is not SendState.REFUSED:
                return outcome
        return await self._sender.send(replace(envelope, mail_from=own), raw, login)

    async def _save_copy(self, message: OutgoingMessage, raw: bytes, login: Credentials) -> None:
        try:
            async with self.session(message.sender.addr, login) as session:
                found = [f.name for f in await session.folders() if r"\Sent" in f.special_use]
                if not found:
                    await session.create("Sent")
                folder = found[0] if found else "Sent"
                await session.append(folder, raw, flags=[r"\Seen"], date=self._clock.now())
        except GlassdomeError as exc:
            _log.warning("sent_copy_not_stored", mailbox=message.sender.addr, code=exc.code, problem=exc.public_message)

    # -- life

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection; the client may be used again."""
        if not self._lent:
            await self.sessions.aclose()
        await self._http.aclose()


def _login(mailbox: str, given: Login) -> Credentials:
    return (
        given if isinstance(given, Credentials) else Credentials(user=mailbox, password=SecretStr(reveal(given) or ""))
    )


def _implicit(mode: TlsMode | None) -> bool | None:
    return None if mode is None else mode == "implicit"


def _secret(value: Secret | None) -> SecretStr | None:
    plain = reveal(value)
    return SecretStr(plain) if plain else None
