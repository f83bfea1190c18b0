"""Deliveries of events: each to whom it concerns, in the order of its message, again after a lost lease, dead in the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest
from pydantic import SecretStr

from glassdome.core.errors import ConfigError, InputError
from glassdome.core.signing import new_secret
from glassdome.ports.store import AnalysisQuery
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, open_database
from glassdome.store import webhooks as module
from glassdome.values.event import EventKind, failed_event, health_event
from glassdome.values.webhook import Delivery
from tests.samples import NOON, a_ref

_LEASE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)


async def _add(database: Database, *kinds: EventKind, **scope: str) -> int:
    named = {"mailbox": "", "domain": ""} | scope
    url, secret = "https://hooks.example.org/x", new_secret()
    return await database.webhooks.add(url, kinds or list(EventKind), secret=secret, now=NOON, **named)


async def _fail(database: Database, uid: int, number: int = 0, mailbox: str = "ann@example.org") -> None:
    now = NOON + timedelta(seconds=number)
    await database.events.record(failed_event(a_ref(uid, mailbox=mailbox), code="parse_error", now=now))


async def _claim(database: Database, now: Any = NOON, limit: int = 9) -> list[Delivery]:
    receivers = await database.webhooks.list(now=now)
    while await database.deliveries.spread(receivers, now=now):
        pass
    return [d for w in receivers for d in await database.deliveries.claim(w, limit=limit, lease=_LEASE, now=now)]


def _uids(items: list[Delivery]) -> list[Any]:
    return [item.event.data["email_id"] for item in items]


async def test_a_later_event_waits_for_an_earlier_one_of_its_message(database: Database) -> None:
    """Others do not; one that was given up holds up nothing."""
    await _add(database)
    for number, uid in enumerate((1, 2, 1)):
        await _fail(database, uid, number)
    first, other = await _claim(database)
    assert _uids([first, other]) == ["1", "2"]
    await database.deliveries.failed(first, error="refused", status=500, again_at=NOON + _HOUR, now=NOON)
    await database.deliveries.delivered(other, status=204, now=NOON)
    assert await _claim(database, NOON + 2 * _LEASE) == []
    (again,) = await _claim(database, NOON + _HOUR)
    assert (again.id, again.attempts, again.first_at) == (first.id, 2, NOON)
    await database.deliveries.failed(again, error="refused", status=500, again_at=None, now=NOON + _HOUR)
    (last,) = await _claim(database, NOON + _HOUR)
    assert (last.event.id > first.event.id, last.event.data["email_id"]) == (True, "1")


async def test_a_sender_that_dies_loses_none(database: Database) -> None:
    """The lease ends, another sender has it, and the first one's late word changes nothing."""
    await _add(database)
    await _fail(database, 1)
    (lost,) = await _claim(database)
    assert await _claim(database, NOON + _LEASE / 2) == []
    (found,) = await _claim(database, NOON + _LEASE)
    await database.deliveries.failed(lost, error="timed_out", status=None, again_at=None, now=NOON + _LEASE)
    assert await database.deliveries.dead(webhook_ids=[found.webhook.id]) == ()
    await database.deliveries.delivered(found, status=200, now=NOON + _LEASE)
    assert (await database.deliveries.figures()).waiting == 0


async def test_events_go_to_whom_they_concern(database: Database) -> None:
    """By kind, by mailbox, by domain; a change of health to receivers of the whole service alone."""
    everything = await _add(database)
    failures = await _add(database, EventKind.JOB_FAILED)
    ann = await _add(database, mailbox="ann@example.org")
    domain = await _add(database, domain="example.net")
    await _fail(database, 1)
    await _fail(database, 2, mailbox="bob@example.org")
    await _fail(database, 3, mailbox="eve@example.net")
    await database.events.record(health_event("degraded", {}, now=NOON))
    found: dict[int, list[str]] = {}
    for item in await _claim(database):
        found.setdefault(item.webhook.id, []).append(item.event.mailbox.partition("@")[0])
    assert found == {
        everything: ["ann", "bob", "eve", ""],
        failures: ["ann", "bob", "eve"],
        ann: ["ann"],
        domain: ["eve"],
    }


async def test_a_dead_letter_is_listed_and_sent_again(database: Database) -> None:
    """With its error; sent again it begins its tries anew."""
    id = await _add(database)
    await _fail(database, 1)
    (item,) = await _claim(database)
    await database.deliveries.failed(item, error="refused", status=410, again_at=None, now=NOON)
    (letter,) = await database.deliveries.dead(webhook_ids=[id])
    assert (letter.error, letter.status, letter.attempts, letter.event.name) == ("refused", 410, 1, item.event.name)
    assert (await database.deliveries.counts())[id].dead == 1
    assert await database.deliveries.dead(webhook_ids=[id + 1]) == ()
    assert await database.deliveries.resend(id, [letter.id + 1], now=NOON) == 0
    assert await database.deliveries.resend(id, None, now=NOON + _HOUR) == 1
    (again,) = await _claim(database, NOON + _HOUR)
    assert (again.attempts, again.first_at) == (1, NOON + _HOUR)


