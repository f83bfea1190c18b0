"""Threads through the API: lists, one thread, and nothing of mailboxes that a key does not cover."""

from __future__ import annotations

from typing import Any

import pytest

from glassdome.shapes.thread import ThreadShape, WholeThreadShape
from glassdome.values.preferences import Preferences
from glassdome.values.refs import Cursor
from glassdome.values.thread import Debt, Thread, ThreadState, Turn
from glassdome.values.thread_mail import ThreadMail

from .bench import NOW, OTHER, OWN, RO, USER, Bench, ref

LIST = "/api/v1/get/llm/threads"
ONE = "/api/v1/get/llm/thread"
BOB = "bob@example.com"


async def stored(bench: Bench, mailbox: str, *uids: int, state: ThreadState = ThreadState.OPEN_ME) -> None:
    """Store a thread of one mail for each UID, with that state."""
    database = bench.database
    wishes = Preferences(username=mailbox, chosen=True, threads=True)
    await database.preferences.set_preferences(wishes, now=NOW)
    await database.threads.all_read(mailbox, now=NOW)
    debt = Debt(basis="request", quote="Send it?", due=NOW.date()) if state is not ThreadState.CLOSED else None
    for uid in uids:
        turn = Turn(ref=ref(uid, mailbox), message_id=f"{uid}@x", at=NOW, mine=False, author=BOB, to=(mailbox,))
        mail = ThreadMail(turn=turn, subject=f"talk {uid}")
        after = Cursor(uid_validity=7, last_uid=uid)
        await database.threads.read(mailbox, [mail], (), key=f"//threads/{uid}", before=None, after=after, now=NOW)
    for due in await database.threads.due(now=NOW, limit=50):
        thread = Thread(
            thread_id=due.thread_id, subject=due.subject, people=(BOB, mailbox), state=state, debt=debt, since=NOW,
            waiting_until=None, remind=True, why="Bob asks.", asked_of_me=debt, asked_of_them=None, last_at=NOW, mails=1,
            summary="Bob asks.",
        )  # fmt: skip
        assert await database.threads.settle(due, thread, message=due.turns[0].ref, marks=(), look_at=None, now=NOW)


async def listed(bench: Bench, key: str = RO, **parameters: Any) -> list[str]:
    """Return the ids of a list."""
    found = await bench.get(LIST, key=key, **parameters)
    assert found.status_code == 200, found.text
    return [ThreadShape.model_validate(item).thread_id for item in found.json()]


async def test_threads_are_listed_by_state_and_mailbox(bench: Bench) -> None:
    """In pages, which lead to one another."""
    await stored(bench, USER, 1, 2)
    await stored(bench, OTHER, 3, state=ThreadState.CLOSED)
    assert await listed(bench) == ["3@x", "2@x", "1@x"]
    assert await listed(bench, state="open_me") == ["2@x", "1@x"]
    assert await listed(bench, mailbox=OTHER) == ["3@x"]
    first = await bench.get(LIST, limit=2)
    assert await listed(bench, limit=2, cursor=first.headers["X-Next-Cursor"]) == ["1@x"]
    assert (await bench.get(LIST, state="open")).status_code == 400


async def test_a_thread_is_shown_with_its_mails(bench: Bench) -> None:
    """By the name of the thread, or by the Message-ID of a mail of it."""
    await stored(bench, USER, 1)
    found = await bench.get(ONE, mailbox=USER, thread_id="<1@x>")
    assert found.status_code == 200, found.text
    whole = WholeThreadShape.model_validate(found.json())
    assert (whole.state, whole.email_id, whole.owed and whole.owed.quote) == (ThreadState.OPEN_ME, "1", "Send it?")
    assert [turn.author for turn in whole.turns] == [BOB]
    assert (await bench.get(ONE, mailbox=USER, thread_id="2@x")).status_code == 404


@pytest.mark.parametrize("path", [LIST, ONE])
async def test_a_key_sees_its_own_threads_alone(bench: Bench, path: str) -> None:
    """A list leaves the others out; naming a mailbox of others is refused."""
    await stored(bench, USER, 1)
    await stored(bench, OTHER, 2)
    assert await listed(bench, OWN) == ["1@x"]
    more = {"thread_id": "2@x"} if path == ONE else {}
    assert (await bench.get(path, key=OWN, mailbox=OTHER, **more)).status_code == 403
