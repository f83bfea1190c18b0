"""Jobs in the order of their ids, as values or as the JSON texts that the API shows, made by the database."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, String, cast, func, select

from glassdome.store.restrict import Names, visible_to
from glassdome.store.schema import queue
from glassdome.values.job import JobState

__all__ = ["JOB", "JOB_TEXT", "listed"]

#: The fields of `values.as_json.job_shape`.
_TEXT: Final[dict[str, Any]] = {
    "id": queue.c.id,
    "mailbox": queue.c.mailbox,
    "email_id": cast(queue.c.uid, String(20)),
    **{name: queue.c[name] for name in ("folder", "uid_validity", "state", "reason", "priority", "attempts")},
    **{
        name: queue.c[name]
        for name in ("not_before", "enqueued_at", "updated_at", "lease_owner", "error_code", "error")
    },
}
JOB: Final = (queue,)
#: A hundred jobs as values cost more than all else of their request.
JOB_TEXT: Final = (queue.c.id, func.json_object(*(part for item in _TEXT.items() for part in item)).label("text"))


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
