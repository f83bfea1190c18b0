"""List jobs in the order of their ids, as values or as JSON texts made by the database."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, cast, func, select

from glassdome.store.restrict import Names, visible_to
from glassdome.store.schema import queue
from glassdome.values.job import JobState

__all__ = ["JOB", "job_text", "listed"]

JOB: Final = (queue,)
#: SQLite and MariaDB have 64-bit integers, JSON readers have not: a UID can be asked for as text.
_COLUMNS: Final[Mapping[str, ColumnElement[Any]]] = {**queue.c, "uid_text": cast(queue.c.uid, String(20))}


def job_text(fields: Mapping[str, str]) -> tuple[ColumnElement[Any], ...]:
    """Return the id and the JSON text of a job, its fields named by the keys and read from the columns of the values.

    The database makes the text: a hundred jobs as values cost more than all else of their request.
    """
    parts = (part for name, column in fields.items() for part in (name, _COLUMNS[column]))
    return queue.c.id, func.json_object(*parts).label("text")


@lru_cache(maxsize=64)
def listed(
    *what: Any,
    state: JobState | None,
    mailbox: str,
    mailboxes: Names,
    domains: Names,
    after_id: int,
    limit: int,
) -> Select[Any]:
    """Return the select of `what` of the jobs behind `after_id`; it is kept, since most ask for the same first page."""
    found = select(*what).where(queue.c.id > after_id, *visible_to(queue.c.mailbox, mailboxes, domains))
    if state is not None:
        found = found.where(queue.c.state == state.value)
    if mailbox:
        found = found.where(queue.c.mailbox == mailbox)
    return found.order_by(queue.c.id).limit(limit)
