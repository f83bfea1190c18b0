"""Asking for an analysis through the API."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from glassdome.core.config import Settings
from glassdome.core.errors import ConnectFailed
from glassdome.store import Database
from glassdome.values.feedback import Feedback
from glassdome.values.job import JobState, NewJob
from glassdome.values.verdict import Label

from .bench import NOW, OTHER, OWN, RO, USER, Bench, analysis, ref

PATH = "/api/v1/add/llm/analyze"


@pytest.fixture
async def ready(bench: Bench) -> Bench:
    """A chosen mailbox with messages 5 and 6."""
    await bench.choose(USER)
    bench.folders.held |= {ref(5), ref(6)}
    return bench


async def test_a_worker_that_answers_in_time_gives_the_analysis(live: Bench) -> None:
    """The call wakes the worker, waits for it, and answers its analysis in mailcow's shape."""
    await live.choose(USER)
    live.folders.held.add(ref(5))
    asked = asyncio.create_task(live.post(PATH, {"mailbox": USER, "email_id": "5", "force": False}))

    await asyncio.wait_for(live.woken.wait(), 5)
    await live.work(analysis(ref(5), Label.PHISH))
    answer = await asyncio.wait_for(asked, 60)

    assert answer.status_code == 200
    (element,) = answer.json()
    assert element["type"] == "success"
    assert element["msg"] == ["analysis_done", "5"]
    assert element["data"]["is_phishing"] is True


async def test_a_slow_worker_gives_the_job(ready: Bench) -> None:
    """After `wait` seconds the answer is 202 with the job, first in line."""
    answer = await ready.post(PATH, {"mailbox": USER, "email_id": "5"}, wait=2)

    assert answer.status_code == 202
    assert answer.json()[0]["data"]["state"] == "pending"
    assert answer.json()[0]["data"]["priority"] == 0
    assert (ready.clock.now() - NOW).total_seconds() == pytest.approx(2)


async def test_what_is_stored_is_answered_at_once(ready: Bench) -> None:
    """Without `force` a stored analysis is the answer and nothing is queued."""
    await ready.store(analysis(ref(5), subject="stored"))

    answer = await ready.post(PATH, {"mailbox": USER, "email_id": "<5@shop.example>"})

    assert answer.json()[0]["data"]["subject"] == "stored"
    assert not ready.woken.is_set()


async def test_force_runs_it_again(ready: Bench) -> None:
    """With `force` the old analysis is not the answer, and the finished job waits again."""
    await ready.store(analysis(ref(5)))

    answer = await ready.post(PATH, {"mailbox": USER, "email_id": "5", "force": True}, wait=0)
    job = await ready.database.queue.get(ref(5))

    assert answer.status_code == 202
    assert job is not None
    assert job.state is JobState.PENDING


async def test_what_waits_already_moves_to_the_front(ready: Bench) -> None:
    """A person's wish overtakes the backlog."""
    await ready.database.queue.enqueue([NewJob(ref=ref(5))], now=NOW)

    answer = await ready.post(PATH, {"mailbox": USER, "email_id": "5"}, wait=0)

    assert answer.json()[0]["data"]["priority"] == 0


async def test_a_failure_is_told(live: Bench) -> None:
    """A message that cannot be judged answers 422 with the reason, never an analysis."""
    await live.choose(USER)
    live.folders.held.add(ref(5))
    asked = asyncio.create_task(live.post(PATH, {"mailbox": USER, "email_id": "5"}))

    await asyncio.wait_for(live.woken.wait(), 5)
    await live.fail("message_too_large", "The message is larger than the limit.")
    answer = await asyncio.wait_for(asked, 60)

    assert answer.status_code == 422
    assert answer.json()["code"] == "analysis_failed"
    assert "larger than the limit" in answer.json()["msg"]


