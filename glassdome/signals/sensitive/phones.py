"""Telephone numbers: international ones by their country's numbering plan, others by form or the word next to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import phonenumbers

from glassdome.core.limits import MAX_PHONE_LOOKUPS
from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.phrases import words_for
from glassdome.signals.sensitive.view import Span, TextView

__all__ = ["find_phones"]

_INTERNATIONAL = re.compile(
    r"[(+0](?<![\w+][(+0])(?:(?<=\()(?:\+|00)|(?<=\+)|(?<=0)0)\d(?:[ .\-/()\u00a0\u2010-\u2013]{0,3}\d){6,14}(?!\w)"
)
#: ITU E.164 zone 1: area and exchange codes begin with 2 to 9 (NANPA).
_NORTH_AMERICAN = re.compile(
    r"(?<![\w\-./(=])(?:1[-. ])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}-)[2-9]\d{2}[-. ]\d{4}(?: ?(?:x|ext\.? ?)\d{1,5})?(?![\w\-/])"
)
_EXTENSION = re.compile(r" ?(?:x|ext\.? ?|#)\d{1,6}(?!\w)")
_DATE = re.compile(r"(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)?\d{2}(?![-./ ]?\d)")
_LABEL = words_for("phone")
_AFTER = re.compile(
    r"^[ \-–(\\,|]{0,4}(?:office|fax|mobile|cell|home|work|desk|direct|pager|phone|tel|mobil|büro|privat|handy)\b"
)
#: Words that mean a telephone only when the number follows at once.
_AT_ONCE = re.compile(r"(?<!\w)(?:home|office|work|desk|direct|pager|main|after hours|privat|büro|bureau|casa)\W{1,3}$")
_CLOSE = 24
#: Characters of a number before a bracket that is none of its own.
_LEAST_BEFORE = 7


def _as_whole(view: TextView, run: Span) -> Span:
    """Widen a run to its opening bracket, plus sign and extension."""
    start, end = run
    while start and view.text[start - 1] in "(+":
        start -= 1
    extension = _EXTENSION.match(view.text, end)
    return start, extension.end() if extension else _without_open_bracket(view.text, start, end)


def _without_open_bracket(text: str, start: int, end: int) -> int:
    """Return where a number ends before a bracket that it does not close: "+49 89 6364 (0:47 min)"."""
    opened = text.rfind("(", start, end)
    if opened > start + _LEAST_BEFORE and text.find(")", opened, end) < 0:
        return start + len(text[start:opened].rstrip(" .-/"))
    return end


def _is_international(text: str) -> bool:
    number = "+" + text.lstrip("(")[2:] if text.lstrip("(").startswith("00") else text
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False


def _labelled(view: TextView) -> Iterator[Candidate]:
    for run in view.runs:
        start, end = _as_whole(view, run)
        digits = sum(map(str.isdigit, view.text[run[0] : min(run[1], end)]))
        if not 7 <= digits <= 15 or _DATE.match(view.text, run[0]) or view.in_address(start):
            continue
        glued = view.text[start - 1 : start].isalnum() or view.text[end : end + 1].isalnum()
        line = view.lower[max(0, start - _CLOSE) : start].rpartition("\n")[2]
        if not glued and (
            _LABEL.last_before(view, start, len(line) + 1) >= 0
            or _AT_ONCE.search(line)
            or _AFTER.match(view.lower[end : end + 16])
        ):
            yield Candidate(type="phone_number", start=start, end=end, risk="low", rank=4)


def _international(view: TextView) -> Iterator[Candidate]:
    if "+" not in view.text and "00" not in view.text:
        return
    for match in islice(_INTERNATIONAL.finditer(view.text), MAX_PHONE_LOOKUPS):
        start, end = match.start(), _without_open_bracket(view.text, *match.span())
        if not view.in_address(start) and _is_international(view.text[start:end]):
            yield Candidate(type="phone_number", start=start, end=end, risk="low", rank=4)


def find_phones(view: TextView) -> Iterator[Candidate]:
    """Find telephone numbers. They are low risk: most mails carry their sender's own."""
    if not view.runs:
        return
    yield from _international(view)
    for start, end in view.runs:
        for match in _NORTH_AMERICAN.finditer(view.text, max(0, start - 1), end + 12):
            if not view.in_address(match.start()):
                yield Candidate(type="phone_number", start=match.start(), end=match.end(), risk="low", rank=4)
    yield from _labelled(view)
