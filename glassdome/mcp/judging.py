"""The tools that judge a message: at once without a trace, or by the service's own engine into its store."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from glassdome.core.errors import AnalysisFailed, ConnectFailed, InputError
from glassdome.core.limits import MAX_MESSAGE_BYTES, MAX_SCAN_BYTES, MAX_WAIT_SECONDS
from glassdome.desk.analyze import analysed, chosen_message
from glassdome.desk.email_id import as_mailbox, parse_email_id
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import EmailIdField, FolderField, MailboxField
from glassdome.mcp.reading import MessageArguments, access_of, find_shape
from glassdome.mcp.shapes import AnalysisResult, JobRow, Shape
from glassdome.mcp.tool import Tool
from glassdome.mcp.tool_context import ToolContext
from glassdome.mcp.untrusted_text import shows_body
from glassdome.shapes.analysis import analysis_shape
from glassdome.shapes.job import job_shape
from glassdome.values.job import Job
from glassdome.values.preferences import EngineAccess
from glassdome.values.refs import INBOX, MessageRef

__all__ = ["JUDGING"]

#: Names a message that lies in no mailbox.
_NOWHERE = MessageRef(mailbox="", folder="", uid_validity=0, uid=0)


class AnalyzeArguments(BaseModel):
    """A message as text, or where it lies."""

    model_config = ConfigDict(extra="forbid")

    raw: Annotated[
        str | None,
        Field(min_length=1, max_length=MAX_SCAN_BYTES, description="The message with its headers, as in an .eml file"),
    ] = None
    mailbox: MailboxField | None = None
    email_id: EmailIdField | None = None
    folder: FolderField = INBOX


class RequestArguments(MessageArguments):
    """The message to analyse, and how long to wait."""

    force: Annotated[bool, Field(description="Analyse again mail that has an analysis already")] = False
    wait: Annotated[float, Field(ge=0, le=MAX_WAIT_SECONDS, description="Seconds to wait for the answer")] = 20


class Requested(Shape):
    """The analysis, or the job that will make it."""

    analysis: AnalysisResult | None
    job: JobRow | None = Field(description="Set while the analysis is not done: ask again later with get_analysis")


async def _analyze(context: ToolContext, caller: Caller, given: AnalyzeArguments) -> AnalysisResult:
    named = given.mailbox is not None and given.email_id is not None
    if (given.raw is not None) is named or (given.raw is not None and (given.mailbox or given.email_id)):
        raise InputError("Give either raw, or mailbox and email_id.")
    if given.raw is not None:
        judged = await context.judge(given.raw.encode("utf-8", "replace"), _NOWHERE)
        shape = analysis_shape(judged) | {"email_id": ""}
        return AnalysisResult.of(shape, EngineAccess.FULL, stored=False)
    message = MessageArguments(mailbox=given.mailbox or "", email_id=given.email_id or "", folder=given.folder)
    return await _analyze_stored(context, caller, message)


async def _analyze_stored(context: ToolContext, caller: Caller, given: MessageArguments) -> AnalysisResult:
    if (known := await find_shape(context, caller, given)) is not None:
        return AnalysisResult.of(known, await access_of(context, known["mailbox"]))
    ref = await _chosen_message(context, caller, given)
    source = context.services.source
    if source is None:
        raise ConnectFailed("No mail server is configured.", fix="Set GLASSDOME_IMAP_HOST.")
    judged = await context.judge(await source.fetch(ref, max_bytes=MAX_MESSAGE_BYTES), ref)
    return AnalysisResult.of(analysis_shape(judged), await access_of(context, ref.mailbox), stored=False)


async def _request(context: ToolContext, caller: Caller, given: RequestArguments) -> Requested:
    ref = await _chosen_message(context, caller, given)
    access = await access_of(context, ref.mailbox)
    try:
        found = await analysed(context.services, ref, force=given.force, wait=given.wait)
    except AnalysisFailed as exc:
        if shows_body(access):
            raise
        # The job's own sentence may quote the mail.
        raise AnalysisFailed("The message could not be analysed; the queue has the error's code.") from exc
    if isinstance(found, Job):
        return Requested(analysis=None, job=JobRow.of(job_shape(found), access))
    return Requested(analysis=AnalysisResult.of(analysis_shape(found), access), job=None)


async def _chosen_message(context: ToolContext, caller: Caller, given: MessageArguments) -> MessageRef:
    """Find a message that may be read; raises AccessDenied, PolicyRefused, NotFound, TransportError."""
    wanted = parse_email_id(given.email_id, given.folder)
    return await chosen_message(context.services, caller, as_mailbox(given.mailbox), wanted)


JUDGING = (
    Tool(
        name="analyze_message",
        title="Analyse a message",
        description=(
            "Judge one message now: either raw, its full text, or mailbox and email_id of a message on the mail server. "
            "Answers the stored analysis where there is one; else the built-in engine judges it and nothing is stored, "
            "nor marked as read."
        ),
        arguments=AnalyzeArguments,
        result=AnalysisResult,
        run=_analyze,
    ),
    Tool(
        name="request_analysis",
        title="Have a message analysed",
        description=(
            "Put a message of a mailbox first in line for the service's engine, and wait for the analysis, which is stored. "
            "A running glassdome serve or worker does the work."
        ),
        arguments=RequestArguments,
        result=Requested,
        run=_request,
        writes=True,
        waits=True,
    ),
)