async def test_a_receiver_that_is_away_rests_and_gets_all_when_it_is_back(database: Database) -> None:
    """After three failures in a row; its first success makes the rest due at once."""
    await _add(database)
    for uid in range(1, 5):
        await _fail(database, uid)
    *failing, last = await _claim(database)
    for item in failing:
        await database.deliveries.failed(item, error="timed_out", status=None, again_at=NOON + _HOUR, now=NOON)
    (receiver,) = await database.webhooks.list(now=NOON)
    assert (receiver.failures, receiver.rests_until, receiver.last_error) == (
        3,
        NOON + timedelta(seconds=5),
        "timed_out",
    )
    await database.deliveries.delivered(last, status=200, now=NOON)
    (receiver,) = await database.webhooks.list(now=NOON)
    assert (receiver.failures, receiver.rests_until, receiver.delivered_at) == (0, None, NOON)
    assert _uids(await _claim(database)) == ["1", "2", "3"]


async def test_what_is_over_is_forgotten(database: Database) -> None:
    """Delivered ones after their time, dead letters after theirs, events that nobody waits for; waiting ones never."""
    await _add(database)
    for uid in (1, 2, 3):
        await _fail(database, uid)
    delivered, dead, _ = await _claim(database)
    await database.deliveries.delivered(delivered, status=200, now=NOON)
    await database.deliveries.failed(dead, error="refused", status=500, again_at=None, now=NOON)
    later = NOON + _HOUR
    assert await database.deliveries.forget(delivered_before=later, dead_before=NOON) == 1
    assert [event.data["email_id"] for event in await database.events.after(0)] == ["2", "3"]
    assert await database.deliveries.forget(delivered_before=later, dead_before=later) == 1
    assert [event.data["email_id"] for event in await database.events.after(0)] == ["3"]
    await database.analyses.delete(AnalysisQuery(mailbox="ann@example.org"))
    await database.deliveries.forget(delivered_before=NOON, dead_before=NOON)
    assert (await database.deliveries.figures()).waiting == 0


async def test_a_rotated_secret_counts_for_a_day(database: Database, database_url: str) -> None:
    """The new one signs first; without the key none is read."""
    id = await _add(database)
    (before,) = await database.webhooks.list(now=NOON)
    fresh = new_secret()
    await database.webhooks.rotate(id, secret=fresh, now=NOON)
    day = timedelta(days=1)
    seen: list[tuple[SecretStr, ...]] = []
    for now in (NOON + _HOUR, NOON + day):
        found = await database.webhooks.get(id, now=now)
        assert found is not None
        seen.append(found.secrets)
    assert seen == [(fresh, *before.secrets), (fresh,)]
    async with open_database(database_url, rendering=RENDERING) as without:
        with pytest.raises(ConfigError, match="need a key"):
            await without.webhooks.list(now=NOON)


async def test_a_removed_webhook_takes_its_deliveries(database: Database) -> None:
    """It says how many were not delivered; a switched-off one gets no new events."""
    id = await _add(database)
    await _fail(database, 1)
    await _claim(database)
    await database.webhooks.change(id, enabled=False, kinds=[EventKind.HEALTH], url="https://other.example.org/")
    (changed,) = await database.webhooks.list(now=NOON)
    assert (changed.enabled, changed.events, changed.url) == (False, (EventKind.HEALTH,), "https://other.example.org/")
    assert await database.webhooks.remove(id) == 1
    assert (await database.webhooks.list(now=NOON), await database.deliveries.counts()) == ((), {})


async def test_there_are_not_too_many(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs a look each second."""
    monkeypatch.setattr(module, "MOST_WEBHOOKS", 1)
    await _add(database)
    with pytest.raises(InputError, match="already"):
        await _add(database)


async def test_owners_leave_room_for_others(database: Database) -> None:
    """One mailbox has so many, and all owners together leave some to the administrator."""
    for _ in range(module.MOST_OF_ONE):
        await _add(database, mailbox="ann@example.org")
    with pytest.raises(InputError, match="already"):
        await _add(database, mailbox="ann@example.org")
    for number in range(80 - module.MOST_OF_ONE):
        await _add(database, domain=f"{number}.example.org")
    with pytest.raises(InputError, match="already"):
        await _add(database, domain="another.example.org")

    assert await _add(database) > 80


async def test_the_next_webhook_gets_nothing_of_a_removed_one(database: Database) -> None:
    """The sender knew it still; SQLite gives its id to the next one, which may be another owner's."""
    await _add(database, mailbox="ann@example.org")
    receivers = await database.webhooks.list(now=NOON)
    await database.webhooks.remove(receivers[0].id)
    await _fail(database, 1)
    assert await database.deliveries.spread(receivers, now=NOON) == 1
    await _add(database, mailbox="bob@example.org")

    assert await _claim(database) == []
