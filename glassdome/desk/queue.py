"""The queue: pages of jobs, retry and cancel; changes are audited."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from glassdome.core.errors import NotFound
from glassdome.core.limits import MAX_PAGE, MAX_QUEUE_MOVES
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import OptionalMailbox, mailbox_of
from glassdome.desk.services import Services
from glassdome.ports.store import QueuePage
from glassdome.values.job import Job, JobState

__all__ = ["JobId", "QueueEdit", "QueueParameters", "move_jobs", "page_of_queue"]


_MAX_ID: Final = 2**63 - 1


JobId = Annotated[int, Field(ge=1, le=_MAX_ID)]


#: What each action takes and what it makes of it, when no ids are named.
_MOVES: Final = {
    "retry": (JobState.FAILED, JobState.PENDING),
    "cancel": (JobState.PENDING, JobState.CANCELLED),
}


class QueueParameters(BaseModel):
    """The filters of the list of jobs, in order of id."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[JobState | None, Field(description="Only jobs in this state")] = None
    mailbox: OptionalMailbox = ""
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Jobs of a page")] = 100
    after_id: Annotated[int, Field(ge=0, le=_MAX_ID, description="`next_after_id` of the page before")] = 0


class QueueEdit(BaseModel):
    """Retry what failed or was cancelled, cancel what waits or failed: these ids, or all there are."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"action": "retry", "ids": [17]}, {"action": "retry", "mailbox": "user@domain.com"}]
        },
    )

    action: Literal["retry", "cancel"]
    ids: Annotated[list[JobId] | None, Field(min_length=1, max_length=MAX_PAGE)] = None
    mailbox: Annotated[
        OptionalMailbox, Field(description="Without ids: all failed (retry) or waiting (cancel) of it")
    ] = ""


async def page_of_queue(services: Services, caller: Caller, parameters: QueueParameters) -> QueuePage:
    """Return one page of what the caller may see of the queue."""
    return await services.queue.page(
        now=services.clock.now(),
        state=parameters.state,
        mailbox=mailbox_of(caller, parameters.mailbox),
        limit=parameters.limit,
        after_id=parameters.after_id,
        mailboxes=caller.mailboxes,
        domains=caller.domains,
    )


async def move_jobs(services: Services, caller: Caller, body: QueueEdit) -> tuple[int, bool]:
    """Move and audit; return how many jobs moved, and whether there are more. Raises NotFound for ids that the caller may not see."""
    mailbox = mailbox_of(caller, body.mailbox)
    if body.ids is not None:
        moved, more = await _move_named(services, caller, body, body.ids, mailbox), False
    else:
        moved, more = await _move_all(services, caller, body, mailbox)
    now = services.clock.now()
    facts = body.model_dump(exclude_defaults=True) | {"moved": moved}
    await services.history.audit(actor=caller.name, action="edit_queue", subject=mailbox, facts=facts, now=now)
    services.wake()
    return moved, more


async def _move_named(services: Services, caller: Caller, body: QueueEdit, ids: list[int], mailbox: str) -> int:
    jobs = await services.queue.jobs(
        ids=ids, mailbox=mailbox, limit=len(ids), mailboxes=caller.mailboxes, domains=caller.domains
    )
    if not jobs:
        raise NotFound("There are no such jobs.")
    return await _set(services, jobs, _MOVES[body.action][1])


async def _move_all(services: Services, caller: Caller, body: QueueEdit, mailbox: str) -> tuple[int, bool]:
    before, after = _MOVES[body.action]
    moved = last = 0
    while moved < MAX_QUEUE_MOVES:
        jobs = await services.queue.jobs(
            state=before,
            mailbox=mailbox,
            limit=MAX_PAGE,
            after_id=last,
            mailboxes=caller.mailboxes,
            domains=caller.domains,
        )
        if not jobs:
            return moved, False
        last = jobs[-1].id
        moved += await _set(services, jobs, after)
    return moved, True


async def _set(services: Services, jobs: tuple[Job, ...], state: JobState) -> int:
    return await services.queue.set_state([job.id for job in jobs], state=state, now=services.clock.now())
