"""People's corrections as training samples, read for `glassdome train --with-feedback`."""

from __future__ import annotations

import asyncio

from glassdome.bootstrap.wire import open_app
from glassdome.cli.console import err
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, GlassdomeError, NotFound, UidValidityChanged
from glassdome.core.limits import MAX_MESSAGE_BYTES, MAX_SEARCHED_FOLDERS
from glassdome.parse import parse_message
from glassdome.ports.mail import MailSource
from glassdome.store import Database
from glassdome.values.refs import MessageRef
from glassdome_lab.training import Sample, sample_of

__all__ = ["corrections"]

#: Corrections one training reads; older ones are in the model already.
_MOST = 10_000


async def corrections(settings: Settings) -> list[Sample]:
    """Fetch the corrected messages and return them as samples; those that cannot be fetched any more are reported and left out."""
    samples: list[Sample] = []
    async with open_app(settings, clock=SystemClock()) as app:
        if app.source is None:
            raise ConfigError("Corrected mail cannot be fetched.", fix="Set GLASSDOME_IMAP_HOST.")
        for correction in await app.database.feedback.list(limit=_MOST):
            try:
                raw = await _fetched(app.source, app.database, correction.ref)
                samples.append(sample_of(parse_message(raw), correction.label.value, "feedback"))
            except GlassdomeError as exc:
                err.print(f"- left out {correction.ref}: {exc.public_message}", markup=False, highlight=False)
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
