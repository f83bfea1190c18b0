"""QR codes drawn with characters or cells of tables in a mail's own text: looked for where a cheap sign says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from glassdome.core.limits import MAX_LINKS
from glassdome.parse import bodies, host_of
from glassdome.ports.files import FileReader
from glassdome.values.message import Link, Message

__all__ = ["with_drawings"]

_KIND: Final = "text/x-drawn-code"
_PLACE: Final = "QR in body"
#: Block characters of the smallest drawing, of which the parsed text keeps all but the blanks between.
_BLOCKS, _LEAST_BLOCKS = "█▀▄■▓⬛", 60
#: A mail whose code is a table has few words and many bytes: the smallest has 441 cells.
_MOST_WORDS_CHARS, _LEAST_BYTES, _LEAST_CELLS = 2_000, 8_000, 400


async def with_drawings(message: Message, raw: bytes, reader: FileReader) -> Message:
    """Return the message with links and facts of the codes drawn in its text; the same one where there are none."""
    for text in _drawn(message, raw):
        document = await reader.read(text.encode("utf-8", "replace"), name="", kind=_KIND)
        links = tuple(Link(url=link.url, place="text", host=host_of(link.url), coded=True) for link in document.links)
        facts = tuple(replace(fact, where=_PLACE) for fact in document.facts)
        message = replace(
            message,
            links=tuple(dict.fromkeys((*message.links, *links)))[:MAX_LINKS],
            facts=tuple(dict.fromkeys((*message.facts, *facts))),
        )
    return message


def _drawn(message: Message, raw: bytes) -> list[str]:
    """Return the texts that may hold a drawing."""
    if not (_has_blocks(message.text) or _may_be_table(message, raw)):
        return []
    return [text for text in bodies(raw) if _has_blocks(text) or text.lower().count("<td") >= _LEAST_CELLS]


def _has_blocks(text: str) -> bool:
    return not text.isascii() and sum(map(text.count, _BLOCKS)) >= _LEAST_BLOCKS


def _may_be_table(message: Message, raw: bytes) -> bool:
    return message.has_html and len(message.text) <= _MOST_WORDS_CHARS and len(raw) >= _LEAST_BYTES
