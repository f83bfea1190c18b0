"""Encoded words (RFC 2047), also the broken ones: spaces inside, split characters, wrong charset, bad base64."""

from __future__ import annotations

import binascii
import re

from glassdome.parse.charset import decode
from glassdome.parse.faults import Faults
from glassdome.parse.plain import line
from glassdome.parse.transfer import base64_bytes

__all__ = ["decode_words"]

#: A word holds at most 75 characters (RFC 2047 2); real ones reach thousands. The bound keeps this linear.
_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?((?:[^?]|\?(?!=)){0,2000})\?=")
_GAP = re.compile(r"\s*")


def decode_words(value: str, faults: Faults) -> str:
    """Decode every encoded word of a field value and clean the result to one line."""
    if "=?" not in value:
        return line(value)
    out: list[str] = []
    at, charset, pending = 0, "", b""
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        data = _payload(word[2], word[3])
        if pending and not between.strip() and word[1].lower() == charset:
            pending += data  # a character may be split over two words
        else:
            out.append(decode(pending, charset, faults) if pending else "")
            out.append(between if between.strip() or not at else "")  # RFC 2047 6.2
            charset, pending = word[1].lower(), data
        at = word.end()
    out.append(decode(pending, charset, faults) if pending else "")
    out.append(value[at:])
    return line("".join(out))


def _payload(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if encoding in "bB":
        return base64_bytes(raw)
    try:
        return binascii.a2b_qp(raw.replace(b"_", b" "), header=False)
    except (binascii.Error, ValueError):
        return raw
