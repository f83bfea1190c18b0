"""Content-Transfer-Encoding (RFC 2045 6) undone, as far as a damaged body allows."""

from __future__ import annotations

import binascii
import re
from io import BytesIO

from glassdome.core.limits import MAX_UU_LINES
from glassdome.parse.faults import Faults

__all__ = ["base64_bytes", "decode_transfer"]

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_PADDING = re.compile(rb"=+")
#: Base64 texts one after the other in one body; more than a few is an attack on the decoder.
_MAX_SEGMENTS = 100
_IDENTITY = frozenset({"", "7bit", "8bit", "binary", "none", "7-bit", "8-bit", "utf-8", "7bits", "8bits"})


def decode_transfer(data: bytes, encoding: str, faults: Faults) -> bytes:
    """Undo the transfer encoding; an unknown one is taken as none (a defect)."""
    encoding = encoding.strip(" \t\"';+.").lower()
    if encoding in _IDENTITY:
        return data
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding == "base64":
        return base64_bytes(data, faults)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uudecode(data, faults)
    faults.add("unknown_transfer_encoding", encoding[:80])
    return data


def base64_bytes(data: bytes, faults: Faults | None = None) -> bytes:
    """Decode base64 with foreign characters, missing padding, or padding in the middle."""
    if b"=" not in data.rstrip(b"=\r\n \t"):
        try:
            return binascii.a2b_base64(data)
        except binascii.Error:
            pass
    if faults:
        faults.add("damaged_base64")
    return b"".join(_segment(piece) for piece in _PADDING.split(data, maxsplit=_MAX_SEGMENTS))


def _segment(piece: bytes) -> bytes:
    letters = piece.translate(None, _NOT_BASE64)
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _uudecode(data: bytes, faults: Faults) -> bytes:
    start = data.find(b"begin ")
    out: list[bytes] = []
    for number, text in enumerate(BytesIO(data[data.find(b"\n", start) + 1 :] if start >= 0 else data)):
        if number >= MAX_UU_LINES or text.strip() in (b"end", b"`"):
            break
        try:
            out.append(binascii.a2b_uu(text))
        except binascii.Error:
            faults.add("damaged_uuencode")
            out.append(_uu_line(text))
    return b"".join(out)


def _uu_line(text: bytes) -> bytes:
    """Decode a line with more characters than its length says, as old encoders write."""
    try:
        return binascii.a2b_uu(text[: (((text[0] - 32) & 63) * 4 + 5) // 3])
    except binascii.Error:
        return b""
