"""Bank accounts: IBAN (ISO 13616) by its check digits, BIC (ISO 9362) and domestic accounts by the words near them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from stdnum import bic, iban
from stdnum.us import rtn

from glassdome.core.limits import MAX_SENSITIVE_CANDIDATES
from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.phrases import words_for
from glassdome.signals.sensitive.view import TextView

__all__ = ["find_bics", "find_domestic_accounts", "find_ibans"]

#: The check digits of a candidate, behind two letters: digits are rarer than letters, so that few are examined.
_IBAN_DIGITS = re.compile(
    r"\d\d(?<=[A-Za-z]{2}\d\d)(?<![A-Za-z0-9][A-Za-z]{2}\d\d)(?=(?:[ \-\u00a0]|[ \u00a0]?\n[ \t>]{0,4})?[A-Za-z0-9])"
)
#: Country, check digits, then groups parted by single spaces, dashes or a line end; it may run on into the next words.
_IBAN = re.compile(r"[A-Za-z]{2}\d{2}(?:(?:[ \-\u00a0]|[ \u00a0]?\n[ \t>]{0,4})?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_SHORTEST_IBAN = 15
_IBAN_WORD = re.compile(r"[^ \-\u00a0\n]+")
_LINE_END = re.compile(r"[ \u00a0]?\n[ \t>]{0,4}")
_BIC_NEXT = re.compile(
    r"(?:[ \t]?(?:code|no|number|nr))?[ \t]?[:=\-/]?\s{0,3}([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![A-Za-z0-9])"
)
_BIC_WORDS = words_for("bic")
_SORT_CODE = re.compile(r"(?<![\d\-])\d{2}-\d{2}-\d{2}(?![\d\-])")
_SORT_WORDS = words_for("sort_code")
_ACCOUNT = re.compile(r"(?<![\w\-])\d{6,12}(?![\w\-])")
_ROUTING_WORDS = words_for("routing")
_ACCOUNT_WORDS = words_for("account")


def _as_iban(text: str) -> int:
    """Return the length in characters of the longest IBAN that `text` begins with, or 0."""
    ends = [match.end() for match in _IBAN_WORD.finditer(text)]
    for end in reversed(ends):
        compact = iban.compact(_LINE_END.sub("", text[:end]))
        if len(compact) >= _SHORTEST_IBAN and iban.is_valid(compact, check_country=False):
            return end
    return 0


def find_ibans(view: TextView) -> Iterator[Candidate]:
    """Find IBANs: registered country, its structure, and the two check digits of ISO 7064 MOD 97-10."""
    for digits in islice(_IBAN_DIGITS.finditer(view.text), MAX_SENSITIVE_CANDIDATES):
        start = digits.start() - 2
        match = _IBAN.match(view.text, start)
        length = _as_iban(match.group()) if match else 0
        if length:
            yield Candidate(type="iban", start=start, end=start + length, rank=9)


def find_bics(view: TextView) -> Iterator[Candidate]:
    """Find BICs next to the word for them; eight letters alone are just a word in capitals."""
    for _, end in _BIC_WORDS.hits(view):
        match = _BIC_NEXT.match(view.text, end)
        if match and bic.is_valid(match.group(1)):
            yield Candidate(type="bic", start=match.start(1), end=match.end(1), risk="low", rank=3)


def find_domestic_accounts(view: TextView) -> Iterator[Candidate]:
    """Find accounts given with a sort code (UK) or a routing number with the right check digit (US)."""
    if not view.has_digits:
        return
    for _, end in _SORT_WORDS.hits(view):
        match = _SORT_CODE.search(view.text, end, end + 24)
        if match:
            yield Candidate(type="bank_account", start=match.start(), end=match.end(), rank=6)
            yield from _account_after(view, match.end())
    for _, end in _ROUTING_WORDS.hits(view):
        match = _ACCOUNT.search(view.text, end, end + 40)
        if match and len(match.group()) == 9 and rtn.is_valid(match.group()):
            yield Candidate(type="bank_account", start=match.start(), end=match.end(), rank=6)
            yield from _account_after(view, match.end())


def _account_after(view: TextView, start: int) -> Iterator[Candidate]:
    match = _ACCOUNT.search(view.text, start, start + 80)
    if match and _ACCOUNT_WORDS.last_before(view, match.start(), match.start() - start + 1) >= start:
        yield Candidate(type="bank_account", start=match.start(), end=match.end(), rank=6)
