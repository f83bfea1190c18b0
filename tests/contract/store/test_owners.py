"""Marks, senders and views on both databases: kept over a new verdict, erased with the message and the mailbox."""

from __future__ import annotations

from datetime import timedelta

from glassdome.ports.store import AnalysisQuery
from glassdome.store import Database
from glassdome.values.feedback import Feedback
from glassdome.values.job import NewJob
from glassdome.values.owner import OwnerMark, SavedView, SenderRule, SenderStanding
from glassdome.values.verdict import Label
from tests.samples import NOON, a_ref, an_analysis

ANN = "ann@example.org"


async def store(database: Database, *uids: int) -> None:
    """Store analyses the way a worker does."""
    for uid in uids:
        await database.queue.enqueue([NewJob(ref=a_ref(uid), force=True)], now=NOON)
        (job,) = await database.queue.claim("w", limit=1, lease=timedelta(minutes=1), now=NOON)
        assert await database.queue.complete(job, an_analysis(a_ref(uid)), actions=(), now=NOON)


async def uids(database: Database, **wanted: object) -> set[int]:
    """Return the UIDs of the list."""
    page = await database.analyses.list(AnalysisQuery(**wanted))  # type: ignore[arg-type]
    return {item.ref.uid for item in page.items}


async def test_what_is_done_leaves_the_list(database: Database) -> None:
    """And comes back; a new verdict changes nothing."""
    await store(database, 1, 2)
    await database.owners.mark_done([a_ref(1)], done=True, now=NOON)
    await store(database, 1)
    assert (await uids(database, done=False), await uids(database, done=True)) == ({2}, {1})
    await database.owners.mark_done([a_ref(1)], done=False, now=NOON)
    assert await uids(database, done=False) == {1, 2}


async def test_a_category_of_the_owner_is_found(database: Database) -> None:
    """Also after a new verdict; another takes its place, and none takes it away."""
    await store(database, 1, 2)
    await database.owners.set_category(a_ref(1), "Garden", now=NOON)
    await database.owners.mark_done([a_ref(1)], done=True, now=NOON)
    await store(database, 1)
    assert await uids(database, category="Garden") == {1}
    assert await database.owners.categories.names([ANN]) == ("Garden",)
    assert await database.owners.marks_of([a_ref(1), a_ref(2)]) == {
        a_ref(1): OwnerMark(done_at=NOON, category="Garden")
    }
    await database.owners.set_category(a_ref(1), "House", now=NOON)
    assert (await uids(database, category="Garden"), await uids(database, category="House")) == (set(), {1})
    await database.owners.set_category(a_ref(1), "", now=NOON)
    assert await uids(database, category="House") == set()


async def test_what_is_erased_leaves_nothing(database: Database) -> None:
    """Neither marks of a message nor words on senders of a mailbox."""
    await store(database, 1)
    await database.owners.mark_done([a_ref(1)], done=True, now=NOON)
    await database.owners.set_sender(
        SenderRule(mailbox=ANN, addr="x@spam.example", standing=SenderStanding.BLOCKED), now=NOON
    )
    await database.analyses.delete(AnalysisQuery(ref=a_ref(1)))
    assert await database.owners.marks_of([a_ref(1)]) == {}
    assert await database.owners.senders(ANN) != ()
    await database.analyses.delete(AnalysisQuery(mailbox=ANN))
    assert await database.owners.senders(ANN) == ()


async def test_the_word_on_an_address_goes_before_that_on_its_domain(database: Database) -> None:
    """And holds for this mailbox alone."""
    for addr, standing in (("@shop.example", SenderStanding.BLOCKED), ("ann@shop.example", SenderStanding.TRUSTED)):
        await database.owners.set_sender(SenderRule(mailbox=ANN, addr=addr, standing=standing), now=NOON)
    found = [
        await database.owners.standing(ANN, addr) for addr in ("Ann@shop.example", "b@shop.example", "c@x.example")
    ]
    assert found == [SenderStanding.TRUSTED, SenderStanding.BLOCKED, None]
    assert await database.owners.standing("bob@example.org", "b@shop.example") is None
    await database.owners.forget_sender(ANN, "ann@shop.example")
    assert await database.owners.standing(ANN, "ann@shop.example") is SenderStanding.BLOCKED


async def test_views_and_changes_belong_to_their_caller(database: Database) -> None:
    """Another caller neither sees nor takes them; what was put back of a change is forgotten."""
    await database.owners.save_view("key-1", SavedView(name="Bills", query="category=invoice"), now=NOON)
    await database.owners.save_view("key-1", SavedView(name="Bills", query="category=receipt"), now=NOON)
    assert await database.owners.views_of("key-1") == (SavedView(name="Bills", query="category=receipt"),)
    assert await database.owners.views_of("key-2") == ()
    await database.owners.keep_change("token", "key-1", [{"uid": 1}, {"uid": 2}], now=NOON)
    assert await database.owners.change_of("token", "key-2") is None
    assert await database.owners.change_of("token", "key-1") == [{"uid": 1}, {"uid": 2}]
    await database.owners.undone("token", "key-2", left=())
    await database.owners.undone("token", "key-1", left=[{"uid": 2}])
    assert await database.owners.change_of("token", "key-1") == [{"uid": 2}]
    await database.owners.undone("token", "key-1", left=())
    assert await database.owners.change_of("token", "key-1") is None
    await database.owners.forget_view("key-1", "Bills")
    assert await database.owners.views_of("key-1") == ()


async def test_a_correction_taken_back_counts_no_more(database: Database) -> None:
    """The sender's history is as it was."""
    await store(database, 1)
    sender = an_analysis(a_ref(1)).header_from.addr
    before = await database.history.sender_history(ANN, sender)
    said = Feedback(ref=a_ref(1), label=Label.SPAM, actor="test", note="")
    await database.history.record_feedback(said, now=NOON)
    assert (await database.history.sender_history(ANN, sender)).junked == before.junked + 1
    await database.history.forget_feedback(a_ref(1), now=NOON)
    assert (await database.history.sender_history(ANN, sender)).junked == before.junked
    assert await database.feedback.get(a_ref(1)) is None
