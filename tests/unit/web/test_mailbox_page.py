"""Below a mailbox's preferences: its older mail, and a test of the warnings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from glassdome.core.errors import SmtpRefused
from glassdome.pipeline.backfill import Backfill
from glassdome.pipeline.backfills import Backfills
from glassdome.values.preferences import Preferences
from glassdome.values.refs import INBOX, Cursor, NewUids
from tests.unit.api.bench import NOW, RO, USER, Bench

from .browser import START, browsing

PAGE = f"settings?mailbox={USER}"


class Inbox:
    """A mail server whose inbox holds three messages."""

    async def new_uids(self, mailbox: str, folder: str, cursor: Cursor | None) -> NewUids:
        """Say where new mail begins."""
        return NewUids(uids=(), cursor=Cursor(uid_validity=1, last_uid=3))

    async def older_uids(self, mailbox: str, folder: str, *, before: int, limit: int) -> NewUids:
        """Return all that are older."""
        found = tuple(range(before - 1, 0, -1))
        return NewUids(uids=found, cursor=Cursor(uid_validity=1, last_uid=0))


@pytest.fixture
def backfills(bench: Bench) -> Backfills:
    """Return the wired backfills."""
    database = bench.database

    def make() -> Backfill:
        return Backfill(Inbox(), database.queue, database.cursors, database.progress, clock=bench.clock, per_hour=600)  # type: ignore[arg-type]

    made = Backfills(make, database.cursors, database.progress, database.preferences, clock=bench.clock)
    bench.app.state.services = replace(bench.services, backfills=made)
    return made


@pytest.fixture
def warned(bench: Bench) -> list[str]:
    """Return the recipients of test warnings; the service has a mailbox to send from."""
    told: list[str] = []

    async def warn(mailbox: str) -> None:
        told.append(mailbox)

    wire(bench, warn)
    return told


def wire(bench: Bench, warn: Callable[[str], object]) -> None:
    """Give the application that way to warn."""
    bench.app.state.services = replace(bench.services, try_warning=warn)
    bench.set(mailcow_smtp_host="mail.example.org", overseer_mailbox="overseer@example.org")


async def audited(bench: Bench) -> list[str]:
    """Return what the audit says was done after signing in."""
    actions = [entry["action"] for entry in await bench.database.history.audited()]
    return [action for action in actions if action != "sign_in"]


async def test_older_mail_is_judged_when_somebody_asks(bench: Bench, backfills: Backfills) -> None:
    """A press queues it; the page shows the share, fresh while it lasts, and then that all is queued."""
    await bench.choose(USER)
    await bench.database.cursors.set_cursor(USER, INBOX, Cursor(uid_validity=1, last_uid=3), now=NOW)
    async with browsing(bench) as browser:
        await browser.open(PAGE)
        assert "Judge older mail" in browser.text
        assert not browser.page.css("progress, [data-live]")
        await browser.send("older")
        await backfills._tasks[USER]
        await browser.follow()

        assert "Older mail is being queued" in browser.text
        assert (
            "100 % of the inbox is queued. 3 messages wait to be judged. New in the queue since the last start: 3."
            in browser.text
        )
        assert "100" == browser.page.css_first("progress").attributes["value"]
        assert "5" == browser.page.css_first("#older").attributes["data-live"]
        assert not browser.page.css('form[action="./older"]')
    assert 3 == (await bench.database.queue.depth(now=NOW)).pending
    assert await audited(bench) == ["begin_backfill"]


async def test_it_can_be_stopped_and_what_hinders_is_shown(bench: Bench, backfills: Backfills) -> None:
    """The same button; a key that only reads sees the state alone."""
    await bench.choose(USER)
    await bench.database.cursors.set_cursor(USER, INBOX, Cursor(uid_validity=1, last_uid=3), now=NOW)
    await backfills._keep(USER, asked=True)
    backfills._problems[USER] = "The server is away."
    async with browsing(bench, RO) as reader:
        await reader.open(PAGE)
        assert "Paused: The server is away." in reader.text
        assert not reader.page.css('form[action="./older"]')
    async with browsing(bench) as browser:
        await browser.open(PAGE)
        await browser.send("older")
        await browser.follow()

        assert "Stopped." in browser.text
        assert "Judge older mail" in browser.text


async def test_nothing_is_read_that_its_owner_did_not_choose(bench: Bench, backfills: Backfills) -> None:
    """No button, and no way around it."""
    no = Preferences(username=USER, chosen=True, auto_analysis=False)
    await bench.database.preferences.set_preferences(no, now=NOW)
    async with browsing(bench) as browser:
        await browser.open(PAGE)
        assert not browser.page.css("#older")
        token = browser.page.css_first("input[name=form_token]").attributes["value"] or ""
        fields = {"mailbox": USER, "do": "begin", "form_token": token}
        answer = await browser.client.post(START + "older", data=fields)

    assert answer.status_code == 403
    assert "is not read" in answer.text
    assert 0 == (await bench.database.queue.depth(now=NOW)).pending


async def test_a_test_warning_goes_to_the_mailbox(bench: Bench, warned: list[str]) -> None:
    """One press, one mail, one entry in the audit."""
    await bench.choose(USER)
    async with browsing(bench) as browser:
        await browser.open(PAGE)
        await browser.send("try-warning")
        await browser.follow()

        assert "A test warning is sent." in browser.text
    assert warned == [USER]
    assert await audited(bench) == ["try_warning"]


async def test_why_no_warning_can_be_sent_is_said(bench: Bench) -> None:
    """Without a mailbox there is no button; what the mail server says is shown."""
    await bench.choose(USER)
    async with browsing(bench) as browser:
        await browser.open(PAGE)
        assert "No warning can be sent" in browser.text
        assert not browser.page.css('form[action="./try-warning"]')

        async def refuse(mailbox: str) -> None:
            raise SmtpRefused("The mail server refused the sender.")

        wire(bench, refuse)
        await browser.open(PAGE)
        await browser.send("try-warning")

        assert "The mail server refused the sender." in browser.text
    assert await audited(bench) == []
