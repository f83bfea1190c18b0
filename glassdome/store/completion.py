"""The end of a job: result, planned actions and history in one transaction, fenced by the lease."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.store import Rendering
from glassdome.store.actions import plan_actions
from glassdome.store.claims import held
from glassdome.store.contacts import remember
from glassdome.store.counters import counters
from glassdome.store.events import record_events
from glassdome.store.own_categories import give_category
from glassdome.store.owners import keep_category
from glassdome.store.read_model import delete_read_model, insert_read_model
from glassdome.store.rows import analysis_row, is_ref
from glassdome.store.schema import analyses, queue
from glassdome.store.supersede import supersede
from glassdome.store.thread_link import lock_mailbox, take
from glassdome.values.action import Action
from glassdome.values.analysis import Analysis
from glassdome.values.event import analysis_events
from glassdome.values.job import Job, JobReason, JobState, ModelTries, Priority
from glassdome.values.message import Message
from glassdome.values.refs import MessageRef
from glassdome.values.thread_mail import ThreadMail
from glassdome.values.verdict import Label

__all__ = ["complete"]


async def complete(
    connection: AsyncConnection,
    job: Job,
    analysis: Analysis,
    *,
    actions: Sequence[Action],
    now: datetime,
    again_at: datetime | None,
    again: JobReason,
    history: Message | None,
    instead_of: MessageRef | None,
    thread_mail: ThreadMail | None,
    tries: ModelTries,
    why: tuple[str, str],
    rendering: Rendering,
) -> bool:
    """End the job first: the row lock keeps every other writer of this message out until the commit."""
    if not await _close(connection, job, now=now, again_at=again_at, again=again, tries=tries, why=why):
        return False
    if instead_of is not None:
        await supersede(connection, instead_of, analysis.ref)
    await give_category(connection, analysis, now=now)
    new, old = await _store(connection, analysis, rendering)
    await plan_actions(connection, actions, message_id=analysis.message_id, now=now)
    if history is not None and old is None:
        await remember(connection, analysis.ref.mailbox, history, now=now)
    before = Label(old["label"]) if old is not None else None
    await record_events(connection, analysis_events(analysis, job, before=before, now=now))
    if thread_mail is not None and await lock_mailbox(connection, analysis.ref.mailbox):
        await take(connection, thread_mail, now=now)
    # Last, since other messages wait for these rows until the commit.
    await counters.count(connection, new=new, old=old)
    return True


async def _close(
    connection: AsyncConnection,
    job: Job,
    *,
    now: datetime,
    again_at: datetime | None,
    again: JobReason,
    tries: ModelTries,
    why: tuple[str, str],
) -> bool:
    values: dict[str, Any] = {"lease_owner": "", "lease_token": "", "lease_until": None, "forced": False}
    values |= {"error_code": why[0], "error": why[1], "updated_at": now, "wake_at": again_at}
    values |= {"tried_model": tries.model, "model_tries": tries.number}
    if again_at is None:
        values |= {"state": JobState.DONE.value}
    else:
        values |= {"state": JobState.PENDING.value, "reason": again.value, "not_before": again_at}
        values |= {"priority": int(Priority[again.name]), "attempts": 0}
    return int((await connection.execute(update(queue).where(held(job)).values(**values))).rowcount) == 1


async def _store(
    connection: AsyncConnection, analysis: Analysis, rendering: Rendering
) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """Insert or replace the one row of a message and its read model; return the row and its predecessor."""
    row = analysis_row(analysis)
    old = (await connection.execute(select(analyses).where(is_ref(analyses, analysis.ref)).with_for_update())).first()
    if old is None:
        result = await connection.execute(insert(analyses).values(**row))
        (analysis_id,) = result.inserted_primary_key or (0,)
    else:
        analysis_id = old.id
        await connection.execute(update(analyses).where(analyses.c.id == analysis_id).values(**row))
        await delete_read_model(connection, [analysis_id])
    await insert_read_model(connection, [(analysis_id, analysis)], rendering)
    await keep_category(connection, analysis.ref, analysis_id, analysis.analyzed_at)
    return row, dict(old._mapping) if old is not None else None
