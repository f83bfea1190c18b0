"""The mail source on every IMAP server at hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from glassdome.demo.certificate import make_certificate
from glassdome.demo.mailserver import DemoMailServer
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.logins import FixedLogins
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.tls import TlsPolicy
from glassdome.mailbox.editor import ImapEditor
from glassdome.mailbox.source import ImapSource
from glassdome.values.refs import INBOX
from tests.contract.source.contracts_source import SourceContract, Stocked
from tests.servers.certificates import SERVER_NAME, Certificates
from tests.servers.courier import Courier
from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import PASSWORD, Dovecot


def flags_by(pool: ImapPool, mailbox: str) -> Callable[[int], Awaitable[frozenset[str]]]:
    """Ask the server for the flags of one message."""

    async def flags(uid: int) -> frozenset[str]:
        async with pool.session(mailbox) as session:
            await session.examine(INBOX)
            return (await session.facts([uid]))[0].flags

    return flags


def _server(server: Courier | Cyrus, certificates: Certificates) -> ImapServer:
    return ImapServer(host=server.host, port=server.port, tls=TlsPolicy(ca_file=certificates.ca), implicit_tls=True)


class TestDovecot(SourceContract):
    """Debian's Dovecot, by implicit TLS."""

    @pytest.fixture
    async def stocked(self, dovecot: Dovecot, mailbox: str) -> AsyncIterator[Stocked]:
        """A fresh mailbox, delivered to by LMTP."""
        tls = TlsPolicy(ca_file=dovecot.certificates.ca, server_name=SERVER_NAME)
        server = ImapServer(host=dovecot.host, port=dovecot.imaps_port, tls=tls, implicit_tls=True)
        async with ImapPool(server, FixedLogins({mailbox: SecretStr(PASSWORD)})) as pool:

            async def deliver(raw: bytes) -> None:
                await asyncio.to_thread(dovecot.deliver, mailbox, raw)

            yield Stocked(
                source=ImapSource(pool),
                editor=ImapEditor(pool),
                mailbox=mailbox,
                deliver=deliver,
                flags=flags_by(pool, mailbox),
            )


class TestCourier(SourceContract):
    """Debian's Courier: INBOX as namespace, no UIDNEXT when a folder is opened, a UIDVALIDITY that may be the clock."""

    @pytest.fixture
    async def stocked(self, courier: Courier) -> AsyncIterator[Stocked]:
        """A fresh mailbox, delivered to as by an MDA."""
        mailbox = await asyncio.to_thread(courier.add_mailbox, "Junk")
        server = _server(courier, courier.certificates)
        async with ImapPool(server, FixedLogins({mailbox: SecretStr(PASSWORD)})) as pool:
            async with pool.session(mailbox) as session:
                # As its owner's mail program did long ago: before, what is moved there gets the clock as UIDVALIDITY.
                await session.select("INBOX.Junk")

            async def deliver(raw: bytes) -> None:
                await asyncio.to_thread(courier.deliver, mailbox, raw)

            yield Stocked(
                source=ImapSource(pool, poll_seconds=0.1),
                editor=ImapEditor(pool),
                mailbox=mailbox,
                deliver=deliver,
                flags=flags_by(pool, mailbox),
                junk="INBOX.Junk",
            )


class TestCyrus(SourceContract):
    """Debian's Cyrus: INBOX as namespace, a folder's absence told in words."""

    @pytest.fixture
    async def stocked(self, cyrus: Cyrus) -> AsyncIterator[Stocked]:
        """A fresh mailbox, delivered to by LMTP."""
        mailbox = cyrus.add_mailbox()
        server = _server(cyrus, cyrus.certificates)
        async with ImapPool(server, FixedLogins({mailbox: SecretStr(PASSWORD)})) as pool:
            async with pool.session(mailbox):
                pass  # the first login makes the account

            async def deliver(raw: bytes) -> None:
                await asyncio.to_thread(cyrus.deliver, mailbox, raw)

            yield Stocked(
                source=ImapSource(pool),
                editor=ImapEditor(pool),
                mailbox=mailbox,
                deliver=deliver,
                flags=flags_by(pool, mailbox),
                junk="INBOX.Junk",
            )


class TestDemoServer(SourceContract):
    """The demo's embedded server (pymap), by STARTTLS."""

    @pytest.fixture
    async def stocked(self, tmp_path: Path) -> AsyncIterator[Stocked]:
        """A fresh mailbox in memory."""
        mailbox = "you@demo.test"
        certificate, key = await asyncio.to_thread(make_certificate, tmp_path, now=datetime.now(UTC))
        async with DemoMailServer({mailbox: "pw"}, certificate=certificate, key=key, authserv_id="demo") as demo:
            server = ImapServer(host="localhost", port=demo.imap_port, tls=TlsPolicy(ca_file=certificate))
            async with ImapPool(server, FixedLogins({mailbox: SecretStr("pw")})) as pool:

                async def deliver(raw: bytes) -> None:
                    await demo.deliver(mailbox, raw)

                yield Stocked(
                    source=ImapSource(pool),
                    editor=ImapEditor(pool),
                    mailbox=mailbox,
                    deliver=deliver,
                    flags=flags_by(pool, mailbox),
                    keeps_keywords=False,
                )
