"""Moves the records of a message to its new name, after its folder was rebuilt."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.counters import counters
from glassdome.store.read_model import delete_read_model
from glassdome.store.rows import is_ref, key_of
from glassdome.store.schema import actions, analyses, feedback, queue
from glassdome.store.schema_owners import marks
from glassdome.values.action import Action, ActionKind
from glassdome.values.refs import MessageRef

__all__ = ["supersede"]


async def supersede(connection: AsyncConnection, old: MessageRef, new: MessageRef) -> None:
    """Move the correction and the actions of `old` to `new`, and take its analysis and its job away."""
    place = {"uid_validity": new.uid_validity, "uid": new.uid}
    taken = (await connection.execute(select(feedback.c.id).where(is_ref(feedback, new)))).first()
    if taken is None:
        await connection.execute(update(feedback).where(is_ref(feedback, old)).values(**place))
    if (await connection.execute(select(marks.c.uid).where(is_ref(marks, new)))).first() is None:
        await connection.execute(update(marks).where(is_ref(marks, old)).values(**place))
    for row in (await connection.execute(select(actions).where(is_ref(actions, old)))).all():
        key = key_of(Action(ref=new, kind=ActionKind(row.kind), argument=row.argument).key)
        if (await connection.execute(select(actions.c.id).where(actions.c.action_key == key))).first() is None:
            await connection.execute(update(actions).where(actions.c.id == row.id).values(action_key=key, **place))
    found = (await connection.execute(select(analyses).where(is_ref(analyses, old)).with_for_update())).first()
    if found is not None:
        await delete_read_model(connection, [found.id])
        await connection.execute(delete(analyses).where(analyses.c.id == found.id))
        await counters.add(connection, [(dict(found._mapping), -1)])
    await connection.execute(delete(queue).where(is_ref(queue, old)))
