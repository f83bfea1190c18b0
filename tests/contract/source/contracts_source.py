"""The contract of every mail source; a subclass gives the `stocked` fixture."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from glassdome.core.errors import KeywordsUnsupported, MessageTooLarge, NotFound, UidValidityChanged
from glassdome.ports.mail import FolderEditor, MailSource
from glassdome.values.refs import INBOX, Cursor, MessageRef

__all__ = ["SourceContract", "Stocked", "sample"]

_ENOUGH = 1_000_000
#: A server may add the date where it is missing.
_DATE = "Date: Mon, 01 Jun 2026 10:00:00 +0000\r\n"


@dataclass(frozen=True, kw_only=True)
class Stocked:
    """A source, an empty mailbox with a folder for Junk in it, a way to deliver into INBOX, and its flags by UID."""

    source: MailSource
    editor: FolderEditor
    mailbox: str
    deliver: Callable[[bytes], Awaitable[None]]
    flags: Callable[[int], Awaitable[frozenset[str]]]
    junk: str = "Junk"
    keeps_keywords: bool = True


def sample(number: int, *, size: int = 0) -> bytes:
    """A message whose text looks like IMAP."""
    head = f"From: a@example.test\r\nSubject: {number}\r\nMessage-ID: <{number}@example.test>\r\n{_DATE}\r\n"
    return head.encode() + b'* 1 FETCH (UID 9 "\\ ) {3}\r\n' * max(1, size // 28)


class SourceContract:
    """Run on each source."""

    async def test_first_sight_starts_at_now(self, stocked: Stocked) -> None:
        """Mail that was there before is not new."""
        await stocked.deliver(sample(1))
        first = await stocked.source.new_uids(stocked.mailbox, INBOX, None)
        assert (first.uids, first.reset) == ((), False)
        assert (await stocked.source.new_uids(stocked.mailbox, INBOX, first.cursor)).uids == ()

    async def test_new_mail_is_found_once(self, stocked: Stocked) -> None:
        """In ascending order, each UID until the cursor moves."""
        start = await _start(stocked)
        for number in (1, 2):
            await stocked.deliver(sample(number))
        found = await stocked.source.new_uids(stocked.mailbox, INBOX, start)
        assert len(found.uids) == 2
        assert found.uids == tuple(sorted(found.uids))
        assert found.cursor.last_uid == found.uids[-1]
        assert (await stocked.source.new_uids(stocked.mailbox, INBOX, start)).uids == found.uids
        assert (await stocked.source.new_uids(stocked.mailbox, INBOX, found.cursor)).uids == ()

    async def test_bytes_come_back(self, stocked: Stocked) -> None:
        """The message ends as it was delivered, whatever is in it, and reading it sets no \\Seen."""
        ref = await _delivered(stocked, sample(1, size=100_000))
        assert (await stocked.source.fetch(ref, max_bytes=_ENOUGH)).endswith(sample(1, size=100_000))
        assert "\\Seen" not in await stocked.flags(ref.uid)

    async def test_too_large_is_refused(self, stocked: Stocked) -> None:
        """Before it is transferred."""
        ref = await _delivered(stocked, sample(1, size=50_000))
        with pytest.raises(MessageTooLarge):
            await stocked.source.fetch(ref, max_bytes=10_000)

    async def test_what_is_not_there(self, stocked: Stocked) -> None:
        """A missing message, a missing folder and a rebuilt folder are told apart."""
        ref = await _delivered(stocked, sample(1))
        missing = MessageRef(mailbox=ref.mailbox, uid_validity=ref.uid_validity, uid=ref.uid + 50)
        rebuilt = MessageRef(mailbox=ref.mailbox, uid_validity=ref.uid_validity + 1, uid=ref.uid)
        with pytest.raises(NotFound):
            await stocked.source.fetch(missing, max_bytes=_ENOUGH)
        with pytest.raises(NotFound):
            await stocked.source.resolve(ref.mailbox, INBOX, ref.uid + 50)
        with pytest.raises(NotFound):
            await stocked.source.new_uids(ref.mailbox, "Nowhere", None)
        with pytest.raises(UidValidityChanged):
            await stocked.source.fetch(rebuilt, max_bytes=_ENOUGH)

    async def test_changed_uid_validity_resets(self, stocked: Stocked) -> None:
        """A cursor of another life of the folder is void; the mail of the last day counts."""
        ref = await _delivered(stocked, sample(1))
        stale = Cursor(uid_validity=ref.uid_validity + 1, last_uid=10_000)
        found = await stocked.source.new_uids(ref.mailbox, INBOX, stale)
        assert (found.reset, found.uids, found.cursor.uid_validity) == (True, (ref.uid,), ref.uid_validity)

    async def test_find_the_newest_by_message_id(self, stocked: Stocked) -> None:
        """Of two copies the later one."""
        for number in (1, 2, 1):
            await stocked.deliver(sample(number))
        found = await stocked.source.find(stocked.mailbox, INBOX, "<1@example.test>")
        other = await stocked.source.find(stocked.mailbox, INBOX, "<2@example.test>")
        assert found.uid > other.uid
        with pytest.raises(NotFound):
            await stocked.source.find(stocked.mailbox, INBOX, "<3@example.test>")

    async def test_older_mail_comes_newest_first(self, stocked: Stocked) -> None:
        """In batches that neither overlap nor leave a gap."""
        start = await _start(stocked)
        for number in range(5):
            await stocked.deliver(sample(number))
        new = (await stocked.source.new_uids(stocked.mailbox, INBOX, start)).uids
        walked: list[int] = []
        before = new[-1] + 1
        while found := (await stocked.source.older_uids(stocked.mailbox, INBOX, before=before, limit=2)).uids:
            assert len(found) <= 2
            walked += found
            before = found[-1]
        assert walked == list(reversed(new))

    async def test_folders_begin_with_inbox(self, stocked: Stocked) -> None:
        """Under its own name."""
        names = await stocked.source.folders(stocked.mailbox)
        assert names[0] == INBOX
        assert stocked.junk in names

    async def test_keywords_are_set_and_unset(self, stocked: Stocked) -> None:
        """Doing it twice changes nothing; a message that is gone is said to be, and so is a server that keeps none."""
        ref = await _delivered(stocked, sample(1))
        if not stocked.keeps_keywords:
            with pytest.raises(KeywordsUnsupported):
                await stocked.editor.add_keywords(ref, ["$Phishing"])
            return
        for _ in range(2):
            await stocked.editor.add_keywords(ref, ["$Phishing", "glassdome-bank"])
        assert {"$phishing", "glassdome-bank"} <= {flag.lower() for flag in await stocked.flags(ref.uid)}
        await stocked.editor.remove_keywords(ref, ["$Phishing"])
        assert "$phishing" not in {flag.lower() for flag in await stocked.flags(ref.uid)}
        with pytest.raises(NotFound):
            await stocked.editor.add_keywords(replace(ref, uid=ref.uid + 50), ["$Phishing"])

    async def test_move_to_junk_and_back(self, stocked: Stocked) -> None:
        """Junk is found wherever the server has it; where the message went is known, and nothing else moves."""
        other, ref = await _delivered(stocked, sample(1)), await _delivered(stocked, sample(2))
        moved = await stocked.editor.move(ref, "\\Junk")
        assert moved.folder == stocked.junk
        assert (await stocked.source.fetch(moved, max_bytes=_ENOUGH)).endswith(sample(2))
        with pytest.raises(NotFound):
            await stocked.editor.move(ref, "\\Junk")
        assert await stocked.source.fetch(other, max_bytes=_ENOUGH)
        back = await stocked.editor.move(moved, INBOX)
        assert (await stocked.source.fetch(back, max_bytes=_ENOUGH)).endswith(sample(2))

    async def test_append_stores_once(self, stocked: Stocked) -> None:
        """A second time the message is there already."""
        for _ in range(2):
            await stocked.editor.append(
                stocked.mailbox, "\\Junk", sample(7), flags=["\\Seen"], date=datetime(2026, 6, 1, tzinfo=UTC)
            )
        found = await stocked.source.find(stocked.mailbox, "\\Junk", "<7@example.test>")
        older = await stocked.source.older_uids(stocked.mailbox, found.folder, before=found.uid + 1, limit=5)
        assert older.uids == (found.uid,)

    async def test_watch_tells_of_a_delivery(self, stocked: Stocked) -> None:
        """Once at the start, then when mail arrives."""
        watching = stocked.source.watch(stocked.mailbox, INBOX)
        async with asyncio.timeout(20):
            await anext(watching)
            waiting = asyncio.ensure_future(_next(watching))
            await stocked.deliver(sample(1))
            await waiting


async def _next(watching: object) -> None:
    await anext(watching)  # type: ignore[call-overload]


async def _start(stocked: Stocked) -> Cursor:
    return (await stocked.source.new_uids(stocked.mailbox, INBOX, None)).cursor


async def _delivered(stocked: Stocked, raw: bytes) -> MessageRef:
    start = await _start(stocked)
    await stocked.deliver(raw)
    found = await stocked.source.new_uids(stocked.mailbox, INBOX, start)
    return MessageRef(mailbox=stocked.mailbox, uid_validity=found.cursor.uid_validity, uid=found.uids[-1])
