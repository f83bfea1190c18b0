"""The mail source on a real Dovecot: finds what is new, reads it, and leaves no trace."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from glassdome.core.clock import SystemClock
from glassdome.core.errors import (
    Disconnected,
    InvalidQuery,
    LoginRefused,
    MessageTooLarge,
    NotFound,
    UidValidityChanged,
)
from glassdome.integrations.imap.login import ImapServer
from glassdome.integrations.imap.logins import MasterLogins
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.tls import TlsPolicy
from glassdome.mailbox.source import ImapSource
from glassdome.ports.mail import MailSource
from glassdome.values.refs import INBOX, Cursor, MessageRef
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy, proxy_to

BIG = 1_000_000


def mail(number: int, *, size: int = 0) -> bytes:
    """A small message, or one of about `size` bytes."""
    head = f"From: a@example.test\r\nSubject: mail {number}\r\nMessage-ID: <{number}@example.test>\r\n\r\n"
    return head.encode() + b'line of text ) { ( \\ " * 1 FETCH\r\n' * max(1, size // 34)


def deliver(dovecot: Dovecot, mailbox: str, *numbers: int, size: int = 0) -> None:
    """Deliver several messages by LMTP."""
    for number in numbers:
        dovecot.deliver(mailbox, mail(number, size=size))


@pytest.fixture
async def start(source: ImapSource, mailbox: str) -> Cursor:
    """The cursor at first sight."""
    return (await source.new_uids(mailbox, INBOX, None)).cursor


async def test_first_sight_starts_at_now(dovecot: Dovecot, source: ImapSource, mailbox: str) -> None:
    """Mail that is there before is never new."""
    port: MailSource = source
    deliver(dovecot, mailbox, 1, 2)
    first = await port.new_uids(mailbox, INBOX, None)
    assert (first.uids, first.cursor.last_uid, first.reset) == ((), 2, False)
    assert (await source.new_uids(mailbox, INBOX, first.cursor)).uids == ()


async def test_only_what_is_new_is_new(dovecot: Dovecot, source: ImapSource, mailbox: str, start: Cursor) -> None:
    """Each UID is found once, though `n:*` always matches the last message."""
    deliver(dovecot, mailbox, 1, 2)
    found = await source.new_uids(mailbox, INBOX, start)
    assert found.uids == (1, 2)
    assert (await source.new_uids(mailbox, INBOX, found.cursor)).uids == ()
    deliver(dovecot, mailbox, 3)
    assert (await source.new_uids(mailbox, INBOX, found.cursor)).uids == (3,)


async def test_what_was_expunged_is_not_new(dovecot: Dovecot, source: ImapSource, mailbox: str, start: Cursor) -> None:
    """A UID that came and went leaves only the cursor behind."""
    deliver(dovecot, mailbox, 1, 2)
    dovecot.doveadm("expunge", "-u", mailbox, "mailbox", "INBOX", "uid", "1:2")
    found = await source.new_uids(mailbox, INBOX, start)
    assert found.uids == ()


async def test_rebuilt_folder_voids_the_cursor(dovecot: Dovecot, source: ImapSource, mailbox: str) -> None:
    """After a change of UIDVALIDITY the mail of the last day counts, and old references are refused."""
    dovecot.doveadm("mailbox", "create", "-u", mailbox, "Lists")
    dovecot.doveadm("save", "-u", mailbox, "-m", "Lists", str(_file(dovecot, mail(1))))
    before = (await source.new_uids(mailbox, "Lists", None)).cursor
    dovecot.doveadm("mailbox", "update", "-u", mailbox, "--uid-validity", str(before.uid_validity + 7), "Lists")
    while not (found := await source.new_uids(mailbox, "Lists", before)).reset:
        assert found.cursor == before  # Dovecot 2.4 may answer STATUS once more as before
    assert found.cursor.uid_validity == before.uid_validity + 7
    assert len(found.uids) == 1
    assert found.cursor.last_uid >= found.uids[-1]
    with pytest.raises(UidValidityChanged):
        await source.fetch(_ref(mailbox, before, 1, folder="Lists"), max_bytes=BIG)


async def test_folder_deleted_and_made_again(dovecot: Dovecot, source: ImapSource, mailbox: str) -> None:
    """A folder of the same name is another folder."""
    dovecot.doveadm("mailbox", "create", "-u", mailbox, "Work")
    before = (await source.new_uids(mailbox, "Work", None)).cursor
    dovecot.doveadm("mailbox", "delete", "-u", mailbox, "Work")
    with pytest.raises(NotFound):
        await source.new_uids(mailbox, "Work", before)
    dovecot.doveadm("mailbox", "create", "-u", mailbox, "Work")
    dovecot.doveadm("mailbox", "update", "-u", mailbox, "--uid-validity", str(before.uid_validity + 1), "Work")
    assert (await source.new_uids(mailbox, "Work", before)).reset


async def test_fetch_returns_the_bytes(dovecot: Dovecot, source: ImapSource, mailbox: str, start: Cursor) -> None:
    """The message is what was delivered, whatever in it looks like IMAP."""
    deliver(dovecot, mailbox, 1, size=300_000)
    raw = await source.fetch(_ref(mailbox, start, 1), max_bytes=BIG)
    assert raw.endswith(mail(1, size=300_000))


async def test_reading_leaves_no_trace(dovecot: Dovecot, source: ImapSource, mailbox: str, start: Cursor) -> None:
    """Neither \\Seen nor \\Recent changes by finding, resolving and fetching."""
    deliver(dovecot, mailbox, 1)
    for _ in range(2):
        await source.new_uids(mailbox, INBOX, start)
        await source.resolve(mailbox, INBOX, 1)
        await source.find(mailbox, INBOX, "<1@example.test>")
        await source.fetch(_ref(mailbox, start, 1), max_bytes=BIG)
    assert dovecot.doveadm("fetch", "-u", mailbox, "flags", "mailbox", "INBOX").strip() == "flags: \\Recent"


async def test_too_large_is_not_transferred(dovecot: Dovecot, source: ImapSource, mailbox: str, start: Cursor) -> None:
    """RFC822.SIZE decides before a byte of the body is sent, and the connection stays usable."""
    deliver(dovecot, mailbox, 1, size=50_000)
    with pytest.raises(MessageTooLarge, match="10000 are allowed"):
        await source.fetch(_ref(mailbox, start, 1), max_bytes=10_000)
    assert len(await source.fetch(_ref(mailbox, start, 1), max_bytes=BIG)) > 50_000


async def test_expunged_before_fetch(dovecot: Dovecot, source: ImapSource, mailbox: str, start: Cursor) -> None:
    """Dovecot answers OK and nothing for a UID that is gone: that is NotFound."""
    deliver(dovecot, mailbox, 1)
    dovecot.doveadm("expunge", "-u", mailbox, "mailbox", "INBOX", "uid", "1")
    with pytest.raises(NotFound):
        await source.fetch(_ref(mailbox, start, 1), max_bytes=BIG)


async def test_expunged_between_size_and_body(
    dovecot: Dovecot, pool: ImapPool, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message vanishes in the middle of a fetch: None, and the session lives on."""
    deliver(dovecot, mailbox, 1, 2)
    async with pool.session(mailbox) as session:
        await session.examine(INBOX)
        fetch = session._fetch

        async def expunge_first(uids: object, items: str, **bounds: object) -> object:
            if "BODY" in items:
                await asyncio.to_thread(dovecot.doveadm, "expunge", "-u", mailbox, "mailbox", "INBOX", "uid", "1")
            return await fetch(uids, items, **bounds)  # type: ignore[arg-type]

        monkeypatch.setattr(session, "_fetch", expunge_first)
        raw = await session.body(1, max_bytes=BIG)
        assert raw is None or raw.endswith(mail(1))
        await session.noop()
        assert await session.body(1, max_bytes=BIG) is None
        assert (await session.body(2, max_bytes=BIG) or b"").endswith(mail(2))


