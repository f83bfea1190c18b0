"""Lists, saves and removes the categories of an owner's own, and gives one to a message."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from glassdome.api.access import Reader, Writer
from glassdome.api.answers import Element, answer, success
from glassdome.api.errors import refusals
from glassdome.desk.category_edits import (
    CategoriesOf,
    CategoriesShape,
    CategoryEdit,
    CategoryGift,
    change_category,
    give_category,
    list_categories,
)
from glassdome.desk.http import Wired

__all__ = ["router"]

router = APIRouter(tags=["preferences"])


@router.get(
    "/api/v1/get/llm/categories",
    summary="A mailbox's own categories",
    response_model=CategoriesShape,
    responses=refusals(),
)
async def get_categories(services: Wired, caller: Reader, parameters: Annotated[CategoriesOf, Query()]) -> Response:
    """Answer the owner's categories by name, with the words and senders that give them to new mail."""
    return JSONResponse(await list_categories(services, caller, parameters))


@router.post(
    "/api/v1/edit/llm/categories",
    summary="Save or remove one of a mailbox's own categories",
    response_model=list[Element],
    responses=refusals(404, 409),
)
async def edit_categories(services: Wired, caller: Writer, body: CategoryEdit) -> Response:
    """Save, rename or remove one; mail that has it follows. Answers all of the mailbox. Audited."""
    stored = await change_category(services, caller, body)
    message = ["categories_modified", stored["mailbox"]]
    request = body.model_dump(exclude_defaults=True)
    return answer(success("edit", "categories", msg=message, data=stored, request=request))


@router.post(
    "/api/v1/edit/llm/category",
    summary="Give a message a category of the owner's",
    response_model=list[Element],
    responses=refusals(404),
)
async def edit_category(services: Wired, caller: Writer, body: CategoryGift) -> Response:
    """Give a judged message a category, and its keyword; an empty one takes the present one off. Audited."""
    given = await give_category(services, caller, body)
    message = ["category_modified", given["email_id"]]
    return answer(success("edit", "category", msg=message, data=given, request=body.model_dump()))
