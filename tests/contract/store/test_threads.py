"""Threads in the store: linked, computed, marked, listed, erased; on each database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from glassdome.ports.store import AnalysisQuery
from glassdome.ports.threads import ThreadQuery
from glassdome.store import Database
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.event import EventKind
from glassdome.values.feedback import Feedback
from glassdome.values.job import NewJob
from glassdome.values.preferences import Preferences
from glassdome.values.refs import Cursor, MessageRef
from glassdome.values.thread import Debt, Thread, ThreadState, Turn
from glassdome.values.thread_mail import ANSWER, DueThread, Mark, Placed, ThreadMail
from glassdome.values.verdict import Label
from tests.contract.store.contracts_store import analysed
from tests.samples import NOON, a_ref, an_analysis

ANN, BOB, EVE = "ann@example.org", "bob@example.com", "eve@elsewhere.test"
_KEY: Final = "//threads/INBOX"


def a_mail(
    uid: int, *references: str, author: str = BOB, hours: int = 0, subject: str = "", **fields: Any
) -> ThreadMail:
    """Return a mail between Ann and another one; its Message-ID is its UID's."""
    mine = author == ANN
    turn = Turn(
        ref=fields.pop("ref", a_ref(uid)), message_id=fields.pop("message_id", f"{uid}@x"), author=author, mine=mine,
        at=NOON + timedelta(hours=hours or uid), to=(BOB if mine else ANN,), **fields,
    )  # fmt: skip
    return ThreadMail(
        turn=turn, references=references, subject=subject or f"talk {references or uid}", reply=bool(references)
    )


async def wanted(database: Database, **choices: Any) -> None:
    """Choose threads for Ann, with all of her folders read."""
    ann = Preferences(username=ANN, chosen=True, threads=True)
    await database.preferences.set_preferences(replace(ann, **choices), now=NOON)
    await database.threads.all_read(ANN, now=NOON)


async def read(database: Database, *mails: ThreadMail, placed: tuple[Placed, ...] = ()) -> bool:
    """Store these mails as a reader of a folder does."""
    before = await database.cursors.get_cursor(ANN, _KEY)
    after = Cursor(uid_validity=7, last_uid=(before.last_uid if before else 0) + 1)
    return await database.threads.read(ANN, mails, placed, key=_KEY, before=before, after=after, now=NOON)


def a_state(due: DueThread, state: ThreadState = ThreadState.OPEN_ME, **fields: Any) -> Thread:
    """Return a state of that thread."""
    debt = Debt(basis="request", quote="Send it?") if state is not ThreadState.CLOSED else None
    whole: dict[str, Any] = {
        "thread_id": due.thread_id, "subject": due.subject, "people": tuple(turn.author for turn in due.turns), "state": state, "debt": debt,
        "since": NOON, "waiting_until": None, "remind": False, "why": "Bob asks.", "asked_of_me": debt,
        "asked_of_them": None, "last_at": due.turns[-1].at, "mails": len(due.turns), "summary": "Bob asks for it.",
    }  # fmt: skip
    return Thread(**whole | fields)


async def settled(database: Database, *, marks: tuple[Mark, ...] = (), at: datetime = NOON, **fields: Any) -> int:
    """Compute every due thread; return how many there were."""
    found = await database.threads.due(now=at, limit=100)
    for due in found:
        thread = a_state(due, **fields)
        assert await database.threads.settle(due, thread, message=due.turns[0].ref, marks=marks, look_at=None, now=at)
    return len(found)


async def threads(database: Database, **query: Any) -> list[str]:
    """Return the ids of the listed threads."""
    return [item.thread.thread_id for item in (await database.threads.list(ThreadQuery(**query))).items]


async def keywords(database: Database, ref: MessageRef) -> list[tuple[ActionKind, ActionState]]:
    """Return what is planned or done about keywords of a message."""
    return [(item.action.kind, item.state) for item in await database.actions.of(ref)]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (3, 1, 2)])
async def test_mails_that_name_each_other_are_one_thread(database: Database, order: tuple[int, ...]) -> None:
    """In whatever order they are read; the thread has the name of its first mail."""
    await wanted(database)
    mails = {1: a_mail(1), 2: a_mail(2, "1@x", author=ANN), 3: a_mail(3, "1@x", "2@x")}
    for number in order:
        await read(database, mails[number])
    (due,) = await database.threads.due(now=NOON, limit=10)
    assert due.thread_id == "1@x"
    assert [turn.message_id for turn in due.turns] == ["1@x", "2@x", "3@x"]


