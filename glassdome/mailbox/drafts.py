"""Puts drafts where their owner writes, each once, and takes back those that stayed as they were.

A draft is known by its Message-ID. An APPEND whose answer was lost is looked for before it is tried again.
"""

from __future__ import annotations

import hashlib
from typing import Final

from glassdome.core.errors import ActionForbidden, FolderMissing, ImapRefused, NotFound, UidValidityChanged
from glassdome.core.limits import MAX_MESSAGE_BYTES
from glassdome.mailbox.search import quoted
from glassdome.mailbox.special_use import folder_for
from glassdome.ports.imap import ImapSession, ImapSessions
from glassdome.values.draft import ReplyDraft, StoredDraft
from glassdome.values.folder import FolderStatus
from glassdome.values.refs import MessageRef

__all__ = ["DraftFolder", "digest_of"]

_DRAFTS: Final = "\\Drafts"


def digest_of(raw: bytes) -> str:
    """Return the SHA-256 of a draft, whatever its line ends."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()


class DraftFolder:
    """The folder with special use \\\\Drafts (RFC 6154), whatever its name. Implements `ports.mail.DraftStore`."""

    def __init__(self, sessions: ImapSessions) -> None:
        """`sessions` stays its owner's: nothing closes it here."""
        self._sessions = sessions

    async def append_once(self, draft: ReplyDraft) -> StoredDraft:
        """Store the draft, or find it where an earlier try stored it.

        Raises ActionForbidden where the owner has begun an answer or sent one, FolderMissing without a folder for drafts,
        and what sessions raise; after those the same call may be made again.
        """
        async with self._sessions.session(draft.mailbox) as session:
            folder = await folder_for(session, _DRAFTS)
            status = await session.examine(folder)
            if (found := await _ours(session, draft, folder, status)) is not None:
                return found
            if await _replies(session, draft.answers):
                raise ActionForbidden("There is a draft already that answers this mail.")
            if await _is_answered(session, draft.answers, draft.ref):
                raise ActionForbidden("The mail is answered already.")
            uid = await session.append(folder, draft.raw, flags=["\\Draft"], date=draft.date)
            if uid is None:
                found = await _ours(session, draft, folder, await session.examine(folder))
                if found is None:
                    raise ImapRefused("The mail server took a draft and does not show it.", temporary=True)
                return found
        place = MessageRef(mailbox=draft.mailbox, folder=folder, uid_validity=status.uid_validity, uid=uid)
        return StoredDraft(ref=place, digest=digest_of(draft.raw))

    async def is_answered(self, answers: str, ref: MessageRef) -> bool:
        """Return whether the owner answered that mail: by its flag \\\\Answered, or by a mail in the folder of sent mail."""
        async with self._sessions.session(ref.mailbox) as session:
            return await _is_answered(session, answers, ref)

    async def is_untouched(self, draft: StoredDraft) -> bool:
        """Return whether the draft lies where it was put, as it was put."""
        async with self._sessions.session(draft.ref.mailbox) as session:
            status = await session.examine(draft.ref.folder)
            return await _is_untouched(session, status, draft)

    async def withdraw(self, draft: StoredDraft) -> MessageRef | None:
        """Move an untouched draft to the trash and return where it is, or expunge it alone where there is no trash.

        Raises NotFound for one that is gone, ActionForbidden for one that its owner changed.
        """
        async with self._sessions.session(draft.ref.mailbox) as session:
            trash = await _trash(session)
            status = await session.select(draft.ref.folder)
            if not await _is_untouched(session, status, draft):
                raise ActionForbidden("The draft was changed since, so it stays.")
            if trash is None:
                await session.expunge(draft.ref.uid)
                return None
            told = await session.move(draft.ref.uid, trash)
        if told is None:
            return None
        return MessageRef(mailbox=draft.ref.mailbox, folder=trash, uid_validity=told[0], uid=told[1])


async def _ours(session: ImapSession, draft: ReplyDraft, folder: str, status: FolderStatus) -> StoredDraft | None:
    """Return our draft in the open folder; one that reads otherwise by now is its owner's."""
    uids = await session.search(f"HEADER Message-ID {quoted(draft.message_id)}")
    if not uids:
        return None
    raw = await session.body(uids[-1], max_bytes=MAX_MESSAGE_BYTES)
    place = MessageRef(mailbox=draft.mailbox, folder=folder, uid_validity=status.uid_validity, uid=uids[-1])
    same = raw is not None and digest_of(raw) == digest_of(draft.raw)
    return StoredDraft(ref=place, digest=digest_of(draft.raw) if same else "")


async def _replies(session: ImapSession, answers: str) -> bool:
    """Return whether a message of the open folder replies to that mail."""
    return bool(await session.search(f"UNDELETED HEADER In-Reply-To {quoted(answers)}"))


async def _is_answered(session: ImapSession, answers: str, ref: MessageRef | None) -> bool:
    if ref is not None:
        status = await session.examine(ref.folder)
        facts = await session.facts([ref.uid]) if status.uid_validity == ref.uid_validity else ()
        if any("\\answered" in {flag.lower() for flag in fact.flags} for fact in facts):
            return True
    try:
        await session.examine(await folder_for(session, "\\Sent"))
    except FolderMissing:
        return False
    return bool(await session.search(f"HEADER In-Reply-To {quoted(answers)}"))


async def _is_untouched(session: ImapSession, status: FolderStatus, draft: StoredDraft) -> bool:
    """Return whether the open folder holds the draft as it was put; raises NotFound where it is gone."""
    if status.uid_validity != draft.ref.uid_validity:
        raise UidValidityChanged(f"{draft.ref.folder} of {draft.ref.mailbox} was rebuilt.")
    facts = await session.facts([draft.ref.uid])
    if not facts or any("\\deleted" in {flag.lower() for flag in fact.flags} for fact in facts):
        raise NotFound("The draft is not there any more.")
    raw = await session.body(draft.ref.uid, max_bytes=MAX_MESSAGE_BYTES)
    return raw is not None and bool(draft.digest) and digest_of(raw) == draft.digest


async def _trash(session: ImapSession) -> str | None:
    try:
        return await folder_for(session, "\\Trash")
    except FolderMissing:
        return None
