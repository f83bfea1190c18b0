"""One way to the mailboxes of a server, shared by everybody who reads them in this process."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from glassdome.core.clock import Clock
from glassdome.core.limits import KEPT_MAIL_SECONDS, MAX_KEPT_PARSED_BYTES, MAX_WATCHED_MAILBOXES
from glassdome.core.recent import Recent
from glassdome.mailbox.backoff import MailboxBackoff
from glassdome.mailbox.new_mail import UnreadFirst
from glassdome.mailbox.settling import Settling
from glassdome.mailbox.source import ImapSource
from glassdome.mailbox.watch import InboxWatch
from glassdome.parse import parse_message
from glassdome.ports.imap import ImapSessions
from glassdome.values.message import Message

__all__ = ["MailboxReader", "ParsedMail"]


class ParsedMail:
    """`parse_message` with a memory of the messages parsed last. May be called from any thread."""

    def __init__(
        self, *, most_bytes: int = MAX_KEPT_PARSED_BYTES, parse: Callable[..., Message] = parse_message
    ) -> None:
        """`most_bytes` are bytes of source."""
        self._parse = parse
        self._kept = Recent[Message](most_bytes=most_bytes, seconds=KEPT_MAIL_SECONDS)

    def __call__(self, raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
        """Return the message; raises as `parse_message`."""
        key = (sha256(raw).digest(), authserv_ids)
        if (message := self._kept.get(key)) is None:
            message = self._parse(raw, authserv_ids=authserv_ids)
            self._kept.put(key, message, len(raw))
        return message


class MailboxReader:
    """Sessions, back-off, watch, the rule for new mail, and the messages parsed lately.

    Subscribers keep their own cursors: the queue (`Arrivals`), the agents' results, the mail commands. Connections and
    messages that one of them fetched serve the others too.
    """

    def __init__(self, sessions: ImapSessions, *, clock: Clock, parsed: ParsedMail | None = None) -> None:
        """`sessions` is closed by its owner, or through `source`."""
        settling = Settling(clock)
        self.sessions, self.parsed = sessions, parsed or ParsedMail()
        self.backoff, self.unread_first = MailboxBackoff(), UnreadFirst(settling)
        self.source = ImapSource(sessions, clock=clock, settling=settling)
        # IDLE holds a connection: where a mailbox may have one only, it is left for polling and fetching.
        most = MAX_WATCHED_MAILBOXES if sessions.max_per_mailbox > 1 else 0
        self.watch = InboxWatch(self.source, self.backoff, clock=clock, most=most)
