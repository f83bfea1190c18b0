"""Headers that all lists share: the address of the next page, ETags."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request, Response

__all__ = ["UNCHANGED", "next_page", "tagged"]


#: What OpenAPI says of a list that was not answered again.
UNCHANGED: Final[dict[int | str, dict[str, Any]]] = {304: {"description": "Unchanged since the ETag in If-None-Match"}}


def next_page(request: Request, cursor: str) -> dict[str, str]:
    """Return the headers that lead to the next page; none where there is no more."""
    if not cursor:
        return {}
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("cursor", "offset")]
    address = f"{request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"
    return {"Link": f'<{address}>; rel="next"', "X-Next-Cursor": cursor}


def tagged(request: Request, body: str, headers: dict[str, str] | None = None) -> Response:
    """Answer JSON text with an ETag (RFC 9110 8.8.3), or 304 when the caller has this very answer."""
    content = body.encode()
    tag = f'W/"{sha256(content).hexdigest()[:32]}"'
    known = [part.strip() for part in request.headers.get("If-None-Match", "").split(",")]
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "X-API-Key", **(headers or {})}
    if tag in known:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
