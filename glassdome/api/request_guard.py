"""Outermost ASGI middleware: body limit, security headers, request timing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from glassdome.api import errors
from glassdome.core.limits import MAX_REQUEST_BYTES, MAX_SCAN_BYTES
from glassdome.core.metrics import Metrics

__all__ = ["SCAN_PATH", "RequestGuard"]

SCAN_PATH: Final = "/rspamd/check"
_BODY_BYTES: Final[Mapping[str, int]] = {SCAN_PATH: MAX_SCAN_BYTES}

#: Nothing here is a page, save `/docs` and the web UI, which set their own policy.
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


class RequestGuard:
    """ASGI middleware; no cross-origin header is ever sent, so browsers keep other sites out."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        """`metrics` gets the time of each request by route template, never by path."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and dress its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0
        start = time.perf_counter()

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await errors.guarded(self._app, scope, _bounded(scope, receive), dressed, began=lambda: status > 0)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            method = scope["method"] if route != "unmatched" else "any"
            self._metrics.api_seconds.labels(route, method, str(status)).observe(time.perf_counter() - start)


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Return `receive` that refuses with 413, at once when the length is declared, else when it is passed."""
    limit = _BODY_BYTES.get(scope["path"], MAX_REQUEST_BYTES)
    declared = Headers(scope=scope).get("content-length", "0")
    left = limit - int(declared) if declared.isdigit() else limit
    received = 0

    async def bounded() -> Message:
        nonlocal received
        if left < 0:
            raise HTTPException(413)
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(413)
        return message

    return bounded
