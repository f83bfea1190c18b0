"""Compressed RTF of TNEF (MS-OXRTFCP) and the words of an RTF text, HTML that it encapsulates included."""

from __future__ import annotations

import re
import struct

from glassdome.core.limits import MAX_ATTACHMENT_TEXT_CHARS

__all__ = ["decompress_rtf", "rtf_text"]

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096
#: Bytes of RTF that are unpacked and read; the words kept of it are far fewer.
_MOST = 40 * MAX_ATTACHMENT_TEXT_CHARS
_TOKEN = re.compile(
    r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.IGNORECASE | re.DOTALL
)
#: Groups whose text is not the document's.
_HIDDEN = frozenset(
    [
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "header",
        "footer",
        "listtable",
        "listoverridetable",
        "themedata",
        "datastore",
        "generator",
        "xmlnstbl",
        "rsidtbl",
        "mmathpr",
        "latentstyles",
        "filetbl",
        "fldinst",
    ]
)
_MEANS = {
    "par": "\n",
    "line": "\n",
    "row": "\n",
    "sect": "\n",
    "tab": "\t",
    "cell": "\t",
    "emdash": "\u2014",
    "endash": "\u2013",
}
_MEANS |= {"lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d", "bullet": "\u2022"}


def decompress_rtf(data: bytes) -> str:
    """Unpack compressed RTF; as far as it goes where it is damaged."""
    if len(data) < 16:
        return ""
    _, size, kind = struct.unpack_from("<II4s", data, 0)
    if kind == b"MELA":
        return data[16 : 16 + min(size, _MOST)].decode("cp1252", "replace")
    if kind != b"LZFu":
        return ""
    return _lzfu(data[16:], min(size, _MOST)).decode("cp1252", "replace")


def _lzfu(data: bytes, size: int) -> bytes:
    window = bytearray(_WINDOW)
    window[: len(_DICTIONARY)] = _DICTIONARY
    write, at = len(_DICTIONARY), 0
    out = bytearray()
    while at < len(data) and len(out) < size:
        flags, at = data[at], at + 1
        for bit in range(8):
            if at >= len(data) or len(out) >= size:
                break
            if not flags >> bit & 1:
                out.append(data[at])
                window[write % _WINDOW] = data[at]
                write, at = write + 1, at + 1
                continue
            if at + 2 > len(data):
                return bytes(out)
            place = data[at] << 8 | data[at + 1]
            at += 2
            offset, length = place >> 4, (place & 15) + 2
            if offset == write % _WINDOW:
                return bytes(out)
            for step in range(length):
                byte = window[(offset + step) % _WINDOW]
                out.append(byte)
                window[write % _WINDOW] = byte
                write += 1
    return bytes(out)


def rtf_text(rtf: str) -> str:
    """Return the words of an RTF text."""
    out: list[str] = []
    skip: list[bool] = [False]
    fallback = 0
    starred = False
    for found in _TOKEN.finditer(rtf[:_MOST]):
        word, number, code, symbol, brace, text = found.groups()
        if brace == "{":
            skip.append(skip[-1])
        elif brace == "}":
            skip = skip[:-1] if len(skip) > 1 else skip
        elif symbol:
            starred = symbol == "*"
            if not skip[-1] and symbol in "\\{}~-_":
                out.append({"~": "\u00a0", "_": "-", "-": ""}.get(symbol, symbol))
            continue
        elif word:
            word = word.lower()
            if starred or word in _HIDDEN:
                skip[-1] = True
            elif not skip[-1]:
                if word == "u" and number:
                    out.append(chr(int(number) % 0x10000))
                    fallback = 1
                else:
                    out.append(_MEANS.get(word, ""))
        elif code and not skip[-1]:
            if not fallback:
                out.append(bytes([int(code, 16)]).decode("cp1252", "replace"))
            fallback = 0
        elif text and not skip[-1]:
            out.append(text[fallback:])
            fallback = 0
        starred = False
    return "".join(out)
