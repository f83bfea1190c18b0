"""The mail that a delivery report returns: its links and attachments are the report's only where it is a stranger's.

A mail server returns what its reader sent, or what somebody sent in the reader's name. Neither says anything against
the report. What a "report" returns that was never the reader's counts like the rest of the mail.
"""

from __future__ import annotations

from dataclasses import replace

from glassdome.core.domains import organizational_domain
from glassdome.signals.ask_words import asking_words
from glassdome.signals.host_lists import free_mail
from glassdome.signals.link_view import view_links
from glassdome.signals.plain_report import is_only_named, plainness
from glassdome.values.context import Context
from glassdome.values.message import Message, Report

__all__ = ["as_counted"]


def as_counted(message: Message, context: Context) -> Message:
    """Return the message as the detectors see it: without the reader's own returned mail, if it returns one.

    Links and attachments keep their numbers, so that evidence still points at them.
    """
    if message.report is None:
        return message
    counted = _without_returned(message, message.report, context)
    return _nameless(counted) if _is_plain(counted, context) else counted


def _is_plain(message: Message, context: Context) -> bool:
    """Return whether it is a report that asks for nothing; Microsoft's proposes to open the report itself."""
    return plainness(message, context) == 1.0 and asking_words(message).keys() <= {"open_file"}


def _nameless(message: Message) -> Message:
    """Drop the name of the program that wrote it, which claims no identity, and hosts that are only named."""
    named = {view.number for view in view_links(message) if is_only_named(view, message)}
    return replace(
        message,
        header_from=tuple(replace(address, name="") for address in message.header_from),
        links=tuple(replace(k, url="", host="") if n in named else k for n, k in enumerate(message.links)),
    )


def _without_returned(message: Message, report: Report, context: Context) -> Message:
    if not _is_readers(message, report, context):
        return replace(
            message,
            links=tuple(replace(k, place="attachment") if k.place == "returned" else k for k in message.links),
            attachments=tuple(replace(item, returned=False) for item in message.attachments),
            forms=tuple(replace(form, returned=False) for form in message.forms),
        )
    own = message.text[: report.own_chars]
    links = tuple(
        replace(link, place="returned") if link.place == "text" and not _stands_in(link.url, own) else link
        for link in message.links
    )
    return replace(message, report=replace(report, is_readers=True), links=links)


def _stands_in(url: str, text: str) -> bool:
    return url.removeprefix("http://") in text or url in text


def _is_readers(message: Message, report: Report, context: Context) -> bool:
    """Return whether the returned mail is from the address that the report came to, or from its domain."""
    readers = {_bare(address.addr) for address in message.recipients} | {_bare(context.mailbox)} - {""}
    domains = {organizational_domain(addr.rpartition("@")[2]) for addr in readers if "@" in addr}
    domains |= {organizational_domain(domain) for domain in context.own_domains}
    for addr in report.returned_from:
        if _bare(addr) in readers or organizational_domain(addr.rpartition("@")[2]) in domains - free_mail():
            return True
    return False


def _bare(addr: str) -> str:
    """Return an address in lower case and without a tag: `ann+news@` is Ann's."""
    local, _, domain = addr.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" if domain else ""
