"""Text of mail on a page: escaped, apart from its surroundings, and with nothing in it that cannot be seen."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from markupsafe import Markup, escape

__all__ = ["mail_text", "plain_text"]

#: Controls but tab and line feed; marks that turn the direction of text; spaces without width; tags; line separators;
#: halves of surrogate pairs. The joiners U+200C and U+200D stay: scripts of India, Persian and emoji need them.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)


def mail_text(value: Any) -> Markup:
    """Return text of a stranger as HTML: an isolate of its own (`bdi`), unseen characters shown by their code point."""
    text, parts, at = str(value), [], 0
    for found in _UNSEEN.finditer(text):
        parts += [escape(text[at : found.start()]), _shown(found[0])]
        at = found.end()
    return Markup('<bdi class="mail">') + Markup("").join([*parts, escape(text[at:])]) + Markup("</bdi>")


def plain_text(value: Any) -> str:
    """Return text of a stranger for a place that takes no elements, such as the title of a page."""
    return _UNSEEN.sub(lambda found: f"[{_code_point(found[0])}]", str(value))


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


def _shown(character: str) -> Markup:
    name = unicodedata.name(character, "a control character").lower()
    return Markup('<span class="unseen" title="{}">{}</span>').format(name, _code_point(character))
