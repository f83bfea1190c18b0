"""The words of a mail as the sentence encoder reads them, and the languages that it reads alone."""

from __future__ import annotations

import re
from typing import Final

from glassdome.engine.builtin.reading import read_text
from glassdome.values.file_places import joined_with_letter
from glassdome.values.message import Message

__all__ = ["ENCODED", "meaning_text", "plain_meaning"]

#: Languages without a pack whose words the encoder judges: it learnt them, and mail in them was among what it was tried on.
ENCODED: Final = frozenset(
    ["af", "az", "be", "bn", "ca", "cy", "eu", "ga", "gl", "gu", "hy", "is", "ka", "kk", "kn", "km", "mk", "ml", "mn", "mr",
     "ms", "my", "ne", "pa", "si", "sq", "sw", "ta", "te", "tl", "ur", "uz"]
)  # fmt: skip
#: Characters read: what a mail wants, it says before, and the time grows with them.
_MOST_CHARS: Final = 400
_LINK: Final = re.compile(r"https?://\S+")
_ANY_LINK: Final = "https://link.example/"


def meaning_text(message: Message) -> str:
    """Return the words that the encoder reads: the subject and the beginning of the text, each link made the same."""
    joined = joined_with_letter(message)
    return plain_meaning(joined.subject, read_text(joined))


def plain_meaning(subject: str, text: str) -> str:
    """Return the words of a subject and a text as the encoder reads them."""
    return _LINK.sub(_ANY_LINK, " ".join(f"{subject}\n{text[: 4 * _MOST_CHARS]}".split()))[:_MOST_CHARS]
