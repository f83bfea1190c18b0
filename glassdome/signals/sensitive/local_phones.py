"""Telephone numbers in national form without a word for them, checked against the countries' numbering plans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

import phonenumbers

from glassdome.core.limits import MAX_PHONE_LOOKUPS
from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.phrases import CONTRARY, words_for
from glassdome.signals.sensitive.view import TextView

__all__ = ["find_local_phones"]

#: What a number is called that looks like a telephone number and is none.
_REGISTERED: Final = words_for("no_phone")
#: How closely such a word must come before.
_CLOSE: Final = 28
#: Trunk prefix 0 and the rest in groups: most of Europe. A mobile number may be in one piece.
_TRUNK: Final = re.compile(
    r"(?<![\w+\-./,:=#(])(?<!\d )\(?0[1-9](?:[ .\-/()\u00a0\u2011\u2013]{0,2}\d){7,10}(?![\w]|[.,:\-/]\d| ?[€$£%])"
)
#: Without one: Spain and Portugal in groups, Italian mobiles, Brazil's area in brackets, North America's ten digits.
_GROUPED: Final = re.compile(
    r"(?<![\w+\-./,:=#(])(?<!\d )(?:[6789]\d{2} (?:\d{3} \d{3}|\d{2} \d{2} \d{2})|9\d \d{3} \d{2} \d{2}|2\d{2} \d{3} \d{3}|3\d{2}[ .\-]\d{3}[ .\-]?\d{3,4}|3\d{2}[ .\-]\d{6,7}|3\d{9}"
    r"|\([1-9]{2}\) ?9?\d{4}[\- ]\d{4}|[2-9]\d{2}([. ])[2-9]\d{2}\1\d{4})(?![\w]|[.,:\-/]\d| ?[€$£%]| \d| ?(?:eur|usd|gbp|brl)\b)",
    re.IGNORECASE,
)
_TRUNK_REGIONS: Final = ("DE", "FR", "GB", "IT", "NL", "BE", "AT", "CH", "IE")
#: Countries of which only mobile numbers in groups are taken: their other forms are too much like any number.
_MOBILE_REGIONS: Final = (
    "SE", "FI", "UA", "RO", "BG", "HR", "RS", "SI", "SK", "TR", "TH", "VN", "ID", "KR", "JP", "IL", "EG", "IR", "SA",
)  # fmt: skip
_OTHER_REGIONS: Final = ("ES", "PT", "IT", "BR", "US")
_DATE: Final = re.compile(
    r"\(?(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:(?:19|20)\d{2}(?!\d)|\d{2}(?!\d)(?![-./ ]\d{2}[-./ ]\d{2}(?!\d)))"
)
#: A digit alone between signs, and the postal codes of the United States.
_OTHERWISE: Final = re.compile(r"(?<!\d)\d(?!\d)|^0\d{4}-\d{4}$")
_SENTENCE: Final = re.compile(r"\n|(?<!no)(?<!nr)(?<!num)(?<!ref)(?<!art)[.!?]\s", re.IGNORECASE)
_SEPARATED: Final = re.compile(r"[ .\-/()\u00a0\u2011\u2013]")


@lru_cache(maxsize=1024)
def _fits(number: str, regions: tuple[str, ...], *, mobile: bool) -> bool:
    """Return whether a country gives out such numbers; in one piece only mobile ones are taken."""
    for region in regions:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number_for_region(parsed, region) and (
            not mobile or phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
        ):
            return True
    return False


def _is_given_out(text: str, regions: tuple[str, ...]) -> bool:
    grouped = _SEPARATED.search(text) is not None
    return _fits(text, regions, mobile=not grouped) or (
        grouped and regions is _TRUNK_REGIONS and _fits(text, _MOBILE_REGIONS, mobile=True)
    )


def _is_called_otherwise(view: TextView, start: int) -> bool:
    piece = view.text[max(0, start - _CLOSE) : start]
    near = len(_SENTENCE.split(piece)[-1]) + 1
    return _REGISTERED.last_before(view, start, near) >= 0 or CONTRARY.last_before(view, start, near) >= 0


def find_local_phones(view: TextView) -> Iterator[Candidate]:
    """Find what a person sees to be a telephone number by its form alone."""
    for pattern, regions in ((_TRUNK, _TRUNK_REGIONS), (_GROUPED, _OTHER_REGIONS)):
        for match in islice(_candidates(view, pattern), MAX_PHONE_LOOKUPS):
            text, start = match.group(), match.start()
            if (
                text.count("(") != text.count(")")
                or _DATE.match(text)
                or _OTHERWISE.search(text)
                or view.in_address(start)
            ):
                continue
            if _is_called_otherwise(view, start) or not _is_given_out(text, regions):
                continue
            yield Candidate(type="phone_number", start=start, end=match.end(), risk="low", rank=3)


def _candidates(view: TextView, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    for low, high in view.around_runs(2, 2):
        yield from pattern.finditer(view.text, low, high)