async def test_an_answer_without_references_joins_by_subject_and_people(database: Database) -> None:
    """Not that of a stranger, and not one a year later."""
    await wanted(database)
    first = a_mail(1, subject="roof")
    answer = replace(a_mail(2, author=ANN, subject="roof"), reply=True)
    stranger = replace(a_mail(3, author=EVE, subject="roof"), reply=True)
    late = replace(a_mail(4, author=BOB, subject="roof", hours=24 * 400), reply=True)
    await read(database, first, answer, stranger, late)
    found = await database.threads.due(now=NOON, limit=10)
    assert sorted(len(due.turns) for due in found) == [1, 1, 2]


async def test_a_stranger_joins_no_threads(database: Database) -> None:
    """A mail that names two threads makes one of them only where its author takes part in both."""
    await wanted(database)
    await read(database, a_mail(1), a_mail(2), a_mail(3, "1@x", "2@x", author=EVE))
    assert len(await database.threads.due(now=NOON, limit=10)) == 2
    await read(database, a_mail(4, "1@x", "2@x"))
    (due,) = await database.threads.due(now=NOON, limit=10)
    assert len(due.turns) == 4


async def test_a_stolen_message_id_changes_nothing(database: Database) -> None:
    """A mail under the Message-ID of the owner's is a mail of its own."""
    await wanted(database)
    await read(database, a_mail(1), a_mail(2, "1@x", author=ANN))
    await read(database, a_mail(9, "1@x", author=EVE, message_id="2@x"))
    (due,) = await database.threads.due(now=NOON, limit=10)
    assert [turn.author for turn in due.turns] == [BOB, ANN, EVE]


async def test_a_repetition_changes_nothing(database: Database) -> None:
    """The same turn again leaves a computed state alone; another opinion of the mail does not."""
    await wanted(database)
    await read(database, a_mail(1))
    assert await settled(database) == 1
    await read(database, a_mail(1))
    assert await settled(database) == 0
    await read(database, a_mail(1, suspected=True))
    assert await settled(database) == 1
    assert await threads(database) == ["1@x"]


async def test_a_correction_counts_in_the_thread(database: Database) -> None:
    """A mail that its owner calls spam asks nothing any more, until that is taken back."""
    await wanted(database)
    await read(database, a_mail(1))
    await settled(database)
    for label, suspected in ((Label.SPAM, True), (Label.HAM, False)):
        await database.history.record_feedback(Feedback(ref=a_ref(1), label=label, actor="ann"), now=NOON)
        (due,) = await database.threads.due(now=NOON, limit=10)
        assert due.turns[0].suspected is suspected
        await settled(database)


async def test_the_hook_stores_a_turn_with_the_analysis(database: Database) -> None:
    """In one transaction; only where the owner wants threads."""
    for choice, expected in ((False, 0), (True, 1)):
        await wanted(database, threads=choice)
        await database.queue.enqueue([_job(choice)], now=NOON)
        (job,) = await database.queue.claim("w", limit=1, lease=timedelta(hours=1), now=NOON)
        analysis = an_analysis(job.ref)
        mail = a_mail(job.ref.uid, ref=job.ref)
        assert await database.queue.complete(job, analysis, actions=(), now=NOON, thread_mail=mail)
        assert len(await database.threads.due(now=NOON, limit=10)) == expected


def _job(again: bool) -> NewJob:
    return NewJob(ref=a_ref(2 if again else 1))


async def test_no_state_before_all_folders_were_read(database: Database) -> None:
    """An answer of long ago lies in a folder that may not have been read yet."""
    await database.preferences.set_preferences(Preferences(username=ANN, chosen=True, threads=True), now=NOON)
    await read(database, a_mail(1))
    assert await database.threads.due(now=NOON, limit=10) == ()
    assert await threads(database) == []
    await database.threads.all_read(ANN, now=NOON)
    assert len(await database.threads.due(now=NOON, limit=10)) == 1


async def test_a_state_of_older_turns_is_not_stored(database: Database) -> None:
    """Whoever computed while a mail came computes again."""
    await wanted(database)
    await read(database, a_mail(1))
    (due,) = await database.threads.due(now=NOON, limit=1)
    await read(database, a_mail(2, "1@x"))
    stored = await database.threads.settle(due, a_state(due), message=None, marks=(), look_at=None, now=NOON)
    assert not stored
    assert await threads(database) == []


