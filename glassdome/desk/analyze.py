"""Requests for an analysis: find the message, queue it first in line, wait for its answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from glassdome.core.errors import (
    AnalysisFailed,
    ConnectFailed,
    NotFound,
    PolicyRefused,
    UidValidityChanged,
)
from glassdome.desk.email_id import EmailId
from glassdome.desk.keys import Caller
from glassdome.desk.services import Services
from glassdome.values.analysis import Analysis
from glassdome.values.job import Job, JobReason, JobState, NewJob, Priority
from glassdome.values.refs import MessageRef

__all__ = ["analysed", "chosen_message", "must_be_chosen", "resolve"]


#: Seconds between looks for the result: quick at first, since the built-in engine needs milliseconds.
_FIRST_LOOK: Final = 0.02


_SLOWEST_LOOK: Final = 0.5


async def chosen_message(services: Services, caller: Caller, mailbox: str, wanted: EmailId) -> MessageRef:
    """Find a message that the caller may have analysed; raises AccessDenied, PolicyRefused, NotFound, TransportError."""
    caller.must_see(mailbox)
    await must_be_chosen(services, mailbox)
    return await resolve(services, mailbox, wanted)


async def must_be_chosen(services: Services, mailbox: str) -> None:
    """Raise PolicyRefused for a mailbox that is not enabled for analysis."""
    if not (await services.preferences.get_preferences(mailbox)).chosen:
        raise PolicyRefused(
            f"{mailbox} is not enabled for analysis, so its mail is not read.",
            fix="Enable it with POST /api/v1/edit/llm/preferences.",
        )


async def resolve(services: Services, mailbox: str, wanted: EmailId) -> MessageRef:
    """Find the message in the mailbox as it is now; a rebuilt folder's old UIDs name nothing (RFC 9051 2.3.1.1)."""
    if services.source is None:
        raise ConnectFailed("No mail server is configured.", fix="Set GLASSDOME_IMAP_HOST.")
    if wanted.message_id:
        return await services.source.find(mailbox, wanted.folder, f"<{wanted.message_id}>")
    ref = await services.source.resolve(mailbox, wanted.folder, wanted.uid)
    if wanted.uid_validity not in (None, ref.uid_validity):
        raise UidValidityChanged
    return ref


async def analysed(services: Services, ref: MessageRef, *, force: bool, wait: float) -> Analysis | Job:
    """Return the stored analysis, or that of a job put first in line, or the job when it takes longer than `wait`."""
    before = await services.analyses.get(ref)
    if before is not None and not force:
        return before
    await _enqueue(services, [ref])
    return await _outcome(services, ref, before, wait)


async def _enqueue(services: Services, refs: list[MessageRef]) -> None:
    # `force` also moves a job that waits already to the front of the queue.
    jobs = [NewJob(ref=ref, reason=JobReason.ASKED, priority=Priority.ASKED, force=True) for ref in refs]
    await services.queue.enqueue(jobs, now=services.clock.now())
    services.wake()


async def _outcome(services: Services, ref: MessageRef, before: Analysis | None, wait: float) -> Analysis | Job:
    end = services.clock.now() + timedelta(seconds=wait)
    pause = _FIRST_LOOK
    while True:
        after = await services.analyses.get(ref)
        if after is not None and after != before:
            return after
        job = await services.queue.get(ref)
        if job is None:
            raise NotFound("The job was removed while it waited.")
        if job.state is JobState.FAILED:
            raise AnalysisFailed(f"The message could not be analysed: {job.error}", job_code=job.error_code)
        remaining = (end - services.clock.now()).total_seconds()
        if remaining <= 0 or job.state is JobState.CANCELLED:
            return job
        await services.clock.sleep(min(pause, remaining))
        pause = min(pause * 1.5, _SLOWEST_LOOK)
