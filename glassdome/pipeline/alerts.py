"""Warnings where no way to tell a person is configured: a line in the log, and an action that says it was not sent."""

from __future__ import annotations

from glassdome.core.errors import PolicyRefused
from glassdome.core.log import get_logger
from glassdome.values.refs import MessageRef

__all__ = ["NO_ALERT_MAILBOX", "LogAlerts"]

_log = get_logger(__name__)
NO_ALERT_MAILBOX = "No mailbox is set that warnings are sent from."


class LogAlerts:
    """Implements `ports.agent.AlertSink`; the log's own watchers (journald, Loki, an e-mail on errors) take it on."""

    async def alert(self, ref: MessageRef, reason: str) -> None:
        """Log it, without any of the mail's text; raises PolicyRefused, since no warning was sent."""
        _log.warning("phishing_alert", mailbox=ref.mailbox, folder=ref.folder, uid=ref.uid, reason=reason)
        raise _nobody_told()

    async def test(self, mailbox: str) -> None:
        """Raise PolicyRefused: there is nothing to try."""
        raise _nobody_told()


def _nobody_told() -> PolicyRefused:
    return PolicyRefused(NO_ALERT_MAILBOX, fix="Set GLASSDOME_OVERSEER_MAILBOX and GLASSDOME_OVERSEER_PASSWORD.")
