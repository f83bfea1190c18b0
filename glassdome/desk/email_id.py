"""`email_id`: the REST name of a message, and what it may look like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from glassdome.core.errors import InvalidAddress, InvalidQuery
from glassdome.core.limits import MAX_ADDRESS_CHARS, MAX_EMAIL_ID_CHARS, MAX_FOLDER_CHARS
from glassdome.values.refs import INBOX

__all__ = ["EMAIL_ID_PATTERN", "MAILBOX_PATTERN", "EmailId", "as_folder", "as_mailbox", "as_person", "parse_email_id"]

_MAX_NUMBER: Final = 2**32 - 1

_IMAP_URL = re.compile(r"(?P<folder>.+?);UIDVALIDITY=(?P<validity>\d{1,10})/?;UID=(?P<uid>\d{1,10})", re.I | re.A)
#: RFC 5322 atext and dots, without what IMAP logins give a meaning of their own (* % /); domains as DNS has them.
MAILBOX_PATTERN: Final = r"^[A-Za-z0-9.!#$&'+=?^_{|}~-]+@[A-Za-z0-9.-]+$"
#: Looser than the parser: it shows the three forms.
EMAIL_ID_PATTERN: Final = r"^([0-9]+|.+;.+;.+|<.+>)$"
_MAILBOX = re.compile(MAILBOX_PATTERN)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailId:
    """One message as the caller names it: a UID (with or without its UIDVALIDITY), or a Message-ID without brackets."""

    folder: str = INBOX
    uid: int = 0
    uid_validity: int | None = None
    message_id: str = ""


def as_mailbox(text: str) -> str:
    """Return the mailbox address in lower case, as mailcow keeps it; raises InvalidAddress."""
    if len(text) > MAX_ADDRESS_CHARS or not _MAILBOX.fullmatch(text):
        raise InvalidAddress("The mailbox must be a full address such as user@example.org.")
    return text.lower()


def as_person(text: str) -> str:
    """Return anybody's address, as mail has them, in lower case; raises InvalidAddress."""
    if len(text) > MAX_ADDRESS_CHARS or "@" not in text or _CONTROL.search(text):
        raise InvalidAddress("The person must be an address such as someone@example.org.")
    return text.lower()


def as_folder(text: str) -> str:
    """Return the folder name; INBOX is the one that ignores case (RFC 9051 5.1); raises InvalidQuery."""
    if not text or len(text) > MAX_FOLDER_CHARS or _CONTROL.search(text):
        raise InvalidQuery("The folder name is empty, too long or has control characters.")
    return INBOX if text.upper() == INBOX else text


def parse_email_id(text: str, folder: str = INBOX) -> EmailId:
    """Read a UID, `INBOX;UIDVALIDITY=1;UID=5` (RFC 5092) or `<Message-ID>`; raises InvalidQuery."""
    if len(text) > MAX_EMAIL_ID_CHARS or _CONTROL.search(text):
        raise InvalidQuery("email_id is too long or has control characters.")
    if text.startswith("<") and text.endswith(">") and len(text) > 2:
        return EmailId(folder=as_folder(folder), message_id=text[1:-1])
    if text.isascii() and text.isdigit():
        return EmailId(folder=as_folder(folder), uid=_number(text))
    if found := _IMAP_URL.fullmatch(text):
        return EmailId(
            folder=as_folder(unquote(found["folder"])),
            uid=_number(found["uid"]),
            uid_validity=_number(found["validity"]),
        )
    raise InvalidQuery("email_id must be an IMAP UID, INBOX;UIDVALIDITY=1;UID=5 or <Message-ID>.")


def _number(digits: str) -> int:
    """RFC 9051 9: nz-number, 32 bits."""
    value = int(digits)
    if not 0 < value <= _MAX_NUMBER:
        raise InvalidQuery("A UID is a number from 1 to 4294967295.")
    return value
