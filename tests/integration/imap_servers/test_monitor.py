"""The monitor on Dovecot, Courier and Cyrus: each pass answers what arrived since the last, also where UIDNEXT is missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.core.config import Settings
from glassdome.parse import parse_message
from tests.integration.imap_servers.conftest import BOB
from tests.servers.certificates import SERVER_NAME, Certificates
from tests.servers.dovecot import PASSWORD
from tests.servers.scripted_imap import RAW, scripted


@dataclass
class Watched:
    """A registered mailbox and the way to deliver into it."""

    agent: MailcowAgent
    mailbox: str
    deliver: Callable[[bytes], Any]

    async def subjects(self) -> list[str]:
        """Make one pass and return what it answers."""
        found = (await self.agent.monitor_all_mailboxes())["results"][self.mailbox]
        assert found["success"], found
        return [message["subject"] for message in found["messages"]]


def mail(subject: str) -> bytes:
    """A mail of its own."""
    return RAW.replace(b"Subject: t", f"Subject: {subject}".encode()).replace(b"<m@", f"<{subject}@".encode())


async def agent_on(folder: Path, port: int, certificates: Certificates, mailbox: str) -> MailcowAgent:
    """Return an agent of that server, in which the mailbox is registered."""
    given = {
        "database_url": f"sqlite:///{folder / 'glassdome.db'}",
        "data_dir": folder,
        "mailcow_imap_host": "localhost",
        "mailcow_imap_port": port,
        "imap_tls": "implicit",
        "mailcow_ca_file": certificates.ca,
        "mailcow_server_name": SERVER_NAME,
    }
    agent = MailcowAgent.from_settings(await asyncio.to_thread(lambda: Settings(**given)))
    done = await agent.execute({"action": "monitor_mailbox", "mailbox": mailbox, "password": PASSWORD})
    assert done["success"], done
    return agent


@pytest.fixture(params=["dovecot", "courier", "cyrus"])
async def watched(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Watched]:
    """A fresh mailbox on one of the servers."""
    server = request.getfixturevalue(request.param)
    mailbox = await asyncio.to_thread(server.add_mailbox)
    port = server.imaps_port if request.param == "dovecot" else server.port
    await asyncio.to_thread(parse_message, RAW)  # what reading loads the first time
    agent = await agent_on(tmp_path, port, server.certificates, mailbox)

    async def deliver(raw: bytes) -> None:
        await asyncio.to_thread(server.deliver, mailbox, raw)

    async with agent:
        yield Watched(agent, mailbox, deliver)


async def test_each_pass_answers_what_arrived(watched: Watched) -> None:
    """First what is unread, then what came since, each once."""
    await watched.deliver(mail("one"))
    assert await watched.subjects() == ["one"]
    assert await watched.subjects() == []
    for subject in ("two", "three"):
        await watched.deliver(mail(subject))
    assert await watched.subjects() == ["two", "three"]
    assert await watched.subjects() == []
    await watched.deliver(mail("four"))
    assert await watched.subjects() == ["four"]


@pytest.mark.parametrize("status_tells", ["MESSAGES {count} UIDVALIDITY {validity}", "MESSAGES {count}"])
@pytest.mark.parametrize("finds", [b"* SEARCH\r\n", b""])
async def test_a_server_that_says_little(
    tmp_path: Path, certificates: Certificates, status_tells: str, finds: bytes
) -> None:
    """No UIDNEXT anywhere, and a search by range that finds nothing."""
    await asyncio.to_thread(parse_message, RAW)
    async with scripted(certificates) as server:
        server.open_tells, server.status_tells = "", status_tells
        server.script(r"UID SEARCH UID \d+:\*", finds + b"TAG OK\r\n")
        server.deliver(BOB, mail("one"))
        async with await agent_on(tmp_path, server.port, certificates, BOB) as agent:
            watched = Watched(agent, BOB, lambda raw: server.deliver(BOB, raw))
            assert await watched.subjects() == ["one"]
            watched.deliver(mail("two"))
            assert await watched.subjects() == ["two"]
            server.folder(BOB).mails[-1].flags.add("\\Deleted")
            watched.deliver(mail("three"))
            assert await watched.subjects() == ["three"]
