"""Reply drafts on a real Dovecot, while the service watches: written once, withdrawn when the owner answers, taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from email import message_from_string
from pathlib import Path

import pytest

from glassdome.bootstrap.app import App
from glassdome.bootstrap.wire import open_app
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ActionForbidden
from glassdome.mailbox.drafts import DraftFolder
from glassdome.pipeline.draft_watch import DraftWatch
from glassdome.ports.agent import ActionQuery
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.preferences import Preferences
from glassdome.values.profile import WritingProfile
from glassdome.values.refs import INBOX
from tests.servers.certificates import SERVER_NAME, Certificates
from tests.servers.dovecot import MASTER_PASSWORD, MASTER_USER, Dovecot

ASKED = """Authentication-Results: mx.example.test; spf=pass smtp.mailfrom=lopez.example;
 dkim=pass header.d=lopez.example; dmarc=pass header.from=lopez.example
From: Maria Lopez <maria@lopez.example>
Reply-To: Maria at work <work@lopez.example>
To: {mailbox}
Subject: AW: lunch on Thursday?
Message-ID: <lunch-1@lopez.example>
References: <lunch-0@lopez.example>
Date: Mon, 30 Nov 2026 09:00:00 +0000

Hi,

are you free for lunch on Thursday at noon? Please tell me by tomorrow, then I book a table.

