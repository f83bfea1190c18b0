"""Actions that were done to messages, as far as a caller may see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from glassdome.core.errors import InvalidQuery
from glassdome.core.limits import MAX_EMAIL_ID_CHARS, MAX_PAGE
from glassdome.desk.email_id import parse_email_id
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import FolderField, OptionalMailbox, find_analysis, mailbox_of
from glassdome.desk.moments import as_utc
from glassdome.desk.services import Services
from glassdome.ports.agent import ActionPage, ActionQuery
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.refs import INBOX

__all__ = ["ActionParameters", "find_actions"]


class ActionParameters(BaseModel):
    """The filters of the list of actions: every filter narrows, none given means all that the key may see."""

    model_config = ConfigDict(extra="forbid")

    mailbox: OptionalMailbox = ""
    email_id: Annotated[
        str,
        Field(
            max_length=MAX_EMAIL_ID_CHARS,
            description="Only of this message, as it was judged: UID, `INBOX;UIDVALIDITY=1;UID=5`, `<Message-ID>`",
        ),
    ] = ""
    folder: FolderField = INBOX
    kind: Annotated[ActionKind | None, Field(description="Only of this kind")] = None
    state: Annotated[ActionState | None, Field(description="Only in this state")] = None
    since: Annotated[datetime | None, Field(description="Done, or last changed, at or after, RFC 3339")] = None
    until: Annotated[datetime | None, Field(description="Done, or last changed, before, RFC 3339")] = None
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Rows of a page")] = 50
    cursor: Annotated[str, Field(max_length=500, description="`X-Next-Cursor` of the page before")] = ""


async def find_actions(services: Services, caller: Caller, parameters: ActionParameters) -> ActionPage:
    """Return one page of the actions that the caller may see."""
    query = ActionQuery(
        mailbox=mailbox_of(caller, parameters.mailbox),
        mailboxes=caller.mailboxes,
        domains=caller.domains,
        kinds=(parameters.kind,) if parameters.kind else (),
        state=parameters.state,
        since=as_utc(parameters.since),
        until=as_utc(parameters.until),
        limit=parameters.limit,
        cursor=parameters.cursor,
    )
    if parameters.email_id:
        return await _of_message(services, query, parameters)
    return await services.actions.list(query)


async def _of_message(services: Services, query: ActionQuery, parameters: ActionParameters) -> ActionPage:
    if not query.mailbox:
        raise InvalidQuery("email_id needs a mailbox.")
    wanted = parse_email_id(parameters.email_id, parameters.folder)
    if wanted.message_id:
        return await services.actions.list(replace(query, message_id=wanted.message_id))
    analysis = await find_analysis(services.analyses, query.mailbox, wanted)
    # Nothing is done to a message that was not judged.
    return await services.actions.list(replace(query, ref=analysis.ref)) if analysis else ActionPage(items=())
