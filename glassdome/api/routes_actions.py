"""Lists the actions done to messages."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from glassdome.api.access import Reader
from glassdome.api.errors import refusals
from glassdome.api.lists import UNCHANGED, next_page, tagged
from glassdome.desk.actions import ActionParameters, find_actions
from glassdome.desk.http import Wired
from glassdome.shapes.action import ActionShape, action_shape

__all__ = ["router"]

router = APIRouter(tags=["actions"])


@router.get(
    "/api/v1/get/llm/actions",
    summary="Actions on messages, newest first",
    response_model=list[ActionShape],
    responses={**UNCHANGED, **refusals()},
)
async def get_actions(
    request: Request, services: Wired, caller: Reader, parameters: Annotated[ActionParameters, Query()]
) -> Response:
    """Answer the actions by their last change, with their ids, states and the reasons of failures.

    The next page's address is in the headers `Link` and `X-Next-Cursor`; on the last page they are missing. A page may
    have fewer rows than `limit`, even none, before that: each reads a bounded number of actions.
    """
    page = await find_actions(services, caller, parameters)
    rows = json.dumps([action_shape(item) for item in page.items], ensure_ascii=False, separators=(",", ":"))
    return tagged(request, rows, next_page(request, page.next_cursor))
