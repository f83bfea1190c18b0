"""The alert of last resort: a line in the log, where no other way to tell a person is configured."""

from __future__ import annotations

from glassdome.core.log import get_logger
from glassdome.values.refs import MessageRef

__all__ = ["LogAlerts"]

_log = get_logger(__name__)


class LogAlerts:
    """Implements `ports.agent.AlertSink`; the log's own watchers (journald, Loki, an e-mail on errors) take it on."""

    async def alert(self, ref: MessageRef, reason: str) -> None:
        """Log it as a warning, without any of the mail's text."""
        _log.warning("phishing_alert", mailbox=ref.mailbox, folder=ref.folder, uid=ref.uid, reason=reason)
