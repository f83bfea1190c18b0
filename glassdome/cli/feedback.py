"""`glassdome feedback`: a person's correction of a verdict, and the corrections as training samples."""

from __future__ import annotations

import asyncio

from glassdome.api.email_id import as_mailbox, parse_email_id
from glassdome.bootstrap.mailboxes import open_store
from glassdome.bootstrap.wire import open_app
from glassdome.cli.console import err, errors_told, load_settings, operator, out, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, GlassdomeError, NotFound, UidValidityChanged
from glassdome.core.limits import MAX_MESSAGE_BYTES, MAX_SEARCHED_FOLDERS
from glassdome.parse import parse_message
from glassdome.ports.mail import MailSource
from glassdome.store import Database
from glassdome.training import Sample, sample_of
from glassdome.values.feedback import Feedback
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label

__all__ = ["corrections", "feedback"]

#: Corrections one training looks at; older ones are in the model already.
_MOST = 10_000


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


async def corrections(settings: Settings) -> list[Sample]:
    """Fetch the corrected messages and return them as samples; what cannot be fetched any more is told and left out."""
    samples: list[Sample] = []
    async with open_app(settings, clock=SystemClock()) as app:
        if app.source is None:
            raise ConfigError("Corrected mail cannot be fetched.", fix="Set GLASSDOME_IMAP_HOST.")
        for correction in await app.database.feedback.list(limit=_MOST):
            try:
                raw = await _fetched(app.source, app.database, correction.ref)
                samples.append(sample_of(parse_message(raw), correction.label.value, "feedback"))
            except GlassdomeError as exc:
                err.print(f"- left out {correction.ref}: {exc.sentence}", markup=False, highlight=False)
    return samples


async def _fetched(source: MailSource, database: Database, ref: MessageRef) -> bytes:
    """Fetch a message from where it was judged, else from wherever its owner or we moved it; raises NotFound."""
    try:
        return await source.fetch(ref, max_bytes=MAX_MESSAGE_BYTES)
    except (NotFound, UidValidityChanged):
        known = await database.analyses.get(ref)
        if known is None or not known.message_id:
            raise
    for folder in (await source.folders(ref.mailbox))[:MAX_SEARCHED_FOLDERS]:
        try:
            place = await source.find(ref.mailbox, folder, f"<{known.message_id}>")
            raw = await source.fetch(place, max_bytes=MAX_MESSAGE_BYTES)
        except NotFound:
            continue
        if (await asyncio.to_thread(parse_message, raw)).content_hash == known.content_hash:
            return raw
    raise NotFound(f"{ref} is in none of the mailbox's folders any more.")
