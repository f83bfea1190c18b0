"""Undoing of actions, one by one or all since a moment; audited."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from glassdome.act import Undoer, Undone
from glassdome.core.errors import ConnectFailed, GlassdomeError, NotFound
from glassdome.core.limits import MAX_UNDOS
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import OptionalMailbox, mailbox_of
from glassdome.desk.moments import as_utc
from glassdome.desk.services import Services
from glassdome.ports.agent import ActionQuery
from glassdome.values.action import ActionKind
from glassdome.values.agent import PerformedAction

__all__ = ["ActionId", "UndoRequest", "take_back", "take_back_since"]


ActionId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class UndoAttributes(BaseModel):
    """The new state of the actions."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["undone"] = "undone"


class UndoRequest(BaseModel):
    """The actions to undo: these ids, or all that was done since a time."""

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


async def take_back(services: Services, caller: Caller, ids: list[int]) -> dict[int, PerformedAction | GlassdomeError]:
    """Take the actions back that the caller may see, and audit it; return what each came to, in the order of `ids`.

    Raises ConnectFailed where no mail server is configured.
    """
    undoer = _undoer(services)
    theirs = ActionQuery(ids=tuple(ids), mailboxes=caller.mailboxes, domains=caller.domains, limit=len(ids))
    found = {item.id: item for item in (await services.actions.list(theirs)).items}
    outcome = await undoer.undo_all([found[number] for number in ids if number in found])
    await _audit(services, caller, "", {"items": ids}, outcome)
    undone = {item.id: item for item in outcome.done}
    # The same is said of another's action: who may not see it does not learn that it is there.
    errors: dict[int, GlassdomeError] = {number: NotFound("There is no such action.") for number in ids}
    errors |= {item.id: exc for item, exc in outcome.refused}
    return {number: undone.get(number) or errors[number] for number in ids}


async def take_back_since(services: Services, caller: Caller, body: UndoRequest) -> Undone:
    """Undo the actions since `body.since`, up to the bound of one request, and audit it; raises ConnectFailed."""
    query = ActionQuery(
        mailbox=mailbox_of(caller, body.mailbox),
        mailboxes=caller.mailboxes,
        domains=caller.domains,
        kinds=tuple(dict.fromkeys(body.kinds)),
        since=as_utc(body.since),
        until=as_utc(body.until),
        limit=MAX_UNDOS,
        cursor=body.cursor,
    )
    outcome = await _undoer(services).undo_matching(query)
    await _audit(services, caller, query.mailbox, body.model_dump(mode="json", exclude_unset=True), outcome)
    return outcome


def _undoer(services: Services) -> Undoer:
    if services.undoer is None:
        raise ConnectFailed("No mail server is configured.", fix="Set GLASSDOME_IMAP_HOST.")
    return services.undoer


async def _audit(services: Services, caller: Caller, mailbox: str, request: dict[str, Any], outcome: Undone) -> None:
    facts = request | {"undone": [item.id for item in outcome.done]}
    now = services.clock.now()
    await services.history.audit(actor=caller.name, action="edit_actions", subject=mailbox, facts=facts, now=now)
