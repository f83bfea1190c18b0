"""Asking for an analysis: one message and its answer, or many into the queue."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from glassdome.api.access import Wired, Writer
from glassdome.api.answers import Element, answer, refused, success
from glassdome.api.email_id import EmailId, as_mailbox, parse_email_id
from glassdome.api.errors import refusals
from glassdome.api.lookup import EmailIdField, FolderField, MailboxField
from glassdome.api.services import Services
from glassdome.api.shapes import analysis_shape, job_shape
from glassdome.core.errors import (
    AnalysisFailed,
    ConnectFailed,
    GlassdomeError,
    InputError,
    NotFound,
    PolicyRefused,
    UidValidityChanged,
)
from glassdome.core.limits import MAX_BULK_MESSAGES, MAX_WAIT_SECONDS
from glassdome.ports.store import AnalysisQuery
from glassdome.values.analysis import Analysis
from glassdome.values.job import Job, JobReason, JobState, NewJob, Priority
from glassdome.values.refs import INBOX, MessageRef

__all__ = ["AnalyzeRequest", "analysed", "must_be_chosen", "resolve", "router"]

router = APIRouter(tags=["analyze"])

#: Seconds between looks for the result: quick at first, since the built-in engine needs milliseconds.
_FIRST_LOOK: Final = 0.02
_SLOWEST_LOOK: Final = 0.5


class AnalyzeRequest(BaseModel):
    """Which message, or which messages, of one mailbox."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"mailbox": "user@domain.com", "email_id": "12345", "force": False}]},
    )

    mailbox: MailboxField
    email_id: EmailIdField | None = None
    email_ids: Annotated[list[EmailIdField] | None, Field(min_length=1, max_length=MAX_BULK_MESSAGES)] = None
    folder: FolderField = INBOX
    force: Annotated[bool, Field(description="Analyse again what has an analysis already")] = False


class Patience(BaseModel):
    """How long the caller waits."""

    model_config = ConfigDict(extra="forbid")

    wait: Annotated[float, Field(ge=0, le=MAX_WAIT_SECONDS, description="Seconds to wait for the answer")] = 20


@router.post(
    "/api/v1/add/llm/analyze",
    summary="Analyse a message now, or queue many",
    response_model=list[Element],
    responses={
        202: {"model": list[Element], "description": "Queued; `data` is the job"},
        **refusals(404, 409, 422, 502),
    },
)
async def analyze(
    services: Wired,
    caller: Writer,
    body: AnalyzeRequest,
    parameters: Annotated[Patience, Query()],
) -> Response:
    """Answer the stored analysis where there is one; else queue the message first in line and wait for it.

    `email_ids` queues many at once and does not wait; each gets an element of its own, `danger` where it was refused.
    """
    mailbox = as_mailbox(body.mailbox)
    caller.must_see(mailbox)
    await must_be_chosen(services, mailbox)
    if (body.email_id is None) is (body.email_ids is None):
        raise InputError("Give either email_id or email_ids.")
    if body.email_ids is not None:
        return await _bulk(services, mailbox, body, body.email_ids)
    assert body.email_id is not None
    ref = await resolve(services, mailbox, parse_email_id(body.email_id, body.folder))
    found = await analysed(services, ref, force=body.force, wait=parameters.wait)
    return answer(
        await _element(services, found, body.email_id, mailbox), status=200 if isinstance(found, Analysis) else 202
    )


async def must_be_chosen(services: Services, mailbox: str) -> None:
    """Raise PolicyRefused for a mailbox whose owner did not choose analysis."""
    if not (await services.preferences.get_preferences(mailbox)).chosen:
        raise PolicyRefused(
            f"Nobody chose {mailbox} for analysis, so its mail is not read.",
            fix="Choose it with POST /api/v1/edit/llm/preferences.",
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


async def _bulk(services: Services, mailbox: str, body: AnalyzeRequest, email_ids: list[str]) -> Response:
    elements: list[dict[str, Any]] = []
    statuses: list[int] = []
    for email_id in dict.fromkeys(email_ids):
        try:
            ref = await resolve(services, mailbox, parse_email_id(email_id, body.folder))
            found = await analysed(services, ref, force=body.force, wait=0)
        except GlassdomeError as exc:
            elements.append(refused("add", "analyze", exc=exc, request={"mailbox": mailbox, "email_id": email_id}))
            statuses.append(exc.status)
        else:
            elements.append(await _element(services, found, email_id, mailbox))
            statuses.append(200 if isinstance(found, Analysis) else 202)
    done = [status for status in statuses if status in (200, 202)]
    return answer(*elements, status=max(done) if done else statuses[0])


async def _element(services: Services, found: Analysis | Job, email_id: str, mailbox: str) -> dict[str, Any]:
    request = {"mailbox": mailbox, "email_id": email_id}
    if isinstance(found, Analysis):
        data = await _with_correction(services, found)
        return success("add", "analyze", msg=["analysis_done", email_id], data=data, request=request)
    return success("add", "analyze", msg=["analysis_queued", email_id], data=job_shape(found), request=request)


async def _with_correction(services: Services, found: Analysis) -> dict[str, Any]:
    """Return the analysis as it is stored, with a person's word."""
    stored = (await services.analyses.documents(AnalysisQuery(ref=found.ref, limit=1))).items
    shape: dict[str, Any] = json.loads(stored[0]) if stored else analysis_shape(found)
    return shape
