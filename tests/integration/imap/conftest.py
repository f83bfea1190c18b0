"""An IMAP pool, source and editor on the session's Dovecot."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.logins import MasterLogins
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.tls import TlsPolicy
from glassdome.mailbox.editor import ImapEditor
from glassdome.mailbox.source import ImapSource
from tests.servers.certificates import SERVER_NAME
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, Dovecot


@pytest.fixture
def tls(dovecot: Dovecot) -> TlsPolicy:
    """Verified against the private authority, by the name in the certificate."""
    return TlsPolicy(ca_file=dovecot.certificates.ca, server_name=SERVER_NAME)


@pytest.fixture
def server(dovecot: Dovecot, tls: TlsPolicy) -> ImapServer:
    """Dovecot's implicit TLS port."""
    return ImapServer(host=dovecot.host, port=dovecot.imaps_port, tls=tls, implicit_tls=True)


@pytest.fixture
def logins() -> MasterLogins:
    """The master user."""
    return MasterLogins(MASTER_USER, SecretStr(MASTER_PASSWORD))


@pytest.fixture
async def pool(server: ImapServer, logins: MasterLogins) -> AsyncIterator[ImapPool]:
    """A pool that logs in as master user."""
    async with ImapPool(server, logins) as made:
        yield made


@pytest.fixture
def source(pool: ImapPool) -> ImapSource:
    """The mail source under test."""
    return ImapSource(pool)


@pytest.fixture
def editor(pool: ImapPool) -> ImapEditor:
    """The folder editor under test."""
    return ImapEditor(pool)
