"""Our static files, the redirect from `/`, and the page for addresses that do not exist."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from glassdome.core.errors import NotFound
from glassdome.web.page import PageRoute, Web
from glassdome.web.tongue import gettext

__all__ = ["router"]

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/")
@router.get("/llm")
async def way_in() -> Response:
    """Lead to the first page."""
    return RedirectResponse("llm/")


@router.get("/llm/static/{name}")
async def static_file(request: Request, name: str) -> Response:
    """Answer a file; its address holds its version, so that browsers may keep it."""
    web: Web = request.app.state.web
    if name not in web.files:
        raise NotFound(gettext("There is no such file."))
    file = web.files[name]
    return Response(file.content, media_type=file.media, headers={"Cache-Control": "public, max-age=31536000"})


@router.get("/llm/{name}")
async def no_page(name: str) -> Response:
    """Say that there is no such page."""
    raise NotFound(gettext("There is no such page."))
