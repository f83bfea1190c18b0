"""The language of a text, by py3langid, held to the languages mail is written in."""

from __future__ import annotations

import io
import lzma
import re
from array import array
from functools import cache
from typing import Any, Final

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from glassdome.core.shipped import loads_shipped
from glassdome.core.words import letters_in
from glassdome.engine.builtin.alike import has_likes, weighed

__all__ = ["LANGUAGES", "language_of"]

#: Languages told apart. py3langid knows 140; the rare ones are mostly wrong guesses on short mail.
LANGUAGES: Final = (
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl", "gu",
    "he", "hi", "hr", "hu", "id", "is", "it", "ja", "ka", "kk", "ko", "lt", "lv", "mk", "ms", "mt", "nl", "nb",
    "nn", "pa", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tr", "uk", "ur",
    "vi", "zh",
)  # fmt: skip
#: Tags of py3langid that are not ours, which are those of IETF BCP 47: its Norwegian is Bokmål.
_TAGS: Final = {"no": "nb"}
#: Characters read; 2,000 change the answer for seven mails in a thousand and cost four times as much.
_ENOUGH_CHARS: Final = 200
#: Below this probability the guess is not told: "Can we meet?" would be Dutch with 0.64.
_SURE: Final = 0.65
#: From so many letters on the best guess is returned even if unsure: the doubt then comes mostly from names and jargon.
_MANY_LETTERS: Final = 60
#: Fewer letters than this say nothing.
_FEWEST_LETTERS: Final = 4
#: Words that English has alone among the languages above, and such as it shares with a few. Most English mail says some of
#: both at once, and recognised by them in a tenth of the time.
_ENGLISH: Final = frozenset(
    ["the", "and", "you", "your", "with", "this", "that", "are", "from", "our", "please", "they", "which", "been", "has",
     "have", "there", "what", "of", "not", "it"]
)  # fmt: skip
_SHARED: Final = frozenset(
    ["to", "is", "for", "was", "will", "be", "we", "if", "can", "but", "my", "by", "an", "would", "could", "about", "all",
     "some", "how", "i", "in", "on", "at", "as", "or", "so", "do", "get", "any", "new", "out", "just", "here", "when", "who"]
)  # fmt: skip
_ENOUGH_ENGLISH: Final = 2
_ENOUGH_KNOWN: Final = 4
_KNOWN_SHARE: Final = 0.2
#: Every ASCII character but letters.
_NO_LETTERS: Final = bytes(code for code in range(128) if not chr(code).isalpha())
_NOISE: Final = (
    ("http", re.compile(r"https?://\S+")),
    ("@", re.compile(r"[^\s@]{0,64}@\S+")),
    ("", re.compile(r"[\d_<>|=*#\[\](){}][\d_<>|=*#\[\](){}]*+")),
)


def language_of(*texts: str) -> str:
    """Return the BCP 47 tag of the texts together, or an empty string where there is too little to tell."""
    text = " ".join(t[: 2 * _ENOUGH_CHARS] for t in texts)
    for sign, noise in _NOISE:
        text = noise.sub(" ", text) if sign in text else text
    text = text[:_ENOUGH_CHARS]
    letters = len(text.encode().translate(None, _NO_LETTERS)) if text.isascii() else sum(map(str.isalpha, text))
    if letters < _FEWEST_LETTERS:
        return ""
    if text.isascii() and _is_english(letters_in(text.lower())):
        return "en"
    tag, probability = _guess(text)
    return tag if probability >= _SURE or letters >= _MANY_LETTERS else ""


def _guess(text: str) -> tuple[str, float]:
    """Return the likeliest language and its probability; words decide between languages that are alike."""
    theirs, chance = _identifier().classify(text)
    first = _TAGS.get(theirs, theirs)
    if chance >= _SURE and not has_likes(first):
        return first, chance
    return weighed([(_TAGS.get(tag, tag), chance) for tag, chance in _identifier().rank(text)], text)


def _is_english(words: list[str]) -> bool:
    own, shared = ([word for word in words if word in known] for known in (_ENGLISH, _SHARED))
    enough = len(set(own)) >= _ENOUGH_ENGLISH and len({*own, *shared}) >= _ENOUGH_KNOWN
    return enough and len(own) + len(shared) >= _KNOWN_SHARE * len(words)


@loads_shipped()
@cache
def _identifier() -> LanguageIdentifier:
    identifier = _loaded()
    known = set(identifier.labels)
    wanted = {*LANGUAGES, *(theirs for theirs, ours in _TAGS.items() if ours in LANGUAGES)}
    identifier.set_languages(sorted(wanted & known))
    # It cuts columns out of its table; in rows, what one feature says of all languages is fetched at once.
    identifier.nb_ptc = np.ascontiguousarray(identifier.nb_ptc)
    return identifier


def _loaded() -> LanguageIdentifier:
    """Return py3langid's identifier, unpacked in memory.

    Its own loader unpacks 65 MiB into a temporary file, which fills the small /tmp of a locked-down container.
    """
    with lzma.open(MODEL_DIR / MODEL_FILE) as packed:
        unpacked = io.BytesIO(packed.read())
    with np.load(unpacked, allow_pickle=False) as data:
        moves, rows = _as_array(data["nextmove"]), _as_array(data["nextmove_row"])
        table, priors, names, output = data["ptc"], data["pc"], data["classes"].tolist(), data["out_feat"].tolist()
    return LanguageIdentifier(table, priors, names, moves, output, norm_probs=True, tk_row=rows)


def _as_array(numbers: Any) -> array[int]:
    """Return the numbers as a plain array, which Python indexes faster than one of NumPy's."""
    found = array({2: "H", 4: "I"}[numbers.dtype.itemsize])
    found.frombytes(np.ascontiguousarray(numbers).tobytes())
    return found
