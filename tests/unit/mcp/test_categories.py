"""Categories of an owner's own by MCP."""

from __future__ import annotations

import pytest
from mcp import Client

from glassdome.values.preferences import EngineAccess, Preferences
from tests.integration.mcp.stored import call, error_of
from tests.unit.api.bench import NOW, USER, analysis, ref

from .conftest import Bench


async def test_a_category_is_saved_given_and_removed(bench: Bench) -> None:
    """Each tool answers what is stored now."""
    await bench.api.store(analysis(ref(5)))
    async with Client(bench.server()) as client:
        saved = await call(client, "save_category", mailbox=USER, name="House", words=["boxes"], keyword=True)
        given = await call(client, "give_category", mailbox=USER, email_id="5", category="House")
        renamed = await call(client, "save_category", mailbox=USER, old="House", name="Home")
        marked = (await bench.api.database.owners.marks_of([ref(5)]))[ref(5)].category
        removed = await call(client, "remove_category", mailbox=USER, name="Home")
        error = await error_of(client, "remove_category", mailbox=USER, name="Home")
        hidden = await error_of(client, "save_category", mailbox=USER, name="House", words=["bo\u200bxes"])

    words = {"words": ["boxes"], "senders": []}
    assert saved["categories"] == [{"name": "House", "keyword": "glassdome-my-house", "untrusted": words}]
    assert given == {"message": str(ref(5)), "category": "House"}
    assert renamed["categories"] == [{"name": "Home", "keyword": "glassdome-my-home", "untrusted": words}]
    assert marked == "Home"
    assert (removed["categories"], error["code"]) == ([], "not_found")
    assert (hidden["code"], "hidden letters" in hidden["message"]) == ("bad_request", True)


@pytest.mark.parametrize(("access", "shown"), [(EngineAccess.HEADERS, True), (EngineAccess.NEVER, False)])
async def test_words_and_senders_follow_the_owner_s_choice(bench: Bench, access: EngineAccess, shown: bool) -> None:
    """They tell of senders and subjects, which an owner may keep from every model."""
    wishes = Preferences(username=USER, chosen=True, engine_access=access)
    await bench.api.database.preferences.set_preferences(wishes, now=NOW)
    async with Client(bench.server()) as client:
        await call(client, "save_category", mailbox=USER, name="House", senders=["@movers.example"])
        listed = await call(client, "list_categories", mailbox=USER)

    assert [(one["name"], one["untrusted"] is not None) for one in listed["categories"]] == [("House", shown)]
    assert ("movers" in str(listed)) is shown
