"""Reads opaque S/MIME and signed files (CMS, RFC 5652): the mail or the file inside a signature."""

from __future__ import annotations

import re
from typing import Final

from glassdome.files.read import read_inner
from glassdome.files.source import Source
from glassdome.parse.smime import open_smime
from glassdome.parse.state import ParseState
from glassdome.values.document import Document

__all__ = ["read"]

_KIND: Final = "application/pkcs7-mime"
_HEADER: Final = re.compile(rb"\A(?:\r?\n){0,2}[!-9;-~]{1,100}:[^\r\n]{0,2000}\r?\n", re.ASCII)


def read(source: Source) -> Document:
    """Read the content of a signature; a detached one has none, an encrypted one is sealed."""
    state = ParseState(inflated=max(1, source.budget.bytes_left))
    opened = open_smime(source.data, state)
    if opened.encrypted:
        return Document(kind=_KIND, read="encrypted", encrypted=True)
    if state.found:
        raise ValueError("damaged CMS")
    if not opened.content:
        return Document(kind=_KIND)
    inner = read_inner(source, opened.content, _name(source.name, opened.content))
    if inner is None:
        return Document(kind=_KIND, read="too_large", problem="bounds")
    members = (inner.name, *(f"{inner.name}/{name}" for name in inner.document.members))
    return Document(kind=_KIND, files=(inner,), members=members)


def _name(name: str, content: bytes) -> str:
    """Name the content: a mail, or the file without the signature's ending (`invoice.xml.p7m`)."""
    stem = re.sub(r"\.p7[mcs]\Z", "", name, flags=re.IGNORECASE)
    if _HEADER.match(content[:3000]) and "." not in stem:
        return "smime.eml"
    return stem if "." in stem else "content"
