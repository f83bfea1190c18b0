"""Threads in a store, for tests of what shows them."""

from __future__ import annotations

from glassdome.store import Database
from glassdome.values.preferences import Preferences
from glassdome.values.refs import Cursor
from glassdome.values.thread import Debt, Thread, ThreadState, Turn
from glassdome.values.thread_mail import ThreadMail
from tests.samples import NOON, a_ref

__all__ = ["BOB", "store_prose", "store_threads"]

BOB = "bob@example.com"


async def store_threads(
    database: Database, mailbox: str, *uids: int, state: ThreadState = ThreadState.OPEN_ME, subject: str = "talk"
) -> None:
    """Store a thread of one mail for each UID, with that state."""
    wishes = Preferences(username=mailbox, chosen=True, threads=True)
    await database.preferences.set_preferences(wishes, now=NOON)
    await database.threads.all_read(mailbox, now=NOON)
    debt = Debt(basis="request", quote="Send it?", due=NOON.date()) if state is not ThreadState.CLOSED else None
    for uid in uids:
        turn = Turn(
            ref=a_ref(uid, mailbox=mailbox), message_id=f"{uid}@x", at=NOON, mine=False, author=BOB, to=(mailbox,)
        )
        mail = ThreadMail(turn=turn, subject=f"{subject} {uid}")
        after = Cursor(uid_validity=7, last_uid=uid)
        await database.threads.read(mailbox, [mail], (), key=f"//threads/{uid}", before=None, after=after, now=NOON)
    for due in await database.threads.due(now=NOON, limit=50):
        thread = Thread(
            thread_id=due.thread_id, subject=due.subject, people=(BOB, mailbox), state=state, debt=debt, since=NOON,
            waiting_until=None, remind=True, why="Bob asks.", asked_of_me=debt, asked_of_them=None, last_at=NOON, mails=1,
            summary="Bob asks.",
        )  # fmt: skip
        assert await database.threads.settle(due, thread, message=due.turns[0].ref, marks=(), look_at=None, now=NOON)


async def store_prose(database: Database, text: str, by: str = "writer:1b") -> None:
    """Store that text as a model's summary of each thread that waits for one."""
    while due := await database.thread_proses.claim(now=NOON, until=NOON.replace(year=NOON.year + 1)):
        assert await database.thread_proses.store(due, text, by=by)
