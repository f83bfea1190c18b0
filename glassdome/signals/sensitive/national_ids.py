"""Numbers of persons and of accounts, by their country's check digits and a word next to them or an unmistakable form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from glassdome.core.shipped import loads_shipped, shipped_table
from glassdome.signals.sensitive.check_digits import CHECKS
from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.phrases import CONTRARY, Phrases, words_for
from glassdome.signals.sensitive.view import UNSPACED, Span, TextView

__all__ = ["NATIONAL_IDS", "find_national_ids"]


@dataclass(frozen=True, slots=True)
class NationalId:
    """One kind of number, as `national_ids.toml` describes it."""

    type: str
    words: Phrases
    shape: str
    module: str = ""
    check: str = ""
    alone: str = ""
    general: bool = True


def _read(file: str, reported: str = "") -> tuple[NationalId, ...]:
    rows = shipped_table(f"signals/data/{file}.toml").items()
    return tuple(NationalId(type=reported or kind, words=Phrases.listed(row.pop("words")), **row) for kind, row in rows)


NATIONAL_IDS = _read("national_ids")
_KINDS = (*NATIONAL_IDS, *_read("domestic_accounts", "bank_account"))
#: What such numbers are called in general.
_ANY_ID = words_for("any_id")

#: A letter or digit of a script that parts its words: in the others a number stands directly at a word.
_GLUED = rf"[^\W{UNSPACED}]"
_EDGE = rf"(?<!{_GLUED})(?<![\-./+=#$€£])(?:{{}})(?!{_GLUED}|[/=]|[\-.,]\w)"
#: The rules of the United Kingdom's HM Revenue and Customs for the two letters; the number has no check digit.
_NINO = re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
#: Written so that form and check digits are proof enough without a word.
_FORMS = tuple((item, re.compile(_EDGE.format(item.alone))) for item in _KINDS if item.alone)
#: Distinctive by letters, so that no run of digits leads to it: the Italian and the Mexican number.
_LETTERED = tuple((item, re.compile(_EDGE.format(item.shape))) for item in _KINDS if item.type in ("it_cf", "mx_curp"))
#: What both begin with, so that most mails are asked once.
_LONG_CAPITALS = re.compile(r"[A-Z][A-Z]{3}[A-Z0-9]{12}")
_KEYS = frozenset[str]().union(*(item.words.keys for item in _KINDS))
#: How closely a general word must come before a number.
_CLOSE = 32
#: Of the forms that need no word, all are parted by signs but one, which has so many digits.
_LEAST_UNPARTED = 17
#: Letters and signs that such a number has before its first run of digits, and all that may follow the run.
_BEFORE_RUN = 4
_BEHIND_RUN = 24
_FEW_DIGITS = frozenset({"gb_nino", "it_cf", "mx_curp", "in_pan"})


#: Those that need no run of digits in the text.
_SHORT = tuple(item for item in _KINDS if item.type in _FEW_DIGITS)


@loads_shipped()
@cache
def _checks() -> Mapping[str, Callable[[str], bool]]:
    """The checks of python-stdnum by the names of their modules."""
    return {item.module: import_module(f"stdnum.{item.module}").is_valid for item in _KINDS if item.module}


@cache
def _shape(item: NationalId) -> re.Pattern[str]:
    return re.compile(_EDGE.format(item.shape))


def _valid(item: NationalId, text: str) -> bool:
    plain = "".join(filter(str.isalnum, text))
    if item.check:
        return len(set(plain)) > 2 and CHECKS[item.check](plain)
    if not item.module:
        return bool(_NINO.fullmatch(plain))
    return len(set(plain)) > 2 and bool(_checks()[item.module](text))


def _is_reference(view: TextView, start: int, words: Phrases) -> bool:
    said = max(words.last_before(view, start), _ANY_ID.last_before(view, start))
    return CONTRARY.last_before(view, start) > said


def _called(view: TextView) -> Iterator[NationalId]:
    """Yield the kinds whose name, or a general one, may stand in the text."""
    if not view.has_digits:
        return
    general = bool(_ANY_ID.hits(view))
    foreign = view.has_unspaced
    keys = _KEYS & view.words
    if not (general or foreign or keys):
        return
    for item in _KINDS if view.runs else _SHORT:
        named = (foreign and item.words.unspaced) or not item.words.keys.isdisjoint(keys)
        if (general and item.general) or (named and item.words.hits(view)):
            yield item


def _named(view: TextView) -> Iterator[Candidate]:
    for item in _called(view):
        for start, end in _places(view, item):
            general = item.general and _ANY_ID.last_before(view, start, _CLOSE) >= 0
            near = general or item.words.near(view, start, end)
            if near and not _is_reference(view, start, item.words) and _valid(item, view.text[start:end]):
                yield Candidate(type=item.type, start=start, end=end, rank=8)


def _places(view: TextView, item: NationalId) -> Iterator[Span]:
    shape = _shape(item)
    whole = ((0, len(view.text)),)
    for low, high in whole if item.type in _FEW_DIGITS else view.around_runs(_BEFORE_RUN, _BEHIND_RUN):
        yield from (match.span() for match in shape.finditer(view.text, low, high))


def _distinctive(view: TextView) -> Iterator[Candidate]:
    for start, end in view.runs:
        if end - start < 9 or (end - start < _LEAST_UNPARTED and view.text[start:end].isdecimal()):
            continue
        for item, form in _FORMS:
            for match in form.finditer(view.text, start, end + 2):
                if _valid(item, match.group()) and not _is_reference(view, match.start(), item.words):
                    yield Candidate(type=item.type, start=match.start(), end=match.end(), rank=7)


def _lettered(view: TextView) -> Iterator[Candidate]:
    if not _LONG_CAPITALS.search(view.text):
        return
    for item, form in _LETTERED:
        for match in form.finditer(view.text):
            if _valid(item, match.group()):
                yield Candidate(type=item.type, start=match.start(), end=match.end(), rank=7)


def find_national_ids(view: TextView) -> Iterator[Candidate]:
    """Find numbers that a state gave to a person, and bank accounts in the form of their country."""
    yield from _named(view)
    yield from _distinctive(view)
    yield from _lettered(view)
