"""A person's correction of a verdict; audited."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from glassdome.core.errors import NotFound
from glassdome.core.limits import MAX_PHRASE_CHARS
from glassdome.desk.email_id import as_mailbox, parse_email_id
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import EmailIdField, FolderField, MailboxField, find_analysis
from glassdome.desk.services import Services
from glassdome.values.feedback import Feedback
from glassdome.values.refs import INBOX
from glassdome.values.verdict import GivenLabel

__all__ = ["FeedbackRequest", "correct"]


class FeedbackRequest(BaseModel):
    """The correct label of a message."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"mailbox": "user@domain.com", "email_id": "12345", "label": "ham", "note": "our own shop"}]
        },
    )

    mailbox: MailboxField
    email_id: EmailIdField
    folder: FolderField = INBOX
    label: GivenLabel
    note: Annotated[str, Field(max_length=MAX_PHRASE_CHARS)] = ""


async def correct(services: Services, caller: Caller, body: FeedbackRequest) -> dict[str, str]:
    """Store, teach and audit a correction; return its message and label. Raises NotFound where there is no analysis."""
    mailbox = as_mailbox(body.mailbox)
    caller.must_see(mailbox)
    found = await find_analysis(services.analyses, mailbox, parse_email_id(body.email_id, body.folder))
    if found is None:
        raise NotFound("There is no analysis of this message.")
    feedback = Feedback(ref=found.ref, label=body.label, actor=caller.name, note=body.note)
    now = services.clock.now()
    await services.history.record_feedback(feedback, now=now)
    if services.teach is not None:
        await services.teach(feedback)
    facts = {"email_id": str(found.ref), "label": str(body.label)}
    await services.history.audit(actor=caller.name, action="add_feedback", subject=mailbox, facts=facts, now=now)
    return facts