async def test_find_and_resolve(dovecot: Dovecot, source: ImapSource, mailbox: str) -> None:
    """By Message-ID the newest is found; what is not there is NotFound; what is no Message-ID is refused."""
    deliver(dovecot, mailbox, 1, 2, 1)
    assert (await source.find(mailbox, INBOX, "<1@example.test>")).uid == 3
    assert (await source.resolve(mailbox, INBOX, 2)).uid == 2
    with pytest.raises(NotFound):
        await source.find(mailbox, INBOX, "<9@example.test>")
    with pytest.raises(NotFound):
        await source.resolve(mailbox, INBOX, 99)
    for hostile in ("", "<>", '<a"\r\nA1 DELETE INBOX>', "<ü@example.test>"):
        with pytest.raises(InvalidQuery):
            await source.find(mailbox, INBOX, hostile)


async def test_find_by_special_use(dovecot: Dovecot, source: ImapSource, mailbox: str) -> None:
    """`\\Junk` is the folder with that use, and the answer has its name; a whole Message-ID is no part of another."""
    deliver(dovecot, mailbox, 1, 11)
    dovecot.doveadm("move", "-u", mailbox, "Junk", "mailbox", "INBOX", "all")
    found = await source.find(mailbox, "\\Junk", "<1@example.test>")
    assert (found.folder, found.uid) == ("Junk", 1)


