"""Bytes to `Message`: the one door of this package."""

from __future__ import annotations

import codecs
import hashlib
import re

from glassdome.core.errors import MessageTooLarge, NotAMessage
from glassdome.core.limits import (
    MAX_ADDRESSES,
    MAX_FORMS,
    MAX_HIDDEN,
    MAX_LINKS,
    MAX_MESSAGE_BYTES,
)
from glassdome.parse.address import parse_addresses
from glassdome.parse.attachments import read_attachments
from glassdome.parse.authentication import read_authentication, read_mail_from, read_rspamd
from glassdome.parse.body import read_body
from glassdome.parse.containers import open_containers
from glassdome.parse.date import parse_date
from glassdome.parse.encoded_words import decode_words
from glassdome.parse.fields import RawField, first
from glassdome.parse.fingerprint import content_hash
from glassdome.parse.lists import message_ids, read_lists
from glassdome.parse.plain import strip_invisible
from glassdome.parse.readable import readable_of
from glassdome.parse.reply import Setting, new_text
from glassdome.parse.reply_words import subject_mark
from glassdome.parse.report import read_report, returned_parts
from glassdome.parse.rewritten import unwrapped
from glassdome.parse.sorting import sort_parts
from glassdome.parse.state import ParseState
from glassdome.parse.structure import Part, parse_structure
from glassdome.parse.text_types import STUFFED
from glassdome.values.message import Address, HeaderField, Message, author_of

__all__ = ["as_lines", "parse_message"]

#: Empty lines before the header, as pipes and copied sources leave them.
_EMPTY_LINES = re.compile(rb"\A(?:\r?\n)+(?=[!-9;-~]{1,200}:)")
#: Bytes read to distinguish binary data from text.
_HEAD = 4096


def parse_message(raw: bytes, *, authserv_ids: frozenset[str] = frozenset()) -> Message:
    """Parse one message; whatever is malformed is repaired or skipped and named in `defects`.

    `authserv_ids` are the names our own server writes into Authentication-Results (RFC 8601 2.5).
    Raises MessageTooLarge past `MAX_MESSAGE_BYTES`, and NotAMessage for nothing but blanks, or for binary data
    without a single header field.
    """
    if len(raw) > MAX_MESSAGE_BYTES:
        raise MessageTooLarge(f"The message has {len(raw)} bytes; at most {MAX_MESSAGE_BYTES} are read.")
    data = as_lines(raw)
    if not data.strip():
        raise NotAMessage("The message is empty.")
    state = ParseState()
    root = parse_structure(data, state)
    if not root.fields:
        if b"\0" in data[:_HEAD]:
            raise NotAMessage("This is binary data without a header, not an e-mail message (RFC 5322).")
        state.add("no_header")
    return _assemble(raw, root, authserv_ids, state)


def as_lines(raw: bytes) -> bytes:
    """Undo what exporting programs do to a message file: UTF-16, a byte order mark, empty lines, Macintosh line ends."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace").encode("utf-8", "replace")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if raw[:1] in (b"\r", b"\n"):
        raw = _EMPTY_LINES.sub(b"", raw, count=1)
    return raw.replace(b"\r", b"\n") if b"\n" not in raw else raw


def _assemble(raw: bytes, root: Part, authserv_ids: frozenset[str], state: ParseState) -> Message:
    fields = root.fields
    open_containers(root, state)
    parts = sort_parts(root)
    body = read_body(parts, state)
    attachments = read_attachments(parts.attached + body.files, body, state, returned_parts(root))
    subject = strip_invisible(decode_words(first(fields, "subject"), state))
    senders = parse_addresses(first(fields, "sender"), state)
    header_from, reply_to = _addresses(fields, "from", state), _addresses(fields, "reply-to", state)
    to, cc = _addresses(fields, "to", state), _addresses(fields, "cc", state)
    new = new_text(body.text, _setting(fields, subject[0], (*header_from, *reply_to)))
    if STUFFED in body.text:
        body.text, new = body.text.replace(STUFFED, ""), new.replace(STUFFED, "")
    links = tuple(dict.fromkeys(map(unwrapped, body.links)))[:MAX_LINKS]
    mail_from, author = read_mail_from(fields), author_of(header_from)
    report = read_report(root, subject=subject[0], text=body.text, author=author, mail_from=mail_from, state=state)
    if report is not None and report.own_chars < len(body.text):
        new = body.text[: report.own_chars].strip() or new
    return Message(
        headers=tuple(HeaderField(name=field.label, value=decode_words(field.value, state)) for field in fields),
        message_id=next(iter(message_ids(first(fields, "message-id"))), ""),
        in_reply_to=message_ids(first(fields, "in-reply-to")),
        references=message_ids(first(fields, "references")),
        subject=subject[0].strip(),
        header_from=header_from,
        sender=senders[0] if senders else None,
        reply_to=reply_to,
        to=to,
        cc=cc,
        bcc=_addresses(fields, "bcc", state),
        mail_from=mail_from,
        date=parse_date(first(fields, "date")),
        received=parse_date(first(fields, "received").rpartition(";")[2].strip()),
        text=body.text,
        new_text=new,
        other_text=body.other_text,
        has_html=body.has_html,
        hidden=tuple((subject[1] + body.hidden)[:MAX_HIDDEN]),
        links=links,
        forms=tuple(body.forms[:MAX_FORMS]),
        has_script=body.has_script,
        remote_images=body.remote_images,
        attachments=attachments,
        facts=tuple(dict.fromkeys(body.facts)),
        authentication=read_authentication(fields, authserv_ids),
        lists=read_lists(fields),
        rspamd=read_rspamd(fields, authserv_ids),
        report=report,
        defects=state.defects(),
        readable=readable_of(subject[0], body, attachments, state),
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        content_hash=content_hash(
            author=author,
            recipients=to + cc,
            subject=subject[0].strip(),
            text=body.text,
            links=links,
            attachments=attachments,
        ),
    )


def _setting(fields: list[RawField], subject: str, own: tuple[Address, ...]) -> Setting:
    """Return what tells whether quoted history is to be expected."""
    mark, bare = subject_mark(subject)
    answers = any(first(fields, name) for name in ("in-reply-to", "references"))
    return Setting(
        is_reply=mark == "reply" or (answers and mark != "forward"),
        is_forward=mark == "forward",
        subject=bare,
        own=frozenset(address.addr.lower() for address in own),
    )


def _addresses(fields: list[RawField], name: str, state: ParseState) -> tuple[Address, ...]:
    """All mailboxes of all fields of that name, in their order: a repeated From is itself evidence."""
    found: tuple[Address, ...] = ()
    for field in fields:
        if field.name == name and len(found) < MAX_ADDRESSES:
            found += parse_addresses(field.value, state)
    return found[:MAX_ADDRESSES]
