"""Reports the mailbox's own history with the sender."""

from __future__ import annotations

from collections.abc import Iterator

from glassdome.signals.domains import organizational_domain
from glassdome.signals.finding import Detector, evidence, hit, none_apply
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "first_contact": "the mailbox never had mail from this address or its domain",
    "known_sender": "mail from this address came before and was not junk",
    "correspondent": "the owner wrote to this address, or has it as a contact",
    "authentication_changed": "earlier mail of this address was verified, this one is not",
    "junked_sender": "the owner called earlier mail of this address junk",
}
#: Earlier messages after which a sender counts as known, and as one whose authentication can be compared.
_KNOWN_AFTER = 3
#: How much of an unverified sender's good name counts: the address may be forged.
_UNVERIFIED = 0.35


def _familiar(message: Message, context: Context) -> Iterator[Signal]:
    sender, addr = context.sender, message.author.addr
    trust = 1.0 if message.authenticity else _UNVERIFIED
    if sender.junked == 0 and sender.seen >= _KNOWN_AFTER:
        yield hit("known_sender", f"{sender.seen} earlier messages from {addr}", evidence("context"), strength=trust)
    if sender.replied or addr.lower() in context.contacts:
        why = f"you wrote to {addr} before" if sender.replied else f"{addr} is one of your contacts"
        yield hit("correspondent", why, evidence("context"), strength=trust)


def _changed(message: Message, context: Context) -> bool:
    sender = context.sender
    was_verified = sender.seen >= _KNOWN_AFTER and sender.authenticated >= 0.8 * sender.seen
    return was_verified and message.authenticity.checked and not message.authenticity


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report the sender's history; nothing applies without a mailbox or without an author."""
    addr, sender = message.author.addr, context.sender
    if not context.known or "@" not in addr:
        yield from none_apply(_SIGNALS)
        return
    yield from _familiar(message, context)
    own = organizational_domain(message.author.domain) in {organizational_domain(d) for d in context.own_domains}
    if (
        not sender.seen
        and not sender.domain_seen
        and not sender.replied
        and not own
        and addr.lower() not in context.contacts
    ):
        yield hit("first_contact", f"first mail from {addr}", evidence("header:From", addr))
    if _changed(message, context):
        detail = f"{sender.authenticated} of {sender.seen} earlier messages from {addr} were verified, this one is not"
        yield hit("authentication_changed", detail, evidence("header:From", addr))
    if sender.junked:
        detail = f"you called {sender.junked} earlier messages from {addr} junk"
        yield hit(
            "junked_sender", detail, evidence("context"), strength=sender.junked / max(sender.seen, sender.junked)
        )


DETECTOR = Detector(name="history", signals=_SIGNALS, run=detect)
