"""The tools that change stored data: corrections, preferences, failed jobs."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from glassdome.core.errors import Conflict
from glassdome.desk.feedback import FeedbackRequest, correct
from glassdome.desk.keys import Caller
from glassdome.desk.preferences import PreferencesEdit, PreferencesShape, change_preferences
from glassdome.desk.queue import JobId, QueueEdit, move_jobs
from glassdome.mcp.shapes import Shape
from glassdome.mcp.tool import Tool
from glassdome.mcp.tool_context import ToolContext
from glassdome.values.verdict import Label

__all__ = ["CORRECTING"]


class Corrected(Shape):
    """The correction as it was stored."""

    message: str = Field(description="Mailbox, folder, UIDVALIDITY and UID")
    label: Label


class RetryArguments(BaseModel):
    """The job to retry."""

    model_config = ConfigDict(extra="forbid")

    id: JobId = Field(description="`id` of a job of queue")


class Retried(Shape):
    """The job that waits again."""

    id: int


async def _feedback(context: ToolContext, caller: Caller, given: FeedbackRequest) -> Corrected:
    facts = await correct(context.services, caller, given)
    return Corrected(message=facts["email_id"], label=Label(facts["label"]))


async def _preferences(context: ToolContext, caller: Caller, given: PreferencesEdit) -> PreferencesShape:
    _, now = await change_preferences(context.services, caller, given)
    return PreferencesShape(**now)


async def _retry(context: ToolContext, caller: Caller, given: RetryArguments) -> Retried:
    moved, _ = await move_jobs(context.services, caller, QueueEdit(action="retry", ids=[given.id]))
    if not moved:
        raise Conflict("The job neither failed nor was cancelled, so there is nothing to retry.")
    return Retried(id=given.id)


CORRECTING = (
    Tool(
        name="give_feedback",
        title="Correct a verdict",
        description="Store what a person says a message really is: ham, spam or phish. The last correction counts.",
        arguments=FeedbackRequest,
        result=Corrected,
        run=_feedback,
        writes=True,
    ),
    Tool(
        name="set_preferences",
        title="Change preferences",
        description=(
            "Change a mailbox owner's preferences; the ones not given stay. The owner decides: call this only for them."
        ),
        arguments=PreferencesEdit,
        result=PreferencesShape,
        run=_preferences,
        writes=True,
        destroys=True,
    ),
    Tool(
        name="retry_job",
        title="Retry a job",
        description="Have a message analysed again whose job failed or was cancelled.",
        arguments=RetryArguments,
        result=Retried,
        run=_retry,
        writes=True,
        repeatable=False,
    ),
)
