"""The Overseer's own mail: alerts, reports and answers to commands, each marked as automatic and sent at most once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from glassdome.agents.alert_book import Notice
from glassdome.agents.alert_mail import alert_text
from glassdome.agents.commands.declare import Reply
from glassdome.agents.commands.handler import CommandMail
from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.agents.report.figures import Kind, OverseerReport
from glassdome.agents.tasks import FileToSend, SendEmail
from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import GlassdomeError, RateLimited
from glassdome.core.log import get_logger
from glassdome.values.message import Message
from glassdome.values.outgoing import OutgoingFile

__all__ = ["OverseerMailer"]

_log = get_logger(__name__)
#: A report that is later than this is not sent any more: the next one is near.
_LATEST_REPORT: Final = timedelta(hours=12)
_ALERT: Final = "alert"
#: What may stand in our References (RFC 5322 3.6.4); others write what they like.
_MESSAGE_ID: Final = re.compile(r"[!-;=?A-~]+@[!-;=?-~]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredMail:
    """The position of an answer in its thread (RFC 5322 3.6.4)."""

    in_reply_to: str
    references: tuple[str, ...]


class OverseerMailer:
    """Sends from the Overseer's mailbox; its texts are ours or masked, so the filter for sensitive data stays out."""

    def __init__(self, agent: MailcowAgent, settings: Settings, *, clock: Clock, zone: ZoneInfo) -> None:
        """The agent knows the mailbox's password."""
        self._agent, self._settings, self._clock, self._zone = agent, settings, clock, zone
        self._recipients = [part.strip() for part in settings.overseer_recipients.split(",") if part.strip()]

    async def alert(self, notices: Sequence[Notice]) -> bool:
        """Send one mail with all notices; False when too many were sent lately, so that they wait for a digest."""
        if not self._recipients:
            return True
        stores, now = await self._agent.memory.stores(), self._clock.now()
        mailbox = self._settings.overseer_mailbox
        sent = await stores.outbox.count(mailbox=mailbox, since=now - timedelta(hours=1), purpose=_ALERT)
        if sent >= self._settings.overseer_alerts_per_hour:
            return False
        subject, text = alert_text(notices, self._zone)
        try:
            await self._send(self._recipients, subject, text, purpose=_ALERT)
        except RateLimited:
            return False
        return True

    async def report_is_due(self, kind: Kind, due: datetime) -> bool:
        """Return whether that report is not sent yet, and not too late."""
        if not self._recipients or self._clock.now() - due > _LATEST_REPORT:
            return False
        stores = await self._agent.memory.stores()
        purpose = _report_purpose(kind)
        count = await stores.outbox.count(mailbox=self._settings.overseer_mailbox, since=due, purpose=purpose)
        return count == 0

    async def send_report(self, kind: Kind, due: datetime, report: OverseerReport) -> None:
        """Send the report of that instant, at most once."""
        await self._send(
            self._recipients,
            report.subject,
            report.text,
            purpose=_report_purpose(kind),
            html=report.html,
            files=report.files,
            idempotency_key=f"report:{kind}:{due.isoformat()}",
        )

    async def answer(self, mail: CommandMail, message: Message, reply: Reply) -> None:
        """Answer a command in its thread, at most once; a failure is logged, for the command itself was decided."""
        subject = message.subject or "your command"
        known = [named for named in (*message.references[-10:], message.message_id) if _MESSAGE_ID.fullmatch(named)]
        try:
            await self._send(
                [message.author.addr],
                subject if subject.lower().startswith("re:") else f"Re: {subject}",
                reply.text,
                purpose="command_reply",
                html=reply.html,
                files=reply.files,
                idempotency_key=f"command_reply:{mail.ref}",
                thread=AnsweredMail(
                    in_reply_to=message.message_id if message.message_id in known else "", references=tuple(known)
                ),
            )
        except GlassdomeError as exc:
            _log.warning("command_not_answered", ref=str(mail.ref), code=exc.code, problem=exc.public_message)

    async def _send(
        self,
        recipients: Sequence[str],
        subject: str,
        text: str,
        *,
        purpose: str,
        html: str = "",
        files: Sequence[OutgoingFile] = (),
        idempotency_key: str = "",
        thread: AnsweredMail | None = None,
    ) -> None:
        mail = SendEmail(
            mailbox=self._settings.overseer_mailbox,
            to_addresses=list(recipients),
            subject=subject,
            body=text,
            html_body=html or None,
            attachments=[_attachment(file) for file in files],
            auto_submitted="auto-replied" if thread else "auto-generated",
            purpose=purpose,
            idempotency_key=idempotency_key,
            in_reply_to=thread.in_reply_to if thread else "",
            references=list(thread.references) if thread else [],
            allow_sensitive=True,
            save_copy=False,
            from_name="Glassdome",
        )
        await self._agent.send(mail)


def _report_purpose(kind: Kind) -> str:
    return f"report_{kind}"


def _attachment(file: OutgoingFile) -> FileToSend:
    return FileToSend(
        filename=file.filename, content=file.content, content_type=file.content_type, content_id=file.content_id
    )
