"""Remembers which messages were handed out, so that a loop that does what they say does it once, also after a restart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from glassdome.agents.stores import AgentStores
from glassdome.core.clock import Clock
from glassdome.values.refs import Cursor

__all__ = ["HandedOut"]

#: The cursor of handed-out mail is neither the processor's nor that of monitoring.
_KEY: Final = "//once/"
#: How long a message is known by its content; its UID is known for as long as the folder stands.
_KEPT: Final = timedelta(days=3650)


class HandedOut:
    """A cursor per folder, and behind it the messages' own marks, which hold when a server gives out other UIDs."""

    def __init__(self, memory: AgentStores, *, clock: Clock) -> None:
        """Share the agent's memory."""
        self._memory, self._clock = memory, clock

    async def cursor(self, mailbox: str, folder: str) -> Cursor:
        """Return how far the folder was handed out."""
        found = await (await self._memory.stores()).cursors.get_cursor(mailbox, _KEY + folder)
        return found or Cursor(uid_validity=0, last_uid=0)

    async def take(self, mailbox: str, folder: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows that were not handed out yet, and remember them as handed out."""
        stores, now = await self._memory.stores(), self._clock.now()
        taken = [
            row
            for row in rows
            if await stores.commands.use_nonce(_mark(mailbox, folder, row), expires=now + _KEPT, now=now)
        ]
        if rows:
            reached = Cursor(uid_validity=int(rows[-1]["uid_validity"]), last_uid=int(rows[-1]["id"]))
            await stores.cursors.set_cursor(mailbox, _KEY + folder, reached, now=now)
        return taken


def _mark(mailbox: str, folder: str, row: dict[str, Any]) -> str:
    """Return what names the message wherever its folder was copied; a Message-ID may be that of several mails."""
    content = row.get("sha256") or f"{row['uid_validity']}/{row['id']}"
    return "\0".join(("handed out", mailbox, folder, content, row["received"]))
