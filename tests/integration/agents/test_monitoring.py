"""Watching many mailboxes with a memory: incremental, bounded, undisturbed by a bad one, without a trace."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from glassdome.agents import monitoring
from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.core.log import configure
from glassdome.store.schema import mailboxes
from glassdome.values.preferences import Preferences
from tests.integration.agents.rounds import outdated_password
from tests.integration.agents.test_actions import letter, make_agent, stored
from tests.servers.dovecot import PASSWORD
from tests.servers.mailcow import KEY, Mailcow


@pytest.fixture
async def agent(mailcow: Mailcow) -> AsyncIterator[MailcowAgent]:
    """An agent with three registered mailboxes."""
    async with await make_agent(mailcow) as made:
        for _ in range(3):
            await made.register(mailcow.dovecot.add_mailbox(), SecretStr(PASSWORD))
        yield made


async def seen(agent: MailcowAgent) -> dict[str, list[str]]:
    """Make a pass and return the subjects it found, by mailbox."""
    result = await agent.monitor_all_mailboxes()
    return {mailbox: [m["subject"] for m in found["messages"]] for mailbox, found in result["results"].items()}


async def names(agent: MailcowAgent) -> tuple[str, ...]:
    """Return the registered mailboxes."""
    return await (await agent.memory.stores()).mailboxes.list()


async def test_each_pass_answers_what_is_new(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """First the unread, then what arrived since, each once; nothing is marked as read."""
    first, second, third = await names(agent)
    mailcow.dovecot.deliver(first, letter("one"))
    mailcow.dovecot.deliver(second, letter("two"))

    assert await seen(agent) == {first: ["one"], second: ["two"], third: []}
    assert await seen(agent) == {first: [], second: [], third: []}
    mailcow.dovecot.deliver(third, letter("three"))
    mailcow.dovecot.deliver(first, letter("four"))
    assert await seen(agent) == {first: ["four"], second: [], third: ["three"]}


async def test_a_crash_repeats_and_never_loses(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """An agent that crashes over a message gets it again; after the next poll, even a new agent does not."""
    first, *_ = await names(agent)
    mailcow.dovecot.deliver(first, letter("one"))
    assert (await seen(agent))[first] == ["one"]

    async with await make_agent(mailcow) as after_crash:
        assert (await seen(after_crash))[first] == ["one"]
        assert (await seen(after_crash))[first] == []
    async with await make_agent(mailcow) as later:
        assert (await seen(later))[first] == []


async def test_a_full_mailbox_comes_in_parts(
    agent: MailcowAgent, mailcow: Mailcow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail read before monitoring began is not reported, even if the first poll could not take all unread mail."""
    monkeypatch.setattr(monitoring, "_PER_POLL", 2)
    first, *_ = await names(agent)
    for number in range(5):
        mailcow.dovecot.deliver(first, letter(f"n{number}"))
    await agent.execute({"action": "monitor_mailbox", "mailbox": first, "limit": 1, "mark_seen": True})

    passes = [(await seen(agent))[first] for _ in range(2)]
    mailcow.dovecot.deliver(first, letter("n5"))
    passes += [(await seen(agent))[first] for _ in range(2)]

    assert passes == [["n0", "n1"], ["n2", "n3"], ["n5"], []]


