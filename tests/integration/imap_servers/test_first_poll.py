"""Tests from the choice of a mailbox to its first successful poll, with as few connections as a server allows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from glassdome.core.clock import FixedClock
from glassdome.core.errors import ConnectFailed, LoginRefused
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.tls import TlsPolicy
from glassdome.mailbox.arrivals import Arrivals
from glassdome.mailbox.source import ImapSource
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.values.preferences import Preferences
from tests.integration.imap_servers.conftest import BOB, AnyLogin, Bench
from tests.servers.certificates import SERVER_NAME, Certificates
from tests.servers.scripted_imap import scripted
from tests.servers.service import serving

NOW = datetime.now(UTC).replace(microsecond=400_000)
CHOSEN = Preferences(username=BOB, chosen=True)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty SQLite database."""
    url = f"sqlite:///{tmp_path / 'glassdome.db'}"
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as opened:
        yield opened


def came(bench: Bench, *seconds: int) -> None:
    """Date Bob's messages by seconds from the choice."""
    for mail, offset in zip(bench.server.folder(BOB).mails, seconds, strict=True):
        mail.received = NOW + timedelta(seconds=offset)


async def queued(database: Database) -> list[int]:
    """Return the UIDs in the queue."""
    return sorted(job.ref.uid for job in await database.queue.jobs(limit=100))


async def test_what_came_before_the_first_poll_counts(bench: Bench, database: Database) -> None:
    """A limit on connections makes the first polls fail: what arrived since the choice is queued, and nothing older."""
    came(bench, -3600, 30, 600)
    clock = FixedClock(NOW)
    await database.preferences.set_preferences(CHOSEN, now=NOW)
    bench.server.script("AUTHENTICATE", b"TAG NO [LIMIT] Too many connections\r\n", times=2)
    for _ in range(2):
        with pytest.raises(ConnectFailed):
            # Each in a process of its own: the moment of the choice is kept in the database.
            await Arrivals(bench.source, database.queue, database.cursors, clock=clock).poll(BOB, "INBOX")
        clock.advance(900)
    arrivals = Arrivals(bench.source, database.queue, database.cursors, clock=clock)
    assert await arrivals.poll(BOB, "INBOX") == 2
    assert await queued(database) == [2, 3]
    assert await arrivals.poll(BOB, "INBOX") == 0


async def test_what_came_in_the_second_of_the_choice_counts(bench: Bench, database: Database) -> None:
    """Servers date mail by whole seconds."""
    came(bench, -1, 0, 1)
    for mail in bench.server.folder(BOB).mails:
        mail.received = mail.received.replace(microsecond=0)
    await database.preferences.set_preferences(CHOSEN, now=NOW)
    await Arrivals(bench.source, database.queue, database.cursors, clock=FixedClock(NOW)).poll(BOB, "INBOX")
    assert await queued(database) == [2, 3]


async def test_a_choice_taken_back_is_forgotten(bench: Bench, database: Database) -> None:
    """Chosen, released and chosen again: what came in between is nobody's affair; a choice repeated changes nothing."""
    came(bench, 10, 100, 300)
    for seconds, chosen in ((0, True), (50, False), (200, True), (400, True)):
        preferences = replace(CHOSEN, chosen=chosen)
        await database.preferences.set_preferences(preferences, now=NOW + timedelta(seconds=seconds))
    await Arrivals(bench.source, database.queue, database.cursors, clock=FixedClock(NOW)).poll(BOB, "INBOX")
    assert await queued(database) == [3]


async def test_without_uidnext_too(bench: Bench, database: Database) -> None:
    """The end of the folder is asked for before what arrived, so that nothing falls between."""
    bench.server.open_tells, bench.server.status_tells = "", "MESSAGES {count} UIDVALIDITY {validity}"
    came(bench, -5, -4, 4)
    await database.preferences.set_preferences(CHOSEN, now=NOW)
    arrivals = Arrivals(bench.source, database.queue, database.cursors, clock=FixedClock(NOW))
    assert await arrivals.poll(BOB, "INBOX") == 1
    bench.server.deliver(BOB)
    assert await arrivals.poll(BOB, "INBOX") == 1
    assert await queued(database) == [3, 4]


async def test_a_refused_login_loses_nothing(bench: Bench, database: Database) -> None:
    """A wrong password, corrected later."""
    came(bench, -5, 60, 120)
    await database.preferences.set_preferences(CHOSEN, now=NOW)
    arrivals = Arrivals(bench.source, database.queue, database.cursors, clock=FixedClock(NOW))
    bench.server.script("AUTHENTICATE", b"TAG NO [AUTHENTICATIONFAILED] no\r\n", times=1)
    with pytest.raises(LoginRefused):
        await arrivals.poll(BOB, "INBOX")
    address = ImapServer(host="localhost", port=bench.server.port, tls=bench.pool._server.tls, implicit_tls=True)
    async with ImapPool(address, AnyLogin()) as pool:
        later = Arrivals(ImapSource(pool), database.queue, database.cursors, clock=FixedClock(NOW))
        assert await later.poll(BOB, "INBOX") == 2


@pytest.mark.parametrize("limit", [1, 2])
async def test_connections_are_bounded(certificates: Certificates, limit: int) -> None:
    """However many read a mailbox at once, no more connections are open than the setting says."""
    async with scripted(certificates) as server:
        server.deliver(BOB)
        tls = TlsPolicy(ca_file=certificates.ca)
        address = ImapServer(host="localhost", port=server.port, tls=tls, implicit_tls=True, connections=limit)
        async with ImapPool(address, AnyLogin()) as pool:
            source = ImapSource(pool)
            async with asyncio.timeout(60):
                await asyncio.gather(*(source.new_uids(BOB, "INBOX", None) for _ in range(12)))
            assert server.logins <= limit


async def test_one_connection_is_enough(tmp_path: Path, certificates: Certificates) -> None:
    """With GLASSDOME_IMAP_CONNECTIONS=1 a real service holds no connection in IDLE, and judges mail all the same."""
    async with scripted(certificates) as server, asyncio.timeout(100):
        environment = {
            "GLASSDOME_IMAP_HOST": "127.0.0.1",
            "GLASSDOME_IMAP_PORT": str(server.port),
            "GLASSDOME_IMAP_TLS": "implicit",
            "GLASSDOME_IMAP_CONNECTIONS": "1",
            "GLASSDOME_CA_FILE": str(certificates.ca),
            "MAILCOW_SERVER_NAME": SERVER_NAME,
            "GLASSDOME_MAILBOXES": f"{BOB}:pw",
            "LLM_PROCESSING_INTERVAL": "1",
        }
        async with serving(tmp_path, environment) as service:
            await server.until("^STATUS")
            for _ in range(3):
                server.deliver(BOB)
            while len(await service.analyses(BOB)) < 3:  # noqa: ASYNC110 (a REST API tells only who asks)
                await asyncio.sleep(0.2)
        assert server.most_at_once == 1
        assert not server.commands("^IDLE")
