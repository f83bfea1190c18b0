"""Plain text: removes control characters, normalises to NFC, and separates invisible characters (zero-width, bidi, tags)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal

from glassdome.core.limits import MAX_HIDDEN, MAX_HIDDEN_CHARS
from glassdome.values.message import HiddenText

__all__ = ["clean", "controls_in", "one_line", "strip_invisible", "tidy"]

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LINE_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_NEWLINES = str.maketrans({"\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")

#: Characters without width: soft hyphen, grapheme joiner, Mongolian separator, ZWSP, ZWNJ, ZWJ, word joiner, BOM ...
_ZERO_WIDTH = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_TAGS = "\U000e0000-\U000e007f"
_INVISIBLE = re.compile(f"[{_ZERO_WIDTH}{_BIDI}{_TAGS}]")
_ZERO_WIDTH_RUN = re.compile(f"[{_ZERO_WIDTH}]+")
#: ZWNJ and ZWJ are spelling in these scripts, and ZWJ glues emoji; there they stay.
_JOINED = re.compile(
    "([\u0600-\u07ff\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ufe0f\u2190-\u2bff\U0001f000-\U0001faff])[\u200c\u200d](?=\\S)"
)
_KEEP = "\ue000\ue001"  # private use: stands in for the joiners that stay
#: Overrides and isolates reorder the text on screen; marks (LRM, RLM) only help right-to-left text.
_REORDERED = re.compile("[\u202a\u202b\u202d\u202e\u2066-\u2068]([^\u202c\u2069\n]{1,200})")
_TAG_RUN = re.compile(
    "\U0001f3f4[\U000e0020-\U000e007e]{2,6}\U000e007f|([\U000e0000-\U000e007f]{2,})"
)  # flags are no tags


def clean(text: str) -> str:
    """Normalise text of several lines: LF, no control characters but tab and LF, no lone surrogates, NFC."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROLS.search(text):
        text = _CONTROLS.sub("", _SURROGATE.sub("\ufffd", text.translate(_NEWLINES)))
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", text)


def controls_in(text: str) -> int:
    """Count the control characters that `clean` takes out."""
    return len(_CONTROLS.findall(text)) - text.count("\r")


def one_line(text: str) -> str:
    """Normalise text of one line: controls become one space, NFC; invisible format characters stay."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _LINE_CONTROLS.sub(" ", _SURROGATE.sub("\ufffd", text)).strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """Collapse runs of spaces and of empty lines."""
    text = "\n".join([" ".join(words.split()) for words in text.split("\n")])
    return _BLANK_LINES.sub("\n\n", text).strip() if "\n\n\n" in text else text.strip()


def strip_invisible(text: str) -> tuple[str, list[HiddenText]]:
    """Take the invisible characters out of `text` and report what they hid."""
    if text.isascii() or not _INVISIBLE.search(text):
        return text, []
    hidden: list[HiddenText] = []
    if "\u200c" in text or "\u200d" in text:
        text = _JOINED.sub(lambda m: m[1] + _KEEP["\u200c\u200d".index(m[0][-1])], text)
    hidden += _found("tag_chars", (_ascii(m[1]) for m in _TAG_RUN.finditer(text) if m[1]))
    hidden += _found("bidi", (m[1] for m in _REORDERED.finditer(text)))
    hidden += _found("zero_width", _split_words(text))
    text = _INVISIBLE.sub("", text)
    return text.replace(_KEEP[0], "\u200c").replace(_KEEP[1], "\u200d"), hidden


def _found(how: Literal["tag_chars", "bidi", "zero_width"], pieces: Iterable[str]) -> list[HiddenText]:
    texts = dict.fromkeys(
        " ".join(_INVISIBLE.sub("", piece).split())[:MAX_HIDDEN_CHARS] for piece in islice(pieces, MAX_HIDDEN)
    )
    return [HiddenText(text=text, how=how) for text in texts if text]


def _ascii(tags: str) -> str:
    """Read tag characters as the ASCII text they mirror."""
    return "".join(chr(ord(tag) - 0xE0000) for tag in tags if 0xE0020 <= ord(tag) < 0xE007F)


def _split_words(text: str) -> Iterator[str]:
    """Find words that were split by characters without width; a soft hyphen is ordinary typography."""
    for run in _ZERO_WIDTH_RUN.finditer(text):
        start, end = run.span()
        if run.group() != "\u00ad" and text[start - 1 : start].isalnum() and text[end : end + 1].isalnum():
            yield text[max(0, start - 40) : start].rpartition(" ")[2] + text[end : end + 40].partition(" ")[0]
