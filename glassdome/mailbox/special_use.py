"""Finds folders by their special use (RFC 6154), or by the names that mail programs give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from glassdome.core.errors import FolderMissing
from glassdome.core.shipped import shipped_table
from glassdome.ports.imap import ImapSession
from glassdome.values.folder import FolderInfo

__all__ = ["folder_for", "use_of", "uses_of"]

_NAMES: Final = shipped_table("mailbox/data/folders.toml")
_USES: Final = {name: f"\\{use}" for use, names in _NAMES.items() for name in names}
#: Uses that a server may tell (RFC 6154 2).
_TOLD: Final = ("\\Sent", "\\Drafts", "\\Junk", "\\Trash", "\\All", "\\Flagged", "\\Archive")
#: Google's folders stand below one of their own.
_LEVEL_OF_ITS_OWN: Final = frozenset({"[gmail]", "[google mail]"})


async def folder_for(session: ImapSession, name: str) -> str:
    """Resolve `\\\\Sent` and the like to the folder with that special use, else to the first whose name says so.

    A name is looked for at the top of the mailbox, under whatever namespace that is, not in folders of folders.
    """
    if not name.startswith("\\"):
        return name
    use = f"\\{name[1:].capitalize()}"
    found = [info for info in await session.folders() if info.selectable]
    by_use = [info.name for info in found if use in info.special_use]
    by_name = sorted(
        (info for info in found if _use(info) == use), key=lambda info: info.levels[-1].lower() != use[1:].lower()
    )
    for candidate in (*by_use, *(info.name for info in by_name)):
        return candidate
    raise FolderMissing(
        f"The mailbox has no {name[1:]} folder.",
        fix=f"Create a folder named {name[1:]}, or mark one as such (RFC 6154).",
    )


async def uses_of(session: ImapSession) -> Mapping[str, str]:
    """Return the use of each folder that can be opened: as the server says, else as its name or its parent's says."""
    return {info.name: _told(info) or use_of(info.name) for info in await session.folders() if info.selectable}


def _told(info: FolderInfo) -> str:
    return next((use for use in _TOLD if use in info.special_use), "")


def use_of(folder: str) -> str:
    """Return the use that a folder's name tells, or that of the folder it stands in; empty for any other.

    The name may be any server's: `INBOX.Junk`, `INBOX/Spam`, `Sent/2026`.
    """
    levels = re.split(r"[/.\\^]", folder)
    if len(levels) > 1 and levels[0].upper() == "INBOX":
        del levels[0]
    return _of_levels(tuple(levels[:2])) or _of_levels(tuple(levels[:1]))


def _use(info: FolderInfo) -> str:
    return _of_levels(info.levels or (info.name,))


def _of_levels(levels: tuple[str, ...]) -> str:
    if len(levels) > 1 and levels[0].lower() in _LEVEL_OF_ITS_OWN:
        levels = levels[1:]
    return _USES.get(levels[0].casefold(), "") if len(levels) == 1 else ""
