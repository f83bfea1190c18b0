"""The objects of a PDF as they are written, for what pdfium does not tell: scripts, programs started, forms sent."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from glassdome.core.limits import MAX_FORMS, MAX_PDF_STREAMS, MAX_SEARCHED_BYTES, MAX_URL_CHARS
from glassdome.files.source import Budget

__all__ = ["PdfActions", "actions_in"]

_STREAM = re.compile(rb"\bstream\r?\n")
#: Names may be written with escapes (`/J#61vaScript`), which only hides them.
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
#: `/JS` is a key with a script behind it; both, as well as a start of a program and a film with code, are actions.
_ACTIVE = re.compile(rb"/S\s{0,5}/(?:JavaScript|Launch)\b|/JS\s{0,5}[(<\d]|/Subtype\s{0,5}/RichMedia\b")
_SUBMIT = re.compile(rb"/SubmitForm\b")
_TARGET = re.compile(rb"/F\s{0,5}(?:\(((?:[^()\\\r\n]|\\.){1,4096})\)|<([0-9A-Fa-f\s]{2,8192})>)")
#: Bytes before and behind the word in which the address of a form stands.
_AROUND = 1_000
#: Bytes of one stream of objects, and bytes before it in which its dictionary stands.
_OBJECTS_BYTES = 2_000_000
_DICTIONARY_BYTES = 400


@dataclass(frozen=True, slots=True)
class PdfActions:
    """PdfActions in the objects of a PDF: whether any runs code, and addresses that its forms are sent to."""

    is_active: bool = False
    targets: tuple[str, ...] = ()


def actions_in(data: bytes, budget: Budget) -> PdfActions:
    """Search the objects outside of streams, and those in compressed streams of objects."""
    is_active, targets = False, []
    for piece in _pieces(data[:MAX_SEARCHED_BYTES], budget):
        plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), piece) if b"#" in piece else piece
        is_active = is_active or bool(_ACTIVE.search(plain))
        targets += _targets(plain)
    return PdfActions(is_active, tuple(dict.fromkeys(targets))[:MAX_FORMS])


def _pieces(data: bytes, budget: Budget) -> Iterator[bytes]:
    """Yield what stands between streams, and what streams of objects hold; page contents and pictures are left out."""
    at, unpacked = 0, 0
    while found := _STREAM.search(data, at):
        head = data[at : found.start()]
        yield head
        if b"/ObjStm" in head[-_DICTIONARY_BYTES:] and unpacked < MAX_PDF_STREAMS:
            unpacked += 1
            yield _inflated(data, found.end(), budget)
        at = data.find(b"endstream", found.end())
        if at < 0:
            # Nothing ends this stream: what follows is searched as if it were objects, once.
            at = found.end()
            break
    yield data[at:]


def _inflated(data: bytes, at: int, budget: Budget) -> bytes:
    try:
        content = zlib.decompressobj().decompress(memoryview(data)[at:], _OBJECTS_BYTES)
    except zlib.error:
        return b""
    return content if budget.take_bytes(len(content)) else b""


def _targets(piece: bytes) -> list[str]:
    found = []
    for submit in _SUBMIT.finditer(piece):
        around = piece[max(0, submit.start() - _AROUND) : submit.end() + _AROUND]
        # The nearest address belongs to the action: its dictionary stands around the word.
        middle = submit.start() - max(0, submit.start() - _AROUND)
        near = min(_TARGET.finditer(around), key=lambda target: abs(target.start() - middle), default=None)
        if near:
            found.append(_address(near))
        if len(found) >= MAX_FORMS:
            break
    return [url for url in found if url]


def _address(target: re.Match[bytes]) -> str:
    raw = re.sub(rb"\\(.)", rb"\1", target[1]) if target[1] else bytes.fromhex(_even(target[2]))
    text = raw.decode("utf-16" if raw.startswith((b"\xfe\xff", b"\xff\xfe")) else "utf-8", "replace")
    return text.strip()[:MAX_URL_CHARS]


def _even(digits: bytes) -> str:
    text = "".join(digits.decode("ascii").split())
    return text + "0" * (len(text) % 2)
