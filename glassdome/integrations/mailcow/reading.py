"""Messages of one folder, as the first seed's `get_mailbox_messages` answers them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

from glassdome.core.errors import InvalidQuery, ParseError
from glassdome.core.limits import MAX_MESSAGE_BYTES
from glassdome.ports.imap import ImapSession
from glassdome.values.folder import FetchedMessage
from glassdome.values.message import Message
from glassdome.values.refs import Cursor

__all__ = ["DEFAULT_LIMIT", "message_row", "read_messages", "read_row"]

#: Messages that one call returns by default: newest first, so that a full mailbox does not fill memory.
DEFAULT_LIMIT: Final = 100
_MAX_LIMIT: Final = 1000
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Parse = Callable[[bytes], dict[str, Any]]


async def read_messages(
    session: ImapSession,
    folder: str,
    *,
    parse: Parse,
    unread_only: bool,
    since: datetime | None,
    limit: int,
    mark_seen: bool,
    after: Cursor | None = None,
) -> list[dict[str, Any]]:
    """Return the newest `limit` messages, the oldest of them first; flags stay as they are unless `mark_seen`.

    With a cursor the oldest `limit` behind it are answered instead, so that a caller who moves it misses none.

    `since` is an instant: the server knows days only (RFC 9051 6.4.4), so what it answers is sifted by INTERNALDATE.
    A message that cannot be read has `error` instead of its text; one deleted meanwhile is left out.
    """
    if not 1 <= limit <= _MAX_LIMIT:
        raise InvalidQuery(f"limit must be 1 to {_MAX_LIMIT}, not {limit}.")
    status = await (session.select(folder) if mark_seen else session.examine(folder))
    validity, uids = status.uid_validity, await session.search(_criteria(unread_only, since))
    if after is not None:
        seen = after.last_uid if after.uid_validity == validity else 0
        uids = tuple(uid for uid in uids if uid > seen)[:_MAX_LIMIT]
    facts = await session.facts(uids[-_MAX_LIMIT:]) if uids else ()
    found = [fact for fact in facts if _is_new_enough(fact, since)]
    found = found[-limit:] if after is None else found[:limit]
    rows = [row for fact in found if (row := await read_row(session, folder, validity, fact, parse)) is not None]
    if mark_seen and rows:
        await session.store([int(row["id"]) for row in rows], [r"\Seen"], add=True)
    return rows


def _criteria(unread_only: bool, since: datetime | None) -> str:
    words = ["UNDELETED"]
    if unread_only:
        words.append("UNSEEN")
    if since is not None:
        # A day earlier: the server compares dates in its own time zone.
        day = since - timedelta(days=1)
        words.append(f"SINCE {day.day:02d}-{_MONTHS[day.month - 1]}-{day.year}")
    return " ".join(words)


def _is_new_enough(fact: FetchedMessage, since: datetime | None) -> bool:
    return since is None or fact.received is None or fact.received >= since


async def read_row(
    session: ImapSession, folder: str, uid_validity: int, fact: FetchedMessage, parse: Parse
) -> dict[str, Any] | None:
    """Return one message of the folder that is open, None when it is gone meanwhile.

    A message that is too large, or that is none, has `error` instead of its fields: it must not hide the others.
    """
    row: dict[str, Any] = {"id": str(fact.uid), "folder": folder, "uid_validity": uid_validity, "size": fact.size}
    row["flags"] = sorted(fact.flags)
    row["received"] = fact.received.isoformat() if fact.received else ""
    try:
        raw = await session.body(fact.uid, max_bytes=MAX_MESSAGE_BYTES)
        if raw is None:
            return None
        # In a thread: a large mail takes a second, and the first one reads the parser's tables from files.
        fields = await asyncio.to_thread(parse, raw)
    except ParseError as exc:
        return row | {"subject": "", "from": "", "to": "", "date": "", "body": "", "error": exc.code}
    return row | fields


def message_row(message: Message, *, plain: str, html: str) -> dict[str, Any]:
    """Return a message's fields: the seed's `subject, from, to, date, body`, then ours.

    `body` is the plain text that the sender wrote, else the words of the HTML; `html_body` the HTML source; `text` what
    a reader sees in a mail program.
    """
    return {
        "subject": message.subject,
        "from": str(message.author),
        "to": ", ".join(map(str, message.to)),
        "date": format_datetime(message.date) if message.date else message.header("Date"),
        "body": plain or message.text,
        "html_body": html,
        "text": message.text,
        "cc": ", ".join(map(str, message.cc)),
        "reply_to": ", ".join(map(str, message.reply_to)),
        "message_id": message.message_id,
        "sha256": message.sha256,
        "in_reply_to": message.in_reply_to[0] if message.in_reply_to else "",
        "references": list(message.references),
        "thread_id": message.thread_id,
        "attachments": [
            {"filename": a.filename, "type": a.true_type or a.declared_type, "size": a.size}
            for a in message.attachments
        ],
        "is_list": message.lists.is_list,
        "is_automatic": message.lists.is_automatic,
    }
