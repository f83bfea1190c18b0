"""Sending with care: sensitive data held back, a rate of our own below the server's, each mail at most once."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, Final

from glassdome.agents.stores import AgentStores
from glassdome.agents.tasks import FileToSend, SendEmail
from glassdome.core.clock import Clock
from glassdome.core.errors import (
    ActionForbidden,
    Conflict,
    GlassdomeError,
    InputError,
    RateLimited,
    RecipientsRefused,
)
from glassdome.core.limits import MAX_MESSAGE_BYTES
from glassdome.integrations.mailcow_client import MailcowClient
from glassdome.integrations.smtp.addresses import envelope_address, read_addresses
from glassdome.integrations.smtp.compose import compose, new_message_id
from glassdome.parse import parse_message, texts_of_file
from glassdome.ports.agent import UNKNOWN_OUTCOME
from glassdome.signals.sensitive import find_in_text
from glassdome.values.agent import OutboxEntry, OutboxState
from glassdome.values.credentials import Credentials
from glassdome.values.message import Address
from glassdome.values.outgoing import OutgoingFile, OutgoingMessage, RecipientOutcome, SendOutcome, SendState

__all__ = ["Mailer", "SendPolicy"]


@dataclass(frozen=True, kw_only=True)
class SendPolicy:
    """The limits on automatic mail.

    `per_hour` mails per mailbox, which stays below what mailcow allows; `hold_back_sensitive` refuses mail that holds
    high-risk data (cards, keys, passwords, ids) unless the task says `allow_sensitive`.
    """

    per_hour: int = 60
    hold_back_sensitive: bool = True


#: A mail begun this long ago has no process any more that sends it: the longest wait on a server is ten minutes.
_DEAD: Final = timedelta(minutes=30)
#: Seconds of a mailcow rate frame.
_FRAMES: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Mailer:
    """Sends through a client, with the outbox as its memory."""

    def __init__(
        self, client: MailcowClient, memory: AgentStores, *, clock: Clock, policy: SendPolicy | None = None
    ) -> None:
        """`policy` is on by default."""
        self._client, self._memory, self._clock = client, memory, clock
        self._policy = policy or SendPolicy()

    async def send(self, task: SendEmail, login: Credentials) -> dict[str, Any]:
        """Send and return the seed's result.

        Raises ActionForbidden for sensitive data, RateLimited with `retry_after` seconds, SmtpRefused, InputError,
        Conflict for a mail whose earlier outcome is unknown, and what the client raises.
        """
        message = await asyncio.to_thread(self._compose, task)
        await asyncio.to_thread(self._hold_back, task, message)
        outbox = (await self._memory.stores()).outbox
        entry = self._entry(message, task.purpose)
        if not await outbox.plan(entry):
            await outbox.abandon(begun_before=message.date - _DEAD, now=message.date)
            earlier = await outbox.get(entry.message_id)
            if earlier is not None and (answer := _earlier(earlier, task)) is not None:
                return answer
        try:
            await self._keep_rate(task.mailbox, outbox)
        except RateLimited:
            # An unsent mail must not count against the next one.
            if await outbox.begin(entry.message_id, now=message.date):
                await outbox.finish(entry.message_id, state=OutboxState.FAILED, now=message.date, detail="rate_limited")
            raise
        if not await outbox.begin(entry.message_id, now=self._clock.now()):
            raise Conflict("This mail is being sent by another call.", message_id=entry.message_id)
        return await self._deliver(task, message, login, entry)

    async def _deliver(
        self, task: SendEmail, message: OutgoingMessage, login: Credentials, entry: OutboxEntry
    ) -> dict[str, Any]:
        outbox = (await self._memory.stores()).outbox
        state, detail = OutboxState.UNKNOWN, "interrupted"
        try:
            outcome = await self._client.submit(message, login, save_copy=task.save_copy)
            state, detail = _state_of(outcome), outcome.state.value
        except GlassdomeError as exc:
            # The client raises only before the server took the mail: what comes after DATA is an outcome.
            state, detail = OutboxState.FAILED, exc.code
            raise
        finally:
            await asyncio.shield(outbox.finish(entry.message_id, state=state, now=self._clock.now(), detail=detail))
        return _result(task, entry, outcome, self._clock.now())

    def _compose(self, task: SendEmail) -> OutgoingMessage:
        if not (task.to_addresses or task.cc or task.bcc):
            raise InputError("The mail has no recipient.", fix="Give to_addresses.")
        sender = envelope_address(task.mailbox)
        return OutgoingMessage(
            sender=Address(name=task.from_name, addr=sender),
            to=read_addresses(task.to_addresses),
            cc=read_addresses(task.cc),
            bcc=read_addresses(task.bcc),
            reply_to=read_addresses(task.reply_to),
            subject=task.subject,
            text=task.body,
            html=task.html_body or "",
            files=tuple(_file(item) for item in task.attachments),
            message_id=_message_id(task, sender),
            date=self._clock.now(),
            in_reply_to=_bracketed(task.in_reply_to),
            references=tuple(map(_bracketed, task.references)),
            auto_submitted=task.auto_submitted,
            null_sender=task.null_sender,
            headers=(("List-Id", task.list_id),) if task.list_id else (),
        )

    def _hold_back(self, task: SendEmail, message: OutgoingMessage) -> None:
        if task.allow_sensitive or not self._policy.hold_back_sensitive:
            return
        found = Counter(f.type for text in _texts(message) for f in find_in_text(text) if f.risk == "high")
        if found:
            kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.items()))
            raise ActionForbidden(
                f"The mail holds sensitive data ({kinds}) and was not sent.",
                fix="Remove it, or say 'allow_sensitive': True.",
                sensitive_types=dict(found),
            )

    async def _keep_rate(self, mailbox: str, outbox: Any) -> None:
        now = self._clock.now()
        limits = [(self._policy.per_hour, 3600)]
        if (own := await self._server_limit(mailbox)) is not None:
            limits.append(own)
        for allowed, seconds in limits:
            sent = await outbox.count(mailbox=mailbox, since=now - timedelta(seconds=seconds))
            # The mail at hand is planned already, and so counted.
            if sent > allowed:
                raise RateLimited(
                    f"{mailbox} has sent {sent - 1} mails in {seconds} seconds; {allowed} are allowed.",
                    fix="Wait, or raise the limit.",
                    retry_after=seconds,
                )

    async def _server_limit(self, mailbox: str) -> tuple[int, int] | None:
        """Return mailcow's limit with a tenth to spare; None where there is none or no mailcow."""
        try:
            limit = await self._client.objects.rate_limit(mailbox)
        except GlassdomeError:
            return None
        return (max(1, limit[0] * 9 // 10), _FRAMES[limit[1]]) if limit else None

    def _entry(self, message: OutgoingMessage, purpose: str) -> OutboxEntry:
        recipients = dict.fromkeys(a.addr for a in (*message.to, *message.cc, *message.bcc))
        return OutboxEntry(
            message_id=message.message_id,
            mailbox=message.sender.addr,
            recipients=tuple(recipients),
            subject=message.subject,
            created_at=message.date,
            updated_at=message.date,
            purpose=purpose,
        )


def _texts(message: OutgoingMessage) -> Iterator[str]:
    """Yield every text that the mail would carry, those in its attachments as a receiver's programs read them."""
    yield from (message.subject, message.text, message.html)
    if message.files:
        yield from (attachment.text for attachment in parse_message(compose(message)).attachments)
        # The parser reads the beginning of an attachment, and lists packed files; what is text is searched to its end.
        for file in message.files:
            yield PurePath(file.filename).stem
            yield from texts_of_file(file.content)


def _message_id(task: SendEmail, sender: str) -> str:
    domain = sender.rpartition("@")[2]
    if not task.idempotency_key:
        return new_message_id(domain)
    digest = hashlib.sha256(f"{sender}\0{task.idempotency_key}".encode()).hexdigest()
    return f"<{digest[:40]}@{domain}>"


def _bracketed(message_id: str) -> str:
    """Return a Message-ID as header fields have it; monitoring answers it without its brackets."""
    bare = not message_id or message_id.startswith("<")
    return message_id if bare else f"<{message_id}>"


def _file(item: FileToSend) -> OutgoingFile:
    if (item.path is None) == (item.content is None):
        raise InputError("An attachment needs either a path or content.")
    content, filename, kind = item.content or b"", item.filename, item.content_type
    if item.path is not None:
        try:
            if item.path.stat().st_size > MAX_MESSAGE_BYTES:
                raise InputError(f"The attachment {item.path} is too large.")
            content = item.path.read_bytes()
        except OSError as exc:
            raise InputError(f"The attachment {item.path} cannot be read: {exc.strerror}.") from exc
        filename = filename or item.path.name
        kind = mimetypes.guess_type(filename)[0] or kind
    return OutgoingFile(
        filename=filename or "attachment", content=content, content_type=kind, content_id=item.content_id
    )


def _state_of(outcome: SendOutcome) -> OutboxState:
    if outcome.state is SendState.UNKNOWN:
        return OutboxState.UNKNOWN
    return OutboxState.SENT if outcome.of(RecipientOutcome.ACCEPTED) else OutboxState.FAILED


def _result(task: SendEmail, entry: OutboxEntry, outcome: SendOutcome, now: datetime) -> dict[str, Any]:
    """Return the seed's result, with the outcome of each recipient; raises for a mail that reaches no recipient."""
    recipients = {r.address: r.outcome.value for r in outcome.recipients}
    replies = {r.address: r.reply for r in outcome.recipients if r.outcome is not RecipientOutcome.ACCEPTED}
    if outcome.state in (SendState.REFUSED, SendState.DEFERRED):
        first = outcome.recipients[0]
        raise RecipientsRefused(
            f"The server refused every recipient: {first.reply_code} {first.reply}",
            reply_code=first.reply_code or 550,
            recipients=recipients,
            message_id=entry.message_id,
        )
    if outcome.state is SendState.UNKNOWN:
        raise Conflict(
            "The connection broke while the server was taking the mail: it may have been sent or not.",
            fix="Look into the recipient's mailbox or the server's log before sending it again.",
            message_id=entry.message_id,
            recipients=recipients,
            reason=UNKNOWN_OUTCOME,
        )
    return {
        "success": True,
        "from": entry.mailbox,
        "to": task.to_addresses,
        "subject": task.subject,
        "sent_at": now.replace(tzinfo=None).isoformat(timespec="seconds"),
        "message_id": entry.message_id,
        "state": outcome.state.value,
        "recipients": recipients,
        **({"replies": replies} if replies else {}),
    }


def _earlier(entry: OutboxEntry, task: SendEmail) -> dict[str, Any] | None:
    """Answer for a mail that is in the outbox already; None when it failed and may be tried again."""
    if entry.state is OutboxState.SENT:
        sent_at = entry.updated_at.replace(tzinfo=None).isoformat(timespec="seconds")
        return {
            "success": True,
            "from": entry.mailbox,
            "to": task.to_addresses,
            "subject": entry.subject,
            "sent_at": sent_at,
            "message_id": entry.message_id,
            "state": "sent",
            "repeated": True,
        }
    if entry.state is OutboxState.UNKNOWN:
        raise Conflict(
            "An earlier try to send this mail ended without the server's answer; it is not sent again.",
            fix="Look into the recipient's mailbox, then use another idempotency_key.",
            message_id=entry.message_id,
            reason=UNKNOWN_OUTCOME,
        )
    return None
