"""The model server's models: which are there, and fetching another."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from glassdome.api.access import Reader, Writer
from glassdome.api.errors import error_body, refusals
from glassdome.api.lists import UNCHANGED, tagged
from glassdome.core.config.places import may_fetch
from glassdome.core.errors import ActionForbidden, GlassdomeError, ModelUnavailable
from glassdome.desk.health import model_name
from glassdome.desk.http import Wired
from glassdome.desk.services import Services
from glassdome.ports.model import ModelLibrary, PullProgress

__all__ = ["router"]

router = APIRouter(tags=["models"])


class ModelsShape(BaseModel):
    """The model in use and those the server has."""

    model: str
    installed: list[str]


class PullRequest(BaseModel):
    """The model to download."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"model": "llama3.2:3b"}]})

    model: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$")]


@router.get(
    "/api/v1/get/llm/models",
    summary="Models at hand",
    response_model=ModelsShape,
    responses={**UNCHANGED, **refusals(502)},
)
async def get_models(request: Request, services: Wired, caller: Reader) -> Response:
    """List what the model server has; 503 where there is none, or it does not answer."""
    installed = await _library(services).installed()
    return tagged(request, json.dumps({"model": model_name(services.settings()), "installed": installed}))


@router.post(
    "/api/v1/add/llm/model",
    summary="Fetch a model",
    responses={
        200: {"description": "One JSON object per line, until it is there", "content": {"application/x-ndjson": {}}},
        **refusals(403, 502),
    },
    response_class=StreamingResponse,
)
async def pull_model(services: Wired, caller: Writer, body: PullRequest) -> Response:
    """Have the model server download a model. A failure on the way is the last line, in the error shape."""
    caller.must_be_unrestricted()
    if not may_fetch(body.model, services.settings().model_hosts):
        raise ActionForbidden(
            "GLASSDOME_MODEL_HOSTS does not name the host that this model comes from.",
            fix="Name it there, or run on the server: glassdome models pull.",
        )
    progress = _library(services).pull(body.model)
    # The first step is awaited before the status goes out, so that a refusal still has its true status.
    first = await anext(progress, None)
    now = services.clock.now()
    await services.history.audit(actor=caller.name, action="pull_model", subject=body.model, facts={}, now=now)
    return StreamingResponse(_lines(first, progress), media_type="application/x-ndjson")


def _library(services: Services) -> ModelLibrary:
    if services.models is None:
        raise ModelUnavailable("No model server is configured.", fix="Set OLLAMA_HOST.")
    return services.models


async def _lines(first: PullProgress | None, rest: AsyncIterator[PullProgress]) -> AsyncIterator[str]:
    if first is None:
        return
    yield _line(first)
    try:
        async for step in rest:
            yield _line(step)
    except GlassdomeError as exc:
        yield json.dumps(error_body(exc)) + "\n"


def _line(step: PullProgress) -> str:
    return json.dumps({"status": step.status, "completed": step.completed, "total": step.total}) + "\n"
