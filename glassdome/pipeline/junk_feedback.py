"""Learns from mail that its owner moves to Junk, or takes back from there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.errors import NotFound, ParseError, UidValidityChanged
from glassdome.core.limits import MAX_FOLLOWED_MESSAGES, MAX_OBSERVED_MESSAGES, MAX_SEARCHED_FOLDERS
from glassdome.core.log import get_logger
from glassdome.parse import parse_message
from glassdome.ports.mail import MailObserver, MailSource
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.feedback import Feedback
from glassdome.values.refs import INBOX, MessageRef
from glassdome.values.verdict import Label

if TYPE_CHECKING:
    from glassdome.store import Database

__all__ = ["JunkFeedback"]

_log = get_logger(__name__)
JUNK: Final = "\\Junk"
#: Where a message that left Junk was thrown away or is being written, not taken back.
_NOT_KEPT: Final = ("\\Trash", "\\Drafts", "\\Sent", JUNK)
#: Mail of ours in Junk that was not missed for so long will not be.
_FOLLOWED: Final = timedelta(days=14)
#: How far the mail server's clock may be ahead of ours.
_SKEW: Final = timedelta(minutes=2)
#: Moves whose end is known, remembered so that they are not looked for again.
_MAX_SETTLED: Final = 10_000


class JunkFeedback:
    """Compares what lies in Junk with what we thought of it. Polling twice changes nothing."""

    def __init__(
        self,
        source: MailSource,
        observer: MailObserver,
        stores: Database,
        *,
        clock: Clock,
    ) -> None:
        """Folders are read through `source` and `observer`, which leave no trace."""
        self._source, self._observer, self._stores, self._clock = source, observer, stores, clock
        self._settled: set[MessageRef] = set()

    async def poll(self, mailbox: str) -> int:
        """Store a correction per message moved to or from Junk; return how many. Raises as MailSource and the stores."""
        try:
            junk = await self._observer.special_folder(mailbox, JUNK)
        except NotFound:
            return 0
        return await self._put_there(mailbox, junk) + await self._taken_back(mailbox, junk)

    async def took_back(self, ref: MessageRef, message_id: str) -> bool:
        """Return whether the message just found at `ref` is one that we moved to Junk and the owner took back."""
        if not message_id:
            return False
        for move in await self._our_moves(ref.mailbox):
            if move.message_id == message_id and move.action.ref != ref and await self._is_same(ref, move):
                return await self._correct(move.action.ref, Label.HAM)
        return False

    async def put_back(self, ref: MessageRef) -> bool:
        """Return whether the message just found at `ref` is one whose move was taken back through us."""
        return await self._stores.actions.put_back(ref, since=self._clock.now() - _FOLLOWED)

    # -- into Junk

    async def _put_there(self, mailbox: str, junk: str) -> int:
        # A folder can have no name with an empty level, so no folder's own cursor is meant.
        key = f"//junk/{junk}"
        cursor = await self._stores.cursors.get_cursor(mailbox, key)
        found = await self._source.new_uids(mailbox, junk, cursor)
        validity = found.cursor.uid_validity
        headers = await self._observer.headers(mailbox, junk, sorted(found.uids)[-MAX_OBSERVED_MESSAGES:])
        learned = 0
        for uid, raw in headers.items():
            place = MessageRef(mailbox=mailbox, folder=junk, uid_validity=validity, uid=uid)
            learned += await self._was_junked(place, _message_id(raw))
        if found.cursor != cursor:
            await self._stores.cursors.set_cursor(mailbox, key, found.cursor, now=self._clock.now())
        return learned

    async def _was_junked(self, place: MessageRef, message_id: str) -> bool:
        analysis = await self._stores.analyses.by_message_id(place.mailbox, message_id) if message_id else None
        if analysis is None or analysis.ref == place:
            return False
        said = await self._stores.feedback.get(analysis.ref)
        if (said.label if said else analysis.verdict.label) is not Label.HAM:
            return False
        if any(_is_ours(done) for done in await self._stores.actions.of(analysis.ref)):
            return False
        if await self._is_there(analysis.ref) or not await self._is_as_old(place, analysis.analyzed_at):
            return False
        return await self._correct(analysis.ref, Label.SPAM)

    # -- out of Junk

    async def _taken_back(self, mailbox: str, junk: str) -> int:
        moves = [d for d in await self._our_moves(mailbox) if d.action.ref not in self._settled]
        learned = 0
        for move in await self._gone([d for d in moves if d.moved_to and d.moved_to.folder == junk]):
            learned += await self._was_kept(move)
            if len(self._settled) >= _MAX_SETTLED:
                self._settled.clear()
            self._settled.add(move.action.ref)
        return learned

    async def _our_moves(self, mailbox: str) -> list[PerformedAction]:
        since = self._clock.now() - _FOLLOWED
        done = await self._stores.actions.done_since(since, mailboxes=[mailbox])
        return [move for move in done if _is_ours(move)][:MAX_FOLLOWED_MESSAGES]

    async def _gone(self, moves: Sequence[PerformedAction]) -> list[PerformedAction]:
        validity = max((d.moved_to.uid_validity for d in moves if d.moved_to), default=0)
        places = {d.moved_to: d for d in moves if d.moved_to and d.moved_to.uid_validity == validity}
        try:
            there = await self._observer.facts(list(places))
        except UidValidityChanged:
            return []
        return [move for place, move in places.items() if place not in there]

    async def _was_kept(self, move: PerformedAction) -> bool:
        ref = move.action.ref
        said = await self._stores.feedback.get(ref)
        if not move.message_id or (said is not None and said.label is Label.HAM):
            return False
        for folder in await self._keeping_folders(ref.mailbox):
            try:
                place = await self._source.find(ref.mailbox, folder, f"<{move.message_id}>")
            except NotFound:
                continue
            if await self._is_same(place, move):
                return await self._correct(ref, Label.HAM)
        return False

    async def _is_same(self, place: MessageRef, move: PerformedAction) -> bool:
        """Return whether the message at `place` is the moved one: older than our verdict, and no longer in Junk."""
        analysis = await self._stores.analyses.get(move.action.ref)
        if analysis is None or not await self._gone([move]):
            return False
        return await self._is_as_old(place, analysis.analyzed_at)

    async def _keeping_folders(self, mailbox: str) -> list[str]:
        left_out = set[str]()
        for use in _NOT_KEPT:
            try:
                left_out.add(await self._observer.special_folder(mailbox, use))
            except NotFound:
                continue
        folders = [name for name in await self._source.folders(mailbox) if name not in left_out]
        return sorted(folders, key=lambda name: name != INBOX)[:MAX_SEARCHED_FOLDERS]

    async def _is_there(self, ref: MessageRef) -> bool:
        """Return whether the message is still at its original UID. A Message-ID alone proves nothing: anyone can reuse
        one.
        """
        try:
            return bool(await self._observer.facts([ref]))
        except (UidValidityChanged, NotFound):
            # It is no longer known which message that was.
            return True

    async def _is_as_old(self, place: MessageRef, judged: datetime) -> bool:
        """Return whether a message came before the verdict; one sent again under a known Message-ID did not."""
        try:
            found = (await self._observer.facts([place])).get(place)
        except (UidValidityChanged, NotFound):
            return False
        return found is not None and found.received is not None and found.received <= judged + _SKEW

    async def _correct(self, ref: MessageRef, label: Label) -> bool:
        correction = Feedback(ref=ref, label=label, actor=f"mailbox:{ref.mailbox}")
        await self._stores.history.record_feedback(correction, now=self._clock.now())
        _log.info("learned_from_junk", mailbox=ref.mailbox, folder=ref.folder, uid=ref.uid, label=label.value)
        return True


def _is_ours(done: PerformedAction) -> bool:
    moved = done.action.kind is ActionKind.MOVE and done.action.argument == JUNK
    return moved and done.state is ActionState.DONE and done.moved_to is not None


def _message_id(raw: bytes) -> str:
    try:
        return parse_message(raw).message_id
    except ParseError:
        return ""
