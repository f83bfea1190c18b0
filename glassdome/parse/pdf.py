"""PDF files without rendering: encryption, active content, and the links in them, also in compressed streams."""

from __future__ import annotations

import re
import zlib
from typing import NamedTuple

from glassdome.core.limits import MAX_LINKS, MAX_PDF_STREAMS, MAX_SEARCHED_BYTES
from glassdome.parse.state import ParseState

__all__ = ["PdfFile", "read_pdf"]

_STREAM = re.compile(rb"stream\r?\n")
_URI = re.compile(rb"/URI\s{0,5}\(((?:[^()\\\r\n]|\\.|\([^()\r\n]{0,200}\)){1,4096})\)")
_ESCAPE = re.compile(rb"\\(.)")
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch)\b")


class PdfFile(NamedTuple):
    """The facts of a PDF apart from its text, which only a renderer finds."""

    encrypted: bool = False
    is_active: bool = False
    urls: tuple[str, ...] = ()


def read_pdf(data: bytes, state: ParseState) -> PdfFile:
    """Search the file and as many of its deflated streams as the bounds allow."""
    head = data[:MAX_SEARCHED_BYTES]
    if b"/Encrypt" in head:
        return PdfFile(encrypted=True)
    active, urls = _search(head)
    for number, stream in enumerate(_STREAM.finditer(head)):
        if number >= MAX_PDF_STREAMS or state.inflated <= 0 or len(urls) >= MAX_LINKS:
            break
        content = _inflate(head, stream.end(), state)
        if content:
            more_active, more = _search(content)
            active, urls = active or more_active, urls + more
    return PdfFile(is_active=active, urls=tuple(dict.fromkeys(urls))[:MAX_LINKS])


def _search(data: bytes) -> tuple[bool, list[str]]:
    urls = [_ESCAPE.sub(rb"\1", raw).decode("utf-8", "replace") for raw in _URI.findall(data)]
    return bool(_ACTIVE.search(data)), urls


def _inflate(data: bytes, at: int, state: ParseState) -> bytes:
    """Unpack one stream if it is an object stream or the like; page contents and images hold no links."""
    dictionary = data[max(0, at - 400) : at]
    if b"/FlateDecode" not in dictionary or b"/ObjStm" not in dictionary:
        return b""
    try:
        content = zlib.decompressobj().decompress(memoryview(data)[at:], state.inflated)
    except zlib.error:
        return b""
    state.inflated -= len(content)
    return content
