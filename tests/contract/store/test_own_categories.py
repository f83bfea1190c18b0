"""Own categories on both databases: given to new mail, renamed and removed with all mail that has them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from glassdome.core.limits import MAX_OWN_CATEGORIES
from glassdome.ports.store import AnalysisQuery
from glassdome.store import Database
from glassdome.values.action import ActionKind
from glassdome.values.job import NewJob
from glassdome.values.own_category import OwnCategory
from tests.samples import NOON, a_ref, an_analysis

ANN = "ann@example.org"


async def judge(database: Database, uid: int, subject: str) -> None:
    """Store an analysis the way a worker does."""
    found = replace(an_analysis(a_ref(uid)), subject=subject)
    await database.queue.enqueue([NewJob(ref=found.ref, force=True)], now=NOON)
    (job,) = await database.queue.claim("w", limit=1, lease=timedelta(minutes=1), now=NOON)
    assert await database.queue.complete(job, found, actions=(), now=NOON)


async def uids(database: Database, category: str) -> set[int]:
    """Return the UIDs of the list under a category."""
    return {item.ref.uid for item in (await database.analyses.list(AnalysisQuery(category=category))).items}


async def test_new_mail_gets_the_category_that_fits(database: Database) -> None:
    """With its keyword; mail that fits none, and what the owner chose by hand, stay as they are."""
    kept = database.owners.categories
    assert await kept.save(OwnCategory(mailbox=ANN, name="House", words=("roof",), keyword=True), now=NOON)
    assert await kept.save(OwnCategory(mailbox="other@example.org", name="Zoo", words=("roof",)), now=NOON)
    await judge(database, 1, "The roof leaks")
    await judge(database, 2, "Nothing of that")
    await judge(database, 3, "A new roof")
    await database.owners.set_category(a_ref(3), "", now=NOON)
    await judge(database, 3, "A new roof")

    assert await uids(database, "House") == {1}
    assert [(item.action.kind, item.action.argument) for item in await database.actions.of(a_ref(1))] == [
        (ActionKind.ADD_KEYWORD, "glassdome-my-house")
    ]
    assert await kept.names([ANN]) == ("House",)


async def test_renaming_and_removing_reach_all_mail(database: Database) -> None:
    """The list finds it under the new name, then under none; the mail of others is not touched."""
    kept = database.owners.categories
    await kept.save(OwnCategory(mailbox=ANN, name="House", words=("roof",)), now=NOON)
    await judge(database, 1, "The roof leaks")
    await kept.edit(ANN, "House", lambda known: replace(known["House"], name="Home"), now=NOON)
    assert (await uids(database, "House"), await uids(database, "Home")) == (set(), {1})
    assert [one.name for one in await kept.of(ANN)] == ["Home"]
    await kept.remove(ANN, "Home")

    assert await uids(database, "Home") == set()
    assert (await kept.of(ANN), await kept.names([ANN])) == ((), ())


async def test_two_edits_at_once_lose_nothing(database: Database) -> None:
    """Each changes a part of what the other stored; one that ends by an error stores nothing."""
    kept = database.owners.categories
    await kept.save(OwnCategory(mailbox=ANN, name="House"), now=NOON)

    words, senders = ("roof",), ("@roofers.example",)
    await asyncio.gather(
        kept.edit(ANN, "", lambda known: replace(known["House"], words=words), now=NOON),
        kept.edit(ANN, "", lambda known: replace(known["House"], senders=senders), now=NOON),
    )
    with pytest.raises(KeyError):
        await kept.edit(ANN, "House", lambda known: known["Zoo"], now=NOON)

    assert await kept.of(ANN) == (OwnCategory(mailbox=ANN, name="House", words=words, senders=senders),)


async def test_a_mailbox_has_no_more_than_its_bound(database: Database) -> None:
    """One that is there can still be changed; erasing the mailbox removes all."""
    kept = database.owners.categories
    for number in range(MAX_OWN_CATEGORIES):
        assert await kept.save(OwnCategory(mailbox=ANN, name=f"Category {number}"), now=NOON)
    assert not await kept.save(OwnCategory(mailbox=ANN, name="One more"), now=NOON)
    assert await kept.save(OwnCategory(mailbox=ANN, name="Category 1", words=("x",)), now=NOON)
    await database.analyses.delete(AnalysisQuery(mailbox=ANN))

    assert await kept.of(ANN) == ()
