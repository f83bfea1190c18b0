"""Senders killed in the middle of their work: each event arrives at least once, in the order of its message."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from glassdome.core.clock import SystemClock
from glassdome.core.secrets import SecretBox
from glassdome.core.signing import new_secret
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.values.event import EventKind, failed_event
from tests.samples import NOON, a_ref
from tests.servers.receiver import Receiver, is_signed
from tests.servers.served import Served

EVENTS, MESSAGES, KILLS = 60, 6, 5


class Slow(Receiver):
    """Takes its time, so that a kill meets requests under way."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer after a while."""
        await asyncio.sleep(0.03)
        await super().__call__(scope, receive, send)


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.contract.store.webhook_sender", *arguments]
    return subprocess.Popen(command, cwd=Path(__file__).parents[3], stdout=subprocess.DEVNULL)


async def _fill(database: Database, url: str) -> str:
    secret, now = new_secret(), SystemClock().now()
    await database.webhooks.add(url, list(EventKind), secret=secret, mailbox="", domain="", now=now)
    for number in range(EVENTS):
        event = failed_event(a_ref(number % MESSAGES), code=f"{number:03}", now=NOON.replace(microsecond=number))
        await database.events.record(event)
    return secret.get_secret_value()


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_killed_senders_lose_nothing(database_url: str) -> None:
    """Two at a time, killed with SIGKILL again and again, each replaced."""
    await migrate(database_url)
    key, receiver = Fernet.generate_key().decode(), Slow()
    served = Served(receiver)
    arguments = (database_url, f"127.0.0.1:{served.port}", key)
    async with served, open_database(database_url, rendering=RENDERING, box=SecretBox(key)) as database:
        secret = await _fill(database, f"{served.url}/")
        senders = [await asyncio.to_thread(_start, *arguments) for _ in range(2)]
        try:
            for kill in range(KILLS):
                while len(receiver.taken) < (kill + 1) * 8:  # noqa: ASYNC110 (a process of its own does the work)
                    await asyncio.sleep(0.01)
                killed = senders.pop(0)
                killed.kill()
                await asyncio.to_thread(killed.wait)
                senders.append(await asyncio.to_thread(_start, *arguments))
            while (await database.deliveries.figures()).waiting or len(receiver.taken) < EVENTS:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        finally:
            for sender in senders:
                sender.kill()
                await asyncio.to_thread(sender.wait)
    assert all(is_signed(headers, body, secret) for headers, body in receiver.taken)
    assert {e["data"]["code"] for e in receiver.events} == {f"{n:03}" for n in range(EVENTS)}
    for uid in range(MESSAGES):
        codes = [e["data"]["code"] for e in receiver.events if e["data"]["email_id"] == str(uid)]
        # A repetition may come late; the first arrival of each is in order.
        assert list(dict.fromkeys(codes)) == sorted(set(codes))
