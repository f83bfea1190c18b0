"""Alerts by mail: incidents to the Overseer's recipients, phishing to the owner of the mailbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from glassdome.agents.alert_book import Notice
from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.agents.masked import masked
from glassdome.agents.tasks import SendEmail
from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import Conflict, RateLimited
from glassdome.mailbox.reader import MailboxReader
from glassdome.pipeline.alerts import LogAlerts
from glassdome.ports.agent import UNKNOWN_OUTCOME
from glassdome.shapes.instants import rfc3339
from glassdome.shapes.said import read_sentences, said, written
from glassdome.values.refs import MessageRef

__all__ = ["MailAlerts", "alert_text", "open_alerts"]

#: Phishing alerts one owner gets in an hour: a wave of phishing is one event, and alerts that flood are not read.
_PER_OWNER_AND_HOUR: Final = 10
_PURPOSE: Final = "phishing_alert"
_TEST: Final = "test_alert"


class MailAlerts:
    """Implements `ports.agent.AlertSink`: tells the mailbox's owner, in the mailbox itself."""

    def __init__(self, agent: MailcowAgent, sender: str, *, clock: Clock, password: SecretStr | None = None) -> None:
        """`sender` is the mailbox alerts come from; without a password the agent's registered one is used."""
        self._agent, self._sender, self._password, self._clock = agent, sender, password, clock

    async def send(self, mail: SendEmail) -> dict[str, Any]:
        """Send a mail of ours, at most once by its key."""
        return await self._agent.send(mail)

    async def alert(self, ref: MessageRef, reason: str) -> None:
        """Tell once per message; raises RateLimited (later it works) and what sending raises."""
        outbox = (await self._agent.memory.stores()).outbox
        since = self._clock.now() - timedelta(hours=1)
        told = await outbox.count(mailbox=self._sender, since=since, recipient=ref.mailbox, purpose=_PURPOSE)
        if told >= _PER_OWNER_AND_HOUR:
            raise RateLimited(f"{ref.mailbox} was told of {told} mails within an hour.")
        try:
            await self._send(ref, reason)
        except Conflict as exc:
            if exc.facts.get("reason") == UNKNOWN_OUTCOME:
                raise
            # By another process, or by one that died: after a while the outbox knows.
            raise RateLimited(f"The warning to {ref.mailbox} is being sent by another process.") from exc

    async def test(self, mailbox: str) -> None:
        """Send a warning that says it is a test; raises RateLimited and what sending raises."""
        now = self._clock.now()
        outbox = (await self._agent.memory.stores()).outbox
        since = now - timedelta(hours=1)
        sent = await outbox.count(mailbox=self._sender, since=since, recipient=mailbox, purpose=_TEST)
        if sent >= _PER_OWNER_AND_HOUR:
            raise RateLimited(f"{mailbox} got {sent} tests within an hour.")
        language = await self._language(mailbox)
        body = _paragraphs(*(said(sentence, language) for sentence in _TEST_TEXT))
        await self._mail(mailbox, said(_TEST_SUBJECT, language), body, _TEST, rfc3339(now))

    async def _send(self, ref: MessageRef, reason: str) -> None:
        language = await self._language(ref.mailbox)
        body = _paragraphs(
            written(_OWNER_TEXT, language, folder=ref.folder, number=ref.uid),
            written(_OWNER_WHY, language, reason=masked(said(reason, language))),
            said(_OWNER_ADVICE, language),
        )
        subject = written(_OWNER_SUBJECT, language, folder=ref.folder)
        await self._mail(ref.mailbox, subject, body, _PURPOSE, str(ref))

    async def _language(self, mailbox: str) -> str:
        """Return the language that the owner reads, English where none was chosen; our sentences are read then."""
        await asyncio.to_thread(read_sentences)
        preferences = (await self._agent.memory.stores()).preferences
        return (await preferences.get_preferences(mailbox)).language

    async def _mail(self, to: str, subject: str, body: str, purpose: str, once: str) -> None:
        """Send one mail per `purpose` and `once`."""
        mail = SendEmail(
            mailbox=self._sender,
            password=self._password,
            to_addresses=[to],
            subject=subject,
            body=body,
            auto_submitted="auto-generated",
            purpose=purpose,
            idempotency_key=f"{purpose}:{to}:{once}" if purpose == _TEST else f"{purpose}:{once}",
            allow_sensitive=True,
            save_copy=False,
        )
        await self._agent.send(mail)


@asynccontextmanager
async def open_alerts(
    settings: Settings, *, clock: Clock, reader: MailboxReader | None = None
) -> AsyncIterator[MailAlerts | LogAlerts]:
    """Yield the way to tell owners of phishing: mail from the Overseer's mailbox where one is set, else only the log."""
    mailbox = settings.alert_mailbox
    if mailbox is None:
        yield LogAlerts()
        return
    async with MailcowAgent.from_settings(settings, agent_id="phishing-alerts", clock=clock, reader=reader) as agent:
        yield MailAlerts(agent, mailbox, clock=clock, password=settings.overseer_password)


def _paragraphs(*sentences: str) -> str:
    return "\n\n".join(sentences) + "\n"


#: The sentences of `shapes/sentences.txt` that warn an owner, and those of a test.
_OWNER_SUBJECT: Final = "Warning: a mail in {folder} looks like phishing"
_OWNER_TEXT: Final = "A mail in your folder {folder} (message {number}) looks like phishing."
_OWNER_WHY: Final = "Why: {reason}"
_OWNER_ADVICE: Final = (
    "Follow no link in it, open no attachment and give no password."
    " If you know that the mail is genuine, you may use it."
)
_TEST_SUBJECT: Final = "A test: warnings of phishing reach you"
_TEST_TEXT: Final = (
    'Somebody pressed "Send a test warning" on the page of Glassdome.',
    "Warnings of phishing in this mailbox come the way this mail did. There is nothing to do.",
)


def alert_text(notices: Sequence[Notice], zone: ZoneInfo) -> tuple[str, str]:
    """Return subject and text of one alert mail; several notices make a digest."""
    wrong = [n.incident for n in notices if n.recovered_at is None]
    over = [n for n in notices if n.recovered_at is not None]
    counts = [f"{len(wrong)} not working" if wrong else "", f"{len(over)} recovered" if over else ""]
    subject = f"[Glassdome] {', '.join(filter(None, counts))}"
    if len(notices) == 1:
        word = "recovered" if over else "not working"
        subject = f"[Glassdome] {word}: {notices[0].incident.key.partition(':')[2]}"[:120]
    lines: list[str] = []
    for incident in wrong:
        lines += [f"- {incident.text}", f"  since {_local(incident.since, zone)}"]
    for notice in over:
        since, at = _local(notice.incident.since, zone), _local(notice.recovered_at or notice.incident.since, zone)
        lines += [f"- Works again: {notice.incident.text}", f"  from {since} to {at}"]
    return subject, "\n".join(lines) + "\n"


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
