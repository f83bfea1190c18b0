"""`/health` and `/metrics`."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from glassdome.api.access import DocsReader
from glassdome.api.errors import refusals
from glassdome.desk.health import HealthBoard
from glassdome.desk.http import Wired
from glassdome.shapes.job import DepthShape

__all__ = ["router"]

router = APIRouter(tags=["health"])


class PartShape(BaseModel):
    """One part's state, when it began, and when it was last checked."""

    state: Literal["ok", "slow", "error"]
    since: str
    checked: str
    code: str = ""
    error: str = ""


class FieldTestShape(BaseModel):
    """One field's test: the built-in engine's measure and the model's, 0 to 1, and whether the model's counts."""

    field: str
    builtin: float
    model: float
    earned: bool
    why: str


class ModelTestShape(BaseModel):
    """The progress of the model's test, and what it found."""

    state: Annotated[
        Literal["untested", "testing", "tested"], Field(description="Until `tested` the built-in engine decides alone")
    ]
    answered: Annotated[int, Field(description="Mails that the model answered so far")]
    mails: Annotated[int, Field(description="Mails of the whole test")]
    tested_at: str | None
    fields: list[FieldTestShape]


class ModelSpeedShape(BaseModel):
    """The language model's speed on the mail of the last hour."""

    answered: Annotated[int, Field(description="Mails that it answered")]
    too_slow: Annotated[int, Field(description="Mails that it took too long for")]
    mails_per_hour: float
    waiting: Annotated[int, Field(description="Mails that wait for the model")]
    oldest_seconds: Annotated[float, Field(description="Age of the oldest of them")]


class HealthShape(BaseModel):
    """The state of each part. `ollama` is `disabled` where another engine judges; `mysql` is the seed's name of `database`."""

    status: Literal["healthy", "degraded"]
    ollama: Literal["ok", "slow", "error", "disabled"]
    mysql: Literal["ok", "error"]
    model: str
    engine: str
    model_role: Literal["none", "writer", "second", "judge"]
    model_test: ModelTestShape
    model_speed: ModelSpeedShape | None
    encoder: Annotated[
        Literal["on", "off"], Field(description="`on`: the extra `languages` judges words of languages without a pack")
    ]
    database: Literal["ok", "error"]
    database_kind: Literal["sqlite", "mariadb"]
    queue: DepthShape | None
    version: str
    parts: dict[str, PartShape]


async def _board(request: Request) -> HealthBoard:
    board: HealthBoard = request.app.state.health
    return board


_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    503: {"model": HealthShape, "description": "It cannot work at all: the database is away, or cannot be written"}
}


@router.get("/health", summary="Is everything working", responses=_ANSWERS, response_model=HealthShape)
@router.get(
    "/api/v1/get/llm/health",
    summary="The same, behind mailcow's host name",
    responses=_ANSWERS,
    response_model=HealthShape,
)
async def health(board: Annotated[HealthBoard, Depends(_board)]) -> Response:
    """Open to everyone: says which part is down and since when, without names of hosts or mailboxes."""
    status, body = await board.report()
    return JSONResponse(body, status_code=status)


@router.get(
    "/metrics",
    summary="Prometheus",
    dependencies=[DocsReader],
    responses={200: {"content": {"text/plain": {}}}, **refusals()},
    response_class=Response,
)
async def metrics(services: Wired) -> Response:
    """Counts, never contents, in the text exposition format; wants a key unless GLASSDOME_OPEN_DOCS is set."""
    depth: Any = await services.queue.depth(now=services.clock.now())
    for state in ("pending", "leased", "done", "failed", "cancelled"):
        services.metrics.queue_jobs.labels(state).set(getattr(depth, state))
    services.metrics.queue_oldest_seconds.set(depth.oldest_seconds)
    speed = await services.speed()
    if speed is not None:
        services.metrics.model_mails_per_hour.set(speed.mails_per_hour)
        services.metrics.model_oldest_seconds.set(speed.oldest_seconds)
        services.metrics.model_slow.set(speed.slow)
    return Response(services.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
