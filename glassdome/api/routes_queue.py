"""The queue: what waits, what failed and why; retry and cancel."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from glassdome.api.access import Reader, Writer
from glassdome.api.answers import Element, answer, success
from glassdome.api.errors import refusals
from glassdome.api.lists import UNCHANGED, tagged
from glassdome.desk.http import Wired
from glassdome.desk.queue import QueueEdit, QueueParameters, move_jobs, page_of_queue
from glassdome.shapes.job import DepthShape, JobShape

__all__ = ["router"]

router = APIRouter(tags=["queue"])


class QueueShape(BaseModel):
    """The depth of the queue, and one page of its jobs."""

    depth: DepthShape
    jobs: list[JobShape]
    next_after_id: int | None


@router.get(
    "/api/v1/get/llm/queue",
    summary="The queue",
    response_model=QueueShape,
    responses={**UNCHANGED, **refusals()},
)
async def get_queue(
    request: Request, services: Wired, caller: Reader, parameters: Annotated[QueueParameters, Query()]
) -> Response:
    """Answer the queue's depth and one page of jobs, with the reason of each failure."""
    page = await page_of_queue(services, caller, parameters)
    depth, following = json.dumps(asdict(page.depth)), json.dumps(page.next_after_id)
    body = f'{{"depth":{depth},"jobs":[{",".join(page.jobs)}],"next_after_id":{following}}}'
    return tagged(request, body)


@router.post(
    "/api/v1/edit/llm/queue",
    summary="Retry or cancel jobs",
    response_model=list[Element],
    responses=refusals(404),
)
async def edit_queue(services: Wired, caller: Writer, body: QueueEdit) -> Response:
    """Move jobs; `data.moved` says how many, `data.more` whether to ask again for the rest. Audited."""
    moved, more = await move_jobs(services, caller, body)
    request = body.model_dump(exclude_defaults=True)
    data = {"moved": moved, "more": more}
    return answer(success("edit", "queue", msg=["queue_modified", str(moved)], data=data, request=request))
