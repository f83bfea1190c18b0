"""Counts tries to sign in, before anything is checked."""

from __future__ import annotations

from fastapi import Request

from glassdome.core.errors import RateLimited
from glassdome.core.networks import household
from glassdome.desk.guesses import address_of
from glassdome.desk.services import Services
from glassdome.web.sign_in_limiter import SignInLimiter
from glassdome.web.tongue import gettext

__all__ = ["count_try"]


def count_try(request: Request, services: Services, mailbox: str = "") -> None:
    """Count a try of this visitor, at that mailbox where one is named; raises RateLimited."""
    limiter: SignInLimiter = request.app.state.web.sign_in_limiter
    now, network = services.clock.now(), household(address_of(request.scope, services.settings()))
    peer = household(request.client.host if request.client else "")
    try:
        limiter.count(peer, network, now=now)
        if mailbox:
            limiter.count_mailbox(mailbox, network, now=now)
    except RateLimited as exc:
        raise RateLimited(gettext("Too many tries to sign in. Wait a minute."), **exc.facts) from exc
