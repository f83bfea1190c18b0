"""Asking for an analysis: one message and its answer, or many into the queue."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from glassdome.api.access import Writer
from glassdome.api.answers import Element, answer, refused, success
from glassdome.api.errors import refusals
from glassdome.core.errors import (
    GlassdomeError,
    InputError,
)
from glassdome.core.limits import MAX_BULK_MESSAGES, MAX_WAIT_SECONDS
from glassdome.desk.analyze import analysed, must_be_chosen, resolve
from glassdome.desk.email_id import as_mailbox, parse_email_id
from glassdome.desk.http import Wired
from glassdome.desk.lookup import EmailIdField, FolderField, MailboxField
from glassdome.desk.services import Services
from glassdome.ports.store import AnalysisQuery
from glassdome.shapes.analysis import analysis_shape
from glassdome.shapes.job import job_shape
from glassdome.values.analysis import Analysis
from glassdome.values.job import Job
from glassdome.values.refs import INBOX

__all__ = ["router"]

router = APIRouter(tags=["analyze"])


class AnalyzeRequest(BaseModel):
    """One message, or several, of one mailbox."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"mailbox": "user@domain.com", "email_id": "12345", "force": False}]},
    )

    mailbox: MailboxField
    email_id: EmailIdField | None = None
    email_ids: Annotated[list[EmailIdField] | None, Field(min_length=1, max_length=MAX_BULK_MESSAGES)] = None
    folder: FolderField = INBOX
    force: Annotated[bool, Field(description="Analyse again mail that has an analysis already")] = False


class Patience(BaseModel):
    """The caller's time limit for the answer."""

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
