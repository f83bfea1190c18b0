"""A scripted IMAP server, and the parts of Glassdome that read from it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.tls import TlsPolicy
from glassdome.mailbox.editor import ImapEditor
from glassdome.mailbox.source import ImapSource
from glassdome.values.credentials import Credentials
from glassdome.values.refs import Cursor, MessageRef
from tests.servers.certificates import Certificates
from tests.servers.scripted_imap import ScriptedImap, scripted

BOB = "bob@example.net"


class AnyLogin:
    """Every mailbox has the same password; it has an umlaut, as passwords do."""

    async def login_for(self, mailbox: str) -> Credentials:
        """Return the login."""
        return Credentials(user=mailbox, password=SecretStr("pässword"))


@dataclass
class Bench:
    """A server in which Bob has the messages 1 to 3, and ways to read them."""

    server: ScriptedImap
    pool: ImapPool
    source: ImapSource
    editor: ImapEditor

    seen_first = Cursor(uid_validity=7, last_uid=1)

    @staticmethod
    def ref(uid: int = 2) -> MessageRef:
        """Name one of Bob's messages."""
        return MessageRef(mailbox=BOB, uid_validity=7, uid=uid)

    async def new(self, cursor: Cursor | None = seen_first, folder: str = "INBOX") -> tuple[int, ...]:
        """Return what arrived after the first message."""
        return (await self.source.new_uids(BOB, folder, cursor)).uids


@pytest.fixture
async def bench(certificates: Certificates) -> AsyncIterator[Bench]:
    """A fresh one."""
    async with scripted(certificates) as server:
        for _ in range(3):
            server.deliver(BOB)
        address = ImapServer(
            host="localhost", port=server.port, tls=TlsPolicy(ca_file=certificates.ca), implicit_tls=True
        )
        async with ImapPool(address, AnyLogin()) as pool:
            yield Bench(server, pool, ImapSource(pool, poll_seconds=0.01), ImapEditor(pool))
