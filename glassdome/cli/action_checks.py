"""Check that a mailbox and its server can do the actions that its owner enabled."""

from __future__ import annotations

from glassdome.core.errors import FolderMissing, ImapRefused
from glassdome.integrations.imap.session import Session
from glassdome.mailbox.special_use import folder_for
from glassdome.values.preferences import Preferences
from glassdome.values.refs import INBOX

__all__ = ["cannot_work"]

_BY_SERVER = "or use a server that can do it"


async def cannot_work(session: Session, preferences: Preferences) -> list[tuple[str, str]]:
    """Return the enabled actions that cannot work, each with its fix; raises as the session for a server that is away.

    A server reports which keywords a folder keeps only when the folder is opened for changes, as for each action.
    """
    found = await _moves(session) if preferences.move_to_junk else []
    if preferences.flag_phishing or preferences.flag_categories:
        kept = (await session.select(INBOX)).permanent
        if kept is not None and "\\*" not in kept:
            fix = f"Switch flag_phishing and flag_categories off, {_BY_SERVER}."
            found.append(("the server keeps no keywords, so mail cannot be flagged", fix))
    return found


async def _moves(session: Session) -> list[tuple[str, str]]:
    found = []
    try:
        await folder_for(session, "\\Junk")
    except FolderMissing as exc:
        found.append(("move_to_junk is on, but there is no Junk folder", exc.fix))
    except ImapRefused as exc:
        found.append((f"the folders cannot be listed: {exc.public_message}", ""))
    if not {"MOVE", "UIDPLUS"} & session.capabilities:
        fix = f"Switch move_to_junk off, {_BY_SERVER}."
        found.append(("the server can neither MOVE nor UID EXPUNGE, so mail cannot be moved to Junk", fix))
    return found
