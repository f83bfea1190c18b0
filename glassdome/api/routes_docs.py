"""`/docs` and `/openapi.json`."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from glassdome.api.access import DocsReader
from glassdome.api.description import describe
from glassdome.api.errors import refusals
from glassdome.api.reference import STYLE, html_page

__all__ = ["router"]

router = APIRouter(tags=["documentation"], dependencies=[DocsReader])

_STYLE_HASH: Final = base64.b64encode(sha256(STYLE.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get("/openapi.json", summary="OpenAPI", response_model=dict[str, Any], responses=refusals())
async def openapi(request: Request) -> Response:
    """Answer the OpenAPI document; wants a key unless GLASSDOME_OPEN_DOCS is set."""
    return JSONResponse(describe(request.app))


@router.get(
    "/docs",
    summary="This reference",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}}, **refusals()},
)
async def docs(request: Request) -> Response:
    """Answer the reference as a page without scripts or foreign content; wants a key like `/openapi.json`."""
    return HTMLResponse(html_page(describe(request.app)), headers={"Content-Security-Policy": _POLICY})
