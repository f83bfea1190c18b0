"""One way to the mailboxes of a server, shared by everybody who reads them in this process."""

from __future__ import annotations

from glassdome.core.clock import Clock
from glassdome.core.limits import MAX_WATCHED_MAILBOXES
from glassdome.mailbox.backoff import MailboxBackoff
from glassdome.mailbox.new_mail import UnreadFirst
from glassdome.mailbox.parsed import ParsedMail
from glassdome.mailbox.settling import Settling
from glassdome.mailbox.source import ImapSource
from glassdome.mailbox.watch import InboxWatch
from glassdome.ports.imap import ImapSessions

__all__ = ["MailboxReader"]


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
