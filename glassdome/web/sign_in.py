"""Signing in with an API key, and signing out."""

from __future__ import annotations

import re
from typing import Final

from fastapi import APIRouter, Request, Response

from glassdome.core.errors import RateLimited
from glassdome.core.networks import household
from glassdome.core.secrets import reveal
from glassdome.desk.guesses import Guesses, address_of
from glassdome.desk.http import Wired
from glassdome.desk.keys import Caller, find_caller, parse_keys
from glassdome.desk.services import Services
from glassdome.web.page import PageRoute, redirect, render, set_cookie
from glassdome.web.session import LIFETIME
from glassdome.web.sign_in_limiter import SignInLimiter
from glassdome.web.visitor import SESSION_COOKIE, Anyone, Filled, Visitor, sessions_of

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
#: Where one may be led after signing in: our own pages, by name.
_BACK: Final = re.compile(r"(message|overview|queue|settings|service|)(\?[!-~]*)?")


@router.get("/sign-in")
async def sign_in_page(request: Request, services: Wired, visitor: Anyone, next: str = "") -> Response:
    """Ask for a key."""
    if visitor.caller is not None:
        return redirect(_back(next))
    # The cookie stays home when a foreign site's link is followed: one step further, on our own page, it is there.
    from_elsewhere = request.headers.get("Sec-Fetch-Site") == "cross-site"
    return _page(request, services, visitor, _back(next), from_elsewhere=from_elsewhere)


@router.post("/sign-in")
async def sign_in(request: Request, services: Wired, form: Filled) -> Response:
    """Begin a session for who has a key; tries are counted per address, whether right or wrong."""
    _take(request, services)
    caller = find_caller(form["key"].strip(), parse_keys(reveal(services.settings().api_keys) or ""))
    back = _back(form["next"])
    if caller is None:
        Guesses.log(address_of(request.scope, services.settings()), "web")
        return _page(request, services, form.visitor, back, status=401)
    answer, now = redirect(back), services.clock.now()
    session = sessions_of(request).begin(key=caller.name, now=now)
    await services.sessions.begin_session(session.token, who=caller.name, now=now, until=now + LIFETIME)
    set_cookie(request, answer, SESSION_COOKIE, session)
    await _audit(services, caller, "sign_in")
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, services: Wired, form: Filled) -> Response:
    """End the session here and in the browser."""
    answer = redirect("sign-in", done="signed_out")
    if form.visitor.session is not None:
        await services.sessions.end_session(form.visitor.session.token)
        await _audit(services, form.caller, "sign_out")
    answer.delete_cookie(SESSION_COOKIE, path=None, httponly=True, samesite="strict")  # type: ignore[arg-type]
    return answer


def _page(
    request: Request,
    services: Services,
    visitor: Visitor,
    back: str,
    *,
    from_elsewhere: bool = False,
    status: int = 200,
) -> Response:
    return render(
        request,
        "sign_in.html",
        visitor,
        status=status,
        back=back,
        from_elsewhere=from_elsewhere,
        wrong=status == 401,
        keys_there=bool(reveal(services.settings().api_keys)),
    )


def _back(text: str) -> str:
    return text if _BACK.fullmatch(text) else ""


def _take(request: Request, services: Services) -> None:
    """Count a try; raises RateLimited."""
    limiter: SignInLimiter = request.app.state.web.sign_in_limiter
    try:
        address = household(address_of(request.scope, services.settings()))
        limiter.count(_peer(request), address, now=services.clock.now())
    except RateLimited as exc:
        raise RateLimited("Too many tries to sign in. Wait a minute.", **exc.facts) from exc


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


async def _audit(services: Services, caller: Caller, action: str) -> None:
    await services.history.audit(actor=caller.name, action=action, subject="web", facts={}, now=services.clock.now())
