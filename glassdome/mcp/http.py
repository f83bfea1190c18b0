"""MCP over streamable HTTP: API keys as bearer tokens, and a Host and Origin that a web page cannot forge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Final

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Request

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, GlassdomeError, NotAuthenticated
from glassdome.core.limits import MAX_MCP_REQUEST_BYTES, MAX_MCP_SESSIONS
from glassdome.core.per_loop import PerLoop
from glassdome.core.secrets import reveal
from glassdome.desk.guesses import Guesses, address_of
from glassdome.desk.keys import Caller, find_caller, parse_keys
from glassdome.desk.made_keys import made_key_caller, may_be_made
from glassdome.desk.rate import RateLimit
from glassdome.mcp.errors import http_refusal
from glassdome.mcp.server import Context, create_server
from glassdome.mcp.tool_context import open_tool_context
from glassdome.pipeline.live import LiveSettings

__all__ = ["PATH", "open_http"]

PATH: Final = "/mcp"
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
_CALLER: Final = "glassdome.caller"


#: Returns who brings a key that a person made on the page.
MadeKeys = Callable[[str, Settings, datetime], Awaitable[Caller | None]]


class KeyGuard:
    """ASGI: lets a request in that brings a valid key, and notes whose it is."""

    def __init__(
        self, app: ASGIApp, settings: Callable[[], Awaitable[Settings]], made: MadeKeys, *, clock: Clock
    ) -> None:
        """`settings` returns the current settings: a key that was taken away since opens nothing.

        `made` looks up keys that people made on the page.
        """
        self._app, self._settings, self._made, self._clock = app, settings, made, clock
        self._rate, self._guesses = RateLimit(), Guesses()

    async def __call__(self, scope: Request, receive: Receive, send: Send) -> None:
        """Pass the request on with its caller, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._caller(scope)
        except GlassdomeError as exc:
            await http_refusal(exc)(scope, receive, send)
            return
        if scope["method"] == "GET":
            # A stream for what the server says unasked, which is nothing: it would hold a connection for ever.
            await Response(status_code=405, headers={"Allow": "POST, DELETE"})(scope, receive, send)
            return
        # The SDK holds a session to the user who opened it.
        user = AuthenticatedUser(AccessToken(token="", client_id=caller.name, scopes=[caller.scope]))
        await self._app({**scope, "user": user, _CALLER: caller}, receive, send)

    async def _caller(self, request: Request) -> Caller:
        scheme, _, token = Headers(scope=request).get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticated("An API key is needed.", fix="Send it as Authorization: Bearer <key>.")
        settings, now = await self._settings(), self._clock.now()
        found = find_caller(token.strip(), parse_keys(reveal(settings.api_keys) or ""))
        found = found or await self._made(token.strip(), settings, now)
        caller = self._guesses.judge(found, address_of(request, settings), door="mcp", now=now)
        self._rate.take(caller.name, per_minute=settings.api_rate_per_minute, now=now)
        return caller


class _NoTable:
    """Implements ConfigStore without a database: who may come in must not depend on one, and keys are never in it."""

    async def read_config(self) -> Mapping[str, str]:
        """Return nothing."""
        return {}

    async def write_config(self, changes: Mapping[str, str | None], *, now: datetime) -> None:
        """Do nothing: no client writes here."""


def _caller_of(context: Context) -> Caller:
    assert context.request is not None  # this transport always gives it
    caller: Caller = context.request.scope[_CALLER]
    return caller


@asynccontextmanager
async def open_http(
    settings: Settings, *, allow_writes: bool, hosts: Sequence[str] = (), origins: Sequence[str] = (), clock: Clock
) -> AsyncIterator[ASGIApp]:
    """Yield the ASGI application; the server that runs it sends it its lifespan. Raises ConfigError.

    `hosts` and `origins` are accepted in addition to those of the loopback interface.
    """
    if not parse_keys(reveal(settings.api_keys) or "") and not settings.imap_host:
        raise ConfigError("There is no API key, so nobody could use this server.", fix="Set GLASSDOME_API_KEYS.")
    tool_context = PerLoop(partial(open_tool_context, settings, clock=clock))

    async def made(token: str, current: Settings, now: datetime) -> Caller | None:
        if not may_be_made(token):
            return None
        return await made_key_caller((await tool_context.get()).services.keys, current, token, now=now)

    server = create_server(tool_context.get, _caller_of, allow_writes=allow_writes)
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=MAX_MCP_REQUEST_BYTES,
        max_sessions=MAX_MCP_SESSIONS,
        transport_security=TransportSecuritySettings(
            allowed_hosts=[f"{host}:*" for host in _LOOPBACK] + [*_LOOPBACK, *hosts],
            allowed_origins=[f"http://{host}:*" for host in _LOOPBACK] + list(origins),
        ),
    )
    try:
        yield KeyGuard(app, LiveSettings(settings, _NoTable(), clock=clock).refresh, made, clock=clock)
    finally:
        await tool_context.aclose()
