"""Changes stored messages by IMAP. Implements `ports.mail.FolderEditor`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Final

from glassdome.core.errors import ImapRefused, KeywordsUnsupported, NotFound, UidValidityChanged
from glassdome.core.log import get_logger
from glassdome.mailbox.new_mail import found_for_sure, last_uid
from glassdome.mailbox.search import quoted
from glassdome.mailbox.special_use import folder_for
from glassdome.ports.imap import ImapSession, ImapSessions
from glassdome.values.folder import FolderStatus
from glassdome.values.refs import MessageRef

__all__ = ["ImapEditor"]

_log = get_logger(__name__)
#: Seconds for which a folder that keeps no keywords is not asked again.
_KEEPS_NONE_SECONDS: Final = 3600.0
#: Seconds for which a server may refuse keywords because of a trouble of its own, and those between two tries then.
_A_MOMENT_SECONDS: Final = 600.0
_ASK_AGAIN_SECONDS: Final = 30.0


class ImapEditor:
    """Keywords, moves and copies; shares its sessions with the source."""

    def __init__(self, sessions: ImapSessions, *, time: Callable[[], float] = monotonic) -> None:
        """`sessions` stays its owner's: the editor never closes it."""
        self._sessions, self._time = sessions, time
        self._keeps_none: dict[tuple[str, str], float] = {}
        self._doubtful: dict[tuple[str, str], tuple[float, float]] = {}

    async def add_keywords(self, ref: MessageRef, keywords: Sequence[str]) -> None:
        """Set keywords; raises NotFound when the message is gone, UidValidityChanged when the folder was rebuilt."""
        await self._store(ref, keywords, add=True)

    async def remove_keywords(self, ref: MessageRef, keywords: Sequence[str]) -> None:
        """Unset keywords; raises as `add_keywords`."""
        await self._store(ref, keywords, add=False)

    async def move(self, ref: MessageRef, folder: str) -> MessageRef:
        """Move the message and return where it is now; raises NotFound when it or the folder is not there.

        Asked again after a success whose answer was lost, it finds the message gone: NotFound, never a second copy.
        """
        async with self._sessions.session(ref.mailbox) as session:
            target = await folder_for(session, folder)
            status = await _open(session, ref)
            if not await found_for_sure(session, status, f"UID {ref.uid}"):
                raise NotFound(f"{ref} is not there any more.")
            copy = None if "MOVE" in session.capabilities else await _copy(session, ref, target)
            told = await session.move(ref.uid, target, copied=copy is not None) or copy
            if told is None:
                told = await _newest(session, target)
        return MessageRef(mailbox=ref.mailbox, folder=target, uid_validity=told[0], uid=told[1])

    async def find_moved(self, ref: MessageRef, folder: str, message_id: str) -> MessageRef | None:
        """Look for the newest message of that Message-ID in the folder."""
        async with self._sessions.session(ref.mailbox) as session:
            target = await folder_for(session, folder)
            status = await session.examine(target)
            searchable = message_id and message_id.isascii() and message_id.isprintable()
            found = await session.search(f"HEADER Message-ID {quoted(message_id)}") if searchable else ()
        if not found:
            return None
        return MessageRef(mailbox=ref.mailbox, folder=target, uid_validity=status.uid_validity, uid=max(found))

    async def append(self, mailbox: str, folder: str, raw: bytes, *, flags: Sequence[str], date: datetime) -> None:
        """Store a message, unless the folder has one of that Message-ID already."""
        async with self._sessions.session(mailbox) as session:
            target = await folder_for(session, folder)
            message_id = _message_id(raw)
            if message_id:
                await session.examine(target)
                if await session.search(f"HEADER Message-ID {quoted(message_id)}"):
                    return
            await session.append(target, raw, flags=flags, date=date)

    async def _store(self, ref: MessageRef, keywords: Sequence[str], *, add: bool) -> None:
        keeps_none = self._keeps_none.get((ref.mailbox, ref.folder))
        if keeps_none is not None and self._time() < keeps_none:
            raise _no_keywords(ref)
        self._spare(ref)
        async with self._sessions.session(ref.mailbox) as session:
            status = await _open(session, ref)
            if not await found_for_sure(session, status, f"UID {ref.uid}"):
                raise NotFound(f"{ref} is not there any more.")
            kept = status.permanent
            if add and kept is not None and "\\*" not in kept and not {word.lower() for word in keywords} <= kept:
                self._never(ref, "PERMANENTFLAGS has no \\*")
                raise _no_keywords(ref)
            try:
                await session.store([ref.uid], keywords, add=add)
            except ImapRefused as exc:
                self._doubt(ref, exc)
                raise
        self._doubtful.pop((ref.mailbox, ref.folder), None)

    def _spare(self, ref: MessageRef) -> None:
        """Raise where keywords were refused just now: a BAD ends the connection, which must not be a login for each mail."""
        doubt = self._doubtful.get((ref.mailbox, ref.folder))
        if doubt is not None and self._time() - doubt[1] < _ASK_AGAIN_SECONDS:
            raise ImapRefused(f"The mail server refused keywords in {ref.folder} just now.", temporary=True)

    def _doubt(self, ref: MessageRef, exc: ImapRefused) -> None:
        """Take a server at its word that answers keywords with BAD for longer than a moment."""
        if not exc.facts.get("bad") or exc.away:
            return
        key, now = (ref.mailbox, ref.folder), self._time()
        since = self._doubtful.get(key, (now, now))[0]
        self._doubtful[key] = (since, now)
        if now - since >= _A_MOMENT_SECONDS:
            self._never(ref, exc.public_message)
            raise _no_keywords(ref) from exc

    def _never(self, ref: MessageRef, why: str) -> None:
        self._keeps_none[ref.mailbox, ref.folder] = self._time() + _KEEPS_NONE_SECONDS
        effect = "messages there are not marked"
        _log.warning("no_keywords", mailbox=ref.mailbox, folder=ref.folder, reason=why, effect=effect)


