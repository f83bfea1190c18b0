"""Finds a model's quotation in the mail: text that is not there is no evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from glassdome.core import limits
from glassdome.values.message import Message
from glassdome.values.signal import Evidence, SensitiveFinding

__all__ = ["Quoted"]

#: Fewer letters and digits than this are found in any mail.
_FEWEST_CHARS: Final = 4
#: Words compared; the quote of a model is shorter.
_MOST_WORDS: Final = 60
_WORDS = re.compile(r"\w+|[^\w\s]")


class Quoted:
    """The places of a mail that a quotation may come from."""

    def __init__(self, message: Message, sensitive: Sequence[SensitiveFinding]) -> None:
        """`sensitive` spans are never part of a quotation that is stored."""
        self._places = tuple((where, text) for where, text in _places(message) if text)
        self._sensitive = sensitive

    def find(self, quote: str) -> Evidence | None:
        """Return where the quotation stands, in the mail's own writing, or None when it does not.

        White space and case may differ; of a place with sensitive data, the longest piece without it is kept.
        """
        pattern = _pattern(quote)
        if pattern is None:
            return None
        for where, text in self._places:
            found = pattern.search(text)
            if found:
                start, end = self._open_span(where, found.start(), found.end())
                words = text[start:end].strip()[: limits.MAX_PHRASE_CHARS].rstrip()
                return Evidence(where=where, quote=words) if _countable(words) else None
        return None

    def _open_span(self, where: str, start: int, end: int) -> tuple[int, int]:
        place = "subject" if where == "header:Subject" else where
        spans = sorted(
            (f.start, f.end) for f in self._sensitive if f.where == place and f.start < end and f.end > start
        )
        best, at = (start, start), start
        for left, right in [*spans, (end, end)]:
            if left - at > best[1] - best[0]:
                best = (at, left)
            at = max(at, right)
        return best


def _countable(text: str) -> bool:
    return sum(map(str.isalnum, text)) >= _FEWEST_CHARS


def _pattern(quote: str) -> re.Pattern[str] | None:
    words = _WORDS.findall(quote.strip().strip("\"'“”„«»…"))[:_MOST_WORDS]
    if not _countable("".join(words)):
        return None
    # Between words any white space, or none, for the prompt breaks up the special words of chat templates.
    return re.compile(r"\s*".join(map(re.escape, words)), re.IGNORECASE)


def _places(message: Message) -> Iterator[tuple[str, str]]:
    yield "text", message.text
    yield "header:Subject", message.subject
    yield "header:From", ", ".join(map(str, message.header_from))
    yield "header:Reply-To", ", ".join(map(str, message.reply_to))
    for number, attachment in enumerate(message.attachments):
        yield f"attachment:{number}", attachment.filename
        yield f"attachment:{number}", attachment.text
    for number, link in enumerate(message.links):
        yield f"link:{number}", link.shown
        yield f"link:{number}", link.url