async def test_two_readers_of_a_folder_count_once(database: Database) -> None:
    """The one that comes second finds the cursor moved."""
    await wanted(database)
    after = Cursor(uid_validity=7, last_uid=1)
    results = [
        await database.threads.read(ANN, [a_mail(1)], (), key=_KEY, before=None, after=after, now=NOON)
        for _ in range(2)
    ]
    assert results == [True, False]


async def test_marks_come_and_go(database: Database) -> None:
    """A keyword is planned when a state wants it, unset when the state ends, and can come again."""
    await wanted(database)
    await read(database, a_mail(1))
    ref, mark = a_ref(1), Mark(keyword=ANSWER, message_id="1@x", ref=a_ref(1))
    await settled(database, marks=(mark,))
    add, remove = ActionKind.ADD_KEYWORD, ActionKind.REMOVE_KEYWORD
    assert await keywords(database, ref) == [(add, ActionState.PLANNED)]
    await _performed(database, ref)
    for uid, marks, expected in ((2, (), remove), (3, (mark,), add), (4, (mark,), None)):
        await read(database, a_mail(uid, "1@x"))
        await settled(database, marks=marks)
        planned = [kind for kind, state in await keywords(database, ref) if state is ActionState.PLANNED]
        assert planned == ([expected] if expected else [])
        await _performed(database, ref)


async def test_a_mark_that_is_taken_back_before_it_is_set_is_never_set(database: Database) -> None:
    """Only the contrary is left to do."""
    await wanted(database)
    await read(database, a_mail(1))
    await settled(database, marks=(Mark(keyword=ANSWER, message_id="1@x", ref=a_ref(1)),))
    await read(database, a_mail(2, "1@x", author=ANN))
    await settled(database)
    assert await keywords(database, a_ref(1)) == [(ActionKind.REMOVE_KEYWORD, ActionState.PLANNED)]


async def _performed(database: Database, ref: MessageRef) -> None:
    for item in await database.actions.of(ref):
        if item.state is ActionState.PLANNED:
            assert await database.actions.begin(item, now=NOON)
            await database.actions.finish(item.action, state=ActionState.DONE, now=NOON)


async def test_a_mail_that_moved_keeps_its_mark(database: Database) -> None:
    """The mark is taken off where the mail lies now."""
    await wanted(database)
    await read(database, a_mail(1))
    old, new = a_ref(1), a_ref(5, folder="Projects")
    await settled(database, marks=(Mark(keyword=ANSWER, message_id="1@x", ref=old),))
    await _performed(database, old)
    await read(database, placed=(Placed(message_id="1@x", ref=new),))
    await settled(database, marks=())
    assert await keywords(database, new) == [(ActionKind.REMOVE_KEYWORD, ActionState.PLANNED)]


async def test_a_mark_that_could_not_be_taken_off_is_taken_off_at_the_new_place(database: Database) -> None:
    """The owner moved the mail just before."""
    await wanted(database)
    await read(database, a_mail(1))
    old, new = a_ref(1), a_ref(5, folder="Projects")
    await settled(database, marks=(Mark(keyword=ANSWER, message_id="1@x", ref=old),))
    await _performed(database, old)
    await read(database, a_mail(2, "1@x", author=ANN))
    await settled(database)
    await read(database, placed=(Placed(message_id="1@x", ref=new),))
    assert await keywords(database, new) == [(ActionKind.REMOVE_KEYWORD, ActionState.PLANNED)]


async def test_lists_by_state_mailbox_and_key(database: Database) -> None:
    """Newest first, in pages; a key sees its own mailboxes and domains."""
    await wanted(database)
    await read(database, *(a_mail(uid) for uid in range(1, 6)))
    await settled(database)
    page = await database.threads.list(ThreadQuery(limit=2))
    assert [item.thread.thread_id for item in page.items] == ["5@x", "4@x"]
    assert await threads(database, limit=9, cursor=page.next_cursor) == ["3@x", "2@x", "1@x"]
    assert await threads(database, state=ThreadState.CLOSED) == []
    assert await threads(database, mailbox="carl@example.org") == []
    assert await threads(database, domains=("example.net",)) == []
    assert len(await threads(database, domains=("example.org",), mailbox=ANN, state=ThreadState.OPEN_ME)) == 5


