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
#: One of them stands in whatever `_URL` finds.
_URL_SIGNS: Final = (
    "://", "www.", ".com", ".net", ".org", ".info", ".biz", ".io", ".co", ".de", ".fr", ".es", ".it", ".nl", ".br", ".uk",
)  # fmt: skip
_DIGIT = re.compile(r"\d")
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
    if "&" in whole:
        whole = _ENTITY.sub(" ", whole)
    if "@" in whole or "mailto:" in whole:
        whole = _MAIL.sub(" zmail ", whole)
    if any(map(whole.__contains__, _URL_SIGNS)):
        whole = _URL.sub(" zurl ", whole)
    if not _DIGIT.search(whole):
        return whole
    whole = _MONEY.sub(" zmoney ", whole)
    return _NUMBER.sub(" znum ", _PERCENT.sub(" zpct ", whole) if "%" in whole else whole)


def extract(subject: str, text: str) -> Features:
    """Return the features of a mail's subject and new text; time is linear in the characters read."""
    words = _TOKEN.findall(normalized(subject, text))
    return Features(hashed=_hashed(words), dense=_dense(words))


def _hashed(words: list[str]) -> NDArray[np.int64]:
    if not words:
        return np.zeros(0, dtype=np.int64)
    one = np.fromiter((zlib.crc32(word.encode()) for word in words), dtype=np.uint32, count=len(words))
    letters = np.frombuffer(f" {' '.join(words)} ".encode("utf-32-le"), dtype=np.uint32)
    found = np.concatenate(
        [
            _mixed(one, 1),
            _mixed(one[:-1] * np.uint32(0x9E3779B1) + one[1:], 2),
            *(_mixed(_grams(letters, size), size) for size in _SUBWORDS),
        ]
    )
    found.sort()
    # By hand a tenth of what numpy.unique takes.
    first = np.concatenate(([True], found[1:] != found[:-1]))
    return found[first].astype(np.int64)


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
