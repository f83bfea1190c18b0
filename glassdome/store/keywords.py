"""Plans keywords that come and go with a thread's state, in the ledger of actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.actions import plan_actions
from glassdome.store.rows import is_ref
from glassdome.store.schema import actions
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.refs import MessageRef
from glassdome.values.thread_mail import ANSWER, WAITING

__all__ = ["plan_keyword", "replan_removed"]

_KINDS: Final = (ActionKind.ADD_KEYWORD.value, ActionKind.REMOVE_KEYWORD.value)
_OPEN: Final = (ActionState.PLANNED.value, ActionState.BEGUN.value)


async def plan_keyword(
    connection: AsyncConnection, ref: MessageRef, keyword: str, *, add: bool, message_id: str, now: datetime
) -> None:
    """Plan to set or to unset a keyword, again where that was done before; a plan to the contrary is dropped.

    Whatever is under way ends first, since the ledger keeps a message's actions in the order of their planning.
    """
    kind = ActionKind.ADD_KEYWORD if add else ActionKind.REMOVE_KEYWORD
    same = and_(is_ref(actions, ref), actions.c.argument == keyword)
    contrary = and_(same, actions.c.kind.in_(_KINDS), actions.c.kind != kind.value)
    await connection.execute(delete(actions).where(contrary, actions.c.state == ActionState.PLANNED.value))
    over = actions.c.state.not_in(_OPEN)
    await connection.execute(delete(actions).where(same, actions.c.kind == kind.value, over))
    action = Action(ref=ref, kind=kind, argument=keyword)
    await plan_actions(connection, [action], message_id=message_id, now=now)


async def replan_removed(
    connection: AsyncConnection, old: MessageRef, new: MessageRef, *, message_id: str, now: datetime
) -> None:
    """Unset at its new place the keywords of a message that the owner moved meanwhile."""
    for keyword in await _removed(connection, old, (ANSWER, WAITING)):
        await plan_keyword(connection, new, keyword, add=False, message_id=message_id, now=now)


async def _removed(connection: AsyncConnection, ref: MessageRef, keywords: Iterable[str]) -> Sequence[str]:
    wanted = (actions.c.kind == ActionKind.REMOVE_KEYWORD.value, actions.c.argument.in_(list(keywords)))
    undone = actions.c.state != ActionState.DONE.value
    rows = await connection.execute(select(actions.c.argument).where(is_ref(actions, ref), *wanted, undone))
    return [row.argument for row in rows]
