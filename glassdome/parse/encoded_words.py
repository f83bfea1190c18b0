"""Encoded words (RFC 2047), also the broken ones: spaces inside, cut characters and streams, wrong charset, bad base64."""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence

from glassdome.parse.charset import decode, is_of
from glassdome.parse.plain import one_line
from glassdome.parse.state import ParseState
from glassdome.parse.transfer import base64_bytes

__all__ = ["WORD_BEGIN", "decode_words"]

#: A word holds at most 75 characters (RFC 2047 2); real ones reach thousands. It ends with the next `?=`.
WORD_BEGIN = re.compile(r"=\?[\"' ]?([\w.:+-]{1,60})[\"' ]?(?:\*[\w-]{0,20})?\?([bBqQ])\?")
#: The common case: a value that is one word.
_ALONE = re.compile(r"=\?([\w.:+-]{1,60})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?]*)\?=")
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
#: Bits of the last character that hold nothing, by how many characters of the last group there are.
_SPARE_BITS = {2: 15, 3: 3}
_CUT_ESCAPE = re.compile(r"=[0-9A-Fa-f]?$")


def decode_words(value: str, state: ParseState) -> str:
    """Decode every encoded word of a field value and clean the result to one line."""
    if "=?" not in value:
        return one_line(value)
    alone = _ALONE.fullmatch(value)
    if alone:
        data = base64_bytes(alone[3].encode("utf-8", "replace")) if alone[2] in "bB" else _one_quoted(alone[3])
        return one_line(decode(data, alone[1].lower(), state))
    out: list[str] = []
    run = _Run(state)
    at = 0
    word = WORD_BEGIN.search(value)
    while word is not None:
        end = value.find("?=", word.end())
        if end < 0:
            break
        between = value[at : word.start()]
        if between.strip() or not at or run.charset != word[1].lower():
            out.append(run.text())
            out.append(between if between.strip() or not at else "")  # RFC 2047 6.2
        run.add(word[1].lower(), word[2].lower(), value[word.end() : end])
        at = end + 2
        word = WORD_BEGIN.search(value, at)
    out.append(run.text())
    out.append(value[at:])
    return one_line("".join(out))


class _Run:
    """Words of one charset with nothing between them: their bytes are one text, cut wherever the sender cut."""

    def __init__(self, state: ParseState) -> None:
        self.state = state
        self.charset = ""
        self.words: list[tuple[str, str]] = []

    def add(self, charset: str, encoding: str, text: str) -> None:
        self.charset = charset
        self.words.append((encoding, text))

    def text(self) -> str:
        """Return the decoded text and start over."""
        words, self.words, charset = self.words, [], self.charset
        if not words:
            return ""
        return decode(b"".join(_pieces(words, charset)), charset, self.state)


def _pieces(words: Sequence[tuple[str, str]], charset: str) -> list[bytes]:
    out: list[bytes] = []
    pending: list[str] = []
    for number, (encoding, text) in enumerate(words):
        following = words[number + 1][0] if number + 1 < len(words) else ""
        pending.append(text)
        if following != encoding:
            out.append(_base64(pending, charset) if encoding == "b" else _quoted(pending))
            pending = []
    return out


def _base64(texts: Sequence[str], charset: str) -> bytes:
    """Decode each word, or all as one stream where one was cut at a place that no encoder ends at."""
    each = [text.encode("utf-8", "surrogateescape") for text in texts]
    apart = b"".join(map(base64_bytes, each))
    lengths = [len(text.rstrip("=")) for text in texts]
    cut = any(length % 4 and not text.endswith("=") for length, text in zip(lengths[:-1], texts[:-1], strict=True))
    if not cut or sum(lengths) % 4 == 1:
        return apart
    whole = all(n % 4 != 1 for n in lengths) and not any(map(_has_spare_bits, texts[:-1]))
    return apart if whole and is_of(apart, charset) else base64_bytes(b"".join(each))


def _has_spare_bits(text: str) -> bool:
    """Return whether the bits behind the last byte are not zero, as every encoder leaves them: then the text goes on."""
    bits = _SPARE_BITS.get(len(text) % 4)
    return bits is not None and not text.endswith("=") and _BASE64.find(text[-1]) & bits > 0


def _quoted(texts: Sequence[str]) -> bytes:
    """Decode each word; an escape that was cut is read with the next."""
    out: list[bytes] = []
    held = ""
    for text in texts:
        text = held + text
        cut = _CUT_ESCAPE.search(text)
        held = text[cut.start() :] if cut else ""
        out.append(_one_quoted(text[: cut.start()] if cut else text))
    return b"".join([*out, _one_quoted(held)])


def _one_quoted(text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    try:
        # A sign at the end that begins nothing is itself; the decoder would take it for a soft line break.
        return binascii.a2b_qp(raw.replace(b"_", b" "), header=False) + (b"=" if raw.endswith(b"=") else b"")
    except (binascii.Error, ValueError):
        return raw
