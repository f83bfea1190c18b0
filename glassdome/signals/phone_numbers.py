"""Telephone numbers in a text, also those written so that programs do not find them: `8 7 7 5 5 5 ...`, `8OO`, `eight-five`."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["PhoneNumber", "disguised_number", "has_phone", "phone_numbers"]

#: Characters read, and numbers returned: a price list has hundreds.
_READ: Final = 6_000
_MOST: Final = 12
_MIN_DIGITS, _MAX_DIGITS = 9, 15
#: A disguised number may leave its country or area to the reader, and a word may stand for two or three digits.
_LEAST_DISGUISED: Final = 7
#: So many digits are written in another way than honest numbers are.
_LEAST_ODD: Final = 3
_PLAIN = re.compile(
    r"(?<![A-Za-z0-9_/=.-])(?:\+|00)?\(?\d{1,4}\)?(?:[ ./-]\d(?=[ ./-]))?(?:[ ./-]?\(?\d{2,5}\)?){2,5}(?![A-Za-z0-9_/=-])"
)
#: A country or trunk prefix, or a number that costs its caller nothing in North America.
_CERTAIN = re.compile(r"\+|\(|0|1?[ .-]?8\d\d[ .-]\d{3}")
#: Words for digits and short numbers, folded, and the digits that they stand for.
_WORDS: Final = {
    word: digits
    for digits, words in (
        (1, "zero oh one two three four five six seven eight nine null eins zwo zwei drei vier funf fuenf sechs sieben acht neun"),
        (1, "un deux trois quatre cinq sept huit neuf cero uno dos tres cuatro cinco seis siete ocho nueve due tre quattro"),
        (1, "cinque sei sette otto nove nul een twee drie vijf zes zeven negen um dois quatro sete oito"),
        (2, "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty"),
        (2, "quinze seize dix onze douze treize quatorze vingt trente quarante cinquante soixante zehn elf zwolf zwanzig"),
        (2, "diez once doce trece catorce quince veinte treinta cuarenta dieci undici dodici venti trenta tien twaalf achttien"),
        (3, "hundred ochocientos novecientos ottocento achthonderd oitocentos"),
    )
    for word in words.split()
}  # fmt: skip
#: Words that stand between the groups of a number which is told.
_JOINS: Final = frozenset(
    [
        "then",
        "and",
        "dann",
        "und",
        "puis",
        "et",
        "luego",
        "y",
        "poi",
        "e",
        "dan",
        "en",
        "depois",
        "double",
        "triple",
        "area",
        "ext",
        "vorwahl",
    ]
)
#: Two of what makes a number odd next to each other: most texts have none, and are not taken to pieces.
_NUMBER_WORD: Final = "|".join(sorted(_WORDS, key=len, reverse=True))
_HINT: Final = re.compile(
    rf"\b(?:{_NUMBER_WORD})\W{{0,4}}(?:{_NUMBER_WORD}|\d)|\b[\do]\W{{1,6}}[\do]\b|\d[oil]|[oil]\d|\d[*~_•·—^\[\]{{}}<>]{{1,2}}\d"
)
_CIRCLED: Final = re.compile("[\u2460-\u24ff\u2776-\u2793]")
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]+")
_LETTERED = re.compile(r"(?=\w{0,12}\d)(?=\w{0,12}[OoIl])[\dOoIl]{2,12}")
#: Signs between amounts, cells and the sides of a sum.
_DIVIDERS: Final = frozenset("|=%€$£;\t")
#: Signs that honest numbers do not have, and the most characters between two parts of one number.
_ODD_SIGNS: Final = frozenset("*~_•·—^[]{}<>\\")
_APART: Final = 8
_LONGEST_JOIN: Final = max(map(len, _JOINS))
#: Digits of a number that is odd for nothing but the blanks in it: rows of marks and scales have fewer.
_LEAST_PARTED: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """A telephone number and its place in the text.

    `disguised` means written as no honest sender writes it, `certain` that no date or row of amounts looks so.
    """

    start: int
    end: int
    disguised: bool = False
    certain: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a number: its place, its digits, and how many of them are written in an odd way."""

    start: int
    end: int
    digits: int
    odd: int
    text: str


def phone_numbers(text: str) -> tuple[PhoneNumber, ...]:
    """Return the telephone numbers of a text, the disguised ones first."""
    read = text[:_READ]
    return tuple([*_hidden(read), *_usual(_with_plain_digits(read))][:_MOST])


def disguised_number(text: str) -> PhoneNumber | None:
    """Return the first telephone number of a text that hides from programs."""
    return next(iter(_hidden(text[:_READ])), None)


def _hidden(read: str) -> Iterator[PhoneNumber]:
    if _may_hide(read):
        yield from _disguised(read)


def has_phone(text: str) -> bool:
    """Return whether a text gives a telephone number to call."""
    return bool(phone_numbers(text))