async def test_an_opt_out_of_analysis_forgets_no_reading_position(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """The monitor and the processor have positions of their own: what was reported once is not reported again."""
    first, *_ = await names(agent)
    stores = await agent.memory.stores()
    mailcow.dovecot.deliver(first, letter("one"))
    assert (await seen(agent))[first] == ["one"]
    await agent.acknowledge()
    for chosen in (True, False):
        await stores.preferences.set_preferences(Preferences(username=first, chosen=chosen), now=datetime.now(UTC))

    async with await make_agent(mailcow) as later:
        assert (await seen(later))[first] == []


async def test_one_bad_mailbox_spoils_nothing(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """A wrong password is that mailbox's failure; the others are answered."""
    first, *_ = await names(agent)
    bad = mailcow.dovecot.add_mailbox()
    await outdated_password(agent, bad)
    mailcow.dovecot.deliver(first, letter("fine"))

    result = await agent.monitor_all_mailboxes()

    assert (result["success"], result["mailboxes_checked"]) == (True, 4)
    assert (result["results"][bad]["success"], result["results"][bad]["code"]) == (False, "login_refused")
    assert result["results"][first]["messages"][0]["subject"] == "fine"


async def test_a_password_under_another_key_spoils_nothing(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """One row that the key does not open is that mailbox's failure."""
    first, second, _ = await names(agent)
    stores = await agent.memory.stores()
    await stores.connections.change(update(mailboxes).where(mailboxes.c.address == first).values(password="gAAAA"))
    mailcow.dovecot.deliver(second, letter("fine"))

    result = await agent.monitor_all_mailboxes()

    assert (result["results"][first]["success"], result["results"][first]["code"]) == (False, "config_error")
    assert result["results"][second]["count"] == 1


async def test_new_mail_rings_at_once(agent: MailcowAgent, mailcow: Mailcow) -> None:
    """With IDLE a message is there long before the next poll; the server sees no flag change."""
    first, *_ = await names(agent)
    found: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def on_message(mailbox: str, message: dict[str, Any]) -> None:
        await found.put((mailbox, message["subject"]))

    watching = asyncio.create_task(agent.watch(on_message, interval=3600, with_analysis=True))
    try:
        mailcow.dovecot.deliver(first, letter("before"))
        assert await asyncio.wait_for(found.get(), 20) == (first, "before")
        mailcow.dovecot.deliver(first, letter("rings"))
        assert await asyncio.wait_for(found.get(), 20) == (first, "rings")
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    kept = [flags for flags, _ in await stored(mailcow, first, count=2, password=PASSWORD)]
    assert all("Seen" not in flags for flags in kept)


def test_separate_event_loops(mailcow: Mailcow) -> None:
    """One agent over several `asyncio.run` calls keeps its memory and warns of nothing."""
    agent = MailcowAgent("a", mailcow.url)
    box = mailcow.dovecot.add_mailbox()
    mailcow.dovecot.deliver(box, letter("one"))
    task = {"action": "monitor_mailbox", "mailbox": box, "password": PASSWORD}

    first = asyncio.run(agent.execute(task))
    second = asyncio.run(agent.monitor_all_mailboxes())
    third = asyncio.run(agent.monitor_all_mailboxes())
    fourth = asyncio.run(
        agent.execute({"action": "send_email", "mailbox": box, "to_addresses": box, "subject": "s", "body": "b"})
    )

    assert [first["count"], second["results"][box]["count"], third["results"][box]["count"]] == [1, 1, 0]
    assert fourth["success"]


async def test_no_secret_reaches_a_log_or_the_disk(mailcow: Mailcow, tmp_path: Path) -> None:
    """At DEBUG, with every library talking: no password, no key, in no form; the database holds no plain password."""
    log = tmp_path / "all.log"
    await asyncio.to_thread(configure, level="DEBUG", file=log)
    spoken = io.StringIO()
    logging.getLogger().addHandler(logging.StreamHandler(spoken))
    for name in ("httpx", "httpcore", "aiosqlite", "mail.log"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    secret = "Vry-Secret-Pass-77"
    async with await make_agent(mailcow) as agent:
        made = await agent.execute({"action": "create_mailbox", "local_part": "quiet", "password": secret})
        box = made["mailbox"]
        task = {"action": "send_email", "mailbox": box, "password": secret, "to_addresses": [box], "body": "b"}
        results = [
            made,
            await agent.execute(task),
            await agent.execute(task | {"password": "Wrong-" + secret}),
            await agent.execute({"action": "monitor_mailbox", "mailbox": box, "password": secret}),
            await agent.execute({"action": "monitor_mailbox", "mailbox": box, "password": secret, "nonsense": 1}),
            await agent.monitor_all_mailboxes(),
        ]

    written = await asyncio.to_thread(log.read_text)
    disk = b"".join([await asyncio.to_thread(f.read_bytes) for f in (tmp_path / "data").glob("*.db*")])
    for form in (secret, base64.b64encode(secret.encode()).decode().rstrip("="), KEY):
        assert form not in written
        assert form not in spoken.getvalue()
        assert form not in repr(results)
        assert form.encode() not in disk
    assert "httpcore" in spoken.getvalue()
    assert repr(agent.__dict__).count(secret) == 0


async def test_a_mailbox_that_breaks_us_spoils_no_other(
    agent: MailcowAgent, mailcow: Mailcow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug that one mailbox's mail brings to light is that mailbox's failure."""
    first, second, third = await names(agent)
    look = monitoring.Monitor._new

    async def breaks(self: monitoring.Monitor, mailbox: str, password: SecretStr) -> list[dict[str, Any]]:
        if mailbox == second:
            raise IndexError
        return await look(self, mailbox, password)

    monkeypatch.setattr(monitoring.Monitor, "_new", breaks)
    for mailbox in (first, second, third):
        mailcow.dovecot.deliver(mailbox, letter("one"))
    results = (await agent.monitor_all_mailboxes())["results"]

    assert [True, False, True] == [results[mailbox]["success"] for mailbox in (first, second, third)]
    assert "internal_error" == results[second]["code"]
