"""Learns whom the owner reads and answers: from flags and from the Sent folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.errors import NotFound, ParseError, UidValidityChanged
from glassdome.core.limits import MAX_FOLLOWED_MESSAGES, MAX_OBSERVED_MESSAGES
from glassdome.parse import parse_message
from glassdome.ports.mail import MailObserver, MailSource
from glassdome.ports.store import AnalysisQuery
from glassdome.values.analysis import Analysis
from glassdome.values.context import Habit
from glassdome.values.refs import Cursor

if TYPE_CHECKING:
    from glassdome.store import Database

__all__ = ["Habits", "written_to"]

#: How long an owner has to read a mail before it is counted, and how long after that a pass that was missed may come.
_SETTLED: Final = timedelta(days=1)
_LATEST: Final = timedelta(days=8)
#: Recipients of one mail who count as correspondents; longer lists are announcements.
_MAX_WRITTEN_TO: Final = 50


class Habits:
    """Counts each message once: cursors move with the counts in one transaction."""

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

    async def poll(self, mailbox: str) -> None:
        """Read the flags of settled mail and the recipients of sent mail. Raises as MailSource and the stores."""
        sent = await self._read_sent(mailbox)
        now = self._clock.now()
        settled = AnalysisQuery(mailbox=mailbox, since=now - _LATEST, until=now - _SETTLED, limit=MAX_FOLLOWED_MESSAGES)
        by_folder: dict[tuple[str, int], list[Analysis]] = defaultdict(list)
        for analysis in (await self._stores.analyses.list(settled)).items:
            by_folder[analysis.ref.folder, analysis.ref.uid_validity].append(analysis)
        for (folder, validity), found in by_folder.items():
            await self._read_flags(mailbox, folder, validity, found, answers=not sent)

    async def _read_flags(
        self, mailbox: str, folder: str, validity: int, found: Sequence[Analysis], *, answers: bool
    ) -> None:
        key = f"//habits/{folder}"
        before = await self._stores.cursors.get_cursor(mailbox, key)
        read = before.last_uid if before is not None and before.uid_validity == validity else 0
        fresh = {analysis.ref: analysis for analysis in found if analysis.ref.uid > read}
        try:
            facts = await self._observer.facts(list(fresh))
        except (NotFound, UidValidityChanged):
            return
        if not fresh:
            return
        habits: dict[str, Habit] = defaultdict(Habit)
        for ref, found_there in facts.items():
            author = fresh[ref].header_from.addr.lower()
            if author and author != mailbox.lower():
                habits[author] += _habit(found_there.flags, answers=answers)
        after = Cursor(uid_validity=validity, last_uid=max(ref.uid for ref in fresh))
        await self._stores.history.observed(mailbox, habits, key=key, before=before, after=after, now=self._clock.now())

    async def _read_sent(self, mailbox: str) -> bool:
        """Count recipients of new sent mail; False where the mailbox has no folder for it."""
        try:
            folder = await self._observer.special_folder(mailbox, "\\Sent")
        except NotFound:
            return False
        key = f"//sent/{folder}"
        before = await self._stores.cursors.get_cursor(mailbox, key)
        found = await self._source.new_uids(mailbox, folder, before)
        uids, after = found.uids, found.cursor
        if before is None:
            # The first poll begins with existing mail: a mailbox that is new to us is not new to its owner.
            end = after.last_uid + 1
            older = await self._source.older_uids(mailbox, folder, before=end, limit=MAX_OBSERVED_MESSAGES)
            uids = older.uids
        if after != before:
            headers = await self._observer.headers(mailbox, folder, sorted(uids)[-MAX_OBSERVED_MESSAGES:])
            habits = written_to(mailbox, headers)
            await self._stores.history.observed(
                mailbox, habits, key=key, before=before, after=after, now=self._clock.now()
            )
        return True


def written_to(mailbox: str, headers: Mapping[int, bytes]) -> Mapping[str, Habit]:
    """Return whom these mails were written to, by a person: no automatic answer makes anybody a correspondent."""
    habits: dict[str, Habit] = defaultdict(Habit)
    for raw in headers.values():
        try:
            message = parse_message(raw)
        except ParseError:
            continue
        people = {address.addr.lower() for address in message.recipients} - {"", mailbox.lower()}
        if len(people) <= _MAX_WRITTEN_TO and message.lists.auto_submitted.lower() in ("", "no"):
            for person in people:
                habits[person] += Habit(replied=1)
    return habits


def _habit(flags: frozenset[str], *, answers: bool) -> Habit:
    """Answers are counted in the Sent folder, and by their flag only where there is none."""
    opened = ("\\Seen" in flags) + ("\\Flagged" in flags)
    return Habit(opened=opened, replied=int(answers and "\\Answered" in flags))
