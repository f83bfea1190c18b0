"""Finds the stored data that a caller names: one message, or the filters of a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from glassdome.core.limits import MAX_ADDRESS_CHARS, MAX_EMAIL_ID_CHARS, MAX_FOLDER_CHARS
from glassdome.desk.email_id import EMAIL_ID_PATTERN, MAILBOX_PATTERN, EmailId, as_folder, as_mailbox
from glassdome.desk.keys import Caller
from glassdome.desk.moments import as_utc
from glassdome.ports.store import AnalysisQuery, Sort
from glassdome.values.analysis import Analysis
from glassdome.values.refs import MessageRef

if TYPE_CHECKING:
    from glassdome.store.analyses import Analyses

__all__ = [
    "EmailIdField",
    "Filters",
    "FolderField",
    "MailboxField",
    "OptionalMailbox",
    "find_analysis",
    "find_document",
    "mailbox_of",
]

#: The patterns are for readers of OpenAPI; `as_mailbox` and `parse_email_id` check, and say it in a sentence.
MailboxField = Annotated[
    str,
    Field(
        max_length=MAX_ADDRESS_CHARS,
        description="Mailbox address",
        examples=["user@domain.com"],
        json_schema_extra={"pattern": MAILBOX_PATTERN},
    ),
]
OptionalMailbox = Annotated[
    str,
    Field(
        max_length=MAX_ADDRESS_CHARS,
        description="Only this mailbox; empty: all that the key may see",
        json_schema_extra={"pattern": f"^$|{MAILBOX_PATTERN}"},
    ),
]
EmailIdField = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_EMAIL_ID_CHARS,
        description="IMAP UID, `INBOX;UIDVALIDITY=1;UID=5` or `<Message-ID>`",
        examples=["12345"],
        json_schema_extra={"pattern": EMAIL_ID_PATTERN},
    ),
]
FolderField = Annotated[str, Field(max_length=MAX_FOLDER_CHARS, description="Folder of a bare UID")]


class Filters(BaseModel):
    """The filters of the list of analyses: every filter narrows, none given means all that the key may see."""

    model_config = ConfigDict(extra="forbid")

    mailbox: OptionalMailbox = ""
    folder: Annotated[str, Field(max_length=MAX_FOLDER_CHARS, description="Only this folder")] = ""
    phishing: Annotated[bool | None, Field(description="Only phishing, or only the rest")] = None
    category: Annotated[str, Field(max_length=100, description="Only with this category")] = ""
    priority: Annotated[int | None, Field(ge=1, le=10, description="Only with this priority_score or more")] = None
    degraded: Annotated[bool | None, Field(description="Only those made without the configured model")] = None
    sensitive: Annotated[bool | None, Field(description="Only those with sensitive data")] = None
    attention: Annotated[
        Literal["", "now", "answer", "read", "skim"], Field(description="Only what wants to be met so")
    ] = ""
    label: Annotated[Literal["", "ham", "spam", "phish", "unknown"], Field(description="Only with this label")] = ""
    done: Annotated[bool | None, Field(description="Only what the owner marked as done, or only the rest")] = None
    since: Annotated[datetime | None, Field(description="Analysed at or after, RFC 3339")] = None
    until: Annotated[datetime | None, Field(description="Analysed before, RFC 3339")] = None
    text: Annotated[str, Field(max_length=200, description="Words that begin a word of subject, sender or summary")] = (
        ""
    )

    def query(
        self, caller: Caller, *, limit: int = 50, offset: int = 0, cursor: str = "", sort: Sort = "judged"
    ) -> AnalysisQuery:
        """Return the store's query within what the caller may see; raises InputError, AccessDenied."""
        return AnalysisQuery(
            mailbox=mailbox_of(caller, self.mailbox),
            mailboxes=caller.mailboxes,
            domains=caller.domains,
            folder=as_folder(self.folder) if self.folder else "",
            is_phishing=self.phishing,
            category=self.category,
            min_priority=self.priority,
            degraded=self.degraded,
            sensitive=self.sensitive,
            attention=self.attention,
            label=self.label,
            done=self.done,
            since=as_utc(self.since),
            until=as_utc(self.until),
            text=self.text,
            limit=limit,
            offset=offset,
            cursor=cursor,
            sort=sort,
        )


def mailbox_of(caller: Caller, text: str) -> str:
    """Return the mailbox that a list is limited to, or an empty string; raises InvalidAddress, AccessDenied."""
    if not text:
        return ""
    mailbox = as_mailbox(text)
    caller.must_see(mailbox)
    return mailbox


async def find_document(store: Analyses, mailbox: str, wanted: EmailId) -> str | None:
    """Return the JSON text of the stored analysis of the message the caller names."""
    return next(iter((await store.documents(_named(mailbox, wanted))).items), None)


async def find_analysis(store: Analyses, mailbox: str, wanted: EmailId) -> Analysis | None:
    """Return the stored analysis of the message the caller names."""
    return next(iter((await store.list(_named(mailbox, wanted))).items), None)


def _named(mailbox: str, wanted: EmailId) -> AnalysisQuery:
    query = AnalysisQuery(mailbox=mailbox, limit=1)
    if wanted.message_id:
        return replace(query, message_id=wanted.message_id)
    if wanted.uid_validity is None:
        return replace(query, folder=wanted.folder, uid=wanted.uid)
    ref = MessageRef(mailbox=mailbox, folder=wanted.folder, uid_validity=wanted.uid_validity, uid=wanted.uid)
    return replace(query, ref=ref)
