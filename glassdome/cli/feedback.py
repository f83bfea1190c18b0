"""`glassdome feedback`: a person's correction of a verdict."""

from __future__ import annotations

from glassdome.bootstrap.mailboxes import open_store
from glassdome.cli.console import errors_told, load_settings, operator, out, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import NotFound
from glassdome.desk.email_id import as_mailbox, parse_email_id
from glassdome.values.feedback import Feedback
from glassdome.values.verdict import Label

__all__ = ["feedback"]


def feedback(*, mailbox: str, email_id: str, label: str, note: str) -> None:
    """Correct a verdict. The next `glassdome train --with-feedback` learns from it."""
    with errors_told():
        settings = load_settings()
    run(_record(settings, mailbox, email_id, Label(label), note))


async def _record(settings: Settings, mailbox: str, email_id: str, label: Label, note: str) -> None:
    wanted, box = parse_email_id(email_id), as_mailbox(mailbox)
    async with open_store(settings) as database:
        if wanted.message_id:
            found = await database.analyses.by_message_id(box, wanted.message_id)
        else:
            found = await database.analyses.find(box, wanted.folder, wanted.uid)
        if found is None:
            raise NotFound(f"{mailbox} has no analysis of {email_id}.")
        correction, now = Feedback(ref=found.ref, label=label, actor=operator(), note=note), SystemClock().now()
        await database.history.record_feedback(correction, now=now)
        facts = {"email_id": str(found.ref), "label": str(label)}
        await database.history.audit(actor=operator(), action="add_feedback", subject=box, facts=facts, now=now)
    out.print(
        f"{found.subject!r} was {found.verdict.label}, is {label}: written down.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
