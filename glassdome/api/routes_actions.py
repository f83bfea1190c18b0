"""Lists the actions done to messages, and undoes them."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from glassdome.api.access import Reader, Writer
from glassdome.api.answers import Element, answer, refused, success
from glassdome.api.errors import ErrorBody, refusals
from glassdome.api.lists import UNCHANGED, next_page, tagged
from glassdome.core.errors import GlassdomeError, InputError
from glassdome.desk.actions import ActionParameters, find_actions
from glassdome.desk.http import Wired
from glassdome.desk.keys import Caller
from glassdome.desk.services import Services
from glassdome.desk.undo import UndoRequest, take_back, take_back_since
from glassdome.shapes.action import ActionShape, action_shape
from glassdome.values.agent import PerformedAction

__all__ = ["router"]

router = APIRouter(tags=["actions"])
#: Where every item was refused, the answer's status is the first one's, and its body the elements all the same.
_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    status: {**told, "model": list[Element] | ErrorBody} for status, told in refusals(404, 409, 502).items()
} | {422: {"model": list[Element], "description": "The message is too large for the spam filter"}}


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


@router.post(
    "/api/v1/edit/llm/actions",
    summary="Take actions back",
    response_model=list[Element],
    responses=_REFUSED,
)
async def edit_actions(services: Wired, caller: Writer, body: UndoRequest) -> Response:
    """Move messages back, take keywords off, unteach the spam filter; an alert cannot be undone. Audited.

    With `items` each gets an element of its own, `danger` with code and sentence where it was refused. With `since` one
    element: `data.undone` has the ids of the undone actions, `data.refused` those that were not, with code and sentence;
    where there is more than one request may do, `data.next_cursor` is the next request's `cursor`, else null.
    """
    if (body.items is None) is (body.since is None):
        raise InputError("Give either items or since.")
    if body.items is not None and body.model_fields_set & {"until", "mailbox", "kinds", "cursor"}:
        raise InputError("until, mailbox, kinds and cursor go with since, not with items.")
    if body.items is not None:
        return await _named(services, caller, list(dict.fromkeys(body.items)))
    return await _since(services, caller, body)


async def _named(services: Services, caller: Caller, ids: list[int]) -> Response:
    came_to = await take_back(services, caller, ids)
    first = came_to[ids[0]]
    # Any undone action makes the whole a success.
    refused_all = all(isinstance(found, GlassdomeError) for found in came_to.values())
    status = first.status if refused_all and isinstance(first, GlassdomeError) else 200
    return answer(*(_element(number, found) for number, found in came_to.items()), status=status)


def _element(number: int, came_to: PerformedAction | GlassdomeError) -> dict[str, Any]:
    request = {"items": [number], "attr": {"state": "undone"}}
    if isinstance(came_to, GlassdomeError):
        return refused("edit", "actions", exc=came_to, request=request)
    message = ["action_undone", str(number)]
    return success("edit", "actions", msg=message, data=action_shape(came_to), request=request)


async def _since(services: Services, caller: Caller, body: UndoRequest) -> Response:
    outcome = await take_back_since(services, caller, body)
    request = body.model_dump(mode="json", exclude_unset=True)
    data = {
        "undone": [item.id for item in outcome.done],
        "refused": [{"id": item.id, "code": exc.code, "msg": exc.outward} for item, exc in outcome.refused],
        "next_cursor": outcome.next_cursor or None,
    }
    if outcome.refused and not outcome.done:
        first = outcome.refused[0][1]
        return answer(refused("edit", "actions", exc=first, request=request) | {"data": data}, status=first.status)
    message = ["actions_undone", str(len(outcome.done))]
    return answer(success("edit", "actions", msg=message, data=data, request=request))
