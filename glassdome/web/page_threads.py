"""Threads: a list by whose turn it is, and the course of one."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from glassdome.desk.http import Wired
from glassdome.desk.threads import ThreadName, ThreadParameters, list_threads, thread_of
from glassdome.shapes.thread import thread_shape, whole_thread_shape
from glassdome.values.thread import ThreadState
from glassdome.web.mailboxes import offered
from glassdome.web.page import PageRoute, render
from glassdome.web.tongue import N_
from glassdome.web.visitor import Reads

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
_STATES: Final = {
    ThreadState.OPEN_ME: N_("You owe an answer"),
    ThreadState.OPEN_THEM: N_("They owe an answer"),
    ThreadState.CLOSED: N_("Closed"),
}


@router.get("/threads")
async def threads(
    request: Request,
    services: Wired,
    visitor: Reads,
    state: ThreadState = ThreadState.OPEN_ME,
    mailbox: str = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Show one page of the threads in a state, the newest first."""
    caller = visitor.signed_in_by
    wanted = ThreadParameters(mailbox=mailbox.strip(), state=state, cursor=cursor)
    page = await list_threads(services, caller, wanted)
    return render(
        request,
        "threads.html",
        visitor,
        threads=[thread_shape(item) for item in page.items],
        next_cursor=page.next_cursor,
        state=state,
        states=_STATES,
        mailbox=wanted.mailbox,
        mailboxes=await offered(services, caller),
    )


@router.get("/thread")
async def thread(request: Request, services: Wired, visitor: Reads, name: Annotated[ThreadName, Query()]) -> Response:
    """Show a thread: the debt that keeps it open, its summary, and each of its mails."""
    stored, turns = await thread_of(services, visitor.signed_in_by, name)
    return render(request, "thread.html", visitor, thread=whole_thread_shape(stored, turns), states=_STATES)
