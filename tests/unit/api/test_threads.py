"""Threads through the API: lists, one thread, and nothing of mailboxes that a key does not cover."""

from __future__ import annotations

from typing import Any

import pytest

from glassdome.shapes.thread import ThreadShape, WholeThreadShape
from glassdome.values.thread import ThreadState
from tests.stored_threads import BOB, store_prose, store_threads

from .bench import OTHER, OWN, RO, USER, Bench

LIST = "/api/v1/get/llm/threads"
ONE = "/api/v1/get/llm/thread"


async def listed(bench: Bench, key: str = RO, **parameters: Any) -> list[str]:
    """Return the ids of a list."""
    found = await bench.get(LIST, key=key, **parameters)
    assert found.status_code == 200, found.text
    return [ThreadShape.model_validate(item).thread_id for item in found.json()]


async def test_threads_are_listed_by_state_and_mailbox(bench: Bench) -> None:
    """In pages, which lead to one another."""
    await store_threads(bench.database, USER, 1, 2)
    await store_threads(bench.database, OTHER, 3, state=ThreadState.CLOSED)
    assert await listed(bench) == ["3@x", "2@x", "1@x"]
    assert await listed(bench, state="open_me") == ["2@x", "1@x"]
    assert await listed(bench, mailbox=OTHER) == ["3@x"]
    first = await bench.get(LIST, limit=2)
    assert await listed(bench, limit=2, cursor=first.headers["X-Next-Cursor"]) == ["1@x"]
    assert (await bench.get(LIST, state="open")).status_code == 400


async def test_a_thread_is_shown_with_its_mails(bench: Bench) -> None:
    """By the name of the thread, or by the Message-ID of a mail of it."""
    await store_threads(bench.database, USER, 1)
    found = await bench.get(ONE, mailbox=USER, thread_id="<1@x>")
    assert found.status_code == 200, found.text
    whole = WholeThreadShape.model_validate(found.json())
    assert (whole.state, whole.email_id, whole.owed and whole.owed.quote) == (ThreadState.OPEN_ME, "1", "Send it?")
    assert [turn.author for turn in whole.turns] == [BOB]
    assert (await bench.get(ONE, mailbox=USER, thread_id="2@x")).status_code == 404


@pytest.mark.parametrize("path", [LIST, ONE])
async def test_a_key_sees_its_own_threads_alone(bench: Bench, path: str) -> None:
    """A list leaves the others out; naming a mailbox of others is refused."""
    await store_threads(bench.database, USER, 1)
    await store_threads(bench.database, OTHER, 2)
    assert await listed(bench, OWN) == ["1@x"]
    more = {"thread_id": "2@x"} if path == ONE else {}
    assert (await bench.get(path, key=OWN, mailbox=OTHER, **more)).status_code == 403


async def test_a_model_s_summary_stands_with_its_writer(bench: Bench) -> None:
    """In the list and in the thread; null where there is none."""
    await store_threads(bench.database, USER, 1)
    without = (await bench.get(LIST)).json()[0]
    await store_prose(bench.database, "Bob waits for it.")
    (listed,) = (await bench.get(LIST)).json()
    whole = (await bench.get(ONE, mailbox=USER, thread_id="1@x")).json()

    assert (without["prose"], without["prose_by"]) == (None, None)
    assert (listed["prose"], listed["prose_by"], listed["summary"]) == ("Bob waits for it.", "writer:1b", "Bob asks.")
    assert (whole["prose"], whole["prose_by"]) == ("Bob waits for it.", "writer:1b")
