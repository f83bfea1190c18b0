"""Errors to HTTP: the only file of the API that translates them.

Every error body is mailcow's `{"type": "error", "msg": <sentence>}` with our stable `code`, under the true status.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from glassdome.core.errors import GlassdomeError, NotAuthenticated, RateLimited
from glassdome.core.limits import MAX_PHRASE_CHARS
from glassdome.core.log import get_logger

__all__ = ["ErrorBody", "error_body", "guarded", "install", "refusals"]

log = get_logger(__name__)

_HTTP: Mapping[int, tuple[str, str]] = {
    400: ("bad_request", "The request body cannot be read."),
    404: ("not_found", "route not found"),
    405: ("method_not_allowed", "This route does not allow that method."),
    413: ("request_too_large", "The request's body is larger than allowed."),
}
_MEANING: Mapping[int, str] = {
    400: "The request is not well-formed",
    401: "No valid key",
    403: "The key, or the policy, does not allow this",
    404: "There is no such thing",
    409: "It is in a state that does not allow this",
    413: "The request's body is larger than allowed",
    422: "The message could not be analysed",
    429: "Too many requests; see Retry-After",
    502: "A server behind this one refused",
    503: "A server behind this one cannot be reached",
}


class ErrorBody(BaseModel):
    """The body of every refused request."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"type": "error", "msg": "A valid API key is needed.", "code": "authentication_failed"}
        }
    )

    type: str
    msg: str
    code: str


def refusals(*statuses: int, keyed: bool = True) -> dict[int | str, dict[str, Any]]:
    """Describe the error answers of a route for OpenAPI; `keyed` routes add what a key brings with it."""
    every = {400, 401, 413, *((403, 429, 503) if keyed else ()), *statuses}
    return {status: {"model": ErrorBody, "description": _MEANING[status]} for status in sorted(every)}


def error_body(exc: GlassdomeError) -> dict[str, str]:
    """Return the public body of one of our errors."""
    return {"type": "error", "msg": exc.outward, "code": exc.code}


def install(app: FastAPI) -> None:
    """Hang the translation into the application."""

    @app.exception_handler(GlassdomeError)
    async def ours(request: Request, exc: GlassdomeError) -> JSONResponse:
        headers = {}
        if isinstance(exc, RateLimited):
            headers["Retry-After"] = str(exc.facts.get("retry_after", 60))
        if isinstance(exc, NotAuthenticated):
            headers["WWW-Authenticate"] = "ApiKey"
        if exc.status >= 500:
            log.warning("api_error", path=request.url.path, code=exc.code, msg=exc.public_message, **exc.facts)
        return _answer(request, exc.status, error_body(exc), headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, exc: RequestValidationError) -> JSONResponse:
        return _answer(request, 400, {"type": "error", "msg": _sentence(exc), "code": "bad_request"})

    @app.exception_handler(HTTPException)
    async def protocol(request: Request, exc: HTTPException) -> JSONResponse:
        code, sentence = _HTTP.get(exc.status_code, ("error", str(exc.detail)))
        body = {"type": "error", "msg": sentence, "code": code}
        return _answer(request, exc.status_code, body, exc.headers)


async def guarded(app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, began: Callable[[], bool]) -> None:
    """Run the application; a programming error is logged and answered, unless an answer has begun, and says nothing."""
    try:
        await app(scope, receive, send)
    except asyncio.CancelledError:
        # The server cancels what outlasts its shutdown, such as a body that never comes, and would log a traceback.
        if began():
            raise
        body = {"type": "error", "msg": "The service is stopping.", "code": "unavailable"}
        await JSONResponse(body, status_code=503)(scope, receive, send)
    except Exception as exc:
        if began():
            raise
        # In a thread: a traceback reads the source files it quotes.
        await asyncio.to_thread(log.error, "api_crash", path=scope["path"], exc_info=exc)
        body = {"type": "error", "msg": "Something went wrong; the log says what.", "code": "error"}
        await JSONResponse(body, status_code=500)(scope, receive, send)


def _answer(
    request: Request, status: int, body: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> JSONResponse:
    if status >= 500:
        request.app.state.services.metrics.errors.labels(body["code"]).inc()
    return JSONResponse(dict(body), status_code=status, headers=dict(headers or {}))


def _sentence(exc: RequestValidationError) -> str:
    found = []
    for error in exc.errors()[:5]:
        if error["type"] == "json_invalid":
            return "The request body is not valid JSON."
        place = ".".join(str(part) for part in error["loc"] if part not in ("body", "query")) or "the request body"
        found.append(f"{place[:MAX_PHRASE_CHARS]}: {error['msg'][:MAX_PHRASE_CHARS]}")
    # A lone surrogate in the request would otherwise make the answer impossible to encode.
    return "; ".join(found).encode("utf-8", "replace").decode()
