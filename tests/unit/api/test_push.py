"""The doorbell: Dovecot's push notifications."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from .bench import RW, SECRET, USER, Bench

PATH = "/internal/push"
EVENT = {"event": "MessageNew", "user": USER, "mailbox": "INBOX", "uid": 0, "uidvalidity": 1, "message_id": None}
BEARER = f"Bearer {SECRET}"


async def ring(bench: Bench, body: Any, authorization: str = BEARER, method: str = "POST") -> httpx.Response:
    """Send one notification."""
    async with bench.client(None, Authorization=authorization) as client:
        return await client.request(method, PATH, json=body)


async def test_the_lua_drivers_events_ring_once_each(bench: Bench) -> None:
    """Each changed folder rings once, however many messages came; the answer is empty and immediate."""
    events = [EVENT, EVENT, EVENT | {"mailbox": "Junk", "uid": 7}, EVENT | {"event": "FlagsSet", "mailbox": "Sent"}]

    answer = await ring(bench, {"events": events})

    assert (answer.status_code, answer.content) == (202, b"")
    assert sorted(bench.rung) == [(USER, "INBOX"), (USER, "Junk")]


async def test_the_ox_drivers_event_rings(bench: Bench) -> None:
    """PUT with the secret as the URL's password, as Dovecot's OX driver sends it."""
    body = {"user": USER, "event": "messageNew", "folder": "INBOX", "imap-uidvalidity": 1, "imap-uid": 2, "unseen": 1}
    basic = "Basic " + base64.b64encode(f"dovecot:{SECRET}".encode()).decode()

    answer = await ring(bench, body, basic, "PUT")

    assert (answer.status_code, bench.rung) == (202, [(USER, "INBOX")])


async def test_the_event_exporters_event_rings(bench: Bench) -> None:
    """Dovecot's own exporter names the user only."""
    answer = await ring(bench, {"event": "mail_delivery_finished", "fields": {"user": USER, "message_id": "<a@b>"}})

    assert (answer.status_code, bench.rung) == (202, [(USER, "INBOX")])


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer ",
        "Bearer wrong",
        f"bearer{SECRET}",
        "Basic !!!",
        "Basic " + base64.b64encode(b"x:wrong").decode(),
        "Basic é",
    ],
)
async def test_without_the_secret_nothing_rings(bench: Bench, authorization: str) -> None:
    """401, whatever the header holds."""
    async with bench.client(None) as client:
        answer = await client.post(
            PATH, json={"events": [EVENT]}, headers={"Authorization": authorization.encode("latin-1")}
        )

    assert (answer.status_code, bench.rung) == (401, [])


async def test_an_unset_secret_closes_the_route(bench: Bench) -> None:
    """An empty secret is not a secret, and an API key is not one either."""
    bench.set(push_secret=SecretStr(""))

    answers = [await ring(bench, {"events": [EVENT]}, "Bearer "), await bench.post(PATH, {"events": [EVENT]}, key=RW)]

    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"events": []},
        {"events": [{}]},
        {"events": [EVENT | {"user": "nobody"}]},
        {"events": [EVENT | {"mailbox": "a\x00b"}]},
        {"events": [EVENT] * 1001},
        {"events": "all"},
    ],
)
async def test_nonsense_is_400(bench: Bench, body: Any) -> None:
    """A body that names no mailbox rings nowhere."""
    answer = await ring(bench, body)

    assert (answer.status_code, bench.rung) == (400, [])
