"""Tests from a delivery into a real Dovecot to a job in the database, by each way to notice it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from glassdome.core.clock import FixedClock, SystemClock
from glassdome.core.errors import StoreUnavailable
from glassdome.core.limits import MAX_POLL_CONCURRENCY
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.logins import FixedLogins, MasterLogins
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.tls import TlsPolicy
from glassdome.mailbox.arrivals import Arrivals
from glassdome.mailbox.backoff import MailboxBackoff
from glassdome.mailbox.poller import Poller
from glassdome.mailbox.source import ImapSource
from glassdome.mailbox.watch import InboxWatch
from glassdome.mailbox.watcher import Watcher
from glassdome.pipeline.backfill import Backfill
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.values.job import JobReason, Priority
from glassdome.values.preferences import Preferences
from glassdome.values.refs import INBOX
from glassdome.values.watch import BackfillProgress, WatchHealth
from tests.servers.certificates import SERVER_NAME
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, PASSWORD, Dovecot
from tests.servers.proxy import proxy_to

MAIL = b"From: a@example.test\r\nSubject: hello\r\n\r\nHi.\r\n"
NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty SQLite database."""
    url = f"sqlite:///{tmp_path / 'glassdome.db'}"
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as opened:
        yield opened


@pytest.fixture
def server(dovecot: Dovecot) -> ImapServer:
    """Dovecot's implicit TLS port."""
    tls = TlsPolicy(ca_file=dovecot.certificates.ca, server_name=SERVER_NAME)
    return ImapServer(host=dovecot.host, port=dovecot.imaps_port, tls=tls, implicit_tls=True)


@pytest.fixture
async def pool(server: ImapServer) -> AsyncIterator[ImapPool]:
    """A pool that logs in as master user."""
    async with ImapPool(server, MasterLogins(MASTER_USER, SecretStr(MASTER_PASSWORD))) as made:
        yield made


class Watch:
    """A running watcher and what it is made of."""

    def __init__(self, pool: ImapPool, database: Database, *, max_watched: int = 0, interval: float = 3600) -> None:
        """By default there is no IDLE and no second poll: only the doorbell."""
        clock = SystemClock()
        self.database = database
        self.woken = asyncio.Event()
        self.backoff = MailboxBackoff(jitter=lambda low, high: 1.0)
        self.source = ImapSource(pool)
        arrivals = Arrivals(self.source, database.queue, database.cursors, clock=clock, wake=self.woken.set)
        self.poller = Poller(arrivals, self.backoff, clock=clock)
        watch = InboxWatch(self.source, self.backoff, clock=clock, most=max_watched)
        self.watcher = Watcher(watch, self.poller, database.preferences, clock=clock, interval=lambda: interval)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Watcher]:
        """Run until the end of the block, and let the first poll see every enabled mailbox."""
        task = asyncio.ensure_future(self.watcher.run())
        chosen = await self.database.preferences.chosen_mailboxes()
        await until(lambda: {s.mailbox for s in self.watcher.states()} >= set(chosen), task)
        yield self.watcher
        self.watcher.stop()
        async with asyncio.timeout(60):
            await task

    async def arrived(self, *expected: tuple[str, str, int]) -> None:
        """Wait until exactly these (mailbox, folder, uid) are queued."""
        async with asyncio.timeout(60):
            while len(await self.queued()) < len(expected):
                await self.woken.wait()
                self.woken.clear()
        assert await self.queued() == sorted(expected)

    async def queued(self) -> list[tuple[str, str, int]]:
        """Return what is queued."""
        return sorted((j.ref.mailbox, j.ref.folder, j.ref.uid) for j in await self.database.queue.jobs(limit=500))


async def until(condition: Callable[[], bool], *tasks: asyncio.Future[None]) -> None:
    """Let the loop run until `condition` holds; a task that fails meanwhile fails the test."""
    async with asyncio.timeout(60):
        while not condition():
            for task in tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(0.005)


