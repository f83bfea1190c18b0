"""Tell a mail server's report that asks for nothing from a lure that is dressed as one."""

from __future__ import annotations

from glassdome.core.domains import organizational_domain
from glassdome.signals.host_lists import free_hosts, in_list, popular, postmasters, shorteners
from glassdome.signals.link_view import LinkView, view_links
from glassdome.signals.phrases import SUBJECT_END, ScannedText, load_phrases
from glassdome.values.authenticity import DMARC_FAILED
from glassdome.values.context import Context
from glassdome.values.message import Message

__all__ = ["is_only_named", "own_text", "plainness"]

#: What a mail server's own words may sound like: a full mailbox, an unknown address, a delay.
_HARMLESS = frozenset({"mailbox_lure", "urgency", "generic_greeting", "commercial", "account_threat", "delivery_lure"})
#: Parts that a report is made of; anything else in it is examined like any attachment.
_PARTS = ("message/", "text/rfc822-headers", "text/plain", "image/")
#: How much a report counts whose links lead to hosts that are not known, and that asks for nothing.
_WITH_FOREIGN_LINKS = 0.4


def _is_known(link: LinkView, context: Context) -> bool:
    """Return whether mail servers send their readers to that host."""
    if in_list(link.host, postmasters()) or link.domain in {organizational_domain(d) for d in context.own_domains}:
        return True
    return link.domain in popular() and not in_list(link.host, free_hosts()) and not in_list(link.host, shorteners())


def is_only_named(link: LinkView, message: Message) -> bool:
    """Return whether the text names the host of an address, as in "the mail system at example.org", and nothing more."""
    if link.place != "text" or link.rest.strip("/") or f"//{link.host}" in message.text:
        return False
    return link.domain == organizational_domain(message.author.domain) or f"@{link.host}" in message.text


def _may_be_one(message: Message) -> bool:
    """Return whether the envelope, the sender's policy and the parts are those of a report."""
    report, dmarc = message.report, message.authentication.best("dmarc")
    if report is None or (dmarc is not None and message.authentication.trusted and dmarc.result in DMARC_FAILED):
        return False
    if message.mail_from and report.kind != "complaint":
        return False  # a report has the null sender, so that it is never answered itself (RFC 5321 4.5.5)
    sender = organizational_domain(message.author.domain)
    if any(organizational_domain(address.domain) != sender for address in message.reply_to):
        return False
    brought = [item for item in message.attachments if not item.returned]
    return not any(not form.returned for form in message.forms) and not any(
        item.has_macros or item.encrypted or not item.declared_type.startswith(_PARTS) for item in brought
    )


def own_text(message: Message) -> str:
    """Return the text without a mail of the reader's that is returned in it."""
    report = message.report
    return message.text[: report.own_chars] if report is not None and report.is_readers else message.text


def plainness(message: Message, context: Context) -> float:
    """Return how surely a message is a report and nothing else: 0 for none, or one that asks for something."""
    if not _may_be_one(message):
        return 0.0
    whole = ScannedText.of(message.subject + SUBJECT_END + own_text(message))
    asked = {group for group, _, _ in load_phrases("phrases.toml").find(whole)}
    foreign = [k for k in view_links(message) if not _is_known(k, context) and (asked or not is_only_named(k, message))]
    if asked - _HARMLESS or (foreign and (asked or any(link.place == "attachment" for link in foreign))):
        return 0.0
    return _WITH_FOREIGN_LINKS if foreign else 1.0
