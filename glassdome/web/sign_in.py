"""Signing in with a mailbox's password or an API key, and signing out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import SecretStr

from glassdome.core.errors import ConnectFailed
from glassdome.core.limits import MAX_ADDRESS_CHARS
from glassdome.core.networks import household
from glassdome.core.secrets import reveal
from glassdome.desk.guesses import Guesses, address_of
from glassdome.desk.http import Wired
from glassdome.desk.keys import find_caller, parse_keys
from glassdome.desk.people import mailcow_administrator, owner_of
from glassdome.desk.services import Services
from glassdome.values.person import Person, SignedInBy
from glassdome.web.back import our_page
from glassdome.web.begin import audit, begin_session, forget_session
from glassdome.web.page import PageRoute, redirect
from glassdome.web.sign_in_page import sign_in_form
from glassdome.web.sign_in_provider import provider_sign_out
from glassdome.web.tongue import refusal
from glassdome.web.tries import count_try
from glassdome.web.visitor import Anyone, Filled, SentForm

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)


@router.get("/sign-in")
async def sign_in_page(request: Request, services: Wired, visitor: Anyone, next: str = "") -> Response:
    """Ask for a password or a key."""
    if visitor.caller is not None:
        return redirect(our_page(next))
    # The cookie stays home when a foreign site's link is followed: one step further, on our own page, it is there.
    from_elsewhere = request.headers.get("Sec-Fetch-Site") == "cross-site"
    return sign_in_form(request, services, visitor, our_page(next), from_elsewhere=from_elsewhere)


@router.post("/sign-in")
async def sign_in(request: Request, services: Wired, form: Filled) -> Response:
    """Begin a session for who has a key or a mailbox; tries are counted, whether right or wrong."""
    back, address = our_page(form["next"]), form["address"]
    try:
        person = await _person(request, services, form)
    except ConnectFailed as exc:
        said = "" if address else " ".join(refusal(exc)).strip()
        return sign_in_form(request, services, form.visitor, back, status=503, address=address, problem=said)
    if person is None:
        return sign_in_form(request, services, form.visitor, back, status=401, address=address)
    answer = redirect(back)
    await begin_session(request, services, answer, person, before=form.visitor.session)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, services: Wired, form: Filled) -> Response:
    """End the session here and in the browser; the page offers to end the provider's session, too."""
    known = form.visitor.known
    by_provider = known is not None and known.person.by is SignedInBy.PROVIDER
    if form.visitor.session is not None:
        await services.sessions.end_session(form.visitor.session.token)
        request.app.state.streams.ring()
        await audit(services, form.caller.name, "sign_out")
    # Only then: the provider may take its time to answer.
    further = by_provider and await provider_sign_out(services)
    answer = redirect("sign-in", done="signed_out_here" if further else "signed_out")
    forget_session(answer)
    return answer


async def _person(request: Request, services: Services, form: SentForm) -> Person | None:
    """Return who proved themselves; raises RateLimited, ConnectFailed."""
    address, mailbox = address_of(request.scope, services.settings()), form["address"].strip().lower()
    mailbox = mailbox[:MAX_ADDRESS_CHARS]
    count_try(request, services, mailbox)
    if not mailbox:
        return await _by_key(services, form["key"].strip(), address)
    person = await owner_of(services, mailbox, SecretStr(form["password"]))
    if person is None:
        Guesses.log(address, "mailbox")
    else:
        request.app.state.web.sign_in_limiter.was_right(mailbox, household(address))
    return person


async def _by_key(services: Services, key: str, address: str) -> Person | None:
    """Return who has a key of ours, else of mailcow; the second is asked for only where the first is not known."""
    caller = find_caller(key, parse_keys(reveal(services.settings().api_keys) or ""))
    if caller is not None:
        return Person(by=SignedInBy.KEY, name=caller.name)
    person = await mailcow_administrator(services, key, address)
    if person is None:
        Guesses.log(address, "web")
    return person
