"""Categories of an owner's own by REST."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from glassdome.core.limits import MAX_OWN_CATEGORIES

from .bench import OTHER, OWN, USER, Bench, analysis, ref

GET, EDIT, GIVE = "/api/v1/get/llm/categories", "/api/v1/edit/llm/categories", "/api/v1/edit/llm/category"
HOUSE: dict[str, Any] = {"name": "House move", "words": ["boxes"], "senders": ["@Movers.example"], "keyword": True}


async def kept(bench: Bench) -> list[dict[str, Any]]:
    """Return the categories that REST lists."""
    found: list[dict[str, Any]] = (await bench.get(GET, mailbox=USER)).json()["categories"]
    return found


async def change(bench: Bench, action: str, **fields: Any) -> Any:
    """Ask for one change."""
    return await bench.post(EDIT, {"action": action, "mailbox": USER, **fields})


async def test_a_category_is_saved_renamed_and_removed(bench: Bench) -> None:
    """A part that is not given stays; mail follows the name."""
    saved = await change(bench, "save", **HOUSE | {"name": " House  move "})
    await bench.store(analysis(ref(5), subject="Two boxes left"))
    renamed = await change(bench, "save", old="House move", name="Home", words=[])
    (home,) = await kept(bench)

    assert saved.json()[0]["data"]["categories"][0]["keyword"] == "glassdome-my-house-move"
    assert renamed.json()[0]["data"] == {"mailbox": USER, "categories": [home]}
    assert home == {"name": "Home", "words": [], "senders": ["@movers.example"], "keyword": "glassdome-my-home"}
    assert (await bench.database.owners.marks_of([ref(5)]))[ref(5)].category == "Home"
    assert (await change(bench, "remove", name="Home")).json()[0]["data"]["categories"] == []
    assert (await bench.database.owners.marks_of([ref(5)]))[ref(5)].category == ""


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("save", {"name": " "}, 400),
        ("save", {"name": "x" * 61}, 400),
        ("save", {"name": "x", "senders": ["not an address"]}, 400),
        ("save", {"name": "x", "words": ["two\nlines\x00"]}, 400),
        ("save", {"name": "x", "colour": "red"}, 400),
        ("save", {"name": "x", "old": "gone"}, 404),
        ("save", {"name": "\u202egnp"}, 400),
        ("save", {"name": "Ho\u200bme"}, 400),
        ("save", {"name": "\x9b2J"}, 400),
        ("save", {"name": "x", "words": ["\u2066roof"]}, 400),
        ("remove", {"name": "gone"}, 404),
        ("remove", {"name": "gone", "keyword": False}, 400),
        ("forget", {"name": "x"}, 400),
    ],
)
async def test_what_cannot_be_stored_is_refused(bench: Bench, action: str, fields: dict[str, Any], status: int) -> None:
    """With a true status; nothing is stored."""
    answer = await change(bench, action, **fields)

    assert answer.status_code == status, answer.text
    assert await kept(bench) == []


async def test_parts_that_are_changed_at_once_are_both_kept(bench: Bench) -> None:
    """Two programs edit one category: neither writes back what the other has replaced."""
    await change(bench, "save", name="Home")
    await asyncio.gather(
        change(bench, "save", name="Home", words=["boxes"]), change(bench, "save", name="Home", senders=["@a.example"])
    )
    (home,) = await kept(bench)

    assert (home["words"], home["senders"]) == (["boxes"], ["@a.example"])


async def test_a_category_that_is_renamed_twice_at_once_is_there_once(bench: Bench) -> None:
    """The second finds it gone."""
    await change(bench, "save", **HOUSE)
    answers = await asyncio.gather(*(change(bench, "save", old="House move", name=name) for name in ("A", "B")))

    assert sorted(answer.status_code for answer in answers) == [200, 404]
    assert len(await kept(bench)) == 1


async def test_there_are_only_so_many(bench: Bench) -> None:
    """One more is a conflict, and a change of one is none."""
    for number in range(MAX_OWN_CATEGORIES):
        assert (await change(bench, "save", name=f"n{number}")).status_code == 200

    assert (await change(bench, "save", name="more")).status_code == 409
    assert (await change(bench, "save", name="n1", words=["w"])).status_code == 200


async def test_a_message_gets_a_category_and_loses_it(bench: Bench) -> None:
    """Its keyword is planned, and the list finds it by the category."""
    await bench.choose(USER)
    await change(bench, "save", name="Home", keyword=True)
    await bench.store(analysis(ref(5)))
    given = await bench.post(GIVE, {"mailbox": USER, "email_id": "5", "category": " Home "})
    listed = await bench.get("/api/v1/get/llm/analysis", category="Home")
    added = [(str(item.action.kind), item.action.argument) for item in await bench.database.actions.of(ref(5))]
    taken = await bench.post(GIVE, {"mailbox": USER, "email_id": "5", "category": ""})
    planned = [(str(item.action.kind), item.action.argument) for item in await bench.database.actions.of(ref(5))]

    assert given.json()[0]["data"] == {"email_id": str(ref(5)), "category": "Home"}
    assert (len(listed.json()), taken.status_code) == (1, 200)
    assert (await bench.get("/api/v1/get/llm/analysis", category="Home")).json() == []
    assert added == [("add_keyword", "glassdome-my-home")]
    assert planned == [("remove_keyword", "glassdome-my-home")]


async def test_only_judged_mail_gets_one(bench: Bench) -> None:
    """A message without an analysis is not found."""
    assert (await bench.post(GIVE, {"mailbox": USER, "email_id": "5", "category": "x"})).status_code == 404


async def test_categories_of_others_are_out_of_reach(bench: Bench) -> None:
    """A key of one mailbox neither reads nor changes another's."""
    read = await bench.get(GET, OWN, mailbox=OTHER)
    changed = await bench.post(EDIT, {"action": "save", "mailbox": OTHER, "name": "x"}, OWN)
    given = await bench.post(GIVE, {"mailbox": OTHER, "email_id": "5", "category": "x"}, OWN)

    assert (read.status_code, changed.status_code, given.status_code) == (403, 403, 403)
    assert await bench.database.owners.categories.of(OTHER) == ()