async def test_older_mail_newest_first(dovecot: Dovecot, source: ImapSource, mailbox: str) -> None:
    """Backfill walks down in batches, over gaps, to the first message."""
    deliver(dovecot, mailbox, *range(1, 13))
    dovecot.doveadm("expunge", "-u", mailbox, "mailbox", "INBOX", "uid", "3:9")
    batches = []
    before = 13
    while (found := await source.older_uids(mailbox, INBOX, before=before, limit=2)).uids:
        batches.append(found.uids)
        before = found.cursor.last_uid + 1
    assert batches == [(12, 11), (10, 2), (1,)]


async def test_folders_of_every_script(dovecot: Dovecot, source: ImapSource, mailbox: str) -> None:
    """Names come decoded, INBOX first, and can be read by that name."""
    name = 'Bücher & "Ω" 日本/été'
    dovecot.doveadm("mailbox", "create", "-u", mailbox, name)
    names = await source.folders(mailbox)
    assert names[0] == INBOX
    assert set(names) >= {"Drafts", "Junk", "Sent", "Trash", name}
    assert (await source.new_uids(mailbox, name, None)).uids == ()


async def test_missing_folder_is_not_found(source: ImapSource, mailbox: str) -> None:
    """STATUS and EXAMINE of a folder that is not there both say so."""
    with pytest.raises(NotFound):
        await source.new_uids(mailbox, "Nowhere", None)
    with pytest.raises(NotFound):
        await source.resolve(mailbox, "Nowhere", 1)


async def _next(watching: AsyncIterator[None]) -> None:
    async with asyncio.timeout(60):
        await anext(watching)


async def test_idle_sees_a_delivery(dovecot: Dovecot, source: ImapSource, mailbox: str, start: Cursor) -> None:
    """A delivery by LMTP wakes the watcher, again and again, and leaves \\Recent alone."""
    watching = source.watch(mailbox, INBOX)
    await _next(watching)
    for number in (1, 2):
        await asyncio.to_thread(deliver, dovecot, mailbox, number)
        await _next(watching)
        assert (await source.new_uids(mailbox, INBOX, start)).uids[-1] == number
    await watching.aclose()
    assert dovecot.doveadm("fetch", "-u", mailbox, "flags", "mailbox", "INBOX").count("\\Recent") == 2


