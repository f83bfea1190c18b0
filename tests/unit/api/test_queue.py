"""The queue through the API."""

from __future__ import annotations

from typing import Any

import pytest

from glassdome.api.routes_queue import QueueShape
from glassdome.values.job import JobState, NewJob

from .bench import NOW, OTHER, OWN, USER, Bench, ref

GET = "/api/v1/get/llm/queue"
EDIT = "/api/v1/edit/llm/queue"


@pytest.fixture
async def failed(bench: Bench) -> Bench:
    """One failed job, two waiting, one of another domain waiting."""
    await bench.database.queue.enqueue([NewJob(ref=ref(1))], now=NOW)
    await bench.fail("message_too_large", "The message is larger than the limit.")
    await bench.database.queue.enqueue([NewJob(ref=ref(2)), NewJob(ref=ref(3))], now=NOW)
    await bench.database.queue.enqueue([NewJob(ref=ref(1, mailbox=OTHER))], now=NOW)
    return bench


async def test_depth_and_jobs_are_shown(failed: Bench) -> None:
    """With the reason of the failure, and never a lease token."""
    answer = await failed.get(GET, state="failed")

    QueueShape.model_validate(answer.json(), extra="forbid")
    assert answer.json()["depth"]["failed"] == 1
    assert answer.json()["jobs"][0]["error"] == "The message is larger than the limit."
    assert "token" not in answer.text


async def test_pages_go_by_id(failed: Bench) -> None:
    """`next_after_id` leads to the rest, and is null at the end."""
    first = (await failed.get(GET, limit=3)).json()
    second = (await failed.get(GET, limit=3, after_id=first["next_after_id"])).json()

    assert ([len(page["jobs"]) for page in (first, second)], second["next_after_id"]) == ([3, 1], None)


async def test_retry_by_id(failed: Bench) -> None:
    """A failed job waits again and the worker is woken."""
    (job,) = (await failed.get(GET, state="failed")).json()["jobs"]

    answer = await failed.post(EDIT, {"action": "retry", "ids": [job["id"]]})

    assert answer.json()[0]["data"] == {"moved": 1, "more": False}
    stored = await failed.database.queue.get(ref(1))
    assert stored is not None
    assert stored.state is JobState.PENDING
    assert failed.woken.is_set()


async def test_cancel_all_of_a_mailbox(failed: Bench) -> None:
    """Without ids every waiting job of the mailbox is cancelled, and no other."""
    await failed.post(EDIT, {"action": "cancel", "mailbox": USER})

    depth = (await failed.get(GET)).json()["depth"]
    assert (depth["cancelled"], depth["pending"], depth["failed"]) == (2, 1, 1)


async def test_retry_everything_that_failed(failed: Bench) -> None:
    """Without ids and mailbox: all that failed."""
    assert (await failed.post(EDIT, {"action": "retry"})).json()[0]["data"]["moved"] == 1


async def test_a_domains_key_moves_its_own(failed: Bench) -> None:
    """It neither sees nor moves another domain's jobs, not even by id."""
    (foreign,) = (await failed.get(GET, mailbox=OTHER)).json()["jobs"]

    seen = (await failed.get(GET, key=OWN)).json()
    by_id = await failed.post(EDIT, {"action": "cancel", "ids": [foreign["id"]]}, key=OWN)
    by_all = await failed.post(EDIT, {"action": "cancel"}, key=OWN)

    assert {job["mailbox"] for job in seen["jobs"]} == {USER}
    assert seen["depth"]["pending"] == 2
    assert by_id.status_code == 404
    assert by_all.json()[0]["data"]["moved"] == 2


@pytest.mark.parametrize(
    "body",
    [
        {"action": "delete"},
        {"action": "retry", "ids": []},
        {"action": "retry", "ids": [0]},
        {"action": "retry", "ids": [2**63]},
        {"action": "retry", "mailbox": "nobody"},
        {},
    ],
)
async def test_a_bad_edit_is_400(bench: Bench, body: dict[str, Any]) -> None:
    """Nothing is moved by guesswork."""
    assert (await bench.post(EDIT, body)).status_code == 400


async def test_unknown_ids_are_404(bench: Bench) -> None:
    """Ids of nothing are named as such."""
    assert (await bench.post(EDIT, {"action": "retry", "ids": [2**63 - 1]})).status_code == 404