async def choose(database: Database, *mailboxes: str, chosen: bool = True) -> None:
    """Opt mailboxes in or out, a moment after what was delivered so far: servers date mail by whole seconds."""
    now = datetime.now(UTC) + timedelta(seconds=1)
    for mailbox in mailboxes:
        await database.preferences.set_preferences(Preferences(username=mailbox, chosen=chosen), now=now)


async def deliver(dovecot: Dovecot, mailbox: str, raw: bytes = MAIL) -> None:
    """Deliver by LMTP."""
    await asyncio.to_thread(dovecot.deliver, mailbox, raw)


async def test_doorbell_brings_the_mail(dovecot: Dovecot, pool: ImapPool, database: Database, mailbox: str) -> None:
    """A ring makes a job of what was delivered, not of what was there before; many rings make no more."""
    await deliver(dovecot, mailbox)
    await choose(database, mailbox)
    watch = Watch(pool, database)
    async with watch.running() as watcher:
        await deliver(dovecot, mailbox)
        for _ in range(50):
            watcher.ring(mailbox.upper(), "inbox")
        await watch.arrived((mailbox, INBOX, 2))
        assert [(j.reason, j.priority) for j in await database.queue.jobs()] == [(JobReason.NEW, Priority.NEW)]
    assert dovecot.doveadm("fetch", "-u", mailbox, "flags", "mailbox", "INBOX").split() == ["flags:", "\\Recent"] * 2


async def test_idle_brings_the_mail(dovecot: Dovecot, pool: ImapPool, database: Database, mailbox: str) -> None:
    """Without doorbell and poll, IDLE alone notices each delivery; what is old is not touched."""
    await deliver(dovecot, mailbox)
    await choose(database, mailbox)
    watch = Watch(pool, database, max_watched=1)
    async with watch.running():
        for number in (2, 3):
            await deliver(dovecot, mailbox)
            await watch.arrived(*((mailbox, INBOX, n) for n in range(2, number + 1)))


async def test_the_next_poll_finds_what_no_doorbell_announced(
    dovecot: Dovecot, pool: ImapPool, database: Database, mailbox: str
) -> None:
    """A lost doorbell is made good by the next poll."""
    await choose(database, mailbox)
    watch = Watch(pool, database, interval=0.02)
    async with watch.running():
        await deliver(dovecot, mailbox)
        await watch.arrived((mailbox, INBOX, 1))


async def test_first_sight_by_doorbell(dovecot: Dovecot, pool: ImapPool, database: Database) -> None:
    """The delivery that first told of a folder or of a mailbox just chosen is judged; older mail there is not."""
    mailbox, newcomer = dovecot.add_mailbox(), dovecot.add_mailbox()
    await choose(database, mailbox)
    watch = Watch(pool, database)
    async with watch.running() as watcher:
        for name in (mailbox, newcomer):
            await deliver(dovecot, name)
            await deliver(dovecot, name)
        dovecot.doveadm("mailbox", "create", "-u", mailbox, "Lists")
        dovecot.doveadm("move", "-u", mailbox, "Lists", "mailbox", "INBOX", "uid", "1:2")
        watcher.ring(mailbox, "Lists")
        await watch.arrived((mailbox, "Lists", 2))
        await choose(database, newcomer)
        watcher._enabled_at = float("-inf")
        watcher.ring(newcomer)
        await watch.arrived((mailbox, "Lists", 2), (newcomer, INBOX, 2))


async def test_nobody_elses_mail_is_read(dovecot: Dovecot, pool: ImapPool, database: Database, mailbox: str) -> None:
    """A ring for a mailbox nobody chose, and one for a folder that is ignored, open no connection."""
    watch = Watch(pool, database)
    async with watch.running() as watcher:
        await deliver(dovecot, mailbox)
        watcher.ring(mailbox)
        watcher.ring(mailbox, "Junk")
        watcher.ring(mailbox, "Trash/2025")
        await until(lambda: not watcher._rung and not watcher._polling)
        assert (await watch.queued(), pool.open_connections) == ([], 0)