def _may_hide(read: str) -> bool:
    """Return whether a text has a sign of a number that hides; a cheap question, for most texts have none."""
    return bool(_HINT.search(read.lower() if read.isascii() else _fold(read)) or _CIRCLED.search(read))


def _usual(read: str) -> Iterator[PhoneNumber]:
    for found in _PLAIN.finditer(read):
        if _MIN_DIGITS <= sum(map(str.isdigit, found.group())) <= _MAX_DIGITS:
            yield PhoneNumber(start=found.start(), end=found.end(), certain=bool(_CERTAIN.match(found.group())))


def _disguised(read: str) -> Iterator[PhoneNumber]:
    for run in map(_cut, _runs(read)):
        digits, singles = sum(part.digits for part in run), [part for part in run if part.text.isdigit()]
        parted = sum(1 for part in singles if part.digits == 1)
        strange = sum(part.odd for part in run) + _odd_signs(read, run)
        odd = strange + (parted if parted >= _LEAST_ODD else 0)
        least = _LEAST_DISGUISED if strange else _LEAST_PARTED
        if least <= digits <= _MAX_DIGITS and odd >= _LEAST_ODD and not _counts_up(run):
            yield PhoneNumber(start=run[0].start, end=run[-1].end, disguised=True, certain=True)


def _runs(read: str) -> Iterator[list[_Part]]:
    """Yield the pieces of numbers that follow one another with nothing but signs and joining words between."""
    run: list[_Part] = []
    for token in _TOKEN.finditer(read):
        word = token.group()
        if not word[0].isalnum() or _fold(word) in _JOINS:
            continue
        part = _part(token)
        if run and (part is None or _is_apart(read[run[-1].end : part.start])):
            yield run
            run = []
        if part is not None:
            run.append(part)
    if run:
        yield run


def _is_apart(gap: str) -> bool:
    """Return whether two pieces are of different numbers: a cell of a table, a sum, or a paragraph is between."""
    return len(gap) > _APART + _LONGEST_JOIN or "\n\n" in gap or gap == "," or not _DIVIDERS.isdisjoint(gap)


def _cut(run: list[_Part]) -> list[_Part]:
    """Return the beginning of a run that one number may be: another often follows in plain digits."""
    total = list(itertools.accumulate(part.digits for part in run))
    return [part for part, digits in zip(run, total, strict=True) if digits <= _MAX_DIGITS] or run[:1]


def _part(token: re.Match[str]) -> _Part | None:
    word = token.group()
    if word.isdigit():
        strange = sum(
            1 for char in word if not unicodedata.normalize("NFKD", char).isascii() or "CIRCLED" in _name(char)
        )
        return _Part(token.start(), token.end(), len(word), strange, word) if len(word) <= _MAX_DIGITS else None
    if word in ("O", "o") or _LETTERED.fullmatch(word):
        letters = sum(char.isalpha() for char in word)
        return _Part(token.start(), token.end(), len(word), 2 * letters, word)
    if digits := _WORDS.get(_fold(word), 0):
        return _Part(token.start(), token.end(), digits, digits, word)
    glued = re.fullmatch(r"([^\W\d]{2,6})(\d{2,4})", word)
    if glued and (digits := _WORDS.get(_fold(glued[1]), 0)):
        return _Part(token.start(), token.end(), digits + len(glued[2]), 2, word)
    return None


def _odd_signs(read: str, run: Sequence[_Part]) -> int:
    """Return how many gaps between pieces have signs that honest numbers do not: `833*555`, `+1 . 8`."""
    gaps = (read[one.end : other.start].strip() for one, other in itertools.pairwise(run))
    return sum(2 for gap in gaps if not _ODD_SIGNS.isdisjoint(gap) and not any(map(str.isalnum, gap)))


def _counts_up(run: Sequence[_Part]) -> bool:
    """Return whether the numbers are a ruler or the heads of columns: `1 2 3 4 5 6 7 8`, `0 0 0 0 0 0 0`."""
    if not all(part.text.isdecimal() for part in run):
        return len({_fold(part.text) for part in run}) < _LEAST_ODD
    numbers = [int(part.text) for part in run]
    return len({after - before for before, after in itertools.pairwise(numbers)}) <= 1


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    folded = unicodedata.normalize("NFKD", word.casefold())
    for mark in filter(unicodedata.combining, set(folded)):
        folded = folded.replace(mark, "")
    return folded


def _name(char: str) -> str:
    return unicodedata.name(char, "")


def _with_plain_digits(read: str) -> str:
    """Return the text with an ASCII digit for each character that stands for one (full width, Arabic-Indic)."""
    odd = () if read.isascii() else [char for char in set(read) if char.isdigit() and not char.isascii()]
    for char in odd:
        read = read.replace(char, str(unicodedata.digit(char)))
    return read
