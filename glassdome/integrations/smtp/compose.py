"""Composes a message for the wire (RFC 5322, MIME) from a value; pure."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from glassdome.core.errors import InputError
from glassdome.core.limits import MAX_RECIPIENTS, MAX_REFERENCES
from glassdome.integrations.smtp.addresses import envelope_address
from glassdome.integrations.smtp.header_text import address_field, text_field
from glassdome.values.message import Address
from glassdome.values.outgoing import Envelope, OutgoingFile, OutgoingMessage

__all__ = ["compose", "envelope_of", "new_message_id"]

_FIELD_NAME = re.compile(r"[!-9;-~]+")
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?-~]+>")
_CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_ID_FIELDS = {"message-id", "in-reply-to", "references"}
#: Fields that only `OutgoingMessage`'s own attributes may set, and Bcc, which nothing may.
_OWN_FIELDS = _ID_FIELDS | {
    "from", "to", "cc", "bcc", "resent-bcc", "sender", "reply-to", "subject", "date", "auto-submitted", "return-path",
    "mime-version", "content-type", "content-transfer-encoding", "content-disposition", "content-id",
}  # fmt: skip


class _Policy(EmailPolicy):
    """SMTP's policy, except for the fields that are folded here: ids are never encoded, words survive as they are."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Keep a folded field as it is; the library would decode it."""
        return (name, value) if isinstance(value, _Folded) else super().header_store_parse(name, value)

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        """Return a folded field as it is."""
        return value if isinstance(value, _Folded) else super().header_fetch_parse(name, value)

    def fold(self, name: str, value: Any) -> str:
        """Return the field's lines."""
        return value.lines if isinstance(value, _Folded) else str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the field's lines for the wire."""
        return value.lines.encode() if isinstance(value, _Folded) else super().fold_binary(name, value)


class _Folded(str):
    """A field that is folded already; as text it is its lines."""

    @property
    def lines(self) -> str:
        return str(self)


_POLICY = _Policy(
    **{name: getattr(SMTP, name) for name in ("linesep", "raise_on_defect", "header_factory")}, cte_type="7bit"
)


def new_message_id(domain: str) -> str:
    """Return a Message-ID that cannot be guessed."""
    return f"<{secrets.token_hex(16)}@{domain}>"


def envelope_of(message: OutgoingMessage) -> Envelope:
    """Return the envelope, each recipient once, Bcc included; raises InvalidAddress, InputError."""
    recipients = dict.fromkeys(envelope_address(a.addr) for a in (*message.to, *message.cc, *message.bcc))
    if not recipients:
        raise InputError("The mail has no recipient.")
    if len(recipients) > MAX_RECIPIENTS:
        raise InputError(f"The mail has {len(recipients)} recipients; {MAX_RECIPIENTS} are allowed.")
    mail_from = "" if message.null_sender else envelope_address(message.sender.addr)
    return Envelope(mail_from=mail_from, recipients=tuple(recipients))


def compose(message: OutgoingMessage) -> bytes:
    """Return the message with CRLF line ends, all 7-bit; Bcc is never in it.

    Raises InputError for what would inject a header or is no Message-ID, InvalidAddress.
    """
    made = EmailMessage(policy=_policy_for(message))
    fields = (("From", (message.sender,)), ("To", message.to), ("Cc", message.cc), ("Reply-To", message.reply_to))
    for name, addresses in fields:
        if addresses:
            made[name] = _Folded(address_field(name, map(_address, addresses)))
    if not (message.to or message.cc):
        made["To"] = "undisclosed-recipients:;"
    made["Subject"] = _Folded(text_field("Subject", _clean("subject", message.subject)))
    made["Date"] = format_datetime(message.date)
    for name, ids in _id_fields(message):
        made[name] = _Folded(f"{name}: " + "\r\n ".join(_checked_ids(name, ids)) + "\r\n")
    if message.auto_submitted:
        made["Auto-Submitted"] = _clean("Auto-Submitted", message.auto_submitted)
    for name, value in message.headers:
        if not _FIELD_NAME.fullmatch(name) or name.lower() in _OWN_FIELDS:
            raise InputError(f"The header field {name!r} cannot be set this way.")
        made[name] = _clean(name, value)
    _fill(made, message)
    return made.as_bytes()


def _policy_for(message: OutgoingMessage) -> EmailPolicy:
    addresses = (message.sender, *message.to, *message.cc, *message.reply_to)
    return _POLICY if all(address.local_part.isascii() for address in addresses) else _POLICY.clone(utf8=True)


def _id_fields(message: OutgoingMessage) -> Iterable[tuple[str, tuple[str, ...]]]:
    yield "Message-ID", (message.message_id,)
    if message.in_reply_to:
        yield "In-Reply-To", (message.in_reply_to,)
        references = dict.fromkeys((*message.references, message.in_reply_to))
        # RFC 5322 3.6.4 sets no bound; the first names the thread, the last ones its end.
        kept = list(references)
        yield "References", tuple(kept if len(kept) <= MAX_REFERENCES else [kept[0], *kept[1 - MAX_REFERENCES :]])


def _checked_ids(name: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    for value in ids:
        if not _MESSAGE_ID.fullmatch(value) or len(value) > 900:
            raise InputError(f"{name}: {value!r} is not a Message-ID (RFC 5322 3.6.4).")
    return ids


def _clean(name: str, value: str) -> str:
    if any(ord(char) < 32 or ord(char) == 127 or char in "\u0085\u2028\u2029" for char in value):
        raise InputError(f"The {name} has control characters or line breaks.")
    return _sound(name, value)


def _sound(name: str, value: str) -> str:
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise InputError(f"The {name} has half a character (a lone surrogate), which no mail can carry.")
    return value


def _address(address: Address) -> tuple[str, str]:
    return _clean("name of an address", address.name), envelope_address(address.addr)


def _fill(made: EmailMessage, message: OutgoingMessage) -> None:
    text, html = _sound("text", message.text), _sound("HTML", message.html)
    related = made
    if html and not text.strip():
        # An empty plain part is what some programs would show.
        made.set_content(html, subtype="html", cte="base64")
    else:
        made.set_content(text, cte=None if text.isascii() else "base64")
        if html:
            made.add_alternative(html, subtype="html", cte="base64")
            related = made.get_payload()[-1]  # type: ignore[index,assignment]
    for file in message.files:
        if file.content_id and html:
            _attach(related, file, related=True)
    for file in message.files:
        if not (file.content_id and html):
            _attach(made, file, related=False)


def _attach(part: EmailMessage, file: OutgoingFile, *, related: bool) -> None:
    if not _CONTENT_TYPE.fullmatch(file.content_type):
        raise InputError(f"{file.content_type!r} is not a media type.")
    maintype, _, subtype = file.content_type.partition("/")
    if maintype in ("multipart", "message"):
        maintype, subtype = "application", "octet-stream"
    filename = _clean("file name", file.filename)
    if related:
        cid = f"<{_clean('content id', file.content_id)}>"
        part.add_related(
            file.content, maintype=maintype, subtype=subtype, cid=cid, filename=filename, disposition="inline"
        )
    else:
        part.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=filename)
