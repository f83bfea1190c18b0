"""Stored data survives a change of the schema, in both directions."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import text

from glassdome.ports.store import AnalysisQuery
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.values.refs import Cursor
from tests.contract.store.contracts_store import analysed
from tests.samples import NOON, a_ref, a_verdict, an_analysis

_MAILBOXES = ("ann@example.org", "bob@example.org", "eve@other.example")
_NOT_IN_THE_FIRST_SCHEMA: dict[str, Any] = {"attention": "read", "attention_reason": ""}


async def _stored(database: Database) -> tuple[Any, ...]:
    """Everything that reads answer."""
    page = await database.analyses.documents(AnalysisQuery())
    scopes: tuple[dict[str, Any], ...] = ({}, {"domains": ("example.org",)}, {"mailbox": "eve@other.example"})
    sums = [await database.analyses.statistics(AnalysisQuery(**scope)) for scope in scopes]
    found = [
        [item.ref for item in (await database.analyses.list(AnalysisQuery(text=word))).items]
        for word in ("minutes", "bob@example", "2x", "nowhere")
    ]
    return [json.loads(item) for item in page.items], sums, found, (await database.queue.depth(now=NOON)).done


async def test_down_and_up_again_with_data(database_url: str) -> None:
    """Back to the first schema and forth: lists, sums and words are as before, and count on from there."""
    await migrate(database_url)
    made = [
        an_analysis(a_ref(n, mailbox=m), subject=f"The minutes {n}x", verdict=a_verdict(**_NOT_IN_THE_FIRST_SCHEMA))
        for n, m in enumerate(_MAILBOXES, 1)
    ]
    async with open_database(database_url, rendering=RENDERING) as database:
        await analysed(database, *made)
        before = await _stored(database)
    assert (len(before[0]), [len(refs) for refs in before[2]], before[3]) == (3, [3, 3, 1, 0], 3)
    await migrate(database_url, revision="0001")
    async with open_database(database_url, rendering=RENDERING) as database:
        old = await database.connections.rows(text("SELECT domain, kind FROM llm_statistics WHERE kind = 'all'"))
    assert sorted(row.domain for row in old) == ["example.org", "example.org", "other.example"]
    await migrate(database_url)
    async with open_database(database_url, rendering=RENDERING) as database:
        assert await _stored(database) == before
        await database.analyses.delete(AnalysisQuery(mailbox="ann@example.org"))
        assert (await database.analyses.statistics(AnalysisQuery(domains=("example.org",)))).total == 1
        await analysed(database, an_analysis(a_ref(9, mailbox="ann@example.org")))
        assert (await database.analyses.statistics(AnalysisQuery())).total == 3


async def test_cursors_are_reading_positions_only(database_url: str) -> None:
    """Paces and progress move out of the cursors into tables of their own, and the step down moves them back."""
    cursors = [
        ("ann@example.org", "INBOX", 7, 3),
        ("ann@example.org", "monitor:INBOX", 7, 2),
        ("ann@example.org", "once:Lists", 7, 1),
        ("ann@example.org", "//backfill-asked", 1, 1),
        ("ann@example.org", "//backfill/INBOX", 7, 1),
        ("", "//backfill", 1, 1_800_000_000_000),
        ("", f"//reprocess/{'0' * 32}", 1, 17),
    ]
    await migrate(database_url, revision="0010")
    async with open_database(database_url, rendering=RENDERING) as database:
        for mailbox, folder, validity, last in cursors:
            cursor = Cursor(uid_validity=validity, last_uid=last)
            await database.cursors.set_cursor(mailbox, folder, cursor, now=NOON)
    await migrate(database_url)
    async with open_database(database_url, rendering=RENDERING) as database:
        kept = await _cursors(database)
        asked = await database.progress.reached("backfill-asked", "ann@example.org")
        reprocessed = await database.progress.reached(f"reprocess/{'0' * 32}")
    await migrate(database_url, revision="0010")
    async with open_database(database_url, rendering=RENDERING) as database:
        back = await _cursors(database)

    assert [row[1] for row in kept] == ["//backfill/INBOX", "//monitor/INBOX", "//once/Lists", "INBOX"]
    assert (asked, reprocessed) == (1, 17)
    assert back == sorted(row for row in cursors if row[1] != "//backfill")


async def _cursors(database: Database) -> list[tuple[Any, ...]]:
    rows = await database.connections.rows(text("SELECT mailbox, folder, uid_validity, last_uid FROM llm_cursor"))
    return sorted(tuple(row) for row in rows)
