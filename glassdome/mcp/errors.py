"""Errors to MCP: the only file of this room that translates them.

A tool that fails answers a result with `isError`, so that the other agent reads it and can do better: the stable code, the
sentence, and what to do. No word of a mail stands there; what another server said is quoted under `untrusted`.
"""

from __future__ import annotations

import json
from typing import Any, Final

from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult, TextContent
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from glassdome.core.errors import (
    AnalysisFailed,
    EngineError,
    GlassdomeError,
    InputError,
    NotAuthenticated,
    PeerRefused,
    ProtocolViolation,
    RateLimited,
)
from glassdome.core.limits import MAX_PHRASE_CHARS
from glassdome.core.places import without_places
from glassdome.mcp.untrusted_text import phrase

__all__ = ["bad_arguments", "error_body", "error_result", "http_refusal", "unknown_tool"]

#: Their messages may repeat what a server, a model or a failed job said.
_QUOTING: Final = (AnalysisFailed, EngineError, PeerRefused, ProtocolViolation)


def error_body(exc: GlassdomeError) -> dict[str, Any]:
    """Return `code`, `message`, `fix`, `temporary`, and `retry_after` (seconds) where it is known.

    Where the message may repeat a stranger's words, it stands in `untrusted`, and the class's own sentence in its place.
    """
    message, fix = (without_places(text) if exc.status >= 500 else text for text in (exc.message, exc.fix))
    body = {"code": exc.code, "message": message, "fix": fix, "temporary": exc.temporary}
    if isinstance(exc, _QUOTING):
        general = (type(exc).__doc__ or "").splitlines()[0]
        body |= {"message": general, "untrusted": {"words": phrase(message)}}
    return body | {name: exc.facts[name] for name in ("retry_after",) if name in exc.facts}


def error_result(exc: GlassdomeError) -> CallToolResult:
    """Return the result of a tool that failed."""
    body = {"error": error_body(exc)}
    text = TextContent(type="text", text=json.dumps(body, ensure_ascii=False))
    return CallToolResult(content=[text], structured_content=body, is_error=True)


def bad_arguments(exc: ValidationError) -> InputError:
    """Describe the errors in the arguments of a call; values are left out, since one may be a password."""
    found = []
    for error in exc.errors(include_url=False, include_input=False, include_context=False)[:5]:
        place = phrase(".".join(map(str, error["loc"])) or "arguments", MAX_PHRASE_CHARS)
        found.append(f"{place}: {'no such argument' if error['type'] == 'extra_forbidden' else error['msg']}")
    return InputError(f"{'; '.join(found)}.", fix="The tool's input schema says what it takes.")


def unknown_tool() -> MCPError:
    """Return the protocol's error for a tool that is not there; the caller's word for it is not repeated."""
    return MCPError(INVALID_PARAMS, "There is no tool of that name; tools/list says which there are.")


def http_refusal(exc: GlassdomeError) -> Response:
    """Return the answer to a request that does not reach the protocol: no key, a wrong one, too many."""
    headers = {}
    if isinstance(exc, NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(exc, RateLimited):
        headers["Retry-After"] = str(exc.facts.get("retry_after", 60))
    return JSONResponse({"error": error_body(exc)}, status_code=exc.status, headers=headers)
