"""Who may call a route: `X-API-Key`, or the nginx in front that has checked mailcow's own key."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader

from glassdome.api.guesses import Door, Guesses, address_of
from glassdome.api.keys import Caller, Scope, find_caller, parse_keys
from glassdome.api.services import Services
from glassdome.core.errors import AccessDenied, NotAuthenticated
from glassdome.core.secrets import reveal

__all__ = ["DocsReader", "Reader", "Wired", "Writer", "judged", "proxy_caller", "same_secret"]

_KEY = APIKeyHeader(
    name="X-API-Key", scheme_name="ApiKey", auto_error=False, description="ro keys read, rw keys write too"
)
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


async def authenticate(request: Request, services: Wired, key: Annotated[str | None, Security(_KEY)] = None) -> Caller:
    """Return the caller; raises NotAuthenticated (401) or RateLimited (429)."""
    caller = proxy_caller(request, services)
    if caller is None:
        if not key:
            raise NotAuthenticated("An API key is needed.", fix="Send it in the header X-API-Key.")
        found = find_caller(key, parse_keys(reveal(services.settings().api_keys) or ""))
        caller = judged(request, services, found, door="rest")
    request.app.state.rate.take(
        caller.name, per_minute=services.settings().api_rate_per_minute, now=services.clock.now()
    )
    return caller


async def _writer(caller: Annotated[Caller, Depends(authenticate)]) -> Caller:
    if caller.scope is not Scope.RW:
        raise AccessDenied("API read/write access denied: this key may only read.")
    return caller


async def _docs_reader(request: Request, services: Wired, key: Annotated[str | None, Security(_KEY)] = None) -> None:
    if not services.settings().open_docs:
        (await authenticate(request, services, key)).must_be_unrestricted()


Reader = Annotated[Caller, Depends(authenticate)]
Writer = Annotated[Caller, Depends(_writer)]
DocsReader = Depends(_docs_reader)
