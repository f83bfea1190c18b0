"""Reads and changes the preferences of a mailbox."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from glassdome.api.access import Reader, Writer
from glassdome.api.answers import Element, answer, success
from glassdome.api.errors import refusals
from glassdome.desk.http import Wired
from glassdome.desk.preferences import PreferencesEdit, PreferencesShape, Whose, change_preferences, preferences_of

__all__ = ["router"]

router = APIRouter(tags=["preferences"])


@router.get(
    "/api/v1/get/llm/preferences",
    summary="A mailbox's preferences",
    response_model=PreferencesShape,
    responses=refusals(),
)
async def get_preferences(services: Wired, caller: Reader, parameters: Annotated[Whose, Query()]) -> Response:
    """Answer the stored preferences, or the defaults with `chosen` false."""
    return JSONResponse(await preferences_of(services, caller, parameters))


@router.post(
    "/api/v1/edit/llm/preferences",
    summary="Change a mailbox's preferences",
    response_model=list[Element],
    responses=refusals(),
)
async def edit_preferences(services: Wired, caller: Writer, body: PreferencesEdit) -> Response:
    """Change the given preferences and keep the others; the change is audited."""
    changes, wanted = await change_preferences(services, caller, body)
    element = success(
        "edit", "preferences", msg=["preferences_modified", wanted["username"]], data=wanted, request=changes
    )
    return answer(element)
