"""One message of one folder: fetched whole, marked, moved; by UID, and only while the UID names the same message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from glassdome.core.errors import InputError, NotFound, UidValidityChanged
from glassdome.core.limits import MAX_MESSAGE_BYTES
from glassdome.ports.imap import ImapSession
from glassdome.values.folder import FetchedMessage, FolderStatus

__all__ = ["fetch_message", "mark_message", "move_message"]

Parse = Callable[[bytes], dict[str, Any]]


async def fetch_message(
    session: ImapSession, folder: str, uid: int, *, uid_validity: int | None, parse: Parse
) -> dict[str, Any]:
    """Return the message's row with its source in `raw`; raises NotFound, MessageTooLarge, ParseError."""
    status = await session.examine(folder)
    fact = await _fact(session, status, folder, uid, uid_validity)
    raw = await session.body(uid, max_bytes=MAX_MESSAGE_BYTES)
    if raw is None:
        raise _gone(folder, uid)
    fields = await asyncio.to_thread(parse, raw)
    row = {"id": str(uid), "folder": folder, "uid_validity": status.uid_validity, "size": fact.size}
    return row | {"flags": sorted(fact.flags), "raw": raw} | fields


async def mark_message(
    session: ImapSession,
    folder: str,
    uid: int,
    *,
    uid_validity: int | None,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
) -> list[str]:
    """Change flags and keywords, and return those that the message has then; raises NotFound, ImapRefused."""
    if both := set(add) & set(remove):
        raise InputError(f"{', '.join(sorted(both))} cannot be added and removed at once.")
    await _fact(session, await session.select(folder), folder, uid, uid_validity)
    await session.store([uid], add, add=True)
    await session.store([uid], remove, add=False)
    facts = await session.facts([uid])
    if not facts:
        raise _gone(folder, uid)
    return sorted(facts[0].flags - {r"\Recent"})


async def move_message(
    session: ImapSession, folder: str, uid: int, to: str, *, uid_validity: int | None
) -> tuple[int, int] | None:
    """Move to another folder; return UIDVALIDITY and UID over there where the server tells; raises NotFound."""
    await _fact(session, await session.select(folder), folder, uid, uid_validity)
    return await session.move(uid, to)


async def _fact(
    session: ImapSession, status: FolderStatus, folder: str, uid: int, uid_validity: int | None
) -> FetchedMessage:
    if uid_validity is not None and uid_validity != status.uid_validity:
        raise UidValidityChanged(f"{folder} was rebuilt: its UIDVALIDITY is {status.uid_validity} now.")
    facts = await session.facts([uid])
    if not facts:
        raise _gone(folder, uid)
    return facts[0]


def _gone(folder: str, uid: int) -> NotFound:
    return NotFound(f"There is no message {uid} in {folder}.")