async def test_idle_is_renewed(
    dovecot: Dovecot, source: ImapSource, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past its time IDLE ends and begins anew on the same connection, and still sees mail."""
    monkeypatch.setattr("glassdome.mailbox.source.IMAP_IDLE_SECONDS", 0.05)
    watching = source.watch(mailbox, INBOX)
    await _next(watching)
    waiting = asyncio.ensure_future(_next(watching))
    await asyncio.to_thread(deliver, dovecot, mailbox, 1)
    await waiting
    await watching.aclose()


async def test_server_without_idle_is_polled(
    dovecot: Dovecot, pool: ImapPool, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NOOP finds the delivery if the server cannot IDLE."""
    async with pool.session(mailbox) as session:
        session.capabilities -= {"IDLE"}
    source = ImapSource(pool, clock=SystemClock(), poll_seconds=0.02)
    watching = source.watch(mailbox, INBOX)
    await _next(watching)
    await asyncio.to_thread(deliver, dovecot, mailbox, 1)
    await _next(watching)
    await watching.aclose()


@pytest.fixture
async def proxy(dovecot: Dovecot) -> AsyncIterator[Proxy]:
    """A proxy in front of implicit TLS."""
    async with proxy_to(dovecot.imaps_port) as made:
        yield made


@pytest.fixture
async def proxied(proxy: Proxy, tls: TlsPolicy, logins: MasterLogins) -> AsyncIterator[ImapSource]:
    """A source behind the proxy."""
    async with ImapPool(ImapServer(host="127.0.0.1", port=proxy.port, tls=tls, implicit_tls=True), logins) as pool:
        yield ImapSource(pool)


async def test_dropped_connection_in_the_middle_of_a_message(
    dovecot: Dovecot, proxy: Proxy, proxied: ImapSource, mailbox: str, start: Cursor
) -> None:
    """Half a message is never returned: the error is temporary, and the next call connects anew."""
    deliver(dovecot, mailbox, 1, size=400_000)
    proxy.cut_after = 200_000
    with pytest.raises(Disconnected) as caught:
        await proxied.fetch(_ref(mailbox, start, 1), max_bytes=BIG)
    assert caught.value.temporary
    proxy.cut_after = None
    assert len(await proxied.fetch(_ref(mailbox, start, 1), max_bytes=BIG)) > 400_000


async def test_connection_lost_between_calls(dovecot: Dovecot, proxy: Proxy, proxied: ImapSource, mailbox: str) -> None:
    """A kept connection that the server closed meanwhile is replaced without an error."""
    first = await proxied.new_uids(mailbox, INBOX, None)
    deliver(dovecot, mailbox, 1)
    proxy.cut()
    assert (await proxied.new_uids(mailbox, INBOX, first.cursor)).uids == (1,)
    assert proxy.connections == 2


async def test_connection_lost_while_watching(proxy: Proxy, proxied: ImapSource, mailbox: str) -> None:
    """The watcher is told, so that it can back off and begin anew."""
    watching = proxied.watch(mailbox, INBOX)
    await _next(watching)
    waiting = asyncio.ensure_future(_next(watching))
    await asyncio.sleep(0)
    proxy.cut()
    with pytest.raises(Disconnected):
        await waiting


async def test_cancelled_fetch_does_not_spoil_the_next(
    dovecot: Dovecot, source: ImapSource, pool: ImapPool, mailbox: str, start: Cursor
) -> None:
    """A task cancelled in mid-answer takes its connection with it, so that no one reads the rest as an answer."""
    deliver(dovecot, mailbox, 1, size=400_000)
    async with pool.session(mailbox) as session:
        fetch = asyncio.ensure_future(session.body(1, max_bytes=BIG))
    task = asyncio.ensure_future(source.fetch(_ref(mailbox, start, 1), max_bytes=BIG))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    fetch.cancel()
    await asyncio.gather(task, fetch, return_exceptions=True)
    assert len(await source.fetch(_ref(mailbox, start, 1), max_bytes=BIG)) > 400_000


async def test_login_refused_reaches_the_caller(dovecot: Dovecot, server: ImapServer) -> None:
    """A mailbox without a known password is refused before any connection is made."""
    from glassdome.integrations.imap.logins import FixedLogins

    async with ImapPool(server, FixedLogins({})) as pool:
        with pytest.raises(LoginRefused):
            await ImapSource(pool).folders("nobody@example.test")
        assert pool.open_connections == 0


def _ref(mailbox: str, cursor: Cursor, uid: int, *, folder: str = INBOX) -> MessageRef:
    return MessageRef(mailbox=mailbox, folder=folder, uid_validity=cursor.uid_validity, uid=uid)


def _file(dovecot: Dovecot, raw: bytes) -> object:
    path = dovecot.base / "message.eml"
    path.write_bytes(raw)
    path.chmod(0o644)
    return path
