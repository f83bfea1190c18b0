"""What the classifier sees of a mail: its words, its subwords and the tricks it plays, and nothing of where it came from."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

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
    r"(?:https?|ftp)://\S+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|info|biz|io|co|de|fr|es|it|nl|br|uk)\b(?:/\S*)?"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\bmailto:\S+")
_MONEY = re.compile(
    r"(?:[$€£¥₹]|\b(?:us|usd|eur|gbp|chf|brl|r)\s?\$?)\s?\d[\d.,]*|\d[\d.,]*\s?(?:[$€£¥₹]|(?:usd|eur|euros?|gbp|chf|dollars?|pounds)\b)"
)
_PERCENT = re.compile(r"\d+(?:[.,]\d+)?\s?%")
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)+|\d{3,}")
_ENTITY = re.compile(r"&(?:#\d{1,6}|[a-z]{2,8});")
_TOKEN = re.compile(r"[^\W_]+|[!?]")

_LURES: Final = tuple(sorted(load_concepts("lures.toml").names))
_TOPICS: Final = tuple(sorted(load_concepts().names))
DENSE_NAMES: Final = (*(f"lure:{name}" for name in _LURES), *(f"topic:{name}" for name in _TOPICS))


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
    for sign, pattern, kind in (
        ("&", _ENTITY, " "),
        ("@", _MAIL, " zmail "),
        (".", _URL, " zurl "),
        ("", _MONEY, " zmoney "),
    ):
        if sign in whole:
            whole = pattern.sub(kind, whole)
    return _NUMBER.sub(" znum ", _PERCENT.sub(" zpct ", whole) if "%" in whole else whole)


def extract(subject: str, text: str) -> Features:
    """Return the features of a mail's subject and new text; time is linear in the characters read."""
    words = _TOKEN.findall(normalized(subject, text))
    return Features(hashed=_hashed(words), dense=_dense(words))


def _hashed(words: list[str]) -> NDArray[np.int64]:
    seen = np.zeros(1 << BITS, dtype=np.bool_)
    if words:
        one = np.fromiter((zlib.crc32(word.encode()) for word in words), dtype=np.uint32, count=len(words))
        seen[_mixed(one, 1)] = True
        seen[_mixed(one[:-1] * np.uint32(0x9E3779B1) + one[1:], 2)] = True
        letters = np.frombuffer(f" {' '.join(words)} ".encode("utf-32-le"), dtype=np.uint32)
        for size in _SUBWORDS:
            seen[_mixed(_grams(letters, size), size)] = True
    return np.flatnonzero(seen)


def _grams(letters: NDArray[np.uint32], size: int) -> NDArray[np.uint32]:
    count = max(len(letters) - size + 1, 0)
    total = np.zeros(count, dtype=np.uint32)
    for offset in range(size):
        total = total * np.uint32(0x01000193) + letters[offset : offset + count]
    return total


def _mixed(values: NDArray[np.uint32], kind: int) -> NDArray[np.uint32]:
    """Spread the values over 2**BITS numbers, differently for each kind (Fibonacci hashing)."""
    mixed = (values ^ (values >> np.uint32(15))) + np.uint32(kind * 0x85EBCA6B & 0xFFFFFFFF)
    mixed = mixed * np.uint32(0x2C1B3C6D)
    mixed ^= mixed >> np.uint32(12)
    return (mixed * np.uint32(0x9E3779B1)) >> np.uint32(32 - BITS)


def _dense(words: list[str]) -> NDArray[np.float32]:
    """How many phrases of each concept the mail has, squashed: 0, 0.5, 0.67, 0.75, ..."""
    lures, topics = load_concepts("lures.toml").find(words), load_concepts().find(words)
    counts = [len(lures.get(name, ())) for name in _LURES] + [len(topics.get(name, ())) for name in _TOPICS]
    values = np.array(counts, dtype=np.float32)
    return values / (values + 1)
