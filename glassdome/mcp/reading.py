"""The tools that read stored data: analyses, totals, queue, actions, preferences."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from glassdome.core.errors import NotFound
from glassdome.core.limits import MAX_PAGE
from glassdome.desk.email_id import as_mailbox, parse_email_id
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import EmailIdField, Filters, FolderField, MailboxField, find_document
from glassdome.desk.preferences import PreferencesShape, Whose, preferences_of
from glassdome.desk.queue import QueueParameters, page_of_queue
from glassdome.mcp.shapes import AnalysisList, AnalysisResult, AnalysisRow, Explanation, JobRow, QueueResult, Totals
from glassdome.mcp.tool import PAGE, Tool
from glassdome.mcp.tool_context import ToolContext
from glassdome.mcp.untrusted_text import shows_body
from glassdome.ports.store import AnalysisQuery
from glassdome.shapes.job import DepthShape
from glassdome.values.preferences import EngineAccess
from glassdome.values.refs import INBOX

__all__ = ["READING", "MessageArguments", "access_of", "accesses", "find_shape"]


class MessageArguments(BaseModel):
    """The message to read."""

    model_config = ConfigDict(extra="forbid")

    mailbox: MailboxField
    email_id: EmailIdField
    folder: FolderField = INBOX


class ListAnalysesArguments(Filters):
    """The filters of the list of analyses, and the size of a page."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Rows of a page")] = PAGE
    cursor: Annotated[str, Field(max_length=500, description="`next_cursor` of the page before")] = ""


class QueueArguments(QueueParameters):
    """The filters of the list of jobs, in order of id."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Jobs of a page")] = PAGE


async def access_of(context: ToolContext, mailbox: str) -> EngineAccess:
    """Return how much of its mail the owner lets a language model see: the caller of a tool most likely is one."""
    return (await context.services.preferences.get_preferences(mailbox)).model_access


async def accesses(context: ToolContext, mailboxes: Iterable[str]) -> dict[str, EngineAccess]:
    """Return the same for the mailboxes of a page."""
    return {mailbox: await access_of(context, mailbox) for mailbox in set(mailboxes)}


async def find_shape(context: ToolContext, caller: Caller, given: MessageArguments) -> dict[str, Any] | None:
    """Return the stored analysis of a message as JSON; raises InputError, AccessDenied."""
    mailbox = as_mailbox(given.mailbox)
    caller.must_see(mailbox)
    wanted = parse_email_id(given.email_id, given.folder)
    document = await find_document(context.services.analyses, mailbox, wanted)
    return None if document is None else dict(json.loads(document))


async def _stored(context: ToolContext, caller: Caller, given: MessageArguments) -> tuple[dict[str, Any], EngineAccess]:
    shape = await find_shape(context, caller, given)
    if shape is None:
        raise NotFound(
            "There is no analysis of this message. That says nothing about its safety.",
            fix="Ask for one with analyze_message, or look into the queue.",
        )
    return shape, await access_of(context, shape["mailbox"])


async def _searched(context: ToolContext, given: Filters, query: AnalysisQuery) -> AnalysisQuery:
    """Return the query without the mailboxes whose words may not be seen: a search hit would reveal them."""
    if not given.text:
        return query
    kept = [access for access in EngineAccess if not shows_body(access)]
    return replace(query, without=await context.services.preferences.mailboxes_with(kept))


async def _list(context: ToolContext, caller: Caller, given: ListAnalysesArguments) -> AnalysisList:
    query = await _searched(context, given, given.query(caller, limit=given.limit, cursor=given.cursor))
    page = await context.services.analyses.documents(query)
    shapes: list[Mapping[str, Any]] = [json.loads(text) for text in page.items]
    access = await accesses(context, (shape["mailbox"] for shape in shapes))
    rows = [AnalysisRow.of(shape, access[shape["mailbox"]]) for shape in shapes]
    return AnalysisList(analyses=rows, next_cursor=page.next_cursor or None)


async def _get(context: ToolContext, caller: Caller, given: MessageArguments) -> AnalysisResult:
    return AnalysisResult.of(*await _stored(context, caller, given))


async def _explain(context: ToolContext, caller: Caller, given: MessageArguments) -> Explanation:
    return Explanation.of(*await _stored(context, caller, given))


async def _statistics(context: ToolContext, caller: Caller, given: Filters) -> Totals:
    services = context.services
    found = await services.analyses.statistics(await _searched(context, given, given.query(caller)))
    depth = await services.queue.depth(now=services.clock.now(), mailboxes=caller.mailboxes, domains=caller.domains)
    told = asdict(found) | {"queue": asdict(depth)}
    return Totals(**{name: told[name] for name in Totals.model_fields})


async def _queue(context: ToolContext, caller: Caller, given: QueueParameters) -> QueueResult:
    page = await page_of_queue(context.services, caller, given)
    shapes: list[Mapping[str, Any]] = [json.loads(text) for text in page.jobs]
    access = await accesses(context, (shape["mailbox"] for shape in shapes))
    return QueueResult(
        depth=DepthShape(**asdict(page.depth)),
        jobs=[JobRow.of(shape, access[shape["mailbox"]]) for shape in shapes],
        next_after_id=page.next_after_id,
    )


async def _preferences(context: ToolContext, caller: Caller, given: Whose) -> PreferencesShape:
    return PreferencesShape(**await preferences_of(context.services, caller, given))


READING = (
    Tool(
        name="list_analyses",
        title="List analyses",
        description=(
            "List analysed mail, newest first, with verdict, priority and summary. Every filter narrows; none given means "
            "all that may be seen. Mail without an analysis is not listed: absence does not mean that it is safe."
        ),
        arguments=ListAnalysesArguments,
        result=AnalysisList,
        run=_list,
    ),
    Tool(
        name="get_analysis",
        title="Get one analysis",
        description="Return everything that is stored about one message, named by its mailbox and email_id.",
        arguments=MessageArguments,
        result=AnalysisResult,
        run=_get,
    ),
    Tool(
        name="explain_verdict",
        title="Explain a verdict",
        description=(
            "Say why a message was judged as it was: each reason with what it means and the words of the mail that it "
            "rests on, and what could not be checked."
        ),
        arguments=MessageArguments,
        result=Explanation,
        run=_explain,
    ),
    Tool(
        name="statistics",
        title="Statistics",
        description="Count analysed mail by verdict, category, engine and day, with processing times and the queue.",
        arguments=Filters,
        result=Totals,
        run=_statistics,
    ),
    Tool(
        name="queue",
        title="Show the queue",
        description="Show how many messages wait for analysis, and the jobs with the reason of each failure.",
        arguments=QueueArguments,
        result=QueueResult,
        run=_queue,
    ),
    Tool(
        name="get_preferences",
        title="Get preferences",
        description="Return what a mailbox's owner chose: whether mail is analysed, and what may be done to it.",
        arguments=Whose,
        result=PreferencesShape,
        run=_preferences,
    ),
)
