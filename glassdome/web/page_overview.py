"""The overview: totals, days, categories, times, the queue, and whether every part works."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from glassdome.desk.health import HealthBoard
from glassdome.desk.http import Wired
from glassdome.desk.lookup import mailbox_of
from glassdome.ports.store import AnalysisQuery
from glassdome.web.kept_courses import KeptCourses
from glassdome.web.mailboxes import narrowed_to, offered
from glassdome.web.page import PageRoute, render
from glassdome.web.plots import days_of, depths_of, scale_for, span_begin
from glassdome.web.tongue import N_
from glassdome.web.visitor import Reads

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
_CATEGORIES: Final = 12
#: What the parts of the service are called.
_PARTS: Final = {
    "database": N_("Database"),
    "imap": N_("Mail server"),
    "worker": N_("Worker"),
    "files": N_("Reader of attached files"),
    "ollama": N_("Language model (Ollama)"),
    "openai": N_("Language model (OpenAI-compatible)"),
    "llamacpp": N_("Language model (llama.cpp)"),
}
#: What a model in each role does.
_ROLES: Final = {
    "none": N_("none, it did no better than the built-in engine"),
    "writer": N_("writes summaries and drafts"),
    "second": N_("may raise suspicion"),
    "judge": N_("judges beside the built-in engine"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart: what it stands for, and how many."""

    name: str
    total: int


class OverviewParameters(BaseModel):
    """The mailbox, all where it is empty, and the days of the plots."""

    mailbox: str = ""
    days: Literal["14", "30"] = "14"


@router.get("/overview")
async def overview(
    request: Request, services: Wired, visitor: Reads, wanted: Annotated[OverviewParameters, Query()]
) -> Response:
    """Show the numbers over all that the key may see, or over one mailbox."""
    caller, now = visitor.signed_in_by, services.clock.now()
    one = mailbox_of(caller, wanted.mailbox.strip())
    seen, shown = narrowed_to(caller, one), int(wanted.days)
    query = AnalysisQuery(mailbox=one, mailboxes=seen.mailboxes, domains=seen.domains, limit=1)
    board: HealthBoard = request.app.state.health
    courses: KeptCourses = request.app.state.web.courses
    begin = span_begin(now, visitor.zone, shown)
    found, course, flow, (_, health) = await asyncio.gather(
        services.analyses.overview(query, now=now),
        courses.course(services, query, since=begin),
        courses.flow(services, seen, now=now, since=now - timedelta(days=1)),
        board.report(),
    )
    days = days_of(course, now, visitor.zone, shown)
    return render(
        request,
        "overview.html",
        visitor,
        mailbox=query.mailbox,
        mailboxes=await offered(services, caller),
        totals=found.statistics,
        depth=found.depth,
        shown=shown,
        days=days,
        depths=depths_of(flow, now),
        scale_for=scale_for,
        categories=_largest(found.statistics.per_category),
        models=_largest(found.statistics.per_model),
        health=health,
        part_names=_PARTS,
        role_names=_ROLES,
    )


def _largest(counts: Any) -> list[Bar]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Bar(name=name, total=count) for name, count in ordered[:_CATEGORIES]]