async def test_opt_in_and_opt_out_without_restart(
    dovecot: Dovecot, pool: ImapPool, database: Database, mailbox: str
) -> None:
    """The next poll takes who is enabled then, and IDLE follows; what came while nobody chose is never read."""
    watch = Watch(pool, database, max_watched=5, interval=0.02)
    async with watch.running() as watcher:
        await choose(database, mailbox)
        await until(
            lambda: [s.mailbox for s in watcher.states()] == [mailbox] and mailbox in watcher._listener.watching
        )
        await deliver(dovecot, mailbox)
        await watch.arrived((mailbox, INBOX, 1))
        await choose(database, mailbox, chosen=False)
        await until(lambda: watcher.states() == () and not watcher._listener.watching)
        await deliver(dovecot, mailbox)
        watcher.ring(mailbox)
        await until(lambda: not watcher._rung and not watcher._polling)
        await choose(database, mailbox)
        await until(lambda: len(watcher.states()) == 1)
        await deliver(dovecot, mailbox)
        await watch.arrived((mailbox, INBOX, 1), (mailbox, INBOX, 3))


async def test_an_enabled_mailbox_is_polled_at_once(
    dovecot: Dovecot, pool: ImapPool, database: Database, mailbox: str
) -> None:
    """Mail delivered after somebody chose a mailbox is new, however far away the next poll is."""
    async with (watch := Watch(pool, database)).running() as watcher:
        await choose(database, mailbox)
        watcher.rescan()
        await until(lambda: [s.mailbox for s in watcher.states()] == [mailbox])
        await deliver(dovecot, mailbox)
        watcher.ring(mailbox)
        await watch.arrived((mailbox, INBOX, 1))


async def test_rebuilt_folder_is_queued_anew(
    dovecot: Dovecot, pool: ImapPool, database: Database, mailbox: str
) -> None:
    """After a change of UIDVALIDITY the day's mail gets new jobs under the new identity."""
    await choose(database, mailbox)
    watch = Watch(pool, database)
    async with watch.running() as watcher:
        await deliver(dovecot, mailbox)
        watcher.ring(mailbox)
        await watch.arrived((mailbox, INBOX, 1))
        (old,) = await database.queue.jobs()
        validity = old.ref.uid_validity + 9
        dovecot.doveadm("mailbox", "update", "-u", mailbox, "--uid-validity", str(validity), INBOX)
        watcher.ring(mailbox)
        await watch.arrived((mailbox, INBOX, 1), (mailbox, INBOX, 1))
        assert {j.ref.uid_validity for j in await database.queue.jobs()} == {old.ref.uid_validity, validity}


async def test_one_bad_mailbox_does_not_spoil_the_rest(
    dovecot: Dovecot, server: ImapServer, database: Database
) -> None:
    """A refused login is visible with its fix and left alone for long; the others are read."""
    good = [dovecot.add_mailbox() for _ in range(20)]
    bad = dovecot.add_mailbox()
    passwords = {name: SecretStr(PASSWORD) for name in good} | {bad: SecretStr("wrong")}
    await choose(database, *good, bad)
    async with ImapPool(server, FixedLogins(passwords)) as pool:
        watch = Watch(pool, database)
        async with watch.running() as watcher:
            for name in good:
                await deliver(dovecot, name)
            report = await watch.poller.poll_all([*good, bad])
            assert (report.polled, report.waiting, report.failed, report.found) == (20, 1, 0, 20)
            states = {state.mailbox: state for state in watcher.states()}
            assert {state.health for name, state in states.items() if name != bad} == {WatchHealth.OK}
            refused = states[bad]
            assert (refused.health, refused.code, refused.failures) == (WatchHealth.REFUSED, "login_refused", 1)
            assert refused.again_at is not None
            assert refused.again_at - datetime.now(UTC) > timedelta(minutes=5)
            assert "Check the password" in refused.sentence
            assert pool.open_connections <= 20


