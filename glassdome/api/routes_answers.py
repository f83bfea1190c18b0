"""Reads and changes the rules of a mailbox's automatic answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from glassdome.api.access import Reader, Writer
from glassdome.api.answers import Element, answer, success
from glassdome.api.errors import refusals
from glassdome.desk.answers import AnswerRulesEdit, AnswerRulesShape, change_rules, rules_of
from glassdome.desk.http import Wired
from glassdome.desk.preferences import Whose

__all__ = ["router"]

router = APIRouter(tags=["preferences"])


@router.get(
    "/api/v1/get/llm/answers",
    summary="A mailbox's automatic answers",
    response_model=AnswerRulesShape,
    responses=refusals(),
)
async def get_answers(services: Wired, caller: Reader, parameters: Annotated[Whose, Query()]) -> Response:
    """Answer the rules in their order."""
    return JSONResponse(await rules_of(services, caller, parameters))


@router.post(
    "/api/v1/edit/llm/answers",
    summary="Change a mailbox's automatic answers",
    response_model=list[Element],
    responses=refusals(),
)
async def edit_answers(services: Wired, caller: Writer, body: AnswerRulesEdit) -> Response:
    """Replace the rules; an empty list ends them. Audited."""
    stored = await change_rules(services, caller, body)
    message = ["answers_modified", stored["mailbox"]]
    return answer(success("edit", "answers", msg=message, data=stored, request=body.model_dump()))
