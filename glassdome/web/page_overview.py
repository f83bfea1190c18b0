"""The overview: totals, days, categories, times, the queue, and whether every part works."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from glassdome.desk.health import HealthBoard
from glassdome.desk.http import Wired
from glassdome.desk.lookup import mailbox_of
from glassdome.ports.store import AnalysisQuery, Statistics
from glassdome.web.mailboxes import narrowed_to, offered
from glassdome.web.page import PageRoute, render
from glassdome.web.visitor import Reads

__all__ = ["router"]

router = APIRouter(prefix="/llm", route_class=PageRoute, include_in_schema=False)
#: Days drawn.
_DAYS: Final = 14
_CATEGORIES: Final = 12
#: What the parts of the service are called.
_PARTS: Final = {
    "database": "Database",
    "imap": "Mail server",
    "worker": "Worker",
    "ollama": "Language model (Ollama)",
    "openai": "Language model (OpenAI-compatible)",
    "llamacpp": "Language model (llama.cpp)",
}
#: What a model in each role does.
_ROLES: Final = {
    "none": "none, it did no better than the built-in engine",
    "writer": "writes summaries and drafts",
    "second": "may raise suspicion",
    "judge": "judges beside the built-in engine",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart: what it stands for, and how many; `part` of them are phishing."""

    name: str
    total: int
    part: int = 0


@router.get("/overview")
async def overview(request: Request, services: Wired, visitor: Reads, mailbox: str = "") -> Response:
    """Show the numbers over all that the key may see, or over one mailbox."""
    caller, now = visitor.signed_in_by, services.clock.now()
    one = mailbox_of(caller, mailbox.strip())
    seen = narrowed_to(caller, one)
    query = AnalysisQuery(mailbox=one, mailboxes=seen.mailboxes, domains=seen.domains, limit=1)
    board: HealthBoard = request.app.state.health
    found, phishing, (_, health) = await asyncio.gather(
        services.analyses.overview(query, now=now),
        services.analyses.statistics(_phishing(query, now)),
        board.report(),
    )
    return render(
        request,
        "overview.html",
        visitor,
        mailbox=query.mailbox,
        mailboxes=await offered(services, caller),
        totals=found.statistics,
        depth=found.depth,
        days=_by_day(found.statistics, phishing, now),
        categories=_largest(found.statistics.per_category or {}),
        models=_largest(found.statistics.per_model or {}),
        health=health,
        part_names=_PARTS,
        role_names=_ROLES,
    )


def _phishing(query: AnalysisQuery, now: datetime) -> AnalysisQuery:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return AnalysisQuery(
        mailbox=query.mailbox,
        mailboxes=query.mailboxes,
        domains=query.domains,
        is_phishing=True,
        since=midnight - timedelta(days=_DAYS - 1),
    )


def _by_day(totals: Statistics, phishing: Statistics, now: datetime) -> list[Bar]:
    days = [(now.date() - timedelta(days=back)).isoformat() for back in reversed(range(_DAYS))]
    every, bad = totals.per_day or {}, phishing.per_day or {}
    return [Bar(name=day, total=every.get(day, 0), part=bad.get(day, 0)) for day in days]


def _largest(counts: Any) -> list[Bar]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Bar(name=name, total=count) for name, count in ordered[:_CATEGORIES]]
