"""Drafts on a real Dovecot: appended once, never over the owner's, taken back only while they are as they were put."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from glassdome.core.errors import ActionForbidden, Disconnected, FolderMissing, NotFound
from glassdome.integrations.imap.connection import Connection
from glassdome.integrations.imap.pool import ImapPool
from glassdome.integrations.imap.session import Session
from glassdome.mailbox.drafts import DraftFolder, digest_of
from glassdome.mailbox.source import ImapSource
from glassdome.values.draft import ReplyDraft
from glassdome.values.refs import INBOX
from tests.servers.dovecot import Dovecot

ASKED = b"From: Ann <ann@elsewhere.test>\r\nSubject: When?\r\nMessage-ID: <asked@elsewhere.test>\r\n\r\nWhen?\r\n"
DATE = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)


def reply(message_id: str, text: str = "Tomorrow.", answers: str = "<asked@elsewhere.test>") -> bytes:
    """Return an answer to the mail."""
    return (
        f"From: bob@example.test\r\nSubject: Re: When?\r\nMessage-ID: {message_id}\r\nIn-Reply-To: {answers}\r\n"
        f"\r\n{text}\r\n"
    ).encode()


@pytest.fixture
def drafts(pool: ImapPool) -> DraftFolder:
    """The folder under test."""
    return DraftFolder(pool)


@pytest.fixture
async def draft(dovecot: Dovecot, source: ImapSource, mailbox: str) -> ReplyDraft:
    """A draft that answers a delivered mail."""
    dovecot.deliver(mailbox, ASKED)
    ref = await source.resolve(mailbox, INBOX, 1)
    answers = "<asked@elsewhere.test>"
    return ReplyDraft(
        mailbox=mailbox, message_id="<ours@example.test>", answers=answers, raw=reply("<ours@example.test>"),
        date=DATE, ref=ref,
    )  # fmt: skip


def lying(dovecot: Dovecot, mailbox: str, folder: str = "Drafts") -> list[tuple[str, set[str]]]:
    """Return Message-ID and flags of what lies in the folder."""
    found = dovecot.doveadm("-f", "tab", "fetch", "-u", mailbox, "hdr.message-id flags", "mailbox", folder)
    rows = [line.split("\t") for line in found.splitlines()[1:]]
    return sorted((row[0], set(row[1].split()) - {"\\Recent"}) for row in rows)


def save(dovecot: Dovecot, mailbox: str, folder: str, raw: bytes) -> None:
    """Save a message as the owner's mail program does."""
    file = dovecot.base / "mail" / "saved.eml"
    file.write_bytes(raw)
    file.chmod(0o644)
    dovecot.doveadm("save", "-u", mailbox, "-m", folder, str(file))


async def test_a_draft_is_stored_once(dovecot: Dovecot, drafts: DraftFolder, draft: ReplyDraft) -> None:
    """It has the flag \\Draft alone, and asked for again it is found."""
    first = await drafts.append_once(draft)
    again = await drafts.append_once(draft)

    assert first == again
    assert (first.ref.folder, first.digest) == ("Drafts", digest_of(draft.raw))
    assert lying(dovecot, draft.mailbox) == [("<ours@example.test>", {"\\Draft"})]


