"""Sends each owner's digest at their hour: once a period, also where the process dies, and none that is empty."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from glassdome.agents.digest.gather import gather
from glassdome.agents.digest.period import LATEST, Period, latest_period
from glassdome.agents.digest.write import UndoUrl, write
from glassdome.agents.tasks import SendEmail
from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import Conflict, GlassdomeError
from glassdome.core.limits import UNDO_LINK_DAYS
from glassdome.core.log import get_logger
from glassdome.core.undo_links import UndoLinks
from glassdome.values.preferences import DigestEvery, Preferences

if TYPE_CHECKING:
    from glassdome.store import Database

__all__ = ["DIGESTS_EVERY", "DigestSender"]

_log = get_logger(__name__)
#: Seconds between two looks for digests that are due.
DIGESTS_EVERY: Final = 60.0
_PURPOSE: Final = "digest"


class DigestSender:
    """Sends from the mailbox that warnings come from."""

    def __init__(
        self,
        database: Database,
        send: Callable[[SendEmail], Awaitable[dict[str, Any]]],
        *,
        settings: Callable[[], Settings],
        clock: Clock,
        links: UndoLinks | None = None,
    ) -> None:
        """`send` sends a mail at most once by its key, as the agent does; `links` makes links that undo a move."""
        self._database, self._send, self._settings, self._clock = database, send, settings, clock
        self._links = links
        self._over: dict[str, datetime] = {}

    async def step(self) -> int:
        """Send the digests that are due; return how many were sent. One that fails keeps no other from being sent."""
        sent = 0
        for mailbox in await self._database.preferences.chosen_mailboxes():
            preferences = await self._database.preferences.get_preferences(mailbox)
            if preferences.digest is DigestEvery.OFF:
                continue
            try:
                sent += await self._send_due(preferences)
            except GlassdomeError as exc:
                _log.warning("digest_not_sent", mailbox=mailbox, code=exc.code, problem=exc.public_message)
        return sent

    async def _send_due(self, preferences: Preferences) -> bool:
        now, mailbox = self._clock.now(), preferences.username
        period = await self._last_period(preferences)
        if now - period.due > LATEST or self._over.get(mailbox) == period.due:
            return False
        sent = await self.send(preferences, period)
        self._over[mailbox] = period.due
        return sent

    async def send_last(self, mailbox: str) -> bool:
        """Send the digest of a mailbox's last period now; False as with `send`."""
        preferences = await self._database.preferences.get_preferences(mailbox)
        return await self.send(preferences, await self._last_period(preferences))

    async def _last_period(self, preferences: Preferences) -> Period:
        # In a thread: a time zone may be a file.
        zone = self._settings().overseer_timezone
        return await asyncio.to_thread(latest_period, preferences, now=self._clock.now(), default_zone=zone)

    async def send(self, preferences: Preferences, period: Period) -> bool:
        """Send the digest of a period; False where it is empty, was sent before, or may have been."""
        store, sender, mailbox = self._database, self._settings().overseer_mailbox, preferences.username
        digest = await gather(
            mailbox, period, analyses=store.analyses, threads=store.threads, actions=store.actions, sender=sender
        )
        if not digest.sections:
            return False
        written = write(digest, preferences.language, self._undo_url())
        mail = SendEmail(
            mailbox=sender,
            password=self._settings().overseer_password,
            to_addresses=[mailbox],
            subject=written.subject,
            body=written.text,
            html_body=written.html,
            auto_submitted="auto-generated",
            list_id=f"Glassdome digest <digest.{sender.rpartition('@')[2]}>",
            purpose=_PURPOSE,
            idempotency_key=f"{_PURPOSE}:{mailbox}:{period.due.isoformat()}",
            allow_sensitive=True,
            save_copy=False,
            from_name="Glassdome",
        )
        try:
            return not (await self._send(mail)).get("repeated", False)
        except Conflict as exc:
            # Another process has it in hand, or one died while the server took it: twice would be worse than never.
            _log.warning("digest_unknown", mailbox=mailbox, problem=exc.public_message)
            return False

    def _undo_url(self) -> UndoUrl | None:
        """Return what makes links for actions on messages, None where no address of the pages is known."""
        links, start = self._links, self._settings().public_url
        if links is None or start is None:
            return None
        until = self._clock.now() + timedelta(days=UNDO_LINK_DAYS)
        return lambda action, message: f"{start}/undo-link?link={links.make(action, message, until=until)}"
