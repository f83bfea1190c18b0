"""What every answer gets, whatever route made it: security headers, and its time measured."""

from __future__ import annotations

import time
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from glassdome.core.metrics import Metrics

__all__ = ["Edge"]

#: Nothing here is a page, save `/docs` and the web UI, which set their own policy.
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


class Edge:
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
        status = 500
        began = time.perf_counter()

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, dressed)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            self._metrics.api_seconds.labels(route, scope["method"], str(status)).observe(time.perf_counter() - began)
