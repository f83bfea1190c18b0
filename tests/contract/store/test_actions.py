"""The action ledger on SQLite and on MariaDB: turns, lists, pages, restrictions, and that every read is bounded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text

from glassdome.core.errors import InvalidQuery
from glassdome.ports.agent import ActionQuery
from glassdome.store import Database, action_list
from glassdome.store.actions import beginning, first_in_turn, key_of
from glassdome.store.paging import cursor_of
from glassdome.store.rows import ref_row
from glassdome.store.schema import actions
from glassdome.values.action import Action, ActionKind, ActionState
from tests.contract.store.contracts_actions import ActionContract
from tests.samples import NOON, a_ref

ROWS, MAILBOXES = 2000, 20
_HOUR = timedelta(hours=1)
KINDS, STATES = list(ActionKind), list(ActionState)
MINE = "user1@example.org"
QUERIES: dict[str, ActionQuery] = {
    "all": ActionQuery(),
    "mailbox": ActionQuery(mailbox=MINE),
    "state": ActionQuery(state=ActionState.FAILED),
    "mailbox and state": ActionQuery(mailbox=MINE, state=ActionState.DONE),
    "kind": ActionQuery(kinds=(ActionKind.MOVE, ActionKind.LEARN)),
    "since": ActionQuery(since=NOON),
    "until": ActionQuery(until=NOON),
    "mailboxes": ActionQuery(mailboxes=(MINE, "user2@example.org")),
    "domains": ActionQuery(domains=("example.net",)),
    "neither": ActionQuery(mailboxes=(), domains=()),
    "message": ActionQuery(ref=a_ref(21, mailbox=MINE)),
    "Message-ID": ActionQuery(mailbox=MINE, message_id="21@example.com"),
    "ids": ActionQuery(ids=(5, 7, 9), domains=("example.org",)),
}


class TestActions(ActionContract):
    """Both databases, by the `database` fixture."""


def _row(number: int) -> dict[str, Any]:
    domain = "example.net" if number % MAILBOXES == 3 else "example.org"
    ref = a_ref(number, mailbox=f"user{number % MAILBOXES}@{domain}")
    action = Action(ref=ref, kind=KINDS[number % 4], argument="x")
    return ref_row(ref) | {
        "id": number, "action_key": key_of(action.key), "kind": action.kind.value, "argument": "x",
        "message_id": f"{number}@example.com", "state": STATES[number % 6].value, "detail": "", "planned_at": NOON,
        "updated_at": NOON + timedelta(seconds=number // 3 - ROWS // 6),
    }  # fmt: skip


@pytest.fixture
async def filled(database: Database) -> Database:
    """Enough rows that the optimizer has a choice; three at each moment."""
    rows = [_row(number) for number in range(1, ROWS + 1)]

    async def work(connection: Any) -> None:
        await connection.execute(insert(actions), rows)

    await database.connections.write(work)
    if database.connections.dialect == "mysql":
        await database.connections.rows(text("ANALYZE TABLE llm_action"))
    return database


def _expected(query: ActionQuery) -> list[int]:
    """Filter the rows by the query's words."""

    def meets(row: dict[str, Any]) -> bool:
        domain = row["mailbox"].partition("@")[2]
        free = query.mailboxes is None and query.domains is None
        return (
            (query.ids is None or row["id"] in query.ids)
            and query.mailbox in ("", row["mailbox"])
            and (free or row["mailbox"] in (query.mailboxes or ()) or domain in (query.domains or ()))
            and (not query.kinds or row["kind"] in query.kinds)
            and query.state in (None, row["state"])
            and (query.since is None or row["updated_at"] >= query.since)
            and (query.until is None or row["updated_at"] < query.until)
            and query.message_id in ("", row["message_id"])
            and (query.ref is None or row["uid"] == query.ref.uid)
        )

    found = [row for row in map(_row, range(1, ROWS + 1)) if meets(row)]
    return [row["id"] for row in sorted(found, key=lambda row: (row["updated_at"], row["id"]), reverse=True)]


async def _walk(database: Database, query: ActionQuery) -> list[int]:
    seen = list[int]()
    while True:
        page = await database.actions.list(query)
        seen += [item.id for item in page.items]
        assert len(page.items) <= query.limit
        if not page.next_cursor:
            return seen
        query = replace(query, cursor=page.next_cursor)


