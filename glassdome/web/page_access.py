"""The access of the visitor: what they may see, their sessions and API keys, and how to end them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from glassdome.core.errors import NotFound
from glassdome.desk.http import Wired
from glassdome.desk.made_keys import EVERYTHING, choices, key_name, keys_seen, longest_days, make_key, revoke_key
from glassdome.desk.services import Services
from glassdome.values.person import Person
from glassdome.web.begin import audit, forget_session
from glassdome.web.page import PageRoute, redirect, render
from glassdome.web.session import IDLE
from glassdome.web.tongue import gettext
from glassdome.web.visitor import Filled, Reads, SentForm, Visitor

__all__ = ["router"]

#: Days that a key holds unless its maker says otherwise.
_USUAL_DAYS: Final = 365
router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)


@router.get("/access")
async def access(request: Request, services: Wired, visitor: Reads) -> Response:
    """List the visitor's sessions and keys."""
    return await _shown(request, services, visitor)


@router.post("/make-key")
async def make(request: Request, services: Wired, form: Filled) -> Response:
    """Make an API key and show it, this once."""
    key = await make_key(
        services,
        _person(form),
        form.caller,
        label=form["label"].strip(),
        covers=form["covers"],
        writes=form["writes"] == "on",
        days=form.number("days") or 0,
    )
    answer = await _shown(request, services, form.visitor, made=key)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/revoke-key")
async def revoke(request: Request, services: Wired, form: Filled) -> Response:
    """Revoke an API key."""
    await revoke_key(services, _person(form), form.caller, form.number("key") or 0)
    request.app.state.streams.ring()
    return redirect("access", done="key_revoked")


@router.post("/end-session")
async def end_session(request: Request, services: Wired, form: Filled) -> Response:
    """End one session of the visitor's, in whichever browser."""
    who = _person(form).name
    if not await services.sessions.end_sessions(who, session=form["session"] or "-"):
        raise NotFound(gettext("That session has ended already."))
    request.app.state.streams.ring()
    await audit(services, who, "end_session")
    return redirect("access", done="session_ended")


@router.post("/sign-out-everywhere")
async def sign_out_everywhere(request: Request, services: Wired, form: Filled) -> Response:
    """End all sessions of the visitor's."""
    who = _person(form).name
    await services.sessions.end_sessions(who)
    request.app.state.streams.ring()
    await audit(services, who, "sign_out_everywhere")
    answer = redirect("sign-in", done="signed_out_everywhere")
    forget_session(answer)
    return answer


async def _shown(request: Request, services: Services, visitor: Visitor, *, made: str = "") -> Response:
    now, known, caller = services.clock.now(), visitor.known, visitor.signed_in_by
    longest = longest_days(services.settings(), known.person, EVERYTHING) if known else 0
    found = await services.sessions.sessions_of(known.person.name, now=now, idle_since=now - IDLE) if known else ()
    return render(
        request,
        "access.html",
        visitor,
        known=known,
        sessions=found,
        keys=await keys_seen(services, known.person, caller) if known else (),
        choices=choices(known.person, caller) if known else (),
        everything=EVERYTHING,
        hours=round((known.expires_at - known.begun_at).total_seconds() / 3600) if known else 0,
        days=min(_USUAL_DAYS, longest) if known else 0,
        key_name=key_name,
        made=made,
    )


def _person(form: SentForm) -> Person:
    assert form.caller
    if form.visitor.known is None:
        raise NotFound(gettext("You have no session: a proxy vouches for you."))
    return form.visitor.known.person
