"""Recognises, in a folder that the server rebuilt, mail that was judged there before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from glassdome.core.errors import ParseError
from glassdome.parse import parse_message
from glassdome.values.analysis import Analysis
from glassdome.values.job import Job, JobReason
from glassdome.values.refs import MessageRef

if TYPE_CHECKING:
    from glassdome.store.analyses import Analyses

__all__ = ["Rebuilt"]

#: These were not requested by name, so the known facts of the message hold.
_UNASKED: Final = frozenset({JobReason.NEW, JobReason.BACKFILL})


class Rebuilt:
    """A new UIDVALIDITY voids every UID (RFC 9051 2.3.1.1), but a mail of the same Message-ID and content is the same."""

    def __init__(self, analyses: Analyses) -> None:
        """`analyses` has the judged messages."""
        self._analyses = analyses

    async def known(self, job: Job, raw: bytes) -> Analysis | None:
        """Return the analysis that this mail has under another UIDVALIDITY of its folder."""
        message_id = _message_id(raw)
        if job.reason not in _UNASKED or job.force or not message_id:
            return None
        found = await self._analyses.by_message_id(job.ref.mailbox, message_id)
        if found is None or not found.content_hash or not _is_elsewhen(found.ref, job.ref):
            return None
        try:
            message = await asyncio.to_thread(parse_message, raw)
        except ParseError:
            return None
        return found if message.content_hash == found.content_hash else None


def _is_elsewhen(ref: MessageRef, now: MessageRef) -> bool:
    return ref.folder == now.folder and ref.uid_validity != now.uid_validity


def _message_id(raw: bytes) -> str:
    """Return the Message-ID without its brackets, as analyses have it; a folded or odd one is not looked for."""
    head = raw[: raw.find(b"\n\r\n") if b"\n\r\n" in raw else raw.find(b"\n\n")]
    for line in head.split(b"\n"):
        if line[:11].lower() == b"message-id:":
            return line[11:].strip().strip(b"<>").decode("ascii", "replace")
    return ""
