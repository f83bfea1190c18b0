"""Signing in with a mailbox's password or an API key, and signing out."""

from __future__ import annotations

import re
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import SecretStr

from glassdome.core.errors import ConnectFailed, RateLimited
from glassdome.core.limits import MAX_ADDRESS_CHARS
from glassdome.core.networks import household
from glassdome.core.secrets import reveal
from glassdome.desk.guesses import Guesses, address_of
from glassdome.desk.http import Wired
from glassdome.desk.keys import find_caller, parse_keys
from glassdome.desk.people import owner_of, takes_passwords
from glassdome.desk.services import Services
from glassdome.values.person import Person, SignedInBy
from glassdome.web.begin import audit, begin_session, forget_session
from glassdome.web.page import PageRoute, redirect, render
from glassdome.web.sign_in_limiter import SignInLimiter
from glassdome.web.visitor import Anyone, Filled, SentForm, Visitor

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
#: Where one may be led after signing in: our own pages, by name.
_BACK: Final = re.compile(r"(access|message|overview|queue|settings|service|threads|thread|)(\?[!-~]*)?")


@router.get("/sign-in")
async def sign_in_page(request: Request, services: Wired, visitor: Anyone, next: str = "") -> Response:
    """Ask for a password or a key."""
    if visitor.caller is not None:
        return redirect(_back(next))
    # The cookie stays home when a foreign site's link is followed: one step further, on our own page, it is there.
    from_elsewhere = request.headers.get("Sec-Fetch-Site") == "cross-site"
    return _page(request, services, visitor, _back(next), from_elsewhere=from_elsewhere)


@router.post("/sign-in")
async def sign_in(request: Request, services: Wired, form: Filled) -> Response:
    """Begin a session for who has a key or a mailbox; tries are counted, whether right or wrong."""
    back = _back(form["next"])
    try:
        person = await _person(request, services, form)
    except ConnectFailed:
        return _page(request, services, form.visitor, back, status=503, address=form["address"])
    if person is None:
        return _page(request, services, form.visitor, back, status=401, address=form["address"])
    answer = redirect(back)
    await begin_session(request, services, answer, person, before=form.visitor.session)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, services: Wired, form: Filled) -> Response:
    """End the session here and in the browser."""
    answer = redirect("sign-in", done="signed_out")
    if form.visitor.session is not None:
        await services.sessions.end_session(form.visitor.session.token)
        await audit(services, form.caller.name, "sign_out")
    forget_session(answer)
    return answer


async def _person(request: Request, services: Services, form: SentForm) -> Person | None:
    """Return who proved themselves; raises RateLimited, ConnectFailed."""
    limiter: SignInLimiter = request.app.state.web.sign_in_limiter
    address, now = address_of(request.scope, services.settings()), services.clock.now()
    mailbox, network = form["address"].strip().lower()[:MAX_ADDRESS_CHARS], household(address)
    try:
        limiter.count(_peer(request), network, now=now)
        if mailbox:
            limiter.count_mailbox(mailbox, network, now=now)
    except RateLimited as exc:
        raise RateLimited("Too many tries to sign in. Wait a minute.", **exc.facts) from exc
    if not mailbox:
        return _by_key(services, form["key"].strip(), address)
    person = await owner_of(services, mailbox, SecretStr(form["password"]))
    if person is None:
        Guesses.log(address, "mailbox")
    else:
        limiter.was_right(mailbox, network)
    return person


def _by_key(services: Services, key: str, address: str) -> Person | None:
    caller = find_caller(key, parse_keys(reveal(services.settings().api_keys) or ""))
    if caller is None:
        Guesses.log(address, "web")
        return None
    return Person(by=SignedInBy.KEY, name=caller.name)


def _page(
    request: Request,
    services: Services,
    visitor: Visitor,
    back: str,
    *,
    from_elsewhere: bool = False,
    status: int = 200,
    address: str = "",
) -> Response:
    return render(
        request,
        "sign_in.html",
        visitor,
        status=status,
        back=back,
        from_elsewhere=from_elsewhere,
        wrong=status == 401,
        unchecked=status == 503,
        address=address,
        by_mailbox=takes_passwords(services),
        keys_there=bool(reveal(services.settings().api_keys)),
    )


def _back(text: str) -> str:
    return text if _BACK.fullmatch(text) else ""


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""
