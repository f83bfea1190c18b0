"""Statistics over the analyses a key may see."""

from __future__ import annotations

import json
from dataclasses import asdict
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
from glassdome.shapes.job import DepthShape

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
    body = json.dumps(statistics_shape(found.statistics) | {"queue": asdict(found.depth)}, ensure_ascii=False)
    return tagged(request, f'{body[:-1]},"last":[{",".join(found.newest.items)}]}}')


def statistics_shape(totals: Statistics) -> dict[str, Any]:
    """Return the JSON object of the totals."""
    body = asdict(totals)
    return body | {"processing_time": {name: body.pop(f"{name}_seconds") for name in TimesShape.model_fields}}
