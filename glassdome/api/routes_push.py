"""The doorbell: Dovecot says that a mailbox changed, and is answered at once, since a delivery waits behind it."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from glassdome.api.errors import refusals
from glassdome.api.shared_secret import FromBeside
from glassdome.core.errors import InputError
from glassdome.core.limits import MAX_ADDRESS_CHARS, MAX_FOLDER_CHARS, MAX_PUSH_EVENTS
from glassdome.desk.email_id import as_folder, as_mailbox
from glassdome.desk.http import Wired
from glassdome.desk.services import Services
from glassdome.values.refs import INBOX

__all__ = ["router"]

router = APIRouter(tags=["doorbell"])

#: Events that bring new mail, in lower case: the Lua driver's, the OX driver's, the event exporter's.
_ARRIVALS: Final = frozenset({"messagenew", "messageappend", "mail_delivery_finished"})
User = Annotated[str, Field(max_length=MAX_ADDRESS_CHARS)]
Folder = Annotated[str, Field(max_length=MAX_FOLDER_CHARS)]


class PushEvent(BaseModel):
    """One event. Only who and where count: under load Dovecot does not know the UID yet and says 0."""

    event: Annotated[str, Field(max_length=100)] = "MessageNew"
    user: User
    mailbox: Folder | None = None
    folder: Folder | None = None


class DeliveryFields(BaseModel):
    """The fields of a delivery in the event of Dovecot's exporter."""

    user: User


class Push(BaseModel):
    """The body of our Lua script, of Dovecot's OX driver, or of its event exporter; more fields are ignored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "events": [
                        {
                            "event": "MessageNew",
                            "user": "user@domain.com",
                            "mailbox": "INBOX",
                            "uid": 7,
                            "uidvalidity": 1795216601,
                            "message_id": "<a1@shop.example>",
                        }
                    ]
                },
                {"user": "user@domain.com", "event": "messageNew", "folder": "INBOX", "imap-uid": 7},
            ]
        }
    )

    events: Annotated[list[PushEvent] | None, Field(max_length=MAX_PUSH_EVENTS)] = None
    event: Annotated[str, Field(max_length=100)] = ""
    user: User | None = None
    folder: Folder | None = None
    fields: DeliveryFields | None = None

    def changed(self) -> set[tuple[str, str]]:
        """Return (mailbox, folder) of what changed; raises InputError for a user or folder that cannot be."""
        events = list(self.events or ())
        user = self.user or (self.fields.user if self.fields else None)
        if user:
            events.append(PushEvent(event=self.event, user=user, folder=self.folder))
        if not events:
            raise InputError("The notification names no user.")
        return {
            (as_mailbox(item.user), as_folder(item.mailbox or item.folder or INBOX))
            for item in events
            if item.event.lower() in _ARRIVALS
        }


def _ring(services: Services, body: Push) -> Response:
    services.metrics.doorbells.inc()
    for mailbox, folder in body.changed():
        services.doorbell(mailbox, folder)
    return Response(status_code=202)


@router.post(
    "/internal/push",
    summary="A mailbox changed (Lua driver, event exporter)",
    status_code=202,
    dependencies=[FromBeside],
    response_class=Response,
    responses=refusals(keyed=False),
)
async def push(services: Wired, body: Push) -> Response:
    """Wake the watcher and answer; new mail is found over IMAP by UID, so a doubled or lost event does no harm."""
    return _ring(services, body)


@router.put(
    "/internal/push",
    summary="A mailbox changed (OX driver)",
    status_code=202,
    dependencies=[FromBeside],
    response_class=Response,
    responses=refusals(keyed=False),
)
async def push_ox(services: Wired, body: Push) -> Response:
    """Do the same for Dovecot's OX driver, which uses PUT."""
    return _ring(services, body)
