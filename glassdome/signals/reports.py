"""Delivery reports, read receipts and complaints: told apart from a phish that is dressed as one."""

from __future__ import annotations

from collections.abc import Iterator

from glassdome.core.domains import organizational_domain
from glassdome.signals.finding import Detector, evidence, hit
from glassdome.signals.host_lists import free_hosts, in_list, popular, postmasters, shorteners
from glassdome.signals.link_view import LinkView, view_links
from glassdome.signals.phrases import SUBJECT_END, ScannedText, load_phrases
from glassdome.signals.returned import own_text
from glassdome.values.authenticity import DMARC_FAILED
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "delivery_report": "a mail server's report on a mail that was sent, and no lure in it",
    "returned_link": "the mail that the report returns holds links",
}
#: What a mail server's own words may sound like: a full mailbox, an unknown address, a delay.
_HARMLESS = frozenset({"mailbox_lure", "urgency", "generic_greeting", "commercial", "account_threat", "delivery_lure"})
#: Parts that a report is made of; anything else that it brings is looked at like any attachment.
_PARTS = ("message/", "text/rfc822-headers", "text/plain", "image/")
_KINDS = {
    "bounce": "it says that a mail was not delivered",
    "delay": "it says that a mail is late",
    "success": "it says that a mail arrived",
    "receipt": "it says that a mail was shown",
    "complaint": "it says that somebody called a mail spam",
}
#: How much a report counts whose links lead to hosts that are not known, and that asks for nothing.
_WITH_FOREIGN_LINKS = 0.4


def _is_known(link: LinkView, context: Context) -> bool:
    """Say whether mail servers send their readers to that host."""
    if in_list(link.host, postmasters()) or link.domain in {organizational_domain(d) for d in context.own_domains}:
        return True
    return link.domain in popular() and not in_list(link.host, free_hosts()) and not in_list(link.host, shorteners())


def _is_only_named(link: LinkView, message: Message) -> bool:
    """Say whether the text names the host of an address, as in "the mail system at example.org", and nothing more."""
    if link.place != "text" or link.rest.strip("/") or f"//{link.host}" in message.text:
        return False
    return link.domain == organizational_domain(message.author.domain) or f"@{link.host}" in message.text


def _may_be_one(message: Message) -> bool:
    """Say whether the envelope, the sender's policy and the parts are those of a report."""
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


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report what says it is a report, and what it returns."""
    report = message.report
    if report is None:
        return
    places = [n for n, link in enumerate(message.links) if link.place == "returned"]
    if places:
        quotes = (evidence(f"link:{n}", message.links[n].url) for n in places)
        yield hit("returned_link", f"{len(places)} links stand in the returned mail", *quotes)
    if not _may_be_one(message):
        return
    whole = ScannedText.of(message.subject + SUBJECT_END + own_text(message))
    asked = {group for group, _, _ in load_phrases("phrases.toml").find(whole)}
    foreign = [
        k for k in view_links(message) if not _is_known(k, context) and (asked or not _is_only_named(k, message))
    ]
    if asked - _HARMLESS or (foreign and (asked or any(link.place == "attachment" for link in foreign))):
        return
    yield hit("delivery_report", _KINDS[report.kind], strength=_WITH_FOREIGN_LINKS if foreign else 1.0)


DETECTOR = Detector(name="reports", signals=_SIGNALS, run=detect)
