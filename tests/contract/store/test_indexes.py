"""Each query of the API is answered from an index: no table of mail is read through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from glassdome.ports.store import AnalysisQuery
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database
from glassdome.store.counters.counters import add
from glassdome.store.paging import cursor_of
from glassdome.store.read_model import insert_read_model
from glassdome.store.rows import analysis_row
from glassdome.store.schema import analyses, queue
from glassdome.store.search import listing
from glassdome.values.analysis import Analysis
from glassdome.values.job import JobState
from tests.contract.store.query_plans import GROWING, heard, read_through
from tests.contract.store.simulation import SimulatedEngine
from tests.samples import NOON, a_ref, a_verdict, an_analysis, jobs

ROWS, MAILBOXES = 3000, 30
MINE: dict[str, Any] = {"mailboxes": ("user1@example.org",), "domains": ("example.net",)}
LISTS: dict[str, dict[str, Any]] = {
    "all": {},
    "mailbox": {"mailbox": "user1@example.org"},
    "folder": {"mailbox": "user1@example.org", "folder": "INBOX"},
    "domain": {"domains": ("example.org",)},
    "phishing": {"is_phishing": True},
    "phishing of a mailbox": {"mailbox": "user1@example.org", "is_phishing": True},
    "category": {"category": "meeting"},
    "category of a mailbox": {"mailbox": "user1@example.org", "category": "meeting"},
    "priority": {"min_priority": 8},
    "degraded": {"degraded": True},
    "sensitive": {"sensitive": True},
    "since": {"since": NOON},
    "until": {"until": NOON},
    "person": {"person": "bob7@example.com"},
    "common words": {"text": "the minutes"},
    "rare words": {"text": "minutes rare77x"},
    "words of a mailbox": {"text": "minutes", "mailbox": "user1@example.org"},
    "words of a category": {"text": "minutes", "category": "meeting"},
    "words of mine": {"text": "rare77x", **MINE},
    "next page": {"cursor": cursor_of(NOON, 50)},
    "one by its ref": {"ref": a_ref(31, mailbox="user1@example.org")},
    "one by its UID": {"mailbox": "user1@example.org", "folder": "INBOX", "uid": 31},
    "one by its Message-ID": {"mailbox": "user1@example.org", "message_id": "<31@example.com>"},
    "mine": MINE,
    "important of mine": {"min_priority": 8, **MINE},
    **{f"by {sort}": {"sort": sort} for sort in ("received", "priority", "phishing")},
    **{
        f"next page of a mailbox by {sort}": {"sort": sort, "mailbox": "user1@example.org", "cursor": cursor_of(at, 50)}
        for sort, at in (("received", NOON), ("priority", 5), ("phishing", 0.5))
    },
    **{f"mine by {sort}": {"sort": sort, **MINE} for sort in ("received", "priority", "phishing")},
    "attention by received": {"sort": "received", "attention": "now", "done": False},
    "attention of a mailbox by received": {
        "sort": "received",
        "mailbox": "user1@example.org",
        "attention": "now",
        "done": False,
    },
    "phishing by received": {"sort": "received", "is_phishing": True},
    "phishing of a mailbox by received": {"sort": "received", "mailbox": "user1@example.org", "is_phishing": True},
}


@pytest.fixture
async def filled(database: Database) -> Database:
    """Enough rows that the optimizer has a choice."""
    made = [(number, _analysis(number)) for number in range(1, ROWS + 1)]
    rows = [_row(number, analysis) for number, analysis in made]
    waiting = [_job(number) for number in range(1, ROWS + 1)]

    async def work(connection: Any) -> None:
        await connection.execute(insert(analyses), rows)
        await insert_read_model(connection, made, RENDERING)
        await connection.execute(insert(queue), waiting)
        await add(connection, [(row, 1) for row in rows])

    await database.connections.write(work)
    if database.connections.dialect == "mysql":
        for table in GROWING:
            await database.connections.rows(text(f"ANALYZE TABLE {table}"))
    return database


def _analysis(number: int) -> Analysis:
    ref = a_ref(number, mailbox=f"user{number % MAILBOXES}@example.org")
    phish, degraded = number % 50 == 0, number % 70 == 0
    categories = ("meeting",) if number % 9 == 0 else ("personal",)
    verdict = a_verdict(is_phishing=phish, degraded=degraded, priority_score=1 + number % 10, categories=categories)
    at = NOON + timedelta(seconds=number - ROWS // 2)
    return an_analysis(ref, verdict=verdict, analyzed_at=at, subject=f"The minutes rare{number}x")


def _row(number: int, analysis: Analysis) -> dict[str, Any]:
    return analysis_row(analysis) | {"id": number, "person": f"bob{number % 100}@example.com"}


def _job(number: int) -> dict[str, Any]:
    (made,) = jobs(number, mailbox=f"user{number % MAILBOXES}@example.org")
    state = ("done", "done", "done", "failed", "pending")[number % 5]
    return {
        "mailbox": made.ref.mailbox, "folder": "INBOX", "uid_validity": 7, "uid": number, "state": state,
        "reason": "new", "priority": 10, "turn": number, "forced": False, "attempts": 0, "not_before": NOON,
        "wake_at": None, "enqueued_at": NOON, "updated_at": NOON, "lease_owner": "", "lease_token": "",
        "lease_until": None, "error_code": "", "error": "",
    }  # fmt: skip


@pytest.mark.parametrize("what", ["list", "documents"])
async def test_lists_use_indexes(filled: Database, what: str) -> None:
    """Every filter, alone and with what limits a key."""
    found = {}
    for name, fields in LISTS.items():
        with heard(filled.connections) as statements:
            await getattr(filled.analyses, what)(replace(AnalysisQuery(limit=5), **fields))
        found[name] = await read_through(filled.connections, statements)
    assert {name: lines for name, lines in found.items() if lines} == {}


async def test_lookups_and_counts_use_indexes(filled: Database) -> None:
    """One analysis by each of its names, statistics, the queue's depth and list, the walk of reprocessing."""
    engine: Any = SimulatedEngine(latency=0, cut=None)  # type: ignore[arg-type]
    with heard(filled.connections) as statements:
        await filled.analyses.get(a_ref(31, mailbox="user1@example.org"))
        await filled.analyses.find("user1@example.org", "INBOX", 31)
        await filled.analyses.by_message_id("user1@example.org", "<31@example.com>")
        await filled.analyses.by_content("0" * 64, engine="ollama", model="m", prompt_version="1")
        await filled.analyses.outdated(engine, before_id=500, limit=5, look_at=50)
        for mine in ({}, MINE):
            await filled.analyses.overview(AnalysisQuery(limit=10, **mine), now=NOON)
            await filled.queue.page(state=JobState.FAILED, limit=5, now=NOON, **mine)
    assert await read_through(filled.connections, statements) == []