async def test_a_mailbox_nobody_chose_is_not_read(bench: Bench) -> None:
    """Without the opt-in the answer is 403 and the mail server is not asked."""
    bench.folders.held.add(ref(5))

    answer = await bench.post(PATH, {"mailbox": USER, "email_id": "5"})

    assert (answer.status_code, answer.json()["code"]) == (403, "policy_refused")
    assert await bench.database.queue.get(ref(5)) is None


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"mailbox": USER, "email_id": "77"}, 404, "not_found"),
        ({"mailbox": USER, "email_id": "<77@shop.example>"}, 404, "not_found"),
        ({"mailbox": USER, "email_id": "INBOX;UIDVALIDITY=2;UID=5"}, 409, "uid_validity_changed"),
        ({"mailbox": USER, "email_id": "five"}, 400, "invalid_query"),
        ({"mailbox": USER}, 400, "bad_request"),
        ({"mailbox": USER, "email_id": "5", "frce": True}, 400, "bad_request"),
        ({"mailbox": USER, "email_id": "5", "email_ids": ["6"]}, 400, "bad_request"),
        ({"mailbox": "user", "email_id": "5"}, 400, "invalid_address"),
        ({"email_id": "5"}, 400, "bad_request"),
        ([], 400, "bad_request"),
    ],
)
async def test_what_cannot_be_analysed_says_why(ready: Bench, body: Any, status: int, code: str) -> None:
    """Each mistake has its own status and code."""
    answer = await ready.post(PATH, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_scope_and_restriction_hold(ready: Bench) -> None:
    """A reading key may not ask, a domain's key not for another domain."""
    body = {"mailbox": OTHER, "email_id": "5"}

    answers = [await ready.post(PATH, body | {"mailbox": USER}, key=RO), await ready.post(PATH, body, key=OWN)]

    assert [answer.status_code for answer in answers] == [403, 403]


async def test_many_are_queued_at_once(ready: Bench) -> None:
    """Each of many messages gets its own element; one bad apple does not spoil the rest."""
    await ready.store(analysis(ref(6)))

    answer = await ready.post(PATH, {"mailbox": USER, "email_ids": ["5", "6", "7", "5"]})

    assert answer.status_code == 202
    assert [(e["type"], e["msg"][0]) for e in answer.json()] == [
        ("success", "analysis_queued"),
        ("success", "analysis_done"),
        ("danger", "not_found"),
    ]


async def test_many_that_all_fail_are_a_failure(ready: Bench) -> None:
    """The status reports a failure if nothing could be done."""
    assert (await ready.post(PATH, {"mailbox": USER, "email_ids": ["8", "9"]})).status_code == 404


async def test_no_mail_server_is_503(database: Database, settings: Settings) -> None:
    """The answer names the setting if no mail server is configured."""
    bench = Bench(database, settings, changes={"source": None})
    await bench.choose(USER)

    answer = await bench.post(PATH, {"mailbox": USER, "email_id": "5"})

    assert (answer.status_code, answer.json()["code"]) == (503, "connect_failed")


async def test_an_unreachable_mail_server_is_503(ready: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail server's failure is told as what it is."""

    async def away(mailbox: str, folder: str, uid: int) -> Any:
        raise ConnectFailed("mail.example.org:993 refused the connection.")

    monkeypatch.setattr(ready.folders, "resolve", away)

    answer = await ready.post(PATH, {"mailbox": USER, "email_id": "5"})

    assert answer.status_code == 503


async def test_a_degraded_verdict_is_an_answer(live: Bench) -> None:
    """The built-in verdict is the answer while the model is down, though its job waits for the model."""
    await live.choose(USER)
    live.folders.held.add(ref(5))
    asked = asyncio.create_task(live.post(PATH, {"mailbox": USER, "email_id": "5"}))

    await asyncio.wait_for(live.woken.wait(), 5)
    (job,) = await live.database.queue.claim("test", limit=1, lease=timedelta(minutes=1), now=live.clock.now())
    item = analysis(ref(5))
    item = replace(item, verdict=replace(item.verdict, degraded=True, degraded_reason="model_unavailable"))
    later = live.clock.now() + timedelta(minutes=5)
    await live.database.queue.complete(job, item, actions=(), now=live.clock.now(), again_at=later)
    answer = await asyncio.wait_for(asked, 60)

    assert answer.json()[0]["data"]["degraded"] is True


async def test_the_answer_has_the_correction(ready: Bench) -> None:
    """A person's correction stands in the direct answer too, as in the list."""
    await ready.store(analysis(ref(5), Label.PHISH))
    said = Feedback(ref=ref(5), label=Label.HAM, actor="test", note="")
    await ready.database.history.record_feedback(said, now=NOW)

    answer = await ready.post(PATH, {"mailbox": USER, "email_id": "5"})

    assert answer.json()[0]["data"]["correction"] == "ham"
