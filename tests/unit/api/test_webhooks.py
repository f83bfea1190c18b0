"""Webhooks over REST: made, listed, changed and tried, within what a key may see, and only to allowed hosts."""

from __future__ import annotations

from typing import Any

import pytest

from glassdome.core.errors import ConnectFailed
from glassdome.values.event import failed_event
from glassdome.values.webhook import Post

from .bench import NOW, OWN, RO, RW, Bench, ref

URL = "https://hooks.example.org/mail"
LIST, EDIT, TEST = "/api/v1/get/llm/webhooks", "/api/v1/edit/llm/webhooks", "/api/v1/add/llm/webhook_test"


class Poster:
    """Answers a status and remembers what it was given."""

    def __init__(self) -> None:
        """It takes everything."""
        self.status, self.posts = 204, list[Post]()

    async def post(self, request: Post) -> int:
        """Answer."""
        self.posts.append(request)
        if not self.status:
            raise ConnectFailed("hooks.example.org cannot be reached.")
        return self.status


@pytest.fixture
def hooks(bench: Bench) -> Bench:
    """One allowed host."""
    bench.set(webhook_hosts="hooks.example.org")
    return bench


async def _add(bench: Bench, key: str = RW, **fields: Any) -> Any:
    answer = await bench.post(EDIT, {"action": "add", "url": URL} | fields, key)
    assert answer.status_code == 200, answer.text
    return answer.json()[0]["data"]


async def test_a_webhook_is_made_and_its_secret_told_once(hooks: Bench) -> None:
    """Neither the list nor the audit has it."""
    made = await _add(hooks, events=["phishing", "phishing", "health"])
    assert made["secret"].startswith("whsec_")
    listed = await hooks.get(LIST)
    (shown,) = listed.json()
    assert (shown["url"], shown["events"], shown["enabled"]) == (URL, ["phishing", "health"], True)
    assert "whsec_" not in listed.text
    assert "secret" not in shown
    (record,) = await hooks.database.history.audited()
    assert (record["action"], "whsec_" in str(record)) == ("edit_webhooks", False)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"url": "https://other.example.org/"}, 403),
        ({"url": "http://hooks.example.org/"}, 403),
        ({"url": "https://169.254.169.254/"}, 403),
        ({"url": "nonsense"}, 400),
        ({"events": ["nothing"]}, 400),
        ({"id": 1}, 400),
        ({"mailbox": "a@example.org", "domain": "example.org"}, 400),
    ],
)
async def test_a_wrong_webhook_is_refused(hooks: Bench, fields: dict[str, Any], status: int) -> None:
    """Above all one that leads elsewhere."""
    answer = await hooks.post(EDIT, {"action": "add", "url": URL} | fields)
    assert answer.status_code == status
    assert (await hooks.get(LIST)).json() == []


async def test_a_limited_key_has_its_own_webhooks(hooks: Bench) -> None:
    """It adds none for others or for all, sees and changes none of others, and its own get events of its mailboxes alone."""
    for fields in ({}, {"domain": "example.net"}, {"mailbox": "other@example.net"}):
        assert (await hooks.post(EDIT, {"action": "add", "url": URL} | fields, OWN)).status_code == 403
    foreign = await _add(hooks)
    mine = await _add(hooks, OWN, domain="example.org")
    mailbox = await _add(hooks, OWN, mailbox="user@example.org")
    assert [w["id"] for w in (await hooks.get(LIST, OWN)).json()] == [mine["id"], mailbox["id"]]
    for action in ("change", "remove", "rotate", "resend"):
        assert (await hooks.post(EDIT, {"action": action, "id": foreign["id"]}, OWN)).status_code == 404
    assert (await hooks.post(TEST, {"id": foreign["id"]}, OWN)).status_code == 404
    assert (
        await hooks.post(EDIT, {"action": "change", "id": mine["id"], "mailbox": "x@example.net"}, OWN)
    ).status_code == 400


async def test_a_reader_changes_nothing(hooks: Bench) -> None:
    """Its scope is `ro`."""
    assert (await hooks.post(EDIT, {"action": "add", "url": URL}, RO)).status_code == 403
    assert (await hooks.post(TEST, {"id": 1}, RO)).status_code == 403


async def test_a_webhook_is_changed_rotated_and_removed(hooks: Bench) -> None:
    """A new URL is checked as the first was."""
    made = await _add(hooks)
    id = made["id"]
    refused = await hooks.post(EDIT, {"action": "change", "id": id, "url": "https://evil.example/"})
    changed = await hooks.post(EDIT, {"action": "change", "id": id, "enabled": False, "events": ["health"]})
    rotated = await hooks.post(EDIT, {"action": "rotate", "id": id})
    assert refused.status_code == 403
    assert (changed.json()[0]["data"]["enabled"], changed.json()[0]["data"]["events"]) == (False, ["health"])
    assert rotated.json()[0]["data"]["secret"] not in ("", made["secret"])
    removed = await hooks.post(EDIT, {"action": "remove", "id": id})
    assert removed.json()[0]["data"] == {"id": id, "not_delivered": 0}
    assert (await hooks.post(EDIT, {"action": "remove", "id": id})).status_code == 404
    assert (await hooks.post(EDIT, {"action": "rotate"})).status_code == 400


async def test_a_test_is_sent_at_once(hooks: Bench) -> None:
    """The answer has the receiver's status; a receiver that is away is an error without its host."""
    poster = Poster()
    tried = Bench(hooks.database, hooks.settings, changes={"poster": poster})
    made = await _add(tried)
    answer = await tried.post(TEST, {"id": made["id"]})
    assert answer.json()[0]["data"] == {"id": made["id"], "status": 204, "accepted": True}
    assert b'"type":"test"' in poster.posts[0].body
    poster.status = 500
    assert (await tried.post(TEST, {"id": made["id"]})).json()[0]["data"]["accepted"] is False
    poster.status = 0
    assert (await tried.post(TEST, {"id": made["id"]})).status_code == 503


async def test_dead_letters_are_listed_and_sent_again(hooks: Bench) -> None:
    """Each webhook shows its own."""
    made = await _add(hooks)
    store = hooks.database
    await store.events.record(failed_event(ref(1), code="parse_error", now=NOW))
    receivers = await store.webhooks.list(now=NOW)
    await store.deliveries.spread(receivers, now=NOW)
    (item,) = await store.deliveries.claim(receivers[0], limit=1, lease=NOW - NOW, now=NOW)
    await store.deliveries.failed(item, error="refused", status=500, again_at=None, now=NOW)
    (shown,) = (await hooks.get(LIST)).json()
    (letter,) = shown["dead"]
    assert (shown["dead_count"], letter["event"], letter["status"]) == (1, "job.failed", 500)
    again = await hooks.post(EDIT, {"action": "resend", "id": made["id"], "ids": [letter["id"]]})
    assert again.json()[0]["data"] == {"id": made["id"], "resent": 1}
    assert (await hooks.get(LIST)).json()[0]["dead"] == []
