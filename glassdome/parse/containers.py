"""Opens the parts that hold a message or files of it: opaque S/MIME, TNEF, and files written into the text."""

from __future__ import annotations

import binascii
import re

from glassdome.core.limits import MAX_DEPTH, MAX_UU_LINES
from glassdome.parse.parameters import Field
from glassdome.parse.smime import open_smime
from glassdome.parse.state import ParseState
from glassdome.parse.structure import Part, parse_structure
from glassdome.parse.tnef import read_tnef
from glassdome.parse.transfer import uudecode

__all__ = ["open_containers", "take_files"]

_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef", "application/x-tnef"})
_NAMES = (".p7m", "winmail.dat", ".tnef")
_PLAIN = Field(value="text/plain", parameters={"charset": "utf-8"})
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^(?:end|====)[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_UU_LINE = re.compile(rb"[M-U`!-L][ -`]{2,}|[A-Za-z0-9+/=]{4,}")
_YENC_BEGIN = re.compile(
    rb"^=ybegin [^\r\n]{0,200}?name=([^\r\n]{1,255})\r?\n(?:=ypart [^\r\n]{0,200}\r?\n)?", re.MULTILINE
)
_YENC_END = re.compile(rb"^=yend[^\r\n]{0,200}\r?(?:\n|\Z)", re.MULTILINE)
_YENC_ESCAPE = re.compile(rb"=([\s\S])")
_YENC = bytes((code - 42) % 256 for code in range(256))
#: Files taken out of one text.
_MOST_FILES = 20


def open_containers(part: Part, state: ParseState, depth: int = 0) -> None:
    """Open containers in place: their content replaces the part."""
    if depth > MAX_DEPTH:
        return
    kind = part.media_type
    if kind in _SMIME or kind in _TNEF or (kind.startswith("application/") and part.filename.lower().endswith(_NAMES)):
        _open(part, state)
    for child in part.children:
        open_containers(child, state, depth + 1)


def _open(part: Part, state: ParseState) -> None:
    data = part.content(state)
    if data.startswith(b"\x78\x9f\x3e\x22"):
        _open_tnef(part, data)
    elif part.media_type in _SMIME or part.filename.lower().endswith(".p7m"):
        opened = open_smime(data, state)
        part.encrypted = opened.encrypted or part.content_type.get("smime-type").lower() in (
            "enveloped-data",
            "authenveloped-data",
        )
        if opened.content and state.parts > 0:
            state.parts -= 1
            _become(part, [parse_structure(opened.content, state)])


def _open_tnef(part: Part, data: bytes) -> None:
    found = read_tnef(data)
    parts = [attached(file.name, file.content) for file in found.files]
    if found.html:
        parts.insert(0, Part(fields=[], content_type=Field(value="text/html"), body=found.html))
    elif found.text.strip():
        parts.insert(0, Part(fields=[], content_type=_PLAIN, body=found.text.encode("utf-8", "replace")))
    if parts:
        _become(part, parts)


def _become(part: Part, parts: list[Part]) -> None:
    part.children = parts
    part.content_type, part.disposition, part.body = Field(value="multipart/mixed"), Field(), b""


def attached(name: str, content: bytes) -> Part:
    """Make a part of a file that was found."""
    return Part(
        fields=[],
        content_type=Field(value="application/octet-stream"),
        disposition=Field(value="attachment", parameters={"filename": name}),
        body=content,
    )


def take_files(data: bytes, state: ParseState) -> tuple[bytes, list[Part]]:
    """Take files in uuencode or yEnc out of a text; return the text without them, and the files."""
    files: list[Part] = []
    for begin, end, read in ((_UU_BEGIN, _UU_END, _read_uu), (_YENC_BEGIN, _YENC_END, _read_yenc)):
        at = 0
        kept: list[bytes] = []
        while len(files) < _MOST_FILES and (start := begin.search(data, at)) is not None:
            stop = end.search(data, start.end())
            block = data[start.end() : stop.start() if stop else len(data)]
            if read is _read_uu and not _is_uu(block):
                kept.append(data[at : start.end()])
                at = start.end()
                continue
            name = start[1].strip().decode("utf-8", "replace")
            files.append(attached(name, read(start[0], block, state)))
            kept.append(data[at : start.start()])
            at = stop.end() if stop else len(data)
        data = b"".join([*kept, data[at:]]) if at else data
    return data, files


def _is_uu(block: bytes) -> bool:
    first = block.split(b"\n", 1)[0].rstrip(b"\r")
    return bool(_UU_LINE.fullmatch(first))


def _read_uu(begin: bytes, block: bytes, state: ParseState) -> bytes:
    if begin.startswith(b"begin-base64"):
        try:
            return binascii.a2b_base64(block)
        except binascii.Error:
            return b""
    return uudecode(begin + block, state)


def _read_yenc(begin: bytes, block: bytes, state: ParseState) -> bytes:
    lines = block.replace(b"\r\n", b"\n").split(b"\n")[:MAX_UU_LINES]
    joined = b"".join(line[1:] if line.startswith(b"..") else line for line in lines)
    return _YENC_ESCAPE.sub(lambda found: bytes([(found[1][0] - 64) % 256]), joined).translate(_YENC)