async def test_a_thread_comes_back_whole_by_any_of_its_messages(database: Database) -> None:
    """Every field survives."""
    await wanted(database)
    mails = [a_mail(1), a_mail(2, "1@x", author=ANN)]
    await read(database, *mails)
    due = NOON.date()
    await settled(database, debt=Debt(basis="promise", quote="By Friday 😀", due=due), waiting_until=due, remind=True)
    for name in ("1@x", "2@x"):
        found = await database.threads.get(ANN, name)
        assert found is not None
        stored, turns = found
        assert stored.thread.debt == Debt(basis="promise", quote="By Friday 😀", due=due)
        assert (stored.thread.waiting_until, stored.thread.remind, stored.message) == (due, True, a_ref(1))
        assert list(turns) == [mail.turn for mail in mails]
    assert await database.threads.get(ANN, "9@x") is None
    assert await database.threads.get("carl@example.org", "1@x") is None


async def test_an_owner_is_known_by_what_they_sent(database: Database) -> None:
    """Addresses of mail in Sent are the owner's."""
    await wanted(database)
    await read(database, a_mail(1), a_mail(2, "1@x", author=ANN, author_name="Ann Example"))
    owner = await database.threads.owner(ANN)
    assert (owner.addresses, owner.name) == (frozenset({ANN}), "Ann Example")


async def test_no_word_of_an_erased_message_stays(database: Database) -> None:
    """The thread is told anew from the mails that are left."""
    await wanted(database)
    await analysed(database, an_analysis(a_ref(1)))
    await read(database, a_mail(1), a_mail(2, "1@x", author=ANN))
    await settled(database)
    await database.analyses.delete(AnalysisQuery(ref=a_ref(1)))
    assert await threads(database) == []
    (due,) = await database.threads.due(now=NOON, limit=10)
    assert [turn.message_id for turn in due.turns] == ["2@x"]


@pytest.mark.parametrize("query", [{"mailbox": ANN}, {"person": BOB}, {"person": BOB, "mailbox": ANN}])
async def test_mailbox_and_person_are_erased(database: Database, query: dict[str, Any]) -> None:
    """With every thread that the person took part in; the folders are not read again."""
    await wanted(database)
    await read(database, a_mail(1), a_mail(2, "1@x", author=ANN), a_mail(3, author=EVE))
    await settled(database)
    await database.analyses.delete(AnalysisQuery(**query))
    assert await threads(database) == ([] if "person" not in query else ["3@x"])
    assert await database.threads.known(ANN, ["1@x", "2@x"]) == {}
    assert await database.cursors.get_cursor(ANN, _KEY) is not None
    assert await database.threads.is_read(ANN)


async def test_old_turns_are_forgotten(database: Database) -> None:
    """By the age of the mail; a thread ends with its last one."""
    await wanted(database)
    await read(database, a_mail(1), a_mail(2, "1@x", hours=100), a_mail(3))
    await settled(database)
    assert await database.threads.forget(before=NOON + timedelta(hours=50)) == 2
    (due,) = await database.threads.due(now=NOON, limit=10)
    assert [turn.message_id for turn in due.turns] == ["2@x"]


async def test_who_wants_no_threads_has_none(database: Database) -> None:
    """Switching them off erases them, takes the marks away and forgets how far was read."""
    await wanted(database)
    await read(database, a_mail(1))
    await settled(database, marks=(Mark(keyword=ANSWER, message_id="1@x", ref=a_ref(1)),))
    await _performed(database, a_ref(1))
    await wanted(database, threads=False)
    assert await threads(database) == []
    assert await database.cursors.get_cursor(ANN, _KEY) is None
    assert not await database.threads.is_read(ANN)
    assert (ActionKind.REMOVE_KEYWORD, ActionState.PLANNED) in await keywords(database, a_ref(1))
    assert not await read(database, a_mail(2))


async def test_other_wishes_compute_states_again(database: Database) -> None:
    """As marks are wanted, or no more."""
    await wanted(database)
    await read(database, a_mail(1))
    await settled(database)
    await wanted(database, flag_threads=True)
    assert len(await database.threads.due(now=NOON, limit=10)) == 1


async def test_a_debt_makes_one_event(database: Database) -> None:
    """However often the state is computed; a closed thread makes none, and a later debt another."""
    await wanted(database)
    await read(database, a_mail(1))
    await settled(database)
    for uid, fields in ((2, {}), (3, {"state": ThreadState.CLOSED}), (4, {"since": NOON + timedelta(hours=4)})):
        await read(database, a_mail(uid, "1@x"))
        await settled(database, **fields)
    found = [event for event in await database.events.after(0) if event.kind is EventKind.THREAD_WAITING]
    assert [event.data["since"] for event in found] == ["2026-03-01T12:00:00.000000Z", "2026-03-01T16:00:00.000000Z"]
    assert (found[0].mailbox, found[0].data["state"], "Send it" in str(found)) == (ANN, "open_me", False)
