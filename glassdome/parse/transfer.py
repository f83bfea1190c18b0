"""Content-Transfer-Encoding (RFC 2045 6) undone, as far as a damaged body allows."""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO

from glassdome.core.limits import MAX_UU_LINES
from glassdome.parse.state import ParseState

__all__ = ["base64_bytes", "chosen_encoding", "decode_transfer", "uudecode"]

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
#: RFC 4648 5.
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_PADDING = re.compile(rb"=+")
#: A soft line break with spaces behind it, which some server added on the way (RFC 2045 6.7, rule 3).
_PADDED_BREAK = re.compile(rb"=[ \t]{1,200}(?=\r?\n|\Z)")
#: Letters of a word of prose; encoded lines have more, and no spaces.
_LONGEST_WORD = 30
#: Base64 texts one after the other in one body; more than a few is an attack on the decoder.
_MAX_SEGMENTS = 100
_SPELLING = re.compile(r"[^a-z0-9]+")
_COMMENT = re.compile(r"\([^()]*\)")
_COMMENT_DEPTH = 4
_IDENTITY = frozenset({"", "7bit", "8bit", "binary", "none", "utf8", "7bits", "8bits", "7", "8", "usascii", "ascii"})
_QUOTED_PRINTABLE = frozenset({"quotedprintable", "quoted", "quotedprintabel", "quotedprintible", "quotedprint", "qp"})
_UU = frozenset({"xuuencode", "uuencode", "xuue", "uue", "xuu", "uuencoded"})


def chosen_encoding(values: Sequence[str], body: bytes) -> str:
    """Choose among several fields: the last that encodes, as Outlook does, where the body can be of it."""
    for value in reversed(values):
        word = _word(value)
        if word in _IDENTITY or (word == "base64" and not _looks_encoded(body)):
            continue
        return value
    return values[0] if values else ""


def _looks_encoded(body: bytes) -> bool:
    head = b"".join(body[:4096].split())
    return len(head.translate(None, _BASE64 + b"=")) * 20 <= len(head)


@lru_cache(maxsize=256)
def _word(encoding: str) -> str:
    """Return the encoding's name without comments, punctuation and the wrong hyphens it is spelled with."""
    for _ in range(_COMMENT_DEPTH if "(" in encoding else 0):
        encoding = _COMMENT.sub(" ", encoding)
    words = re.split(r"[;,\s]+", encoding.strip(" \t\"';,+."), maxsplit=1)
    name = _SPELLING.sub("", words[0].lower())
    return f"{name}64" if name == "base" and len(words) > 1 and words[1].startswith("64") else name


def decode_transfer(data: bytes, encoding: str, state: ParseState) -> bytes:
    """Undo the transfer encoding; an unknown one is taken as none (a defect)."""
    word = _word(encoding) if encoding else ""
    if word in _IDENTITY:
        return data
    if word in _QUOTED_PRINTABLE:
        return binascii.a2b_qp(_PADDED_BREAK.sub(b"=", data) if b"= " in data or b"=\t" in data else data)
    if word in ("base64", "b64", "xbase64"):
        return base64_bytes(data, state)
    if word in _UU:
        return uudecode(data, state)
    state.add("unknown_transfer_encoding", encoding[:80])
    return data


def base64_bytes(data: bytes, state: ParseState | None = None) -> bytes:
    """Decode base64 with foreign characters, missing padding, padding in the middle, or words of others behind it."""
    body = data.rstrip(b"=\r\n \t")
    if b"=" not in body:
        try:
            return binascii.a2b_base64(data) if state is None else _whole(data, body)
        except binascii.Error:
            pass
    whole = _before_prose(data)
    if state and (b"=" in body or len(whole) < len(data)):
        state.add("damaged_base64")
    if not any(mark in whole for mark in (b"+", b"/")):
        whole = whole.translate(_URL_SAFE)
    pieces = _PADDING.split(whole, maxsplit=_MAX_SEGMENTS)
    return b"".join(_segment(piece) for piece in pieces)


def _whole(data: bytes, body: bytes) -> bytes:
    """Decode text of base64 characters alone; raises for any other character."""
    if body.translate(None, _BASE64 + b"\r\n"):
        raise binascii.Error
    return binascii.a2b_base64(data)


def _before_prose(data: bytes) -> bytes:
    """Return what stands between words that lists and scanners put around an encoded text."""
    start = at = 0
    for text in BytesIO(data):
        prose = _is_prose(text)
        if prose and start < at:
            return data[start:at]
        at += len(text)
        start = at if prose or (start == at - len(text) and not text.strip()) else start
    return data[start:] or data


def _is_prose(text: bytes) -> bool:
    """Return whether an encoder cannot have written the line: it has words, or other characters than a few stray ones."""
    text = text.strip()
    words = text.split()
    foreign = len(text.translate(None, _BASE64 + b"= \t"))
    return (len(words) > 2 and max(map(len, words)) < _LONGEST_WORD) or foreign > 3 or text in (b"--", b"-- ")


def _segment(piece: bytes) -> bytes:
    letters = piece.translate(None, _NOT_BASE64)
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def uudecode(data: bytes, state: ParseState) -> bytes:
    """Decode from the `begin` line, if there is one, to `end`."""
    start = data.find(b"begin ")
    out: list[bytes] = []
    for number, text in enumerate(BytesIO(data[data.find(b"\n", start) + 1 :] if start >= 0 else data)):
        if number >= MAX_UU_LINES or text.strip() in (b"end", b"`"):
            break
        try:
            out.append(binascii.a2b_uu(text))
        except binascii.Error:
            state.add("damaged_uuencode")
            out.append(_uu_line(text))
    return b"".join(out)


def _uu_line(text: bytes) -> bytes:
    """Decode a line with more characters than its length says, as old encoders write."""
    try:
        return binascii.a2b_uu(text[: (((text[0] - 32) & 63) * 4 + 5) // 3])
    except binascii.Error:
        return b""
