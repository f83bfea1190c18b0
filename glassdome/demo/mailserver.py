"""The embedded mail server: pymap speaks IMAP, aiosmtpd takes mail in; everything is in memory and on loopback."""

from __future__ import annotations

import asyncio
import ssl
from argparse import Namespace
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.result import ProxyResultUnknown
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, DictBackend, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import Passwords, UserMetadata

from glassdome.core.limits import MAX_MESSAGE_BYTES

__all__ = ["DemoMailServer"]

_HOST = "127.0.0.1"


class DemoMailServer:
    """An IMAP and SMTP server for a handful of mailboxes, held in memory.

    IMAP wants STARTTLS before a login. SMTP is what other servers would speak to a mail exchanger: no login, mail to
    unknown recipients refused. `imap_port` and `smtp_port` are known after the start.
    """

    def __init__(self, passwords: dict[str, str], *, certificate: Path, key: Path, authserv_id: str) -> None:
        """`passwords` maps each mailbox to its password."""
        self._passwords = passwords
        self._authserv_id = authserv_id
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(certificate, key)
        self._stack = AsyncExitStack()
        self._sets: dict[str, MailboxSet] = {}
        self._talks: set[asyncio.Task[Any]] = set()
        self.imap_port = self.smtp_port = 0

    async def __aenter__(self) -> Self:
        """Start both servers."""
        await self._start_imap()
        await self._start_smtp()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop both servers."""
        await self._stack.aclose()

    async def _start_imap(self) -> None:
        args = Namespace(passlib_cfg=None, proxy_protocol=None, host=_HOST, port=0, debug=False)
        config = Config(
            args,
            host=_HOST,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            ssl_context=self._tls,
            reject_dnsbl=False,
        )
        config.apply_context()
        backend = DictBackend(Login(config), config)
        for mailbox, password in self._passwords.items():
            hashed = await Passwords(config).hash_password(password)
            backend.login.users_dict[mailbox] = UserMetadata(config, mailbox, password=hashed)
            self._sets[mailbox] = MailboxSet()
            config.set_cache[mailbox] = (self._sets[mailbox], FilterSet())
            for folder in ("Junk", "Sent", "Trash", "Drafts"):
                await self._sets[mailbox].add_mailbox(folder)
        await backend.start(self._stack)
        server = IMAPServer(backend.login, config)

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # pymap's own way keeps no reference to the task, and Python collects a task without one.
            peer = SocketInfo.get(writer, ProxyResultUnknown(), unique_id=uuid4().bytes)
            task = asyncio.create_task(server(reader, writer, peer))
            self._talks.add(task)
            task.add_done_callback(self._talks.discard)

        self._stack.push_async_callback(self._end_talks)
        self.imap_port = await self._listen(connected)

    async def _end_talks(self) -> None:
        talks = tuple(self._talks)
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _listen(self, callback: Any) -> int:
        server = await asyncio.start_server(callback, host=_HOST, port=0)
        self._stack.push_async_callback(self._close, server)
        return int(server.sockets[0].getsockname()[1])

    async def _start_smtp(self) -> None:
        def protocol() -> SMTP:
            return SMTP(self, hostname=self._authserv_id, data_size_limit=MAX_MESSAGE_BYTES, enable_SMTPUTF8=True)

        server = await asyncio.get_running_loop().create_server(protocol, _HOST, 0)
        self._stack.push_async_callback(self._close, server)
        self.smtp_port = int(server.sockets[0].getsockname()[1])

    @staticmethod
    async def _close(server: Any) -> None:
        server.close()

    async def deliver(self, mailbox: str, raw: bytes, *, folder: str = "INBOX") -> None:
        """Store a message as new."""
        stored = await self._sets[mailbox].get_mailbox(folder)
        await stored.append(AppendMessage(raw, datetime.now(UTC), frozenset()), recent=True)

    # -- aiosmtpd calls these by name

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        """Accept our own mailboxes only."""
        if address.lower() not in self._passwords:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address.lower())
        return "250 2.1.5 OK"

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Deliver, with the trace fields a final delivery adds (RFC 5321 4.4)."""
        when = format_datetime(datetime.now(UTC))
        content = envelope.original_content or b""
        for mailbox in envelope.rcpt_tos:
            trace = (
                f"Return-Path: <{envelope.mail_from}>\r\n"
                f"Authentication-Results: {self._authserv_id}; none\r\n"
                f"Received: from {session.host_name} by {self._authserv_id} with SMTP for <{mailbox}>; {when}\r\n"
            )
            await self.deliver(mailbox, trace.encode() + content)
        return "250 2.0.0 Delivered"
