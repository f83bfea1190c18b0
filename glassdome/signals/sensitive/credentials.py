"""Passwords, PINs and one-time codes, by the words around them in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.phrases import Phrases, words_for
from glassdome.signals.sensitive.view import TextView

__all__ = ["find_credentials"]

_PASSWORD = words_for("password")
_PIN = words_for("pin")
_CODE = words_for("one_time_code")
#: What parts the name from the value: "is", a colon, an equals sign.
#: Vowel signs of Devanagari and Thai are letters to readers and none to `re`.
_LINK = (
    r"(?:[ \t]{0,3}(?:\([^()\n]{0,40}\)|[\w.@\-\u093a-\u094f\u0e31-\u0e4e]{1,40})){0,4}?[ \t]{0,3}(?:[:=：]|(?<!\w)(?:is|was|ist|lautet|est|es|era|é|è|jest|är|er|on|je)(?!\w))"
    r"[ \t]{0,3}:?\s{0,4}"
)
_WORD_FORM = r"[\"'“„«`<]?([^\s\"'“”„«»`<>]{4,64})"
_DIGITS = r"[\"'“„«`<*]?(\d{4,8}|\d{3}[ \-]\d{3,4}|[A-Z]-?\d{5,7}|[A-Z0-9]{6,8})(?![\w\-])"
_AHEAD = re.compile(
    r"[ \t]{0,2}(?:is|ist|est|es|é|è|jest|является)[ \t]{1,2}(?:your|the|ihr|dein|votre|ton|tu|su|seu|il tuo|twój)\b",
    re.IGNORECASE,
)
#: "123456 is your Example verification code": how far the name may follow.
_NAME_AHEAD = 60
_CODE_FIRST = re.compile(r"(?<![\w\-.,/])(\d{4,8}|\d{3}[ \-]\d{3})(?=[ \t]{0,2}(?:is|ist|est|es|é|è|jest)[ \t]{1,2}\w)")
_PLACEHOLDER = re.compile(r"^[*•.xX#_\-…]+$|^[\[{<%$(].*|.*[\]}>]$|^(?:https?:|www\.|mailto:|//).*", re.IGNORECASE)


_PASSWORD_NEXT = re.compile(_LINK + _WORD_FORM, re.IGNORECASE)
_PIN_NEXT = re.compile(
    r"(?:[ \t]{0,2}(?:[:=：]|(?<!\w)(?:is|ist|est|es|é|è)(?!\w))){0,2}[ \t]{0,2}(\d{3,8})(?![\w\-])", re.IGNORECASE
)
_CODE_NEXT = re.compile(_LINK + _DIGITS, re.IGNORECASE)


def _next(view: TextView, phrases: Phrases, form: re.Pattern[str]) -> Iterator[re.Match[str]]:
    return (match for _, end in phrases.hits(view) if (match := form.match(view.text, end)))


def _is_password(value: str, *, last_of_line: bool) -> bool:
    """Return whether a word after "password:" is one: mixed kinds of characters, or alone at the end of its line."""
    if _PLACEHOLDER.match(value):
        return False
    kinds = sum(any(map(test, value)) for test in (str.isdigit, str.isupper, str.islower))
    odd = any(not char.isalnum() for char in value[1:-1]) and not re.fullmatch(r"[^\W\d_]+[-'’/][^\W\d_]+", value)
    digit, inner_capital = any(map(str.isdigit, value)), any(map(str.isupper, value[1:])) and not value.isupper()
    mixed = kinds >= 2 and (digit or odd or inner_capital)
    return mixed or (last_of_line and len(value) >= 6 and digit)


def _passwords(view: TextView) -> Iterator[Candidate]:
    for match in _next(view, _PASSWORD, _PASSWORD_NEXT):
        value = match.group(1).rstrip(".,;:!?)")
        end = match.start(1) + len(value)
        if _is_password(
            value, last_of_line=not view.text[match.end() : match.end() + 1].strip()
        ) and not view.in_address(match.start()):
            yield Candidate(type="password", start=match.start(1), end=end, rank=5)


def _codes(view: TextView) -> Iterator[Candidate]:
    for match in _next(view, _CODE, _CODE_NEXT):
        if any(map(str.isdigit, match.group(1))):
            yield Candidate(type="one_time_code", start=match.start(1), end=match.end(1), risk="low", rank=5)
    if not _CODE.hits(view):
        return
    for match in _CODE_FIRST.finditer(view.text):
        start, end = match.span()
        if _AHEAD.match(view.text, end) and any(end <= hit[0] <= end + _NAME_AHEAD for hit in _CODE.hits(view)):
            yield Candidate(type="one_time_code", start=start, end=end, risk="low", rank=5)


def find_credentials(view: TextView) -> Iterator[Candidate]:
    """Find passwords and PINs (high risk) and one-time codes (low: they are void in minutes)."""
    yield from _passwords(view)
    if not view.has_digits:
        return
    for match in _next(view, _PIN, _PIN_NEXT):
        yield Candidate(type="pin", start=match.start(1), end=match.end(1), rank=5)
    yield from _codes(view)
