"""Text of mail on a page: escaped, apart from its surroundings, and with nothing in it that cannot be seen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

from markupsafe import Markup, escape

__all__ = ["mail_text", "mail_with_hosts", "plain_text"]

#: Controls but tab and line feed; marks that turn the direction of text; spaces without width; letters and signs that
#: are drawn as nothing (fillers of Hangul, the blank of Braille, the grapheme joiner, inherent vowels of Khmer, marks of
#: musical and shorthand phrases); tags and the supplementary variation selectors; line separators; halves of surrogate
#: pairs. The joiners U+200C and U+200D and the variation selectors of emoji and Mongolian stay: writing needs them.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def mail_text(value: Any) -> Markup:
    """Return text of a stranger as HTML: an isolate of its own (`bdi`), unseen characters shown by their code point."""
    return Markup('<bdi class="mail">') + _escaped(str(value)) + Markup("</bdi>")


def mail_with_hosts(pieces: Iterable[tuple[str, str]]) -> Markup:
    """Return text of a stranger as `mail_text` does, where the host of each link stands behind it, in brackets of ours."""
    parts = []
    for text, host in pieces:
        parts.append(_escaped(text))
        if host:
            parts.append(Markup(' <span class="host">[{}]</span>').format(plain_text(host)))
    return Markup('<bdi class="mail">') + Markup("").join(parts) + Markup("</bdi>")


def plain_text(value: Any) -> str:
    """Return text of a stranger for a place that takes no elements, such as the title of a page."""
    return _UNSEEN.sub(lambda found: f"[{_code_point(found[0])}]", str(value))


def _escaped(text: str) -> Markup:
    parts, at = [], 0
    for found in _UNSEEN.finditer(text):
        parts += [escape(text[at : found.start()]), _shown(found[0])]
        at = found.end()
    return Markup("").join([*parts, escape(text[at:])])


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


def _shown(character: str) -> Markup:
    name = unicodedata.name(character, "a control character").lower()
    return Markup('<span class="unseen" title="{}">{}</span>').format(name, _code_point(character))
