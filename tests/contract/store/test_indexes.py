"""Each query of the API is answered from an index: no table of mail is read through."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from glassdome.ports.store import AnalysisQuery
from glassdome.store import Database
from glassdome.store.rows import analysis_row
from glassdome.store.schema import analyses, categories, queue
from glassdome.store.selection import cursor_of
from glassdome.store.statistics_table import add
from glassdome.testing.samples import NOON, a_ref, a_verdict, an_analysis, jobs
from glassdome.testing.simulation import SimulatedEngine
from glassdome.values.job import JobState

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
    "text": {"text": "minutes"},
    "next page": {"cursor": cursor_of(NOON, 50)},
    "mine": MINE,
}
_BIG = (analyses.name, categories.name, queue.name)


@pytest.fixture
async def filled(database: Database) -> Database:
    """Enough rows that the optimizer has a choice."""
    rows = [_row(number) for number in range(1, ROWS + 1)]
    named = [{"category": "meeting" if r["id"] % 9 == 0 else "personal", "analysis_id": r["id"]} for r in rows]
    waiting = [_job(number) for number in range(1, ROWS + 1)]

    async def work(connection: Any) -> None:
        await connection.execute(insert(analyses), rows)
        pairs = [{key: row[key] for key in ("mailbox", "analyzed_at")} for row in rows]
        await connection.execute(insert(categories), [a | b for a, b in zip(named, pairs, strict=True)])
        await connection.execute(insert(queue), waiting)
        await add(connection, [(row, 1) for row in rows])

    await database.connections.write(work)
    analyze = "ANALYZE TABLE {}" if database.connections.dialect == "mysql" else "ANALYZE {}"
    for table in _BIG:
        await database.connections.rows(text(analyze.format(table))) if "TABLE" in analyze else None
    return database


def _row(number: int) -> dict[str, Any]:
    ref = a_ref(number, mailbox=f"user{number % MAILBOXES}@example.org")
    phish, degraded = number % 50 == 0, number % 70 == 0
    verdict = a_verdict(is_phishing=phish, degraded=degraded, priority_score=1 + number % 10)
    made = an_analysis(ref, verdict=verdict, analyzed_at=NOON + timedelta(seconds=number - ROWS // 2))
    return analysis_row(made) | {"id": number, "person": f"bob{number % 100}@example.com"}


def _job(number: int) -> dict[str, Any]:
    (made,) = jobs(number, mailbox=f"user{number % MAILBOXES}@example.org")
    state = ("done", "done", "done", "failed", "pending")[number % 5]
    return {
        "mailbox": made.ref.mailbox, "folder": "INBOX", "uid_validity": 7, "uid": number, "state": state,
        "reason": "new", "priority": 10, "turn": number, "forced": False, "attempts": 0, "not_before": NOON,
        "wake_at": None, "enqueued_at": NOON, "updated_at": NOON, "lease_owner": "", "lease_token": "",
        "lease_until": None, "error_code": "", "error": "",
    }  # fmt: skip


@contextmanager
def _heard(database: Database) -> Any:
    """Note every SELECT with its parameters."""
    heard: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("SELECT"):
            heard.append((statement, parameters))

    engine = database.connections._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def _read_through(database: Database, heard: list[tuple[str, Any]]) -> list[str]:
    """Return the plan's lines that read a whole table of mail."""
    mysql, bad = database.connections.dialect == "mysql", []

    async def explain(statement: str, parameters: Any) -> Any:
        word = "EXPLAIN" if mysql else "EXPLAIN QUERY PLAN"

        async def work(connection: Any) -> Any:
            return (await connection.exec_driver_sql(f"{word} {statement}", parameters)).all()

        return await database.connections.read(work)

    for statement, parameters in heard:
        rows = await explain(statement, parameters)
        if mysql:
            bad += [f"{row}" for row in rows if row.table in _BIG and (row.key is None or row.type == "ALL")]
        else:
            bad += [row.detail for row in rows if row.detail.startswith("SCAN") and "INDEX" not in row.detail
                    and any(name in row.detail for name in _BIG)]  # fmt: skip
    return bad


async def test_lists_use_indexes(filled: Database) -> None:
    """Every filter, alone and with what limits a key."""
    found = {}
    for name, fields in LISTS.items():
        with _heard(filled) as heard:
            await filled.analyses.list(replace(AnalysisQuery(limit=5), **fields))
        found[name] = await _read_through(filled, heard)
    assert {name: lines for name, lines in found.items() if lines} == {}


async def test_lookups_and_counts_use_indexes(filled: Database) -> None:
    """One analysis by each of its names, statistics, the queue's depth and list, the walk of reprocessing."""
    engine: Any = SimulatedEngine(latency=0, cut=None)  # type: ignore[arg-type]
    with _heard(filled) as heard:
        await filled.analyses.get(a_ref(31, mailbox="user1@example.org"))
        await filled.analyses.find("user1@example.org", "INBOX", 31)
        await filled.analyses.by_message_id("user1@example.org", "<31@example.com>")
        await filled.analyses.by_content("0" * 64, engine="ollama", model="m", prompt_version="1")
        await filled.analyses.outdated(engine, before_id=500, limit=5, look_at=50)
        for mine in ({}, MINE):
            await filled.analyses.statistics(AnalysisQuery(**mine))
            await filled.queue.depth(now=NOON, **mine)
            await filled.queue.jobs(state=JobState.FAILED, limit=5, **mine)
    assert await _read_through(filled, heard) == []


async def test_words_are_found_beyond_one_window(filled: Database) -> None:
    """A page looks into so many rows and says where the next goes on."""
    from glassdome.store import selection

    wanted = AnalysisQuery(text="minutes", mailbox="user1@example.org", limit=500)
    whole = await filled.connections.rows(selection.newest_first(wanted))
    part = await filled.connections.rows(selection.newest_first(wanted, window=10))
    end = await filled.connections.row(selection.window_end(wanted, window=10))
    assert (len(whole), [row.id for row in part]) == (100, [row.id for row in whole[:10]])
    assert end is not None
    assert end.id == part[-1].id
    nothing = await filled.analyses.list(replace(wanted, text="nowhere-to-be-found"))
    assert (nothing.items, nothing.next_cursor) == ((), "")
