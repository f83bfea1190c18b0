"""A person's correction of a verdict."""

from __future__ import annotations

from fastapi import APIRouter, Response

from glassdome.api.access import Writer
from glassdome.api.answers import Element, answer, success
from glassdome.api.errors import refusals
from glassdome.desk.feedback import FeedbackRequest, correct
from glassdome.desk.http import Wired

__all__ = ["router"]

router = APIRouter(tags=["feedback"])


@router.post(
    "/api/v1/add/llm/feedback",
    summary="Correct a verdict",
    response_model=list[Element],
    responses=refusals(404),
)
async def add_feedback(services: Wired, caller: Writer, body: FeedbackRequest) -> Response:
    """Store what a person says of a message, one correction per message, and teach the sender's history with it."""
    facts = await correct(services, caller, body)
    return answer(success("add", "feedback", msg=["feedback_added", body.email_id], request=facts))