Maria
"""


@dataclass
class Desk:
    """A running service over one mailbox whose owner wants drafts."""

    app: App
    dovecot: Dovecot
    mailbox: str

    async def drafted(self, state: ActionState) -> PerformedAction:
        """Deliver the mail and wait until its draft is in that state."""
        raw = ASKED.format(mailbox=self.mailbox).replace("\n", "\r\n").encode()
        await asyncio.to_thread(self.dovecot.deliver, self.mailbox, raw)
        async with asyncio.timeout(60):
            while not (found := await self.actions(state)):  # noqa: ASYNC110 (the ledger tells only who asks)
                await asyncio.sleep(0.1)
        return found[0]

    async def actions(self, state: ActionState) -> tuple[PerformedAction, ...]:
        """Return the actions that draft, in that state."""
        query = ActionQuery(mailbox=self.mailbox, kinds=(ActionKind.DRAFT,), state=state)
        return (await self.app.database.actions.list(query)).items

    def watch(self) -> DraftWatch:
        """Return what follows the drafts."""
        assert self.app.reader is not None
        store = DraftFolder(self.app.reader.sessions)
        return DraftWatch(
            ledger=self.app.database.actions, store=store, backoff=self.app.reader.backoff, clock=self.app.clock
        )

    async def lying(self, folder: str = "Drafts") -> list[str]:
        """Return the texts of the messages in a folder."""
        found = await asyncio.to_thread(self.dovecot.doveadm, "fetch", "-u", self.mailbox, "text", "mailbox", folder)
        return [part.strip() for part in found.split("text:") if part.strip()]


@pytest.fixture
async def desk(
    dovecot: Dovecot, certificates: Certificates, mailbox: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    """The service, with a profile of its owner."""
    environment = {
        "MAILCOW_IMAP_HOST": dovecot.host,
        "MAILCOW_IMAP_PORT": str(dovecot.imap_port),
        "MAILCOW_CA_FILE": str(certificates.ca),
        "MAILCOW_SERVER_NAME": SERVER_NAME,
        "GLASSDOME_IMAP_MASTER_USER": MASTER_USER,
        "GLASSDOME_IMAP_MASTER_PASSWORD": MASTER_PASSWORD,
        "GLASSDOME_DATA_DIR": str(tmp_path),
        "GLASSDOME_AUTHSERV_ID": "mx.example.test",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with open_app(await asyncio.to_thread(Settings), clock=SystemClock()) as app:
        now = app.clock.now()
        await app.database.preferences.set_preferences(
            Preferences(username=mailbox, chosen=True, drafts=True, timezone="Europe/Berlin"), now=now
        )
        profile = WritingProfile(
            language="en", greeting="Hey", naming="first", sign_off=("Cheers", "Bob"), name="Bob", mails=9
        )
        await app.database.profiles.replace(mailbox, [profile], now=now)
        working = asyncio.create_task(app.work())
        async with asyncio.timeout(60):
            while not await app.database.cursors.get_cursor(mailbox, INBOX):  # noqa: ASYNC110 (nor do cursors)
                await asyncio.sleep(0.02)
        yield Desk(app, dovecot, mailbox)
        app.stop()
        await working


async def test_a_draft_in_the_owners_words(desk: Desk) -> None:
    """It goes to Reply-To, stands in the thread, greets and signs as its owner, and quotes the mail."""
    await desk.drafted(ActionState.DONE)
    (raw,) = await desk.lying()
    draft = message_from_string(raw)

    assert (draft["To"], draft["Subject"]) == ("Maria at work <work@lopez.example>", "Re: lunch on Thursday?")
    assert (draft["In-Reply-To"], draft["From"]) == ("<lunch-1@lopez.example>", f"Bob <{desk.mailbox}>")
    assert draft["References"].split() == ["<lunch-0@lopez.example>", "<lunch-1@lopez.example>"]
    text = draft.get_payload(decode=True)
    assert isinstance(text, bytes)
    lines = text.decode().splitlines()
    assert (lines[0], lines[4:6]) == ("Hey Maria,", ["Cheers", "Bob"])
    assert lines[7] == "On 2026-11-30 at 10:00, Maria Lopez wrote:"
    assert lines[8] == "> Hi,"


async def test_undoing_takes_the_draft_away(desk: Desk) -> None:
    """Undo moves it to the trash; a second time there is nothing to undo."""
    item = await desk.drafted(ActionState.DONE)
    assert desk.app.undoer is not None
    await desk.app.undoer.undo(item)
    assert (await desk.lying(), len(await desk.lying("Trash"))) == ([], 1)


async def test_a_changed_draft_stays(desk: Desk) -> None:
    """Undo refuses a draft that its owner saved anew, and the watch forgets it."""
    item = await desk.drafted(ActionState.DONE)
    assert item.moved_to is not None
    await asyncio.to_thread(
        desk.dovecot.doveadm, "flags", "add", "-u", desk.mailbox, "\\Answered", "mailbox", INBOX, "all"
    )
    file = desk.dovecot.base / "mail" / "changed.eml"
    file.write_text((await desk.lying())[0] + "\nP.S. At one rather.\n")
    file.chmod(0o644)
    await asyncio.to_thread(desk.dovecot.doveadm, "expunge", "-u", desk.mailbox, "mailbox", "Drafts", "all")
    await asyncio.to_thread(desk.dovecot.doveadm, "save", "-u", desk.mailbox, "-m", "Drafts", str(file))

    await desk.watch().poll()
    (left,) = await desk.lying()
    assert "At one rather" in left
    assert [each.digest for each in await desk.actions(ActionState.DONE)] == [""]
    changed, undoer = (await desk.actions(ActionState.DONE))[0], desk.app.undoer
    assert undoer is not None
    with pytest.raises(ActionForbidden):
        await undoer.undo(_at(changed, item.moved_to.uid + 1))


def _at(item: PerformedAction, uid: int) -> PerformedAction:
    assert item.moved_to is not None
    return replace(item, moved_to=replace(item.moved_to, uid=uid))


async def test_the_owner_answered(desk: Desk) -> None:
    """The draft is withdrawn as soon as the mail is answered, and not before."""
    await desk.drafted(ActionState.DONE)
    await desk.watch().poll()
    assert len(await desk.lying()) == 1

    await asyncio.to_thread(
        desk.dovecot.doveadm, "flags", "add", "-u", desk.mailbox, "\\Answered", "mailbox", INBOX, "all"
    )
    await desk.watch().poll()
    assert await desk.lying() == []
    assert [each.detail for each in await desk.actions(ActionState.UNDONE)] == ["The owner answered."]


async def test_the_owner_has_begun_an_answer(desk: Desk) -> None:
    """The owner's draft stays alone, byte for byte."""
    file = desk.dovecot.base / "mail" / "begun.eml"
    file.write_text(
        "Subject: Re: lunch\nMessage-ID: <mine@example.test>\nIn-Reply-To: <lunch-1@lopez.example>\n\nWell,\n"
    )
    file.chmod(0o644)
    await asyncio.to_thread(desk.dovecot.doveadm, "save", "-u", desk.mailbox, "-m", "Drafts", str(file))
    before = await desk.lying()

    failed = await desk.drafted(ActionState.FAILED)
    assert "draft already" in failed.detail
    assert await desk.lying() == before
