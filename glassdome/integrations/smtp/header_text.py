"""Header fields with people's words in them, encoded and folded (RFC 5322 2.2.3, RFC 2047); pure.

The library's own folding loses blanks between encoded words, and decodes what a person typed in their form.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Final

__all__ = ["address_field", "text_field"]

#: RFC 2047 2: an encoded word has 75 characters at most, a line that holds one 76.
_WORD: Final = 75
_LINE: Final = 76
_AROUND: Final = len("=?utf-8?b??=")
#: Characters of a word that is left as it is; longer ones could make a line that no server takes (RFC 5322 2.1.1).
_LONGEST_PLAIN: Final = 400
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_FOLDABLE: Final = re.compile(r"(?<![ \t])[ \t]+[^ \t]+|^[^ \t]+")


def text_field(name: str, text: str) -> str:
    """Return an unstructured field such as Subject, as lines with CRLF between them and at the end."""
    if _is_plain(text):
        return _folded(f"{name}:", (f" {text}" if text else "",))
    return f"{name}: {_encoded(text, _LINE - len(name) - 2)}\r\n"


def address_field(name: str, addresses: Iterable[tuple[str, str]]) -> str:
    """Return a field of (display name, address) pairs."""
    listed = [_mailbox(*pair) for pair in addresses]
    return f"{name}: " + ",\r\n ".join(listed) + "\r\n"


def _is_plain(text: str) -> bool:
    """Return whether the text means itself: ASCII, no encoded word by chance, no blanks that a reader strips."""
    words_fit = all(len(word) <= _LONGEST_PLAIN for word in text.split(" "))
    return text.isascii() and "=?" not in text and text == text.strip() and words_fit


def _folded(start: str, texts: Iterable[str]) -> str:
    lines, line = [], start
    for word in (piece for text in texts for piece in _FOLDABLE.findall(text)):
        if len(line) + len(word) > _LINE and line != start:
            lines.append(line)
            line = ""
        line += word
    return "\r\n".join((*lines, line)) + "\r\n"


def _mailbox(display: str, address: str) -> str:
    if not display:
        return address
    if not display.isascii() or "=?" in display or display != display.strip() or len(display) > _LONGEST_PLAIN:
        return f"{_encoded(display, _LINE - len('Reply-To: '))}\r\n <{address}>"
    if _ATOMS.fullmatch(display):
        return f"{display} <{address}>"
    quoted = display.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def _encoded(text: str, first_room: int) -> str:
    """Return the text as encoded words, one a line; a character is never cut (RFC 2047 5)."""
    words, piece, room = [], b"", min(first_room, _WORD)
    for char in text:
        raw = char.encode()
        if len(piece) + len(raw) > (room - _AROUND) // 4 * 3:
            words.append(piece)
            piece, room = b"", _WORD
        piece += raw
    words.append(piece)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)
