"""Takes the dates of a message into a calendar."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from glassdome.api.access import Reader
from glassdome.api.errors import refusals
from glassdome.desk.calendar import CALENDAR_HEADERS, CALENDAR_TYPE, find_calendar
from glassdome.desk.email_id import as_mailbox, parse_email_id
from glassdome.desk.http import Wired
from glassdome.desk.lookup import EmailIdField, FolderField, MailboxField

__all__ = ["router"]

router = APIRouter(tags=["analysis"])


class CalendarParameters(BaseModel):
    """One message."""

    model_config = ConfigDict(extra="forbid")

    mailbox: MailboxField
    email_id: EmailIdField
    folder: FolderField = "INBOX"


@router.get(
    "/api/v1/get/llm/calendar.ics",
    summary="The dates of a message as a calendar file",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}, "description": "A calendar (RFC 5545)"}, **refusals(404)},
)
async def get_calendar(services: Wired, caller: Reader, parameters: Annotated[CalendarParameters, Query()]) -> Response:
    """Answer an entry for each request with a due date and each event in the mail.

    An entry keeps its UID, so that taking it again changes the one that is there. 404 where nothing has a date, and for
    phishing.
    """
    mailbox = as_mailbox(parameters.mailbox)
    caller.must_see(mailbox)
    wanted = parse_email_id(parameters.email_id, parameters.folder)
    calendar = await find_calendar(services, mailbox, wanted)
    return Response(calendar, media_type=CALENDAR_TYPE, headers=dict(CALENDAR_HEADERS))
