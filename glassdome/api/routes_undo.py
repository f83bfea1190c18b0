"""Taking back what was done to messages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from glassdome.act import Undoer, Undone
from glassdome.api.access import Wired, Writer
from glassdome.api.answers import Element, answer, refused, success
from glassdome.api.errors import ErrorBody, refusals
from glassdome.api.keys import Caller
from glassdome.api.lists import as_utc
from glassdome.api.lookup import OptionalMailbox, mailbox_of
from glassdome.api.services import Services
from glassdome.api.shapes_actions import action_shape
from glassdome.core.errors import ConnectFailed, GlassdomeError, InputError, NotFound
from glassdome.core.limits import MAX_UNDOS
from glassdome.ports.agent import ActionQuery
from glassdome.values.action import ActionKind
from glassdome.values.agent import PerformedAction

__all__ = ["ActionId", "router", "take_back"]

router = APIRouter(tags=["actions"])

ActionId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class UndoAttributes(BaseModel):
    """What becomes of the actions."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["undone"] = "undone"


class UndoRequest(BaseModel):
    """Which actions to take back: these ids, or all that was done since then."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"items": [17, 18], "attr": {"state": "undone"}},
                {"since": "2026-11-20T00:00:00Z", "mailbox": "user@domain.com", "attr": {"state": "undone"}},
            ]
        },
    )

    items: Annotated[list[ActionId] | None, Field(min_length=1, max_length=MAX_UNDOS)] = None
    attr: UndoAttributes = UndoAttributes()
    since: Annotated[datetime | None, Field(description="Instead of items: all that was done at or after")] = None
    until: Annotated[datetime | None, Field(description="With since: done before")] = None
    mailbox: Annotated[OptionalMailbox, Field(description="With since: only of this mailbox")] = ""
    kinds: Annotated[
        list[ActionKind],
        Field(min_length=1, max_length=len(ActionKind), description="With since: only of these kinds"),
    ] = [ActionKind.MOVE]
    cursor: Annotated[str, Field(max_length=500, description="With since: `next_cursor` of the answer before")] = ""


#: Where every item was refused, the answer's status is the first one's, and its body the elements all the same.
_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    status: {**told, "model": list[Element] | ErrorBody} for status, told in refusals(404, 409, 502).items()
} | {422: {"model": list[Element], "description": "The message is too large for the spam filter"}}


@router.post(
    "/api/v1/edit/llm/actions",
    summary="Take actions back",
    response_model=list[Element],
    responses=_REFUSED,
)
async def edit_actions(services: Wired, caller: Writer, body: UndoRequest) -> Response:
    """Move messages back, take keywords off, unteach the spam filter; an alert cannot be taken back. Audited.

    With `items` each gets an element of its own, `danger` with code and sentence where it was refused. With `since` one
    element: `data.undone` has the ids that were taken back, `data.refused` those that were not, with code and sentence;
    where there is more than one request may do, `data.next_cursor` is the next request's `cursor`, else null.
    """
    mailbox = mailbox_of(caller, body.mailbox)
    if (body.items is None) is (body.since is None):
        raise InputError("Give either items or since.")
    if body.items is not None and body.model_fields_set & {"until", "mailbox", "kinds", "cursor"}:
        raise InputError("until, mailbox, kinds and cursor go with since, not with items.")
    if services.undoer is None:
        raise ConnectFailed("No mail server is configured.", fix="Set GLASSDOME_IMAP_HOST.")
    if body.items is not None:
        return await _named(services, services.undoer, caller, list(dict.fromkeys(body.items)))
    return await _since(services, services.undoer, caller, body, mailbox)


async def _named(services: Services, undoer: Undoer, caller: Caller, ids: list[int]) -> Response:
    came_to = await take_back(services, undoer, caller, ids)
    first = came_to[ids[0]]
    # Any that was taken back makes the whole a success.
    refused_all = all(isinstance(found, GlassdomeError) for found in came_to.values())
    status = first.status if refused_all and isinstance(first, GlassdomeError) else 200
    return answer(*(_element(number, found) for number, found in came_to.items()), status=status)


async def take_back(
    services: Services, undoer: Undoer, caller: Caller, ids: list[int]
) -> dict[int, PerformedAction | GlassdomeError]:
    """Take the actions back that the caller may see, and audit it; return what each came to, in the order of `ids`."""
    theirs = ActionQuery(ids=tuple(ids), mailboxes=caller.mailboxes, domains=caller.domains, limit=len(ids))
    found = {item.id: item for item in (await services.actions.list(theirs)).items}
    outcome = await undoer.undo_all([found[number] for number in ids if number in found])
    await _audit(services, caller, "", {"items": ids}, outcome)
    undone = {item.id: item for item in outcome.done}
    # The same is said of another's action: who may not see it does not learn that it is there.
    errors: dict[int, GlassdomeError] = {number: NotFound("There is no such action.") for number in ids}
    errors |= {item.id: exc for item, exc in outcome.refused}
    return {number: undone.get(number) or errors[number] for number in ids}


def _element(number: int, came_to: PerformedAction | GlassdomeError) -> dict[str, Any]:
    request = {"items": [number], "attr": {"state": "undone"}}
    if isinstance(came_to, GlassdomeError):
        return refused("edit", "actions", exc=came_to, request=request)
    message = ["action_undone", str(number)]
    return success("edit", "actions", msg=message, data=action_shape(came_to), request=request)


async def _since(services: Services, undoer: Undoer, caller: Caller, body: UndoRequest, mailbox: str) -> Response:
    query = ActionQuery(
        mailbox=mailbox,
        mailboxes=caller.mailboxes,
        domains=caller.domains,
        kinds=tuple(dict.fromkeys(body.kinds)),
        since=as_utc(body.since),
        until=as_utc(body.until),
        limit=MAX_UNDOS,
        cursor=body.cursor,
    )
    outcome = await undoer.undo_matching(query)
    request = body.model_dump(mode="json", exclude_unset=True)
    await _audit(services, caller, mailbox, request, outcome)
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


async def _audit(services: Services, caller: Caller, mailbox: str, request: dict[str, Any], outcome: Undone) -> None:
    facts = request | {"undone": [item.id for item in outcome.done]}
    now = services.clock.now()
    await services.history.audit(actor=caller.name, action="edit_actions", subject=mailbox, facts=facts, now=now)
