"""Cutting a mail's text to a budget: long tokens, then quoted history, then footers, then the middle, each with a mark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

__all__ = ["cut_text", "drop_footer", "drop_history", "shorten_runs"]

_LONG_RUN = re.compile(r"\S{161,}")
_RUN_KEPT: Final = 120
_QUOTED_LINE = re.compile(r"^\s{0,3}[>|].*$\n?", re.MULTILINE)
#: The line that mail programs put above the quoted mail, in the languages they come in.
_HISTORY = re.compile(
    r"^[ \t]{0,3}(?:-{2,}[ \t]{0,3}(?:original message|forwarded message|urspr\w+ nachricht|message d'origine|mensaje original|"
    r"messaggio originale|oorspronkelijk bericht)[ \t]{0,3}-{2,}|_{20,}|(?:on|am|le|el|il|op)\b.{5,200}"
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef)\b.{0,80}:)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_FOOTER = re.compile(
    r"^-- ?$|^.{0,160}\b(?:unsubscribe|view (?:this|it) (?:e-?mail )?in (?:your|a) browser|manage (?:your )?preferences|"
    r"this e-?mail (?:and any|is intended|may contain)|confidential(?:ity)? notice|abmelden|abbestellen|"
    r"diese e-?mail (?:enthält|kann)|se désabonner|désinscri\w+|darse de baja|cancelar (?:la )?suscripción|"
    r"disiscriv\w+|afmelden|uitschrijven)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
#: A footer begins in the last part of a text; words like these near the top are the mail itself.
_FOOTER_FROM: Final = 0.5
#: The share of the kept text that comes from the end, where deadlines and requests often stand.
_TAIL: Final = 0.3
_SHRINK: Final = 0.9


def shorten_runs(text: str) -> str:
    """Cut runs without a blank (tracking links, base64) to their head: they cost many tokens and say little."""
    return _LONG_RUN.sub(lambda m: f"{m[0][:_RUN_KEPT]}[...]", text)


def drop_history(text: str, *, reply: int | None = None) -> str:
    """Drop the quoted history; `reply` is where it begins, when parsing knew."""
    if reply is not None and 0 < reply < len(text):
        return f"{text[:reply].rstrip()}\n[quoted history cut: {len(text) - reply} characters]"
    head = _HISTORY.search(text)
    kept = text[: head.start()] if head and text[: head.start()].strip() else text
    kept = _QUOTED_LINE.sub("", kept)
    gone = len(text) - len(kept)
    return f"{kept.rstrip()}\n[quoted history cut: {gone} characters]" if gone and kept.strip() else text


def drop_footer(text: str) -> str:
    """Drop signature, unsubscribe lines and legal notices at the end."""
    found = _FOOTER.search(text, int(len(text) * _FOOTER_FROM))
    if not found or not text[: found.start()].strip():
        return text
    return f"{text[: found.start()].rstrip()}\n[footer cut: {len(text) - found.start()} characters]"


def _drop_middle(text: str, chars: int) -> str:
    tail = int(chars * _TAIL)
    gone = len(text) - chars
    end = text[len(text) - tail :] if tail else ""
    return f"{text[: chars - tail]}\n[... {gone} characters cut here ...]\n{end}"


def cut_text(text: str, *, reply: int | None, chars: int, tokens: int, count: Callable[[str], int]) -> str:
    """Return `text` within `chars` characters and `tokens` tokens as `count` sees them, marks not counted in `chars`."""

    def fits(piece: str) -> bool:
        return len(piece) <= chars and count(piece) <= tokens

    if fits(text):
        return text
    text = drop_history(text, reply=reply)
    for step in (shorten_runs, drop_footer):
        if len(text) <= chars and count(text) <= tokens:
            return text
        text = step(text)
    if fits(text):
        return text
    # A first guess by proportion over what `chars` allows, then smaller until it fits: scripts differ in cost.
    keep = min(chars, len(text) - 1)
    while keep > 0:
        piece = _drop_middle(text, keep)
        cost = count(piece)
        if cost <= tokens:
            return piece
        keep = min(int(keep * _SHRINK), int(keep * tokens / cost))
    return ""