async def test_reading_through_is_noticed(filled: Database) -> None:
    """A full read of a growing table is detected, so that these tests can fail."""
    with heard(filled.connections) as statements:
        await filled.connections.rows(
            select(analyses.c.id).where(analyses.c.summary == "x").order_by(analyses.c.language)
        )
    assert len(await read_through(filled.connections, statements)) == 1


@pytest.mark.parametrize("words", ["minutes", "minut", "rare", "minutes rare"])
async def test_common_words_are_looked_for_in_windows(
    filled: Database, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """A word that many have, or that begins many, is found page by page in bounded steps; with a rare one by that."""
    monkeypatch.setattr(listing, "RARE", 50)
    monkeypatch.setattr(listing, "WINDOWS", (100, 300))
    query, seen, pages = AnalysisQuery(text=words, mailbox="user1@example.org", limit=30), list[int](), 0
    while True:
        page = await filled.analyses.list(query)
        seen, pages = [*seen, *(item.ref.uid for item in page.items)], pages + 1
        if not page.next_cursor:
            break
        query = replace(query, cursor=page.next_cursor)
    assert (seen, pages) == ([n for n in range(ROWS, 0, -1) if n % MAILBOXES == 1], 4)
    rare = await filled.analyses.list(AnalysisQuery(text=f"{words} rare7x"))
    assert ([item.ref.uid for item in rare.items], rare.next_cursor) == ([7], "")


async def test_words_found_nowhere_end_the_search(filled: Database) -> None:
    """No page follows: it is nowhere, not only not here."""
    nothing = await filled.analyses.list(AnalysisQuery(text="minutes nowhere"))
    assert (nothing.items, nothing.next_cursor) == ((), "")