async def test_a_lost_answer_makes_no_second_draft(
    dovecot: Dovecot, drafts: DraftFolder, draft: ReplyDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server stores the draft, the connection breaks before its answer, and the next try finds it."""
    command = Connection.command

    async def breaking(this: Connection, *words: str | bytes, **options: float) -> object:
        reply = await command(this, *words, **options)  # type: ignore[arg-type]
        if words[0] == "APPEND":
            this.abort()
            raise Disconnected("The connection broke.")
        return reply

    with monkeypatch.context() as broken:
        broken.setattr(Connection, "command", breaking)
        with pytest.raises(Disconnected):
            await drafts.append_once(draft)
    found = await drafts.append_once(draft)

    assert found.digest == digest_of(draft.raw)
    assert len(lying(dovecot, draft.mailbox)) == 1


async def test_a_server_that_tells_no_uid(
    drafts: DraftFolder, draft: ReplyDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft is found by its Message-ID where the server has no APPENDUID (RFC 4315)."""
    append = Session.append

    async def silent(this: Session, *given: object, **options: object) -> None:
        await append(this, *given, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "append", silent)
    found = await drafts.append_once(draft)
    assert await drafts.is_untouched(found)


async def test_the_owners_own_draft_is_respected(dovecot: Dovecot, drafts: DraftFolder, draft: ReplyDraft) -> None:
    """An answer that the owner began stays the only one."""
    save(dovecot, draft.mailbox, "Drafts", reply("<owners@example.test>", "I will see"))
    with pytest.raises(ActionForbidden, match="draft already"):
        await drafts.append_once(draft)
    assert [row[0] for row in lying(dovecot, draft.mailbox)] == ["<owners@example.test>"]


@pytest.mark.parametrize("how", ["flag", "sent"])
async def test_an_answered_mail_gets_no_draft(
    dovecot: Dovecot, drafts: DraftFolder, draft: ReplyDraft, how: str
) -> None:
    """The flag \\Answered says so, or a mail in the folder of sent mail."""
    assert draft.ref is not None
    assert not await drafts.is_answered(draft.answers, draft.ref)
    if how == "flag":
        dovecot.doveadm("flags", "add", "-u", draft.mailbox, "\\Answered", "mailbox", INBOX, "uid", "1")
    else:
        save(dovecot, draft.mailbox, "Sent", reply("<sent@example.test>"))
    assert await drafts.is_answered(draft.answers, draft.ref)
    with pytest.raises(ActionForbidden, match="answered already"):
        await drafts.append_once(draft)
    assert lying(dovecot, draft.mailbox) == []


async def test_a_longer_message_id_is_another(dovecot: Dovecot, drafts: DraftFolder, draft: ReplyDraft) -> None:
    """IMAP searches for parts of a field; an answer to `<asked@elsewhere.test.example>` is none to this mail."""
    save(dovecot, draft.mailbox, "Sent", reply("<sent@example.test>", answers="<asked@elsewhere.test.example>"))
    assert draft.ref is not None
    assert not await drafts.is_answered(draft.answers, draft.ref)


async def test_an_untouched_draft_is_withdrawn(dovecot: Dovecot, drafts: DraftFolder, draft: ReplyDraft) -> None:
    """It alone goes to the trash; asked again, it is gone."""
    save(dovecot, draft.mailbox, "Drafts", reply("<other@example.test>", answers="<else@elsewhere.test>"))
    stored = await drafts.append_once(draft)
    moved = await drafts.withdraw(stored)

    assert moved is not None
    assert [row[0] for row in lying(dovecot, draft.mailbox)] == ["<other@example.test>"]
    assert [row[0] for row in lying(dovecot, draft.mailbox, "Trash")] == ["<ours@example.test>"]
    with pytest.raises(NotFound):
        await drafts.withdraw(stored)


async def test_without_a_trash_it_is_expunged_alone(
    dovecot: Dovecot, drafts: DraftFolder, draft: ReplyDraft, pool: ImapPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """UID EXPUNGE leaves another deleted draft where it is (RFC 4315 2.1)."""
    folders = Session.folders

    async def without_trash(this: Session) -> object:
        return tuple(info for info in await folders(this) if info.name != "Trash")

    monkeypatch.setattr(Session, "folders", without_trash)
    save(dovecot, draft.mailbox, "Drafts", reply("<other@example.test>", answers="<else@elsewhere.test>"))
    dovecot.doveadm("flags", "add", "-u", draft.mailbox, "\\Deleted", "mailbox", "Drafts", "uid", "1")
    stored = await drafts.append_once(draft)
    assert await drafts.withdraw(stored) is None
    assert lying(dovecot, draft.mailbox) == [("<other@example.test>", {"\\Deleted"})]


async def test_what_the_owner_changed_is_the_owners(dovecot: Dovecot, drafts: DraftFolder, draft: ReplyDraft) -> None:
    """Programs save a changed draft anew under its Message-ID; it is found, and never taken back."""
    stored = await drafts.append_once(draft)
    dovecot.doveadm("expunge", "-u", draft.mailbox, "mailbox", "Drafts", "all")
    save(dovecot, draft.mailbox, "Drafts", reply("<ours@example.test>", "On Tuesday rather."))

    with pytest.raises(NotFound):
        await drafts.withdraw(stored)
    found = await drafts.append_once(draft)
    assert (found.digest, await drafts.is_untouched(found)) == ("", False)
    with pytest.raises(ActionForbidden):
        await drafts.withdraw(found)
    assert len(lying(dovecot, draft.mailbox)) == 1


async def test_a_localised_folder(dovecot: Dovecot, drafts: DraftFolder, draft: ReplyDraft, pool: ImapPool) -> None:
    """Without special use the folder is known by its name in any language."""
    async with pool.session(draft.mailbox) as session:
        await session.create("Entwürfe")
    renamed = replace(draft, message_id="<two@example.test>", raw=reply("<two@example.test>"))
    folders = Session.folders

    async def unmarked(this: Session) -> object:
        found = [replace(info, special_use=frozenset()) for info in await folders(this)]
        return tuple(info for info in found if info.name != "Drafts")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Session, "folders", unmarked)
        assert (await drafts.append_once(renamed)).ref.folder == "Entwürfe"


async def test_no_folder_for_drafts(drafts: DraftFolder, draft: ReplyDraft, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mailbox without one gets no draft, with the reason."""

    async def none(this: Session) -> object:
        return ()

    monkeypatch.setattr(Session, "folders", none)
    with pytest.raises(FolderMissing):
        await drafts.append_once(draft)
