"""From a value to a message on the wire (RFC 5322, MIME); pure."""

from __future__ import annotations

import email.headerregistry
import re
import secrets
from collections.abc import Iterable
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from glassdome.core.errors import InputError, InvalidAddress
from glassdome.core.limits import MAX_RECIPIENTS, MAX_REFERENCES
from glassdome.integrations.smtp.addresses import envelope_address
from glassdome.values.message import Address
from glassdome.values.outgoing import Envelope, OutgoingFile, OutgoingMessage

__all__ = ["compose", "envelope_of", "new_message_id"]

_FIELD_NAME = re.compile(r"[!-9;-~]+")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_ID_FIELDS = {"message-id", "in-reply-to", "references"}
#: Fields that only `OutgoingMessage`'s own attributes may set, and Bcc, which nothing may.
_OWN_FIELDS = _ID_FIELDS | {
    "from", "to", "cc", "bcc", "resent-bcc", "sender", "reply-to", "subject", "date", "auto-submitted", "return-path",
    "mime-version", "content-type", "content-transfer-encoding", "content-disposition", "content-id",
}  # fmt: skip


class _Policy(EmailPolicy):
    """SMTP's policy, except that message ids are never encoded: the library would encode those over 78 characters."""

    def fold(self, name: str, value: str) -> str:
        """Fold ids one per line."""
        if name.lower() in _ID_FIELDS:
            return f"{name}: " + "\r\n ".join(value.split()) + "\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        """Fold for the wire."""
        return self.fold(name, value).encode() if name.lower() in _ID_FIELDS else super().fold_binary(name, value)


_POLICY = _Policy(
    **{name: getattr(SMTP, name) for name in ("linesep", "raise_on_defect", "header_factory")}, cte_type="7bit"
)


def new_message_id(domain: str) -> str:
    """Return a Message-ID nobody can guess."""
    return f"<{secrets.token_hex(16)}@{domain}>"


def envelope_of(message: OutgoingMessage) -> Envelope:
    """Return the envelope, each recipient once, Bcc included; raises InvalidAddress, InputError."""
    recipients = dict.fromkeys(envelope_address(a.addr) for a in (*message.to, *message.cc, *message.bcc))
    if not recipients:
        raise InputError("The mail has no recipient.")
    if len(recipients) > MAX_RECIPIENTS:
        raise InputError(f"The mail has {len(recipients)} recipients; {MAX_RECIPIENTS} are allowed.")
    return Envelope(mail_from=envelope_address(message.sender.addr), recipients=tuple(recipients))


def compose(message: OutgoingMessage) -> bytes:
    """Return the message with CRLF line ends, all 7-bit; Bcc is never in it.

    Raises InputError for what would inject a header or is no Message-ID, InvalidAddress.
    """
    made = EmailMessage(policy=_policy_for(message))
    made["From"] = _address(message.sender)
    for name, addresses in (("To", message.to), ("Cc", message.cc), ("Reply-To", message.reply_to)):
        if addresses:
            made[name] = tuple(_address(address) for address in addresses)
    if not (message.to or message.cc):
        made["To"] = "undisclosed-recipients:;"
    made["Subject"] = _clean("subject", message.subject)
    made["Date"] = format_datetime(message.date)
    for name, ids in _id_fields(message):
        made[name] = " ".join(_checked_ids(name, ids))
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
    return value


def _address(address: Address) -> email.headerregistry.Address:
    name = _clean("name of an address", address.name)
    try:
        local, _, domain = envelope_address(address.addr).rpartition("@")
        return email.headerregistry.Address(display_name=name, username=local, domain=domain)
    except (ValueError, IndexError) as exc:
        raise InvalidAddress(f"{address.addr!r} is not an e-mail address.") from exc


def _fill(made: EmailMessage, message: OutgoingMessage) -> None:
    made.set_content(message.text, cte=None if message.text.isascii() else "base64")
    if message.html:
        made.add_alternative(message.html, subtype="html", cte="base64")
        html = made.get_payload()[-1]  # type: ignore[index]
        assert isinstance(html, EmailMessage)
        for file in message.files:
            if file.content_id:
                _attach(html, file, related=True)
    for file in message.files:
        if not (file.content_id and message.html):
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
