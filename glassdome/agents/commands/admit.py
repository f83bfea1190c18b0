"""Decide whether a mail may give commands, by its author as our own server authenticated it; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from glassdome.agents.commands.declare import Scope
from glassdome.core.errors import ConfigError
from glassdome.values.message import Message

__all__ = ["Admission", "SenderPolicy", "read_senders"]

#: A command is for now: what lay in the mailbox longer is not run.
_FRESH: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The sender of a mail and the scope it was granted.

    `reason` is empty where the mail may command, else why not. `dmarc` says that DMARC passed at our own server;
    `certain` that no one else can have written that result (the field stands above every Received field). Without
    `dmarc` it is mail of our own domain that carries no result, and only a code makes it anybody's.
    """

    sender: str
    scope: Scope = "ro"
    dmarc: bool = False
    certain: bool = False
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SenderPolicy:
    """The senders that may command: allow-list, own domain, own server's names, the mailbox that takes commands."""

    mailbox: str
    senders: Mapping[str, Scope]
    own_domain: str = ""
    authserv_ids: frozenset[str] = frozenset()

    def admit(self, message: Message, *, received: datetime | None, now: datetime) -> Admission:
        """Judge a mail; the order is from what must never be answered to what may be."""
        sender = message.author.addr.lower()
        if reason := self._unfit(message, sender):
            return Admission(sender=sender, reason=reason)
        scope = self.senders.get(sender)
        if scope is None:
            return Admission(sender=sender, reason="sender_not_allowed")
        if received is None or now - received > _FRESH:
            return Admission(sender=sender, reason="too_old")
        return self._proven(message, sender, scope)

    def _unfit(self, message: Message, sender: str) -> str:
        if message.lists.is_automatic or message.header("X-Auto-Response-Suppress"):
            return "automatic_mail"
        if message.mail_from == "" or message.header("Content-Type").lower().startswith("multipart/report"):
            return "bounce"
        if message.lists.is_list or message.lists.precedence in ("bulk", "junk", "list"):
            return "list_mail"
        if sender == self.mailbox.lower():
            return "own_mail"
        if len(message.header_from) != 1 or len(message.header_all("From")) != 1:
            return "several_authors"
        if message.sender is not None and message.sender.addr.lower() != sender:
            return "sent_for_another"
        return "marked_as_spam" if message.header("X-Spam-Flag").strip().lower() == "yes" else ""

    def _proven(self, message: Message, sender: str, scope: Scope) -> Admission:
        found = message.authentication
        if found.trusted:
            results = {(r.result, r.domain) for r in found.results if r.method == "dmarc"}
            if results != {("pass", message.author.domain)}:
                return Admission(sender=sender, reason="dmarc_not_passed")
            return Admission(sender=sender, scope=scope, dmarc=True, certain=self._on_top(message))
        if message.author.domain != self.own_domain.lower() or not self.own_domain:
            return Admission(sender=sender, reason="dmarc_unknown")
        return Admission(sender=sender, scope=scope)

    def _on_top(self, message: Message) -> bool:
        """Return whether our result stands above the topmost Received field.

        Below it, a server that adds no result of its own leaves whatever the sender wrote there.
        """
        for header in message.headers:
            name = header.name.lower()
            if name == "received":
                return False
            if name == "authentication-results":
                words = header.value.partition(";")[0].split()
                return bool(words) and words[0].lower() in self.authserv_ids
        return False


def read_senders(text: str) -> dict[str, Scope]:
    """Read `a@example.org:rw,b@example.org:ro`; raises ConfigError. Without a scope a sender may only read."""
    found: dict[str, Scope] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        address, _, scope = part.partition(":")
        if "@" not in address.strip("@") or scope not in ("", "ro", "rw"):
            raise ConfigError(
                f"GLASSDOME_COMMAND_SENDERS: {part!r} is not an address with ro or rw.", fix="Write a@example.org:rw."
            )
        found[address.strip().lower()] = "rw" if scope == "rw" else "ro"
    return found
