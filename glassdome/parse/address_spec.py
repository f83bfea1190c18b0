"""One addr-spec (RFC 5322 3.4.1) as it stands between angle brackets or bare: comments, spaces, quotes, routes, mailto."""

from __future__ import annotations

import re

__all__ = ["specs_in", "without_comments"]

_MAILTO = re.compile(r"\s*\[?(?:mailto|smtp):([^?\]]*)(?:\?[^\]]*)?\]?\s*", re.IGNORECASE)
#: A quoted string, a comment without another in it, or a character.
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|\((?:[^()\\]|\\.)*\)|\\.', re.DOTALL)
_SPACES = re.compile(r"\s{0,200}([.@])\s{0,200}")
_QUOTED_LOCAL = re.compile(r'\s*"((?:[^"\\]|\\.)*)"\s*@\s*([^\s"@<>]+)\s*', re.DOTALL)
_ATOM = re.compile(r"[^\s\"(),:;<>@\[\]\\]+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
#: Comments in comments that are undone.
_DEPTH = 5


def specs_in(text: str, *, strict: bool = False) -> list[str]:
    """Return the addresses in a text that should be one; with `strict`, none unless the text is one address.

    A quoted local part keeps its quotes where it needs them, so that an `@` in it cannot pass for the real one.
    """
    mailto = _MAILTO.fullmatch(text)
    text = mailto[1] if mailto else text
    if text.lstrip().startswith("@") and ":" in text:
        text = text.rpartition(":")[2]  # RFC 5322 4.4 route
    text = without_comments(text).strip()
    quoted = _QUOTED_LOCAL.fullmatch(text)
    if quoted:
        return [_quoted(quoted[1], quoted[2])]
    if '"' not in text and any(character.isspace() for character in text):
        joined = _SPACES.sub(r"\1", text)
        text = joined if not any(character.isspace() for character in joined) or " @" in text or "@ " in text else text
    if strict:
        return [text] if "@" in text and '"' not in text and not any(c.isspace() for c in text) else []
    words = text.split() if '"' not in text else [text]
    return [word for word in (piece for one in words for piece in _listed(one)) if "@" in word] or (
        [text] if text else []
    )


def _listed(word: str) -> list[str]:
    return [piece for piece in re.split(r"[,;]", word) if piece] if '"' not in word else [word]


def _quoted(local: str, domain: str) -> str:
    plain = _ESCAPE.sub(r"\1", local)
    return f"{plain}@{domain}" if _ATOM.fullmatch(plain) else f'"{local}"@{domain}'


def without_comments(text: str) -> str:
    """Take the comments out of an address, nested ones too."""
    for _ in range(_DEPTH):
        if "(" not in text:
            break
        shorter = _COMMENT.sub(lambda found: found[1] or (found[0] if found[0][0] == "\\" else ""), text)
        if shorter == text:
            break
        text = shorter
    return text
