"""What a mailbox learns of its correspondents from each message."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.schema_agent import contacts
from glassdome.store.upsert import upsert
from glassdome.values.message import DMARC_FAILED, Message

__all__ = ["MAX_REPLIED", "is_aligned", "remember", "row_of"]

#: Recipients of one mail of the owner who count as correspondents; longer lists are announcements.
MAX_REPLIED: Final = 50
_COUNTS: Final = ("seen", "authenticated", "replied", "junked", "opened")


def is_aligned(message: Message) -> bool:
    """Say whether our own server saw DMARC pass, or DKIM pass for the From domain or its parent (RFC 7489 3.1)."""
    seen = message.authentication
    if seen.passed("dmarc"):
        return True
    dmarc = seen.best("dmarc")
    if dmarc is not None and dmarc.result in DMARC_FAILED:
        return False
    best, domain = seen.best("dkim"), message.author.domain
    if not seen.passed("dkim") or best is None or not best.domain:
        return False
    signer = best.domain.rpartition("@")[2].lower()
    return domain == signer or domain.endswith(f".{signer}")


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
        passed = int(is_aligned(message))
        names = [name for name in (addr, f"@{author.domain}" if author.domain else "") if name]
        rows = [row_of(mailbox, name, now, seen=1, authenticated=passed) for name in sorted(names)]
    await upsert(connection, contacts, rows, keys=("mailbox", "addr"), replace=("last_seen",), add=_COUNTS)
