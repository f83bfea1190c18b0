"""Tell how far a message could be read: its words, or why there are none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from glassdome.parse.body import Body
from glassdome.parse.reply_words import subject_mark
from glassdome.parse.state import ParseState
from glassdome.values.message import Attachment, Readable

__all__ = ["readable_of"]

#: A letter, a digit or a picture character: a thumb is an answer.
_WORD = re.compile("[\\w\u2190-\u2bff\U0001f000-\U0001faff]")
_ARMOUR = re.compile(r"^-----BEGIN PGP MESSAGE-----\s*$", re.MULTILINE)
_ARMOUR_END = re.compile(r"^-----END PGP MESSAGE-----\s*$", re.MULTILINE)
#: A line that only an encoding writes; prose has spaces.
_ENCODED = re.compile(r"^[A-Za-z0-9+/=_-]{40,}$", re.MULTILINE)
#: Words around an encrypted message that are still its wrapping: a greeting, a footer of the list.
_WRAPPING_WORDS = 40
#: The share of damaged characters from which on the rest is unreadable.
_TOO_DAMAGED = 0.3
#: Characters for one space from which on ASCII text may be encoded; prose has one in six.
_FEW_SPACES = 12
#: Defects that leave bytes of the text unread.
_UNREAD = frozenset({"unknown_transfer_encoding", "damaged_base64"})
#: Defects that leave parts unread, which may have been the text.
_LOST = frozenset({"too_deep", "too_many_parts", "no_boundary_found", "damaged_smime"})
_CONTENT = ("text/html", "text/plain")


def readable_of(subject: str, body: Body, attachments: Sequence[Attachment], state: ParseState) -> Readable:
    """Return `yes` where there are words, or a picture or file that a person can open; else the obstacle."""
    text = _outside_armour(body.text)
    if (body.encrypted or text is not body.text) and len(text.split()) <= _WRAPPING_WORDS:
        return "encrypted"
    if _WORD.search(text):
        return "damaged" if body.damaged or _is_damaged(text) else "yes"
    defects = {what for what, _ in state.found}
    if body.unread or defects & _LOST or (body.has_text and defects & _UNREAD):
        return "damaged"
    files = [item for item in attachments if item.size and not item.declared_type.startswith(_CONTENT)]
    if files and all(item.read == "encrypted" for item in files):
        return "encrypted"
    words = _WORD.search(subject_mark(subject)[1]) or body.images or any(item.text for item in attachments)
    return "yes" if words or files else "empty"


def _outside_armour(text: str) -> str:
    """Return the text without an encrypted OpenPGP message (RFC 9580 6.2); the same object where there is none."""
    begin = _ARMOUR.search(text) if "-----BEGIN PGP MESSAGE" in text else None
    if not begin:
        return text
    end = _ARMOUR_END.search(text, begin.end())
    return text[: begin.start()] + (text[end.end() :] if end else "")


def _is_damaged(text: str) -> bool:
    spaces = text.count(" ") + text.count("\n")
    unknown = encoded = 0
    if not text.isascii():
        unknown = text.count("\ufffd")
    elif spaces * _FEW_SPACES < len(text):
        encoded = sum(found.end() - found.start() for found in _ENCODED.finditer(text))
    return (unknown > 0 or encoded > 100) and max(unknown, encoded) > _TOO_DAMAGED * (len(text) - spaces)