@pytest.mark.parametrize("window", [action_list.WINDOW, 150])
async def test_pages_hold_everything_once(filled: Database, window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every filter selects what it says, newest first, however few rows one request looks at."""
    monkeypatch.setattr(action_list.window_end, "__kwdefaults__", {"window": window})
    wrong = {}
    for name, query in QUERIES.items():
        found, expected = await _walk(filled, replace(query, limit=70)), _expected(query)
        if found != expected:
            wrong[name] = (found[:5], expected[:5], len(found), len(expected))
    assert wrong == {}


async def test_every_list_is_bounded(filled: Database) -> None:
    """First page and later ones come from an index: the actions are never read through."""
    bad = {}
    for name, query in QUERIES.items():
        for wanted in (replace(query, limit=5), replace(query, limit=5, cursor=cursor_of(NOON, 1000))):
            statements = [action_list.newest_first(wanted, down_to=(NOON - _HOUR, 1))]
            statements += [action_list.window_end(wanted)] if action_list.windowed(wanted) else []
            plans = [line for statement in statements for line in await _plan(filled, statement)]
            if found := [line for line in plans if _unbounded(line)]:
                bad[name] = found
    assert bad == {}


async def test_turns_are_found_by_indexes(filled: Database) -> None:
    """Due actions are found by state, blocking ones by message: neither query reads all actions."""
    (item,) = await filled.actions.of(a_ref(1981, mailbox=MINE))
    statements = {
        "planned": first_in_turn(ActionState.PLANNED, limit=5),
        "begun": first_in_turn(ActionState.BEGUN, limit=5, before=NOON),
        "begin": beginning(item, now=NOON),
    }
    plans = {name: await _plan(filled, statement) for name, statement in statements.items()}
    assert [line for plan in plans.values() for line in plan if _unbounded(line)] == []
    for name, plan in plans.items():
        (earlier,) = [line for line in plan if "earlier" in line]
        assert "ix_llm_action_ref" in earlier, plan
        assert name == "begin" or "ix_llm_action_state" in "".join(plan), plan
        assert not any(word in line for line in plan for word in ("filesort", "TEMP B-TREE")), plan


async def _plan(database: Database, statement: Any) -> list[str]:
    """Return how the database will run it, a line a table."""

    async def work(connection: Any) -> list[str]:
        sql = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        if database.connections.dialect != "mysql":
            return [row.detail for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
        rows = (await connection.exec_driver_sql(f"EXPLAIN {sql}")).all()
        return [f"{row.table} {row.type} {row.key} {row.Extra}" for row in rows]

    return await database.connections.read(work)


def _unbounded(line: str) -> bool:
    """Return whether a line means that all rows are read: in SQLite's words, and in MariaDB's."""
    return ("SCAN llm_action" in line and "INDEX" not in line) or line.startswith(
        ("llm_action ALL", "llm_action index None")
    )


async def test_foreign_cursors_are_refused(database: Database) -> None:
    """A cursor that is not ours is the caller's fault."""
    with pytest.raises(InvalidQuery):
        await database.actions.list(ActionQuery(cursor="x"))


async def test_what_was_put_back_is_known_by_its_place(database: Database) -> None:
    """Only where a move was taken back, only there, only since then."""
    move = Action(ref=a_ref(1), kind=ActionKind.MOVE, argument="\\Junk")
    await database.actions.plan([move], now=NOON)
    place, junk, later = a_ref(9), a_ref(4, folder="Junk"), NOON + _HOUR
    await database.actions.finish(move, state=ActionState.DONE, now=NOON, moved_to=junk)
    assert not await database.actions.put_back(junk, since=NOON)
    await database.actions.finish(move, state=ActionState.UNDONE, now=NOON, moved_to=place)
    assert await database.actions.put_back(place, since=NOON)
    others = (junk, a_ref(1), replace(place, uid_validity=8), replace(place, mailbox="eve@example.org"))
    assert [await database.actions.put_back(ref, since=NOON) for ref in others] == [False] * 4
    assert not await database.actions.put_back(place, since=later)
