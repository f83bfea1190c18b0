"""Authenticates API callers: by `X-API-Key`, or by the nginx in front that has checked mailcow's own key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader

from glassdome.core.errors import AccessDenied, NotAuthenticated
from glassdome.core.secrets import reveal
from glassdome.desk.follow import while_vouched
from glassdome.desk.http import Wired, judged, proxy_caller
from glassdome.desk.keys import Caller, Scope, find_caller, parse_keys
from glassdome.desk.made_keys import made_key_caller
from glassdome.desk.services import Services

__all__ = ["DocsReader", "Reader", "Writer", "asked_again"]

_KEY = APIKeyHeader(
    name="X-API-Key", scheme_name="ApiKey", auto_error=False, description="ro keys read, rw keys write too"
)


async def authenticate(request: Request, services: Wired, key: Annotated[str | None, Security(_KEY)] = None) -> Caller:
    """Return the caller; raises NotAuthenticated (401) or RateLimited (429)."""
    caller = proxy_caller(request, services)
    if caller is None:
        if not key:
            raise NotAuthenticated("An API key is needed.", fix="Send it in the header X-API-Key.")
        caller = judged(request, services, await _caller_of(services, key), door="rest")
    request.app.state.rate.take(
        caller.name, per_minute=services.settings().api_rate_per_minute, now=services.clock.now()
    )
    return caller


def asked_again(request: Request, services: Services, *, lasting: float) -> Callable[[], Awaitable[Caller | None]]:
    """Return what finds the caller of an open answer again: None once the key was revoked or its owner's role ended.

    A proxy checks its visitors when a request comes, so what it vouched for ends after `lasting` seconds.
    """
    vouched = proxy_caller(request, services)
    if vouched is not None:
        return while_vouched(vouched, lasting=lasting)
    key = request.headers.get("X-API-Key", "")
    return lambda: _caller_of(services, key)


async def _caller_of(services: Services, key: str) -> Caller | None:
    settings = services.settings()
    found = find_caller(key, parse_keys(reveal(settings.api_keys) or ""))
    return found or await made_key_caller(services.keys, settings, key, now=services.clock.now())


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
