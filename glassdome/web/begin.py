"""Begins a session for a person who proved who they are, and makes the browser forget one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fastapi import Request, Response

from glassdome.core.limits import MAX_BROWSER_CHARS, WEB_UNCHECKED_SECONDS
from glassdome.desk.services import Services
from glassdome.values.person import Person, SignedInBy
from glassdome.web.page import set_cookie
from glassdome.web.session import IDLE, LIFETIME, WebSession
from glassdome.web.visitor import SESSION_COOKIE, sessions_of

__all__ = ["audit", "begin_session", "forget_session", "lifetime"]

_UNCHECKED: Final = timedelta(seconds=WEB_UNCHECKED_SECONDS)


async def begin_session(
    request: Request, services: Services, answer: Response, person: Person, *, before: WebSession | None = None
) -> None:
    """Begin a session with a token of its own, in the database and in the answer's cookie; `before` ends."""
    now = services.clock.now()
    if before is not None:
        await services.sessions.end_session(before.token)
    session = sessions_of(request).begin(now=now)
    browser = request.headers.get("User-Agent", "")[:MAX_BROWSER_CHARS]
    await services.sessions.begin_session(
        session.token,
        person=person,
        browser=browser,
        now=now,
        until=now + lifetime(person, services),
        idle_since=now - IDLE,
    )
    set_cookie(request, answer, SESSION_COOKIE, session)
    await audit(services, person.name, "sign_in")


def lifetime(person: Person, services: Services) -> timedelta:
    """Return how long a session lasts: shorter where no mailcow tells that its account changed or was switched off."""
    settings = services.settings()
    watched = bool(settings.mailcow_api_url and settings.mailcow_api_key)
    by_account = person.by in (SignedInBy.MAILBOX, SignedInBy.PROVIDER)
    return _UNCHECKED if by_account and not watched else LIFETIME


def forget_session(answer: Response) -> None:
    """Have the browser delete its cookie."""
    answer.delete_cookie(SESSION_COOKIE, path=None, httponly=True, samesite="strict")  # type: ignore[arg-type]


async def audit(services: Services, who: str, action: str) -> None:
    """Record that somebody signed in or out."""
    await services.history.audit(actor=who, action=action, subject="web", facts={}, now=services.clock.now())
