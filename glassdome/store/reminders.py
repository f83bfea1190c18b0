"""Plans the drafts of reminders, one for the mails that an owner wrote in a row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.actions import plan_actions
from glassdome.store.schema import actions
from glassdome.values.thread_mail import Reminder

__all__ = ["plan_reminder"]


async def plan_reminder(connection: AsyncConnection, reminder: Reminder, *, now: datetime) -> None:
    """Plan it, unless one of those mails had a reminder before, whatever became of that.

    The mails are known by their Message-IDs: an owner may have moved one since.
    """
    action = reminder.action
    same = (
        actions.c.mailbox == action.ref.mailbox,
        actions.c.kind == action.kind.value,
        actions.c.argument == action.argument,
        actions.c.message_id.in_(reminder.run),
    )
    if (await connection.execute(select(actions.c.id).where(*same).limit(1))).first() is None:
        await plan_actions(connection, [action], message_id=reminder.message_id, now=now)
