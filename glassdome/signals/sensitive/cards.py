"""Payment card numbers: issuer range, length, Luhn digit (ISO/IEC 7812-1) and how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from stdnum import luhn

from glassdome.core.limits import MAX_SENSITIVE_CANDIDATES
from glassdome.core.shipped import shipped_table
from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.phrases import CONTRARY, words_for
from glassdome.signals.sensitive.view import Span, TextView

__all__ = ["find_cards", "issuer"]

_DATA = shipped_table("signals/data/cards.toml")
_GROUP = re.compile(r"\d+")
#: A number that a mail program wrapped: one line break, quoted or not, in a run of groups.
_BROKEN = re.compile(r"\d(?:[ .\u00a0-]?\d){3,15}[ \u00a0]?\n[ \t>]{0,4}\d(?:[ .\u00a0-]?\d){2,15}")
_SEPARATORS = frozenset((" ", "-", "\u00a0", "."))
#: The ways cards are printed and typed, as lengths of groups.
_GROUPINGS = frozenset(map(tuple, _DATA["groupings"]))
#: Their first digits: other numbers are skipped at once, so that a table of numbers costs little.
_BEGINNINGS = frozenset(lengths[:count] for lengths in _GROUPINGS for count in range(1, len(lengths)))
_WORDS = words_for("card")

#: Lowest and highest beginning, lengths, issuer.
_RANGES = tuple((low, high, frozenset(lengths), name) for name, low, high, lengths in _DATA["ranges"])
#: Networks take new ranges into use: next to a word for a card, 16 digits with a right Luhn digit are one.
_UNKNOWN = "unknown"
#: Issuers whose ranges are so wide that a number needs a word next to it.
_WIDE = frozenset({"maestro", "rupay", "unionpay", "diners", "discover", _UNKNOWN})


def issuer(digits: str) -> str:
    """Return the network by range and length, `unknown` for a new range, or an empty string where Luhn's digit is wrong."""
    for low, high, lengths, name in _RANGES:
        if low <= digits[: len(low)] <= high and len(digits) in lengths:
            return name if len(set(digits)) > 1 and luhn.is_valid(digits) else ""
    return (
        _UNKNOWN if len(digits) == 16 and digits[0] in "3456" and len(set(digits)) > 1 and luhn.is_valid(digits) else ""
    )


def _groups(view: TextView, run: Span) -> Iterator[tuple[Span, str, bool]]:
    """Yield (span, digits, grouped) for each way to read a card out of a run."""
    found = [match.span() for match in _GROUP.finditer(view.text, *run)]
    for first, (start, end) in enumerate(found):
        if 12 <= end - start <= 19:
            yield (start, end), view.text[start:end], False
        lengths: tuple[int, ...] = (end - start,)
        for last in range(first + 1, len(found)):
            if lengths not in _BEGINNINGS or not _parted(view.text, found, first, last):
                break
            lengths += (found[last][1] - found[last][0],)
            if lengths in _GROUPINGS:
                chosen = found[first : last + 1]
                yield (start, chosen[-1][1]), "".join(view.text[a:b] for a, b in chosen), True


def _parted(text: str, groups: Sequence[Span], first: int, last: int) -> bool:
    """Return whether the groups are parted by the same sign; one line break may stand for any of them."""
    gaps = [text[a[1] : b[0]] for a, b in pairwise(groups[first : last + 1])]
    even = {gap for gap in gaps if "\n" not in gap}
    return len(even) <= 1 and even <= _SEPARATORS and sum("\n" in gap for gap in gaps) <= 1


def _alone(text: str, span: Span) -> bool:
    """Return whether nothing is glued to the number that makes it part of something else."""
    head, tail = text[max(0, span[0] - 1) : span[0]], text[span[1] : span[1] + 2]
    return not (
        head.isalnum() or head in ("_", "-", "/", "+", "$", "€", ".") or tail[:1].isalnum() or tail[:1] == "_"
    ) and not (tail[:1] in ("-", "/", ".", ",") and tail[1:].isalnum())


def _believable(view: TextView, span: Span, name: str, grouped: bool) -> bool:
    said = _WORDS.near(view, *span)
    reference = CONTRARY.last_before(view, span[0]) > _WORDS.last_before(view, span[0])
    if reference or view.in_address(span[0]):
        return False
    return said or (name not in _WIDE and (grouped or span[1] - span[0] == 16))


def find_cards(view: TextView) -> Iterator[Candidate]:
    """Find card numbers; a bare number next to words such as order, tracking or invoice is none."""
    broken = (match.span() for match in islice(_BROKEN.finditer(view.text), MAX_SENSITIVE_CANDIDATES))
    for run in (*view.runs, *broken):
        if run[1] - run[0] < 12:
            continue
        for span, digits, grouped in islice(_groups(view, run), MAX_SENSITIVE_CANDIDATES):
            name = issuer(digits)
            if name and _alone(view.text, span) and _believable(view, span, name, grouped):
                yield Candidate(type="credit_card", start=span[0], end=span[1], rank=9)
