"""Threads, as far as a caller may see them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from glassdome.core.errors import NotFound
from glassdome.core.limits import MAX_EMAIL_ID_CHARS, MAX_PAGE
from glassdome.desk.email_id import as_mailbox
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import MailboxField, OptionalMailbox, mailbox_of
from glassdome.desk.services import Services
from glassdome.ports.threads import ThreadPage, ThreadQuery
from glassdome.values.thread import ThreadState, Turn
from glassdome.values.thread_mail import StoredThread

__all__ = ["ThreadFilters", "ThreadName", "ThreadParameters", "list_threads", "thread_of"]


class ThreadFilters(BaseModel):
    """The filters of the list of threads: every filter narrows, none given means all that the key may see."""

    model_config = ConfigDict(extra="forbid")

    mailbox: OptionalMailbox = ""
    state: Annotated[
        ThreadState | None,
        Field(description="`open_me`: the owner owes an answer; `open_them`: the others do; `closed`"),
    ] = None


class ThreadParameters(ThreadFilters):
    """The filters, and the page."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Rows of a page")] = 50
    cursor: Annotated[str, Field(max_length=500, description="`X-Next-Cursor` of the page before")] = ""


class ThreadName(BaseModel):
    """One thread of a mailbox."""

    model_config = ConfigDict(extra="forbid")

    mailbox: MailboxField
    thread_id: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_EMAIL_ID_CHARS,
            description="`thread_id` of a thread or an analysis, or the Message-ID of any of its mails",
        ),
    ]


async def list_threads(services: Services, caller: Caller, parameters: ThreadParameters) -> ThreadPage:
    """Return one page of the threads that the caller may see, newest mail first; raises InputError, AccessDenied."""
    query = ThreadQuery(
        mailbox=mailbox_of(caller, parameters.mailbox),
        mailboxes=caller.mailboxes,
        domains=caller.domains,
        state=parameters.state,
        limit=parameters.limit,
        cursor=parameters.cursor,
    )
    return await services.threads.list(query)


async def thread_of(services: Services, caller: Caller, name: ThreadName) -> tuple[StoredThread, tuple[Turn, ...]]:
    """Return a thread with its mails, oldest first; raises InputError, AccessDenied, NotFound."""
    mailbox = as_mailbox(name.mailbox)
    caller.must_see(mailbox)
    found = await services.threads.get(mailbox, name.thread_id.strip().removeprefix("<").removesuffix(">"))
    if found is None:
        raise NotFound("This mailbox has no such thread.", fix="Threads are kept where the preference `threads` is on.")
    return found
