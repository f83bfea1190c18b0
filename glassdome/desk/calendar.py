"""Takes the dates of one analysis as a calendar file."""

from __future__ import annotations

import json
from typing import Final

from glassdome.core.errors import NotFound
from glassdome.desk.email_id import EmailId
from glassdome.desk.lookup import find_document
from glassdome.desk.services import Services
from glassdome.shapes.calendar import calendar_of

__all__ = ["CALENDAR_HEADERS", "CALENDAR_TYPE", "find_calendar"]

CALENDAR_TYPE: Final = "text/calendar; charset=utf-8"
CALENDAR_HEADERS: Final = {
    "Content-Disposition": 'attachment; filename="mail.ics"',
    "Cache-Control": "private, no-cache",
    "Vary": "X-API-Key",
}


async def find_calendar(services: Services, mailbox: str, wanted: EmailId) -> str:
    """Return the calendar of the message's analysis; raises NotFound where there is no analysis, or no date in it."""
    document = await find_document(services.analyses, mailbox, wanted)
    if document is None:
        raise NotFound("There is no analysis of this message.")
    calendar = calendar_of(json.loads(document))
    if not calendar:
        raise NotFound("The analysis has no date to take, or the message is phishing.")
    return calendar
