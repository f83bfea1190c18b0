"""Erasing of one message's analysis, a mailbox's, or everything of one person; audited."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from glassdome.core.errors import InputError, NotFound
from glassdome.core.limits import MAX_ADDRESS_CHARS
from glassdome.desk.email_id import as_mailbox, as_person, parse_email_id
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import EmailIdField, FolderField, MailboxField, find_analysis
from glassdome.desk.services import Services
from glassdome.ports.store import AnalysisQuery
from glassdome.values.refs import INBOX

__all__ = ["EraseRequest", "erase"]


class EraseRequest(BaseModel):
    """The data to erase: a message of a mailbox, a whole mailbox (stated by `all`), or a correspondent's mail."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"mailbox": "user@domain.com", "email_id": "12345"},
                {"mailbox": "user@domain.com", "all": True},
                {"person": "someone@example.org"},
            ]
        },
    )

    mailbox: MailboxField | None = None
    email_id: EmailIdField | None = None
    folder: FolderField = INBOX
    all: Annotated[bool, Field(description="Everything of the mailbox")] = False
    person: Annotated[
        str | None, Field(max_length=MAX_ADDRESS_CHARS, description="Everything whose From is this address")
    ] = None


async def erase(services: Services, caller: Caller, body: EraseRequest) -> tuple[str, int]:
    """Erase and audit; return the mailbox or person, and how many analyses there were. Raises NotFound."""
    query = await _query(services, caller, body)
    deleted = await services.analyses.delete(query)
    facts = body.model_dump(exclude_defaults=True) | {"deleted": deleted}
    subject, now = query.mailbox or query.person, services.clock.now()
    await services.history.audit(actor=caller.name, action="delete_analysis", subject=subject, facts=facts, now=now)
    return subject, deleted


async def _query(services: Services, caller: Caller, body: EraseRequest) -> AnalysisQuery:
    given = [body.email_id is not None, body.all, body.person is not None]
    if sum(given) != 1 or (body.mailbox is None and body.person is None):
        raise InputError("Give mailbox and email_id, or mailbox and all, or person.")
    within = AnalysisQuery(mailboxes=caller.mailboxes, domains=caller.domains)
    if body.mailbox is not None:
        within = replace(within, mailbox=as_mailbox(body.mailbox))
        caller.must_see(within.mailbox)
    if body.person is not None:
        return replace(within, person=as_person(body.person))
    if body.email_id is None:
        return within
    found = await find_analysis(services.analyses, within.mailbox, parse_email_id(body.email_id, body.folder))
    if found is None:
        raise NotFound("There is no analysis of this message.")
    return replace(within, ref=found.ref)
