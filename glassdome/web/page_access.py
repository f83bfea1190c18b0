"""The access of the visitor: what they may see, their sessions, and how to end them."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from glassdome.core.errors import NotFound
from glassdome.desk.http import Wired
from glassdome.web.begin import audit, forget_session
from glassdome.web.page import PageRoute, redirect, render
from glassdome.web.session import IDLE
from glassdome.web.visitor import Filled, Reads

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)


@router.get("/access")
async def access(request: Request, services: Wired, visitor: Reads) -> Response:
    """List the visitor's sessions."""
    now, known = services.clock.now(), visitor.known
    found = await services.sessions.sessions_of(known.person.name, now=now, idle_since=now - IDLE) if known else ()
    return render(request, "access.html", visitor, known=known, sessions=found)


@router.post("/end-session")
async def end_session(services: Wired, form: Filled) -> Response:
    """End one session of the visitor's, in whichever browser."""
    who = _who(form)
    if not await services.sessions.end_sessions(who, session=form["session"] or "-"):
        raise NotFound("That session has ended already.")
    await audit(services, who, "end_session")
    return redirect("access", done="session_ended")


@router.post("/sign-out-everywhere")
async def sign_out_everywhere(services: Wired, form: Filled) -> Response:
    """End all sessions of the visitor's."""
    who = _who(form)
    await services.sessions.end_sessions(who)
    await audit(services, who, "sign_out_everywhere")
    answer = redirect("sign-in", done="signed_out_everywhere")
    forget_session(answer)
    return answer


def _who(form: Filled) -> str:
    assert form.caller
    if form.visitor.known is None:
        raise NotFound("You have no session: a proxy vouches for you.")
    return form.visitor.known.person.name
