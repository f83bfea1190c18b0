"""Learns a mailbox's correspondents from each message."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.schema import contacts
from glassdome.store.upsert import upsert
from glassdome.values.message import Message

__all__ = ["MAX_REPLIED", "remember", "row_of"]

#: Recipients of one mail of the owner who count as correspondents; longer lists are announcements.
MAX_REPLIED: Final = 50
_COUNTS: Final = ("seen", "authenticated", "replied", "junked", "opened")


def row_of(mailbox: str, addr: str, now: datetime, **counts: int) -> dict[str, Any]:
    """Return one contact's row with these counts."""
    return {"mailbox": mailbox, "addr": addr, "first_seen": now, "last_seen": now} | dict.fromkeys(_COUNTS, 0) | counts


async def remember(connection: AsyncConnection, mailbox: str, message: Message, *, now: datetime) -> None:
    """Count a message for its author and the author's domain; one that the owner wrote, for its recipients."""
    author = message.author
    addr = author.addr.lower()
    if addr == mailbox.lower():
        written = sorted({r.addr.lower() for r in message.recipients if r.addr})[:MAX_REPLIED]
        rows = [row_of(mailbox, to, now, replied=1) for to in written]
    else:
        passed = int(bool(message.authenticity))
        names = [name for name in (addr, f"@{author.domain}" if author.domain else "") if name]
        rows = [row_of(mailbox, name, now, seen=1, authenticated=passed) for name in sorted(names)]
    await upsert(connection, contacts, rows, keys=("mailbox", "addr"), replace=("last_seen",), add=_COUNTS)
