"""The queue: what waits, what failed and why; retry and cancel."""

from __future__ import annotations

import json
from typing import Annotated, Final, Literal, cast

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from glassdome.core.errors import InputError
from glassdome.desk.http import Wired
from glassdome.desk.lookup import mailbox_of
from glassdome.desk.queue import QueueEdit, move_jobs
from glassdome.values.job import JobState
from glassdome.web.mailboxes import narrowed_to, offered
from glassdome.web.page import PageRoute, redirect, render
from glassdome.web.tongue import gettext
from glassdome.web.visitor import Reads, Written

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
_ROWS: Final = 50
_DONE: Final = {"retry": "retried", "cancel": "cancelled"}


class QueueFilter(BaseModel):
    """The filters of the list of jobs, in order of id; an empty state means those that are not done."""

    state: Literal["", "pending", "leased", "done", "failed", "cancelled"] = ""
    mailbox: str = ""
    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


@router.get("/queue")
async def queue(request: Request, services: Wired, visitor: Reads, wanted: Annotated[QueueFilter, Query()]) -> Response:
    """Show how many jobs are in each state, and one page of those asked for; failed ones unless something else is."""
    caller = visitor.signed_in_by
    state = JobState(wanted.state or JobState.FAILED)
    mailbox = mailbox_of(caller, wanted.mailbox.strip())
    seen = narrowed_to(caller, mailbox)
    page = await services.queue.page(
        now=services.clock.now(),
        state=state,
        mailbox=mailbox,
        limit=_ROWS,
        after_id=wanted.after,
        mailboxes=seen.mailboxes,
        domains=seen.domains,
    )
    return render(
        request,
        "queue.html",
        visitor,
        state=str(state),
        mailbox=mailbox,
        after=wanted.after,
        jobs=[json.loads(job) for job in page.jobs],
        depth=page.depth,
        next_after=page.next_after_id,
        mailboxes=await offered(services, caller),
    )


@router.post("/queue")
async def move(services: Wired, form: Written) -> Response:
    """Retry or cancel one job, or all that failed (or wait) of what the page showed."""
    action, job = form["action"], form.number("job")
    if action not in _DONE or (job is None and form["job"]):
        raise InputError(gettext("Choose retry or cancel."))
    body = QueueEdit(
        action=cast(Literal["retry", "cancel"], action),
        ids=None if job is None else [job],
        mailbox=form["mailbox"],
    )
    moved, more = await move_jobs(services, form.caller, body)
    done = "" if moved else "not_"
    return redirect(
        "queue", state=form["state"], mailbox=form["mailbox"], done=f"{done}{_DONE[action]}{'_some' * more}"
    )
