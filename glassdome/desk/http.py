"""Shared by the edges that speak HTTP: the services of the application, and callers who prove themselves by a secret."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Request

from glassdome.core.secrets import reveal
from glassdome.desk.guesses import Door, Guesses, address_of
from glassdome.desk.keys import Caller, Scope
from glassdome.desk.services import Services

__all__ = ["Wired", "judged", "proxy_caller", "same_secret"]

_PROXY = "nginx"
_HALF_PROXY = "The proxy's scope and secret headers are not both right."


async def services_of(request: Request) -> Services:
    """Return what bootstrap wired."""
    services: Services = request.app.state.services
    return services


Wired = Annotated[Services, Depends(services_of)]


def same_secret(presented: str, expected: str | None) -> bool:
    """Compare in constant time; an unset secret equals nothing."""
    return bool(expected) and hmac.compare_digest(presented.encode(), (expected or "").encode())


def proxy_caller(request: Request, services: Services) -> Caller | None:
    """Trust the scope header only together with the shared secret; either alone is refused."""
    scope = request.headers.get("X-Glassdome-Scope")
    secret = request.headers.get("X-Glassdome-Proxy-Secret")
    if scope is None and secret is None:
        return None
    right = same_secret(secret or "", reveal(services.settings().proxy_secret)) and scope in list(Scope)
    caller = Caller(name=_PROXY, scope=Scope(scope)) if right and scope else None
    return judged(request, services, caller, door="proxy", refusal=_HALF_PROXY)


def judged(
    request: Request,
    services: Services,
    caller: Caller | None,
    *,
    door: Door,
    refusal: str = "That API key is not valid.",
) -> Caller:
    """Return the caller whose key was right; raises NotAuthenticated, RateLimited where too many were wrong."""
    guesses: Guesses = request.app.state.guesses
    address = address_of(request.scope, services.settings())
    return guesses.judge(caller, address, door=door, now=services.clock.now(), refusal=refusal)
