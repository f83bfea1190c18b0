"""The action ledger: what was planned for a message and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.agent import ActionPage, ActionQuery
from glassdome.store.action_list import newest_first, window_end, windowed
from glassdome.store.connections import Connections
from glassdome.store.paging import cursor_of
from glassdome.store.restrict import allowed
from glassdome.store.rows import is_ref, ref_of, ref_row
from glassdome.store.schema_agent import actions
from glassdome.store.upsert import upsert
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.refs import MessageRef

__all__ = ["Actions", "key_of", "plan_actions"]


def key_of(text: str) -> str:
    """Return a key short enough for an index."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


async def plan_actions(
    connection: AsyncConnection, planned: Sequence[Action], *, message_id: str, now: datetime
) -> None:
    """Write planned actions; one that is in the ledger already, in whatever state, stays as it is."""
    rows = [
        ref_row(action.ref)
        | {"action_key": key_of(action.key), "kind": action.kind.value, "argument": action.argument}
        | {"message_id": message_id, "state": ActionState.PLANNED.value, "detail": ""}
        | {"planned_at": now, "updated_at": now}
        for action in planned
    ]
    await upsert(connection, actions, rows, keys=("action_key",))


class Actions:
    """Implements `ports.agent.ActionLedger`."""

    def __init__(self, connections: Connections) -> None:
        """Share the store's connections."""
        self._db = connections

    async def plan(self, planned: Sequence[Action], *, now: datetime) -> None:
        """Plan what no verdict caused, such as teaching from a correction; what is in the ledger already stays."""
        await self._db.write(lambda connection: plan_actions(connection, planned, message_id="", now=now))

    async def due(self, *, limit: int, begun_before: datetime) -> tuple[PerformedAction, ...]:
        """Return planned actions and those whose performer died."""
        stale = and_(actions.c.state == ActionState.BEGUN.value, actions.c.updated_at < begun_before)
        waiting = actions.c.state == ActionState.PLANNED.value
        return await self._read(select(actions).where(or_(waiting, stale)).order_by(actions.c.id).limit(limit))

    async def of(self, ref: MessageRef) -> tuple[PerformedAction, ...]:
        """Return one message's actions."""
        return await self._read(select(actions).where(is_ref(actions, ref)).order_by(actions.c.id))

    async def begin(self, action: PerformedAction, *, now: datetime) -> bool:
        """Move it from the state it was read in to begun."""
        same = and_(
            actions.c.action_key == key_of(action.action.key),
            actions.c.state == action.state.value,
            actions.c.updated_at == action.updated_at,
        )
        values = {"state": ActionState.BEGUN.value, "updated_at": now}
        return await self._db.change(update(actions).where(same).values(**values)) == 1

    async def finish(
        self, action: Action, *, state: ActionState, now: datetime, detail: str = "", moved_to: MessageRef | None = None
    ) -> None:
        """Record the outcome."""
        values: dict[str, Any] = {"state": state.value, "detail": detail, "updated_at": now}
        if moved_to is not None:
            values |= {"moved_folder": moved_to.folder, "moved_uid": moved_to.uid}
            values |= {"moved_uid_validity": moved_to.uid_validity}
        await self._db.change(update(actions).where(actions.c.action_key == key_of(action.key)).values(**values))

    async def list(self, query: ActionQuery) -> ActionPage:
        """Return one page; more may be found on a later one though this one is not full."""
        end = await self._db.row(window_end(query)) if windowed(query) else None
        rows = await self._db.rows(newest_first(query, down_to=(end.updated_at, end.id) if end else None))
        shown = rows[: query.limit]
        last = shown[-1] if len(rows) > query.limit else end
        following = cursor_of(last.updated_at, last.id) if last is not None else ""
        return ActionPage(items=tuple(_action_of(row) for row in shown), next_cursor=following)

    async def put_back(self, ref: MessageRef, *, since: datetime) -> bool:
        """Look among what was taken back, which is little."""
        here = (
            actions.c.state == ActionState.UNDONE.value,
            actions.c.updated_at >= since,
            actions.c.mailbox == ref.mailbox,
            actions.c.moved_folder == ref.folder,
            actions.c.moved_uid_validity == ref.uid_validity,
            actions.c.moved_uid == ref.uid,
        )
        return await self._db.row(select(actions.c.id).where(*here).limit(1)) is not None

    async def done_since(
        self, since: datetime, *, mailboxes: Sequence[str] | None = None
    ) -> tuple[PerformedAction, ...]:
        """Return what was done since then, newest first."""
        done = and_(actions.c.state == ActionState.DONE.value, actions.c.updated_at >= since)
        mine = allowed(actions.c.mailbox, mailboxes, None)
        return await self._read(
            select(actions).where(done, *mine).order_by(actions.c.updated_at.desc(), actions.c.id.desc())
        )

    async def _read(self, statement: Any) -> tuple[PerformedAction, ...]:
        return tuple(_action_of(row) for row in await self._db.rows(statement))


def _action_of(row: Row[Any]) -> PerformedAction:
    moved = None
    if row.moved_folder is not None:
        moved = MessageRef(
            mailbox=row.mailbox, folder=row.moved_folder, uid_validity=row.moved_uid_validity, uid=row.moved_uid
        )
    return PerformedAction(
        id=row.id,
        action=Action(ref=ref_of(row), kind=ActionKind(row.kind), argument=row.argument),
        state=ActionState(row.state),
        message_id=row.message_id,
        planned_at=row.planned_at,
        updated_at=row.updated_at,
        detail=row.detail,
        moved_to=moved,
    )
