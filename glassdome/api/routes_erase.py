"""Erasing: one message's analysis, a mailbox's, or everything of one person."""

from __future__ import annotations

from fastapi import APIRouter, Response

from glassdome.api.access import Writer
from glassdome.api.answers import Element, answer, success
from glassdome.api.errors import refusals
from glassdome.desk.erase import EraseRequest, erase
from glassdome.desk.http import Wired

__all__ = ["router"]

router = APIRouter(tags=["analysis"])


@router.post(
    "/api/v1/delete/llm/analysis",
    summary="Erase analyses",
    response_model=list[Element],
    responses=refusals(404),
)
async def delete_analysis(services: Wired, caller: Writer, body: EraseRequest) -> Response:
    """Erase analyses with their jobs, actions and history; the mail itself is not touched. Audited."""
    subject, deleted = await erase(services, caller, body)
    request, data = body.model_dump(exclude_defaults=True), {"deleted": deleted}
    return answer(success("delete", "analysis", msg=["analysis_deleted", subject], data=data, request=request))
