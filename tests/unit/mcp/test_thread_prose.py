"""A model's summary of a thread by MCP: within the owner's choice, quoted as untrusted."""

from __future__ import annotations

import pytest
from mcp import Client

from glassdome.values.preferences import EngineAccess, Preferences
from tests.integration.mcp.stored import call
from tests.stored_threads import store_prose, store_threads
from tests.unit.api.bench import NOW, USER

from .conftest import Bench


@pytest.mark.parametrize(
    ("access", "shown"),
    [(EngineAccess.FULL, "Bob waits."), (EngineAccess.HEADERS, ""), (EngineAccess.NEVER, None)],
)
async def test_the_summary_follows_the_owner_s_choice(bench: Bench, access: EngineAccess, shown: str | None) -> None:
    """It is derived from the text of mail."""
    await store_threads(bench.api.database, USER, 1)
    await store_prose(bench.api.database, "Bob\u202e waits.")
    wishes = Preferences(username=USER, chosen=True, threads=True, engine_access=access)
    await bench.api.database.preferences.set_preferences(wishes, now=NOW)
    async with Client(bench.server()) as client:
        (listed,) = (await call(client, "list_threads"))["threads"]
        whole = await call(client, "get_thread", mailbox=USER, thread_id="1@x")

    for row in (listed, whole):
        assert (row["untrusted"] and row["untrusted"]["prose"]) == shown
        assert row["prose_by"] == "writer:1b"
