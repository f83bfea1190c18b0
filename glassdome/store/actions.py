"""The action ledger: the planned actions of each message and their outcome."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, Update, and_, false, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.agent import ActionPage, ActionQuery
from glassdome.store.action_list import newest_first, window_end, windowed
from glassdome.store.connections import Store
from glassdome.store.events import record_events
from glassdome.store.paging import cursor_of
from glassdome.store.restrict import visible_to
from glassdome.store.rows import is_ref, key_of, ref_of, ref_row
from glassdome.store.schema import actions
from glassdome.store.upsert import upsert
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.event import action_event
from glassdome.values.refs import MessageRef

__all__ = ["Actions", "beginning", "first_in_turn", "key_of", "plan_actions"]

_PLACE: Final = ("mailbox", "folder", "uid_validity", "uid")
_OPEN_STATES: Final = (ActionState.PLANNED, ActionState.BEGUN)
_OPEN: Final = tuple(state.value for state in _OPEN_STATES)
_earlier = actions.alias("earlier")
#: What its message's later actions wait for. An alert holds up none: it leaves the message as it is, and while alerts
#: are put off, phishing must not stay in the inbox.
_HOLDS: Final = and_(_earlier.c.state.in_(_OPEN), _earlier.c.kind != ActionKind.ALERT.value)


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


def first_in_turn(state: ActionState, *, limit: int, before: datetime | None = None) -> Select[Any]:
    """Return the select of actions in this state that no earlier one of their message holds up, longest untouched first.

    A postponed action goes behind all others, so that many of them never starve the rest.
    """
    same = [_earlier.c[name] == actions.c[name] for name in _PLACE]
    held = select(_earlier.c.id).where(*same, _earlier.c.id < actions.c.id, _HOLDS).exists()
    found = select(actions).where(actions.c.state == state.value, ~held)
    if before is not None:
        found = found.where(actions.c.updated_at < before)
    return found.order_by(actions.c.updated_at, actions.c.id).limit(limit)


def beginning(item: PerformedAction, *, now: datetime) -> Update:
    """Return the statement that begins an action if it is as it was read, and no earlier one holds it up."""
    same = (
        actions.c.id == item.id,
        actions.c.action_key == key_of(item.action.key),
        actions.c.state == item.state.value,
        actions.c.updated_at == item.updated_at,
    )
    here = [_earlier.c[name] == value for name, value in ref_row(item.action.ref).items()]
    # MySQL and old MariaDB read the table they change only as a derived table, which the limit keeps from being merged.
    held = select(_earlier.c.id).where(*here, _earlier.c.id < item.id, _HOLDS).limit(1).subquery()
    values = {"state": ActionState.BEGUN.value, "updated_at": now}
    return update(actions).where(*same, ~select(held.c.id).exists()).values(**values)


class Actions(Store):
    """Implements `ports.agent.ActionLedger`."""

    async def plan(self, planned: Sequence[Action], *, now: datetime) -> None:
        """Plan actions without a verdict, such as teaching from a correction; actions in the ledger stay."""
        await self._db.write(lambda connection: plan_actions(connection, planned, message_id="", now=now))

    async def due(self, *, limit: int, begun_before: datetime) -> tuple[PerformedAction, ...]:
        """Return planned actions and those whose performer died, the first of each message; longest untouched first."""
        planned = await self._read(first_in_turn(ActionState.PLANNED, limit=limit))
        stale = await self._read(first_in_turn(ActionState.BEGUN, limit=limit, before=begun_before))
        return tuple(sorted(planned + stale, key=lambda item: (item.updated_at, item.id))[:limit])

    async def of(self, ref: MessageRef) -> tuple[PerformedAction, ...]:
        """Return one message's actions."""
        return await self._read(select(actions).where(is_ref(actions, ref)).order_by(actions.c.id))

    async def unsent(self, refs: Collection[MessageRef]) -> frozenset[MessageRef]:
        """Look among the actions of those messages."""
        failed = actions.c.kind == ActionKind.ALERT.value, actions.c.state == ActionState.FAILED.value
        found = select(actions).where(or_(false(), *(is_ref(actions, ref) for ref in refs)), *failed)
        return frozenset(ref_of(row) for row in await self._db.rows(found))

    async def begin(self, action: PerformedAction, *, now: datetime) -> bool:
        """Move it from the state it was read in to begun, unless an earlier action of its message is still open."""
        return await self._db.change(beginning(action, now=now)) == 1

    async def finish(
        self,
        action: Action,
        *,
        state: ActionState,
        now: datetime,
        detail: str = "",
        moved_to: MessageRef | None = None,
        digest: str | None = None,
    ) -> None:
        """Record the outcome."""
        values: dict[str, Any] = {"state": state.value, "detail": detail, "updated_at": now}
        values |= {} if digest is None else {"digest": digest}
        if moved_to is not None:
            values |= {"moved_folder": moved_to.folder, "moved_uid": moved_to.uid}
            values |= {"moved_uid_validity": moved_to.uid_validity}
        ending = update(actions).where(actions.c.action_key == key_of(action.key)).values(**values)

        async def work(connection: AsyncConnection) -> None:
            changed = (await connection.execute(ending)).rowcount
            if changed and state not in _OPEN_STATES:
                await record_events(connection, [action_event(action, state=state, now=now)])

        await self._db.write(work)

    async def list(self, query: ActionQuery) -> ActionPage:
        """Return one page; more may be found on a later one though this one is not full."""
        end = await self._db.row(window_end(query)) if windowed(query) else None
        rows = await self._db.rows(newest_first(query, down_to=(end.updated_at, end.id) if end else None))
        shown = rows[: query.limit]
        last = shown[-1] if len(rows) > query.limit else end
        following = cursor_of(last.updated_at, last.id) if last is not None else ""
        return ActionPage(items=tuple(_action_of(row) for row in shown), next_cursor=following)

    async def put_back(self, ref: MessageRef, *, since: datetime) -> bool:
        """Search the undone actions, which are few."""
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
        """Return the actions done since then, newest first."""
        done = and_(actions.c.state == ActionState.DONE.value, actions.c.updated_at >= since)
        mine = visible_to(actions.c.mailbox, mailboxes, None)
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
        digest=row.digest,
    )