async def test_lost_server_is_found_again(
    dovecot: Dovecot, server: ImapServer, database: Database, mailbox: str
) -> None:
    """While the server is away the mailbox waits; afterwards what arrived meanwhile is found."""
    await choose(database, mailbox)
    async with proxy_to(dovecot.imaps_port) as proxy:
        logins = MasterLogins(MASTER_USER, SecretStr(MASTER_PASSWORD))
        async with ImapPool(replace(server, port=proxy.port), logins) as pool:
            watch = Watch(pool, database)
            async with watch.running():
                target, proxy.target = proxy.target, 1
                proxy.cut()
                await deliver(dovecot, mailbox)
                assert (await watch.poller.poll_all([mailbox])).failed == 1
                (state,) = watch.watcher.states()
                assert (state.health, state.failures) == (WatchHealth.WAITING, 1)
                assert (await watch.poller.poll_all([mailbox])).waiting == 1
                proxy.target = target
                watch.backoff._states[mailbox] = replace(state, again_at=None)
                assert (await watch.poller.poll_all([mailbox])).found == 1
                assert watch.watcher.states()[0].health is WatchHealth.OK


async def test_lost_database_stops_nothing(
    dovecot: Dovecot, pool: ImapPool, database: Database, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the database is away neither poll nor doorbell end the watcher, and no cursor moves."""
    await choose(database, mailbox)
    watch = Watch(pool, database, interval=0.02)
    async with watch.running() as watcher:
        real, calls = database.queue.arrived, 0

        async def away(*_: object, **__: object) -> int:
            nonlocal calls
            calls += 1
            raise StoreUnavailable

        monkeypatch.setattr(database.queue, "arrived", away)
        await deliver(dovecot, mailbox)
        watcher.ring(mailbox)
        await until(lambda: calls > 2)
        monkeypatch.setattr(database.queue, "arrived", real)
        await watch.arrived((mailbox, INBOX, 1))


async def test_polling_is_bounded(dovecot: Dovecot, pool: ImapPool, database: Database) -> None:
    """However many mailboxes there are, only a few are asked at the same time."""
    mailboxes = [dovecot.add_mailbox() for _ in range(3 * MAX_POLL_CONCURRENCY)]
    watch, busy, peak = Watch(pool, database), 0, 0
    real, full = watch.source.new_uids, asyncio.Event()

    async def counted(*arguments: object) -> object:
        nonlocal busy, peak
        busy += 1
        peak = max(peak, busy)
        if busy == MAX_POLL_CONCURRENCY:
            full.set()
        try:
            # A quick server would otherwise have answered the first before the last is asked.
            await full.wait()
            return await real(*arguments)  # type: ignore[arg-type]
        finally:
            busy -= 1

    watch.source.new_uids = counted  # type: ignore[method-assign,assignment]
    async with asyncio.timeout(60):
        report = await watch.poller.poll_all(mailboxes)
    assert (report.polled, report.failed, peak) == (len(mailboxes), 0, MAX_POLL_CONCURRENCY)


async def test_backfill_newest_first_and_resumed(
    dovecot: Dovecot, pool: ImapPool, database: Database, mailbox: str
) -> None:
    """Stopped in the middle it goes on where it was; everything is queued once, at the rate that was set."""
    for _ in range(7):
        await deliver(dovecot, mailbox)
    clock, seen = FixedClock(NOW), list[BackfillProgress]()
    backfill = Backfill(
        ImapSource(pool), database.queue, database.cursors, database.progress, clock=clock, per_hour=3600, batch=2
    )
    first = await backfill.run(mailbox, limit=3, progress=seen.append)
    assert [p.found for p in seen if p.next_at is None] == [0, 2, 3]
    assert (first.top, first.reached, first.done) == (7, 4, False)
    second = await backfill.run(mailbox, progress=seen.append)
    assert (second.found, second.added, second.done, second.fraction) == (4, 4, True, 1.0)
    jobs = await database.queue.jobs()
    assert [j.ref.uid for j in jobs] == [7, 6, 5, 4, 3, 2, 1]
    assert {(j.reason, j.priority) for j in jobs} == {(JobReason.BACKFILL, Priority.BACKFILL)}
    assert clock.now() - NOW >= timedelta(seconds=4)
    assert any(p.next_at == NOW + timedelta(seconds=2) for p in seen)
    assert await database.cursors.get_cursor(mailbox, INBOX) is None
    assert (await backfill.run(mailbox)).found == 0
