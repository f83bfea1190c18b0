"""The digest of a mailbox as it would be sent now."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import BaseModel, ConfigDict

from glassdome.agents.digest import Period, gather, latest_period, write
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import MailboxField
from glassdome.desk.services import Services
from glassdome.shapes.instants import rfc3339

__all__ = ["DigestParameters", "DigestShape", "digest_of"]


class DigestParameters(BaseModel):
    """The mailbox."""

    model_config = ConfigDict(extra="forbid")

    mailbox: MailboxField


class DigestShape(BaseModel):
    """A digest as a mail; `empty` says that none would be sent."""

    mailbox: str
    since: str
    until: str
    empty: bool
    subject: str
    text: str
    html: str


async def digest_of(services: Services, caller: Caller, parameters: DigestParameters) -> dict[str, Any]:
    """Return the JSON object of the digest from the last period's begin to now; raises AccessDenied, InvalidAddress."""
    mailbox = as_mailbox(parameters.mailbox)
    caller.must_see(mailbox)
    settings, preferences = services.settings(), await services.preferences.get_preferences(mailbox)
    now = services.clock.now()
    last = await asyncio.to_thread(latest_period, preferences, now=now, default_zone=settings.overseer_timezone)
    digest = await gather(
        mailbox,
        Period(since=last.since, due=now),
        analyses=services.analyses,
        threads=services.threads,
        actions=services.actions,
        sender=settings.overseer_mailbox,
    )
    written = write(digest, preferences.language)
    return {
        "mailbox": mailbox,
        "since": rfc3339(digest.since),
        "until": rfc3339(digest.until),
        "empty": not digest.sections,
        "subject": written.subject,
        "text": written.text,
        "html": written.html,
    }
