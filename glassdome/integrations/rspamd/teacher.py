"""Teaches Rspamd's Bayes filter with messages from their mailbox; implements `ports.agent.SpamTeacher`."""

from __future__ import annotations

from glassdome.core.limits import MAX_MESSAGE_BYTES
from glassdome.integrations.rspamd.controller import RspamdController
from glassdome.ports.mail import MailSource
from glassdome.values.refs import MessageRef

__all__ = ["RspamdTeacher"]


class RspamdTeacher:
    """Fetches a message without a trace and hands it to the controller."""

    def __init__(self, controller: RspamdController, source: MailSource) -> None:
        """Both are closed by their owners."""
        self._controller, self._source = controller, source

    async def learn(self, ref: MessageRef, *, spam: bool) -> None:
        """Teach one message; raises NotFound, TransportError, PeerRefused."""
        raw = await self._source.fetch(ref, max_bytes=MAX_MESSAGE_BYTES)
        await self._controller.learn(raw, spam=spam)
