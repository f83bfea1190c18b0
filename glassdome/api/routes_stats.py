"""Statistics over the analyses a key may see."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from glassdome.api.access import Reader
from glassdome.api.errors import refusals
from glassdome.api.lists import UNCHANGED, tagged
from glassdome.desk.http import Wired
from glassdome.desk.lookup import Filters
from glassdome.ports.store import Statistics
from glassdome.shapes.analysis import AnalysisShape
from glassdome.shapes.job import DepthShape, depth_shape

__all__ = ["router", "statistics_shape"]

router = APIRouter(tags=["statistics"])


class TimesShape(BaseModel):
    """Processing time, seconds."""

    average: float
    p50: float
    p95: float


class StatisticsShape(BaseModel):
    """Totals, times, the queue, and the last ten."""

    total: int
    phishing: int
    spam: int
    unknown: int
    sensitive: int
    degraded: int
    processing_time: TimesShape
    queue: DepthShape
    per_model: dict[str, int]
    per_category: dict[str, int]
    per_day: dict[str, int]
    corrected: dict[Literal["ham", "spam", "phish"], int]
    last: list[AnalysisShape]


@router.get(
    "/api/v1/get/llm/stats", summary="Statistics", response_model=StatisticsShape, responses={**UNCHANGED, **refusals()}
)
async def get_stats(
    request: Request, services: Wired, caller: Reader, filters: Annotated[Filters, Query()]
) -> Response:
    """Totals, times and the last ten analyses, over what the key may see and the filters leave."""
    query = filters.query(caller, limit=10)
    found = await services.analyses.overview(query, now=services.clock.now())
    body = json.dumps(statistics_shape(found.statistics) | {"queue": depth_shape(found.depth)}, ensure_ascii=False)
    return tagged(request, f'{body[:-1]},"last":[{",".join(found.newest.items)}]}}')


def statistics_shape(totals: Statistics) -> dict[str, Any]:
    """Return the JSON object of the totals."""
    return {
        "total": totals.total,
        "phishing": totals.phishing,
        "spam": totals.spam,
        "unknown": totals.unknown,
        "sensitive": totals.sensitive,
        "degraded": totals.degraded,
        "processing_time": {
            "average": totals.average_seconds,
            "p50": totals.p50_seconds,
            "p95": totals.p95_seconds,
        },
        "per_model": dict(totals.per_model or {}),
        "per_category": dict(totals.per_category or {}),
        "per_day": dict(totals.per_day or {}),
        "corrected": dict(totals.corrected or {}),
    }
