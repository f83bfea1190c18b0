"""Begins a session for a person who proved who they are, and makes the browser forget one."""

from __future__ import annotations

from fastapi import Request, Response

from glassdome.core.limits import MAX_BROWSER_CHARS
from glassdome.desk.services import Services
from glassdome.values.person import Person
from glassdome.web.page import set_cookie
from glassdome.web.session import IDLE, LIFETIME, WebSession
from glassdome.web.visitor import SESSION_COOKIE, sessions_of

__all__ = ["audit", "begin_session", "forget_session"]


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
        session.token, person=person, browser=browser, now=now, until=now + LIFETIME, idle_since=now - IDLE
    )
    set_cookie(request, answer, SESSION_COOKIE, session)
    await audit(services, person.name, "sign_in")


def forget_session(answer: Response) -> None:
    """Have the browser delete its cookie."""
    answer.delete_cookie(SESSION_COOKIE, path=None, httponly=True, samesite="strict")  # type: ignore[arg-type]


async def audit(services: Services, who: str, action: str) -> None:
    """Record that somebody signed in or out."""
    await services.history.audit(actor=who, action=action, subject="web", facts={}, now=services.clock.now())
