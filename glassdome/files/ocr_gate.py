"""The gate before reading words in pictures, which takes seconds: open for mails that say next to nothing in text."""

from __future__ import annotations

from typing import Final

from glassdome.core.limits import MAX_OCR_TEXT_CHARS
from glassdome.values.message import Attachment, Message

__all__ = ["NO_OCR", "may_hold_words", "speaks_in_pictures"]

#: The problem of a document whose words stand in a picture and were not read: unasked, or without the extra `ocr`.
NO_OCR: Final = "no OCR"
#: Bytes of a picture below which it is a logo, an icon or a pixel that counts readers.
_LEAST_BYTES: Final = 3_000


def may_hold_words(item: Attachment) -> bool:
    """Return whether an attachment is a picture that may hold more than a logo."""
    is_picture = item.true_type.startswith("image/") and item.true_type != "image/svg+xml"
    return is_picture and item.size >= _LEAST_BYTES


def speaks_in_pictures(message: Message) -> bool:
    """Return whether a mail has pictures and so little text that its words may stand in them."""
    if not any(may_hold_words(item) for item in message.attachments):
        return False
    words = message.new_text or message.text
    return len(" ".join(words.split())) <= MAX_OCR_TEXT_CHARS
