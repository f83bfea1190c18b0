"""Reads the turns of mail in all folders of a mailbox: what its owner sent, filed or moved, from any device."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.errors import MessageTooLarge, NotFound, ParseError, UidValidityChanged
from glassdome.core.limits import MAX_OBSERVED_MESSAGES, MAX_THREAD_FOLDERS, MAX_THREAD_MAIL_BYTES
from glassdome.parse import parse_message
from glassdome.pipeline.context import ContextLoader
from glassdome.pipeline.process import JudgeOptions, classify
from glassdome.pipeline.threads.turns import SUSPECTED, TurnMaker
from glassdome.ports.mail import MailObserver, MailSource
from glassdome.signals.sensitive import find_sensitive
from glassdome.values.message import Message
from glassdome.values.preferences import Preferences
from glassdome.values.refs import INBOX, Cursor, MessageRef
from glassdome.values.thread import Turn
from glassdome.values.thread_mail import Placed, ThreadMail

if TYPE_CHECKING:
    from glassdome.store import Database

__all__ = ["CURSORS", "FIRST_DAYS", "ThreadReader"]

#: Names of the reading positions; no folder's own begins so.
CURSORS: Final = "//threads/"
#: Days of old mail that are read when the owner chooses threads, and the age of mail past which a moved one is not new.
FIRST_DAYS: Final = 30
_SENT: Final = "\\Sent"
#: Folders that hold no part of a conversation, or copies of all others.
_LEFT_OUT: Final = frozenset({"\\Drafts", "\\Junk", "\\Trash", "\\All", "\\Flagged"})
#: Messages of one transaction.
_STEP: Final = 50
_LONGEST_NAME: Final = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """A folder under the UIDVALIDITY of this look."""

    mailbox: str
    name: str
    uid_validity: int
    sent: bool

    def ref(self, uid: int) -> MessageRef:
        return MessageRef(mailbox=self.mailbox, folder=self.name, uid_validity=self.uid_validity, uid=uid)


class ThreadReader:
    """Turns and reading positions move in one transaction: a crash repeats, and a repeat finds nothing."""

    def __init__(
        self,
        source: MailSource,
        observer: MailObserver,
        stores: Database,
        turns: TurnMaker,
        loader: ContextLoader,
        *,
        options: Callable[[], JudgeOptions],
        clock: Clock,
    ) -> None:
        """Folders are read through `source` and `observer`, which leave no trace."""
        self._source, self._observer, self._stores, self._turns = source, observer, stores, turns
        self._loader, self._options, self._clock = loader, options, clock

    async def poll(self, mailbox: str) -> None:
        """Read new mail in every folder, sent mail first. Raises as MailSource and the stores."""
        uses = await self._observer.folders(mailbox)
        names = sorted(
            (name for name, use in uses.items() if use not in _LEFT_OUT and len(name) <= _LONGEST_NAME),
            key=lambda name: (uses[name] != _SENT, name != INBOX, name),
        )
        for name in names[:MAX_THREAD_FOLDERS]:
            try:
                await self._folder(mailbox, name, sent=uses[name] == _SENT)
            except (NotFound, UidValidityChanged):
                continue
        if not await self._stores.threads.is_read(mailbox):
            await self._stores.threads.all_read(mailbox, now=self._clock.now())

    async def _folder(self, mailbox: str, name: str, *, sent: bool) -> None:
        key = f"{CURSORS}{name}"
        before = await self._stores.cursors.get_cursor(mailbox, key)
        found = await self._source.new_uids(mailbox, name, before)
        if found.cursor == before:
            return
        folder = _Folder(mailbox=mailbox, name=name, uid_validity=found.cursor.uid_validity, sent=sent)
        uids = sorted(found.uids if before is not None else await self._older(folder, found.cursor))
        steps = [uids[start : start + _STEP] for start in range(0, len(uids), _STEP)] or [[]]
        for number, step in enumerate(steps, 1):
            mails, placed = await self._read(folder, step)
            after = found.cursor if number == len(steps) else replace(found.cursor, last_uid=step[-1])
            moved = await self._stores.threads.read(
                mailbox, mails, placed, key=key, before=before, after=after, now=self._clock.now()
            )
            if not moved:
                return
            before = after

    async def _older(self, folder: _Folder, cursor: Cursor) -> Sequence[int]:
        """Return the mail of the last days, which is there when the owner chooses threads."""
        end = cursor.last_uid + 1
        older = await self._source.older_uids(folder.mailbox, folder.name, before=end, limit=MAX_OBSERVED_MESSAGES)
        return older.uids

    async def _read(self, folder: _Folder, uids: Sequence[int]) -> tuple[list[ThreadMail], list[Placed]]:
        heads = await self._heads(folder, uids)
        known = await self._stores.threads.known(folder.mailbox, [head.message_id for head in heads.values()])
        same = {
            uid: turn
            for uid, head in heads.items()
            if (turn := known.get(head.message_id)) and _same(turn, head, folder)
        }
        facts = await self._observer.facts([folder.ref(uid) for uid in heads if uid not in same])
        since = self._clock.now() - timedelta(days=FIRST_DAYS)
        mails = [
            mail
            for ref, fact in sorted(facts.items())
            if fact.received is None or fact.received >= since
            if (mail := await self._mail(folder, ref, heads[ref.uid])) is not None
        ]
        return mails, await self._moved(folder, same)

    async def _heads(self, folder: _Folder, uids: Sequence[int]) -> Mapping[int, Message]:
        found = dict[int, Message]()
        for uid, raw in (await self._observer.headers(folder.mailbox, folder.name, uids)).items():
            try:
                found[uid] = parse_message(raw)
            except ParseError:
                continue
        return found

    async def _moved(self, folder: _Folder, same: Mapping[int, Turn]) -> list[Placed]:
        """Return the known mails that lie here and no longer where they were; a copy moves nothing."""
        by_folder = defaultdict[tuple[str, int], list[MessageRef]](list)
        for uid, turn in same.items():
            if turn.ref != folder.ref(uid):
                by_folder[turn.ref.folder, turn.ref.uid_validity].append(turn.ref)
        there = set[MessageRef]()
        for refs in by_folder.values():
            try:
                there |= (await self._observer.facts(refs)).keys()
            except (NotFound, UidValidityChanged):
                continue
        return [
            Placed(message_id=turn.message_id, ref=folder.ref(uid))
            for uid, turn in same.items()
            if turn.ref != folder.ref(uid) and turn.ref not in there
        ]

    async def _mail(self, folder: _Folder, ref: MessageRef, head: Message) -> ThreadMail | None:
        now, wishes = self._clock.now(), await self._stores.preferences.get_preferences(ref.mailbox)
        try:
            raw = await self._source.fetch(ref, max_bytes=MAX_THREAD_MAIL_BYTES)
            ids = self._options().authserv_ids
            message = await asyncio.to_thread(parse_message, raw, authserv_ids=ids)
        except NotFound:
            return None
        except (MessageTooLarge, ParseError):
            mail = await self._turns.of(head, ref, sent=folder.sent, now=now)
            # An answer that cannot be read is an answer all the same.
            return replace(mail, turn=replace(mail.turn, settles=True)) if folder.sent else mail
        suspected = not folder.sent and await self._is_suspected(raw, message, wishes)
        sensitive = await asyncio.to_thread(find_sensitive, message)
        return await self._turns.of(message, ref, sent=folder.sent, suspected=suspected, sensitive=sensitive, now=now)

    async def _is_suspected(self, raw: bytes, message: Message, wishes: Preferences) -> bool:
        """Return whether it is fraud or spam: by its analysis, else by the built-in engine, which stores nothing."""
        mailbox = wishes.username
        known = await self._stores.analyses.by_message_id(mailbox, message.message_id) if message.message_id else None
        if known is not None:
            said = await self._stores.feedback.get(known.ref)
            return (said.label if said is not None else known.verdict.label) in SUSPECTED
        options, context = self._options(), await self._loader.for_mailbox(mailbox, message, wishes)
        verdict = await asyncio.to_thread(
            classify,
            raw,
            context,
            authserv_ids=options.authserv_ids,
            engine=options.builtin,
            extended=options.extended,
        )
        return verdict.label in SUSPECTED


def _same(turn: Turn, head: Message, folder: _Folder) -> bool:
    """Return whether a mail under a known Message-ID is the known mail: anybody can write anybody's Message-ID."""
    return turn.author == head.author.addr.lower() and (turn.mine or not folder.sent)