def _no_keywords(ref: MessageRef) -> KeywordsUnsupported:
    return KeywordsUnsupported(
        f"The mail server keeps no keywords in {ref.folder}, so its messages cannot be marked.",
        fix="Switch flag_phishing and flag_categories off, or let the server keep keywords.",
    )


async def _open(session: ImapSession, ref: MessageRef) -> FolderStatus:
    status = await session.select(ref.folder)
    if status.uid_validity != ref.uid_validity:
        raise UidValidityChanged(f"{ref.folder} of {ref.mailbox} was rebuilt: {ref} names nothing any more.")
    return status


async def _copy(session: ImapSession, ref: MessageRef, target: str) -> tuple[int, int] | None:
    """Return where the message stands in the target already, by Message-ID and size; `ref.folder` is open afterwards.

    A process may end between COPY and EXPUNGE, and the mail must not be there twice.
    """
    sizes = {fact.size for fact in await session.facts([ref.uid])}
    message_id = _message_id((await session.headers([ref.uid])).get(ref.uid, b""))
    if not message_id:
        return None
    status = await session.examine(target)
    uids = await session.search(f"HEADER Message-ID {quoted(message_id)}")
    same = [fact.uid for fact in await session.facts(uids) if fact.size in sizes] if uids else []
    await _open(session, ref)
    return (status.uid_validity, same[-1]) if same else None


async def _newest(session: ImapSession, folder: str) -> tuple[int, int]:
    status = await session.status(folder)
    return status.uid_validity, await last_uid(session, folder, status)


def _message_id(raw: bytes) -> str:
    header = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    for line in header.split(b"\n"):
        if line.lower().startswith(b"message-id:"):
            value = line[11:].strip().decode("ascii", "replace")
            return value if value.isascii() and value.isprintable() else ""
    return ""
