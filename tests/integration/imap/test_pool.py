"""The pool on a real Dovecot: warm, bounded, careful with refused logins, at home in every event loop."""

import asyncio
from dataclasses import replace

import pytest
from pydantic import SecretStr

from glassdome.core.errors import InvalidAddress, LoginRefused
from glassdome.core.limits import MAX_REFUSED_LOGINS
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.logins import FixedLogins, MasterLogins
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.tls import TlsPolicy
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import proxy_to


async def test_connection_is_kept(pool: ImapPool, mailbox: str) -> None:
    """The second loan is the same session."""
    async with pool.session(mailbox) as first:
        pass
    async with pool.session(mailbox) as second:
        assert second is first
    assert pool.open_connections == 1


async def test_tasks_never_share(pool: ImapPool, mailbox: str) -> None:
    """Two tasks at the same time have two sessions."""
    async with pool.session(mailbox) as first, pool.session(mailbox) as second:
        assert first is not second


async def test_bounded_per_mailbox(server: ImapServer, logins: MasterLogins, mailbox: str) -> None:
    """A caller waits for a free session when all are lent."""
    async with ImapPool(replace(server, connections=2), logins) as pool:
        peak = 0

        async def use() -> None:
            nonlocal peak
            async with pool.session(mailbox) as session:
                peak = max(peak, pool.open_connections)
                await session.noop()

        await asyncio.gather(*(use() for _ in range(8)))
        assert peak == 2


async def test_bounded_in_all(dovecot: Dovecot, server: ImapServer, logins: MasterLogins) -> None:
    """Resting sessions of other mailboxes make room; the bound holds."""
    mailboxes = [dovecot.add_mailbox() for _ in range(5)]
    async with ImapPool(server, logins, max_connections=2) as pool:
        for _ in range(2):
            for mailbox in mailboxes:
                async with pool.session(mailbox) as session:
                    await session.noop()
                    assert pool.open_connections <= 2
        async with asyncio.timeout(20):
            await asyncio.gather(*(_noop(pool, mailbox) for mailbox in mailboxes * 3))
        assert pool.open_connections == 2


async def _noop(pool: ImapPool, mailbox: str) -> None:
    async with pool.session(mailbox) as session:
        await session.noop()


async def test_dead_connection_is_not_lent(
    dovecot: Dovecot, tls: TlsPolicy, logins: MasterLogins, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while unused a connection is tried before it is lent, and replaced when it is dead."""
    monkeypatch.setattr("glassdome.integrations.imap.pool.IMAP_TRUST_SECONDS", 0)
    async with proxy_to(dovecot.imaps_port) as proxy:
        server = ImapServer(host="127.0.0.1", port=proxy.port, tls=tls, implicit_tls=True)
        async with ImapPool(server, logins) as pool:
            await _noop(pool, mailbox)
            proxy.cut()
            async with pool.session(mailbox) as session:
                assert not await session.noop()
            assert (proxy.connections, pool.open_connections) == (2, 1)


async def test_stale_connection_is_closed(pool: ImapPool, mailbox: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that was idle for long is not kept."""
    async with pool.session(mailbox) as first:
        pass
    monkeypatch.setattr("glassdome.integrations.imap.pool.IMAP_KEEP_SECONDS", 0)
    async with pool.session(mailbox) as second:
        assert second is not first
    assert first.broken


async def test_refused_login_is_not_repeated(dovecot: Dovecot, tls: TlsPolicy, mailbox: str) -> None:
    """The server sees one attempt however many tasks ask; a new password is tried at once."""
    passwords = {mailbox: SecretStr("wrong")}
    logins = FixedLogins(passwords)
    async with proxy_to(dovecot.imaps_port) as proxy:
        server = ImapServer(host="127.0.0.1", port=proxy.port, tls=tls, implicit_tls=True)
        async with ImapPool(server, logins) as pool:
            for _ in range(3):
                with pytest.raises(LoginRefused, match="refused the login"):
                    await _noop(pool, mailbox)
            assert (proxy.connections, pool.open_connections) == (1, 0)


async def test_too_many_refusals_stop_all_new_logins(dovecot: Dovecot, server: ImapServer) -> None:
    """Before the server would ban our address, no login is tried any more; kept connections go on working."""
    wrong = [dovecot.add_mailbox() for _ in range(MAX_REFUSED_LOGINS)]
    good, late = dovecot.add_mailbox(), dovecot.add_mailbox()
    passwords = dict.fromkeys(wrong, SecretStr("wrong")) | dict.fromkeys((good, late), SecretStr("correct horse"))
    async with ImapPool(server, FixedLogins(passwords)) as pool:
        await _noop(pool, good)
        for mailbox in wrong:
            with pytest.raises(LoginRefused):
                await _noop(pool, mailbox)
        with pytest.raises(LoginRefused, match="logins were refused lately"):
            await _noop(pool, late)
        await _noop(pool, good)


async def test_master_login_in_disguise(server: ImapServer, logins: MasterLogins) -> None:
    """An address with the master separator in it would log in as somebody else."""
    async with ImapPool(server, logins) as pool:
        with pytest.raises(InvalidAddress):
            await _noop(pool, "victim@example.test*master@mailcow.local")


def test_survives_separate_loops(
    server: ImapServer, logins: MasterLogins, dovecot: Dovecot, caplog: pytest.LogCaptureFixture
) -> None:
    """Each `asyncio.run` finds the pool working, and leaves no connection and no complaint behind at its end."""
    mailbox = dovecot.add_mailbox()
    pool = ImapPool(server, logins)
    for _ in range(2):
        asyncio.run(_noop(pool, mailbox))
        assert (pool.open_connections, caplog.text) == (0, "")
