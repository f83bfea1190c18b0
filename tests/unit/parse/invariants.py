"""Invariants of every parsed message, whatever the bytes were."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from glassdome.core import limits
from glassdome.values.message import Message

__all__ = ["check"]

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LINE_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def check(message: Message) -> None:
    """Assert every bound, no control character, NFC, and hosts in lower-case ASCII."""
    _check_counts(message)
    for text in (message.text, message.new_text, message.other_text, *(a.text for a in message.attachments)):
        assert not _CONTROLS.search(text)
        assert len(text) <= limits.MAX_TEXT_CHARS
        assert unicodedata.is_normalized("NFC", text)
    for text in _lines(message):
        assert not _LINE_CONTROLS.search(text), text
        assert len(text) <= limits.MAX_HEADER_CHARS * 4
    for link in message.links:
        assert len(link.url) <= limits.MAX_URL_CHARS
        assert len(link.shown) <= limits.MAX_SHOWN_CHARS
        assert link.host == link.host.lower()
        assert link.host.isascii()
        assert " " not in link.host
    assert len(message.sha256) == len(message.content_hash) == 64


def _check_counts(message: Message) -> None:
    assert len(message.headers) <= limits.MAX_HEADERS
    assert len(message.links) <= limits.MAX_LINKS
    assert len(message.hidden) <= limits.MAX_HIDDEN
    assert len(message.forms) <= limits.MAX_FORMS
    assert len(message.attachments) <= limits.MAX_ATTACHMENTS
    assert len(message.defects) <= limits.MAX_DEFECTS
    assert len(message.references) <= limits.MAX_REFERENCES
    for attachment in message.attachments:
        assert len(attachment.members) <= limits.MAX_ARCHIVE_MEMBERS
        assert len(attachment.text) <= limits.MAX_ATTACHMENT_TEXT_CHARS
        assert len(attachment.filename) <= limits.MAX_FILENAME_CHARS


def _lines(message: Message) -> Iterator[str]:
    yield from (message.subject, message.message_id, *message.references, *message.in_reply_to)
    for header in message.headers:
        yield from (header.name, header.value)
    for address in (*message.header_from, *message.recipients, *message.bcc, *message.reply_to):
        yield from (address.name, address.addr)
    for link in message.links:
        yield from (link.url, link.shown)
    for attachment in message.attachments:
        yield from (attachment.filename, attachment.declared_type, attachment.content_id, *attachment.members)
    yield from (hidden.text for hidden in message.hidden)
    yield from (text for defect in message.defects for text in (defect.what, defect.detail))
    yield from (form.action for form in message.forms)
    yield from (text for result in message.authentication.results for text in (result.method, result.domain))
