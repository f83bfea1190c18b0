"""The page behind a link of a digest: asks first, since mail programs and scanners open links by themselves."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from glassdome.core.limits import MAX_UNDO_LINKS_PER_ADDRESS
from glassdome.core.networks import household
from glassdome.desk.guesses import address_of
from glassdome.desk.http import Wired
from glassdome.desk.services import Services
from glassdome.desk.undo_links import linked_move, undo_by_link
from glassdome.web.page import PageRoute, Web, render
from glassdome.web.visitor import fields_of

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)


@router.get("/undo-link")
async def ask(request: Request, services: Wired, link: str = "") -> Response:
    """Show what the link undoes; nothing changes, and no cookie is set."""
    move = await linked_move(services, _counted(request, services).undo_links, link)
    return render(request, "undo_link.html", None, move=move, text=link, done=False)


@router.post("/undo-link")
async def undo(request: Request, services: Wired) -> Response:
    """Undo it. The link is the proof, so that a form from another site can do no more than one who has the link."""
    web, fields = _counted(request, services), await fields_of(request)
    move = await undo_by_link(services, web.undo_links, fields.get("link", ""))
    return render(request, "undo_link.html", None, move=move, text="", done=True)


def _counted(request: Request, services: Services) -> Web:
    """Return the pages' state; raises RateLimited."""
    web: Web = request.app.state.web
    place = household(address_of(request.scope, services.settings()))
    web.link_limiter.take(place, per_minute=MAX_UNDO_LINKS_PER_ADDRESS, now=services.clock.now())
    return web
