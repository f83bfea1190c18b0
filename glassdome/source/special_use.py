"""Finds folders by their special use (RFC 6154)."""

from __future__ import annotations

from glassdome.core.errors import NotFound
from glassdome.ports.imap import ImapSession

__all__ = ["folder_for"]


async def folder_for(session: ImapSession, name: str) -> str:
    """Resolve `\\\\Sent` and the like to the folder with that special use, else to the folder of that plain name."""
    if not name.startswith("\\"):
        return name
    found = await session.folders()
    by_use = [info.name for info in found if name.capitalize() in info.special_use or name in info.special_use]
    by_name = [info.name for info in found if info.name.lower() == name[1:].lower()]
    for candidate in (*by_use, *by_name):
        return candidate
    raise NotFound(f"The mailbox has no folder for {name[1:]}.")
