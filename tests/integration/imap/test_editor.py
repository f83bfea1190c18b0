"""Changing stored messages on a real Dovecot: idempotent, and never the wrong message."""

from datetime import UTC, datetime

import pytest

from glassdome.core.errors import InvalidQuery, NotFound, UidValidityChanged
from glassdome.integrations.imap.pool import ImapPool
from glassdome.mailbox.editor import ImapEditor
from glassdome.mailbox.source import ImapSource
from glassdome.ports.mail import FolderEditor
from glassdome.values.refs import INBOX, MessageRef
from tests.servers.dovecot import Dovecot

MAIL = b"From: a@example.test\r\nSubject: hello\r\nMessage-ID: <7@example.test>\r\n\r\nHi.\r\n"
DATE = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)


@pytest.fixture
async def ref(dovecot: Dovecot, source: ImapSource, mailbox: str) -> MessageRef:
    """One delivered message."""
    dovecot.deliver(mailbox, MAIL)
    return await source.resolve(mailbox, INBOX, 1)


def flags(dovecot: Dovecot, ref: MessageRef) -> set[str]:
    """Return the flags that Dovecot has stored."""
    found = dovecot.doveadm("fetch", "-u", ref.mailbox, "flags", "mailbox", ref.folder, "uid", str(ref.uid))
    return set(found.removeprefix("flags:").split())


async def test_keywords_are_set_and_unset(dovecot: Dovecot, editor: ImapEditor, ref: MessageRef) -> None:
    """Twice is as good as once, and \\Seen is not touched."""
    port: FolderEditor = editor
    for _ in range(2):
        await port.add_keywords(ref, ["$Phishing", "work"])
    assert flags(dovecot, ref) == {"$Phishing", "work"}
    for _ in range(2):
        await port.remove_keywords(ref, ["work"])
    assert flags(dovecot, ref) == {"$Phishing"}


@pytest.mark.parametrize("keyword", ["", "a b", "x)", "{3}", 'q"', "\\Seen\r\nA1 LOGOUT", "ü", "a\\b"])
async def test_what_is_no_keyword_is_refused(editor: ImapEditor, ref: MessageRef, keyword: str) -> None:
    """Nothing reaches the wire that could be read as more than a keyword."""
    with pytest.raises(InvalidQuery):
        await editor.add_keywords(ref, [keyword])


async def test_move_and_move_again(dovecot: Dovecot, editor: ImapEditor, ref: MessageRef) -> None:
    """The message is in Junk and nowhere else; asked again for the old place, it is not found."""
    there = await editor.move(ref, "\\Junk")
    assert (there.folder, there.uid) == ("Junk", 1)
    assert there.uid_validity != 0
    with pytest.raises(NotFound):
        await editor.move(ref, "\\Junk")
    assert dovecot.doveadm("fetch", "-u", ref.mailbox, "mailbox uid", "all").split() == [
        "mailbox:",
        "Junk",
        "uid:",
        "1",
    ]


async def test_move_without_the_extension(
    dovecot: Dovecot, editor: ImapEditor, pool: ImapPool, ref: MessageRef
) -> None:
    """COPY and UID EXPUNGE do the same, and leave another deleted message alone."""
    dovecot.deliver(ref.mailbox, MAIL)
    dovecot.doveadm("flags", "add", "-u", ref.mailbox, "\\Deleted", "mailbox", "INBOX", "uid", "2")
    async with pool.session(ref.mailbox) as session:
        session.capabilities -= {"MOVE"}
    there = await editor.move(ref, "Trash")
    assert there.folder == "Trash"
    found = dovecot.doveadm("-f", "tab", "fetch", "-u", ref.mailbox, "mailbox uid", "all").splitlines()[1:]
    assert sorted(found) == ["INBOX\t2", "Trash\t1"]


async def test_move_to_nowhere(dovecot: Dovecot, editor: ImapEditor, ref: MessageRef) -> None:
    """A folder that is not there leaves the message where it is."""
    with pytest.raises(NotFound):
        await editor.move(ref, "Nowhere")
    with pytest.raises(NotFound):
        await editor.move(ref, "\\Flagged")
    assert dovecot.doveadm("-f", "tab", "fetch", "-u", ref.mailbox, "mailbox uid", "all").splitlines()[1:] == [
        "INBOX\t1"
    ]


async def test_wrong_uid_validity_changes_nothing(dovecot: Dovecot, editor: ImapEditor, ref: MessageRef) -> None:
    """A reference of a folder that was rebuilt never touches what has its UID now."""
    stale = MessageRef(mailbox=ref.mailbox, uid_validity=ref.uid_validity + 1, uid=ref.uid)
    with pytest.raises(UidValidityChanged):
        await editor.add_keywords(stale, ["$Phishing"])
    with pytest.raises(UidValidityChanged):
        await editor.move(stale, "Junk")
    assert "$Phishing" not in flags(dovecot, ref)


async def test_gone_message_is_not_found(editor: ImapEditor, ref: MessageRef) -> None:
    """STORE on a missing UID would silently do nothing."""
    gone = MessageRef(mailbox=ref.mailbox, uid_validity=ref.uid_validity, uid=99)
    with pytest.raises(NotFound):
        await editor.add_keywords(gone, ["$Phishing"])


async def test_append_to_sent_once(dovecot: Dovecot, editor: ImapEditor, mailbox: str) -> None:
    """The copy lies in the folder with special use \\Sent, read, with its date, once however often it is asked for."""
    for _ in range(2):
        await editor.append(mailbox, "\\Sent", MAIL, flags=["\\Seen"], date=DATE)
    found = dovecot.doveadm("-f", "tab", "fetch", "-u", mailbox, "flags date.received.unixtime", "mailbox", "Sent")
    assert found.splitlines()[1:] == [f"\\Seen\t{int(DATE.timestamp())}"] or "\\Seen" in found
    assert len(found.splitlines()) == 2
