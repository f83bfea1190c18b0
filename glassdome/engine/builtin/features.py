"""The classifier's features of a mail: its words, its subwords and its tricks, and nothing of where it came from."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassdome.core.words import tokens_in
from glassdome.engine.builtin.words import fold, load_concepts

__all__ = ["BITS", "DENSE_NAMES", "FEATURES_VERSION", "Features", "extract", "normalized"]

#: Changes whenever the same text may give other features; a model says which it was trained on.
FEATURES_VERSION: Final = 1
#: Hashed features are numbers below 2**BITS.
BITS: Final = 18
#: Characters read: the message of a mail stands at its beginning, and a milliseconds' budget is kept.
_READ_CHARS: Final = 3_000
_SUBWORDS: Final = (4, 5)

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2800\ufe00-\ufe0f\ufeff]+"
)
_URL = re.compile(
    r"(?:https?|ftp)://\S+|\bwww\.\S+|\b[\w-]{1,63}+(?:\.[\w-]{1,63}+){0,10}\.(?:com|net|org|info|biz|io|co|de|fr|es|it|nl|br|uk)\b(?:/\S*)?"
)
#: One of them stands in whatever `_URL` finds.
_URL_SIGNS: Final = (
    "://", "www.", ".com", ".net", ".org", ".info", ".biz", ".io", ".co", ".de", ".fr", ".es", ".it", ".nl", ".br", ".uk",
)  # fmt: skip
#: Digits with at most so much between them that an amount may reach over it, and the points behind the last one.
_DIGITS = re.compile(r"\d(?:[.,]*+.{0,17}?\d)*[.,]*+", re.DOTALL)
#: Characters before and behind digits in which the patterns of amounts and numbers look for currencies and signs.
_BEFORE_DIGITS: Final = 7
_BEHIND_DIGITS: Final = 9
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|\bmailto:\S+")
_MONEY = re.compile(
    r"(?:[$€£¥₹]|\b(?:us|usd|eur|gbp|chf|brl|r)\s?\$?)\s?\d[\d.,]*|\d[\d.,]{0,40}\s?(?:[$€£¥₹]|(?:usd|eur|euros?|gbp|chf|dollars?|pounds)\b)"
)
_PERCENT = re.compile(r"\d{1,40}(?:[.,]\d{1,40})?\s?%")
_NUMBER = re.compile(r"\d(?:\d*(?:[.,:/-]\d+)+|\d{2,})")
_ENTITY = re.compile(r"&(?:#\d{1,6}|[a-z]{2,8});")

_CONCEPTS: Final = load_concepts("lures.toml", "concepts.toml")
#: Lures first, each kind in the order of its names.
_CALLED: Final = tuple(sorted(_CONCEPTS.names, key=lambda name: (not name.startswith("lures.toml:"), name)))
_PLACES: Final = {name: place for place, name in enumerate(_CALLED)}
DENSE_NAMES: Final = tuple(name.replace("lures.toml:", "lure:").replace("concepts.toml:", "topic:") for name in _CALLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """`hashed`: the distinct numbers of words, word pairs and subwords, ascending; `dense`: one value 0 to 1 per DENSE_NAMES."""

    hashed: NDArray[np.int64]
    dense: NDArray[np.float32]


def normalized(subject: str, text: str) -> str:
    """Return subject and text folded, with addresses, links, amounts and numbers replaced by words that name their kind."""
    whole = f"{subject[:300]} . {text[:_READ_CHARS]}"
    whole = fold(whole if whole.isascii() else _INVISIBLE.sub("", whole))
    # Asking first whether its sign is there at all spares most mail most of the patterns.
    if "&" in whole:
        whole = _ENTITY.sub(" ", whole)
    if "@" in whole or "mailto:" in whole:
        whole = _in_words(_MAIL, " zmail ", ("@", "mailto:"), whole)
    if any(map(whole.__contains__, _URL_SIGNS)):
        whole = _in_words(_URL, " zurl ", (".", "://"), whole)
    return _without_numbers(whole)


def _in_words(pattern: re.Pattern[str], put: str, signs: tuple[str, str], text: str) -> str:
    """Replace a pattern that matches no blank, looking only at the words with one of two signs."""
    one, other = signs
    return " ".join([pattern.sub(put, word) if one in word or other in word else word for word in text.split(" ")])


def _without_numbers(text: str) -> str:
    """Replace amounts, percentages and numbers, looking only where digits are."""
    pieces, done = [], 0
    for found in _DIGITS.finditer(text):
        start, end = max(found.start() - _BEFORE_DIGITS, 0), found.end() + _BEHIND_DIGITS
        piece = _MONEY.sub(" zmoney ", text[start:end])
        piece = _PERCENT.sub(" zpct ", piece) if "%" in piece else piece
        pieces += [text[done:start], _NUMBER.sub(" znum ", piece)]
        done = end
    return "".join(pieces) + text[done:]


def extract(subject: str, text: str) -> Features:
    """Return the features of a mail's subject and new text; time is linear in the characters read."""
    words = tokens_in(normalized(subject, text))
    return Features(hashed=_hashed(words), dense=_dense(words))


def _hashed(words: list[str]) -> NDArray[np.int64]:
    if not words:
        return np.zeros(0, dtype=np.int64)
    one = np.fromiter(map(zlib.crc32, map(str.encode, words)), dtype=np.uint32, count=len(words))
    letters = np.frombuffer(f" {' '.join(words)} ".encode("utf-32-le"), dtype=np.uint32)
    pairs = one[:-1] * np.uint32(0x9E3779B1) + one[1:]
    found = _mixed({1: one, 2: pairs, **_grams(letters)})
    found.sort()
    # By hand a tenth of what numpy.unique takes.
    first = np.empty(len(found), dtype=np.bool_)
    first[0] = True
    np.not_equal(found[1:], found[:-1], out=first[1:])
    return found[first].astype(np.int64)


def _grams(letters: NDArray[np.uint32]) -> dict[int, NDArray[np.uint32]]:
    """Return a number for each run of letters of each size in _SUBWORDS; a run's goes on from the shorter one's."""
    total, found = letters, {}
    for size in range(2, _SUBWORDS[-1] + 1):
        count = max(len(letters) - size + 1, 0)
        total = total[:count] * np.uint32(0x01000193)
        total += letters[size - 1 : size - 1 + count]
        if size in _SUBWORDS:
            found[size] = total
    return found


def _mixed(values: Mapping[int, NDArray[np.uint32]]) -> NDArray[np.uint32]:
    """Spread the values of each kind over 2**BITS numbers, differently for each (Fibonacci hashing)."""
    mixed = np.concatenate(tuple(values.values()))
    mixed ^= mixed >> np.uint32(15)
    done = 0
    for kind, part in values.items():
        mixed[done : done + len(part)] += np.uint32(kind * 0x85EBCA6B & 0xFFFFFFFF)
        done += len(part)
    mixed *= np.uint32(0x2C1B3C6D)
    mixed ^= mixed >> np.uint32(12)
    mixed *= np.uint32(0x9E3779B1)
    mixed >>= np.uint32(32 - BITS)
    return mixed


def _dense(words: list[str]) -> NDArray[np.float32]:
    """Return the number of phrases of each concept in the mail, squashed: 0, 0.5, 0.67, 0.75, ..."""
    values = np.zeros(len(_CALLED), dtype=np.float32)
    for name, phrases in _CONCEPTS.find(words).items():
        values[_PLACES[name]] = len(phrases)
    return values / (values + np.float32(1))
