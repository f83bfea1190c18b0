"""The language of a text, by py3langid, held to the languages mail is written in, and whether its words can be judged."""

from __future__ import annotations

import io
import lzma
import re
from array import array
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from glassdome.core.shipped import loads_shipped
from glassdome.core.words import letters_in
from glassdome.engine.builtin.alike import has_likes, weighed

__all__ = ["LANGUAGES", "PACKS", "Told", "language_of", "told_of"]

#: Languages told apart. py3langid knows 140; the rare ones are mostly wrong guesses on short mail.
LANGUAGES: Final = (
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl", "gu",
    "he", "hi", "hr", "hu", "id", "is", "it", "ja", "ka", "kk", "ko", "lt", "lv", "mk", "ms", "mt", "nl", "nb",
    "nn", "pa", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tr", "uk", "ur",
    "vi", "zh",
)  # fmt: skip
#: Tags of py3langid that are not ours, which are those of IETF BCP 47: its Norwegian is Bokmål.
_TAGS: Final = {"no": "nb"}
#: Further ones, recognised where much text leaves no doubt: else their mail would count as of a neighbour that is judged.
_FURTHER: Final = (
    "af", "am", "as", "az", "be", "br", "cy", "fo", "fy", "gd", "ha", "ht", "hy", "ig", "jv", "km", "kn", "ku", "ky", "lb",
    "lg", "lo", "mg", "ml", "mn", "mr", "my", "ne", "om", "or", "ps", "qu", "rw", "si", "sn", "so", "st", "tg", "tk", "tl",
    "tt", "ug", "uz", "xh", "yo", "zu",
)  # fmt: skip
#: Languages whose words can be judged: those that the text model learnt, and those with a pack of phrases. Nynorsk has no
#: pack of its own: it shares most words with the other written Norwegian.
PACKS: Final = frozenset(
    ["ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja", "ko",
     "lt", "lv", "nb", "nl", "nn", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh"]
)  # fmt: skip
#: Characters read; 2,000 change the answer for seven mails in a thousand and cost four times as much.
_ENOUGH_CHARS: Final = 200
#: Characters read again of a text that seems to have no pack, and the probability that the language must then have: neighbours
#: part late, and mail that can be judged is to be judged.
_ENOUGH_TO_DENY: Final = 1_500
_SURE_TO_DENY: Final = 0.8
#: The share of all languages told apart below which one of the further ones counts.
_LEFT_FOR_FURTHER: Final = 0.05
#: Below this probability the guess is not told: "Can we meet?" would be Dutch with 0.64.
_SURE: Final = 0.65
#: From so many letters on the best guess is returned even if unsure: the doubt then comes mostly from names and jargon.
_MANY_LETTERS: Final = 60
_MANY_OF_A_SCRIPT: Final = 20
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


@dataclass(frozen=True, slots=True)
class Told:
    """A text's language: its BCP 47 tag, empty where there is too little to tell, and false where no pack covers it."""

    tag: str
    covered: bool = True


def language_of(*texts: str) -> str:
    """Return the BCP 47 tag of the texts together, or an empty string where there is too little to tell."""
    return told_of(*texts).tag


def told_of(*texts: str) -> Told:
    """Return the language of the texts together, and whether its words can be judged; covered where there is too little to tell."""
    whole = " ".join(t[: 2 * _ENOUGH_CHARS] for t in texts)
    text = _plain(whole)[:_ENOUGH_CHARS]
    letters = _letters(text)
    if letters < _FEWEST_LETTERS:
        return Told("")
    if text.isascii() and _is_english(letters_in(text.lower())):
        return Told("en")
    found, many = _guess(text), letters >= (_MANY_OF_A_SCRIPT if _is_of_a_script(text) else _MANY_LETTERS)
    if found.further and many:
        return Told(found.further, covered=False)
    if found.probability < _SURE and not many:
        return Told("")
    if found.tag in PACKS or not many:
        return Told(found.tag)
    more = _guess(_plain(" ".join(t[:_ENOUGH_TO_DENY] for t in texts))[:_ENOUGH_TO_DENY])
    return Told(more.tag, covered=more.tag in PACKS or more.probability < _SURE_TO_DENY)


def _plain(text: str) -> str:
    """Return the text without addresses, numbers and drawn lines."""
    for sign, noise in _NOISE:
        text = noise.sub(" ", text) if sign in text else text
    return text


def _is_of_a_script(text: str) -> bool:
    """Return whether most of it is in scripts from India to Ethiopia, each of a few languages; their vowels are no letters."""
    if text.isascii():
        return False
    return sum("\u0900" <= char < "\u1e00" for char in text) > len(text) // 2


def _letters(text: str) -> int:
    return len(text.encode().translate(None, _NO_LETTERS)) if text.isascii() else sum(map(str.isalpha, text))


@dataclass(frozen=True, slots=True)
class _Guess:
    """The likeliest of `LANGUAGES` and its probability among them, and a further language that is sure, else empty."""

    tag: str
    probability: float
    further: str


def _guess(text: str) -> _Guess:
    """Return the likeliest language; words decide between languages that are alike."""
    identifier, tags, told = _identifier()
    shares = identifier._decide(text)
    best, ours = int(shares.argmax()), float(shares[told].sum())
    further = "" if told[best] or ours > _LEFT_FOR_FURTHER else tags[best]
    first = int((shares * told).argmax())
    tag, chance = tags[first], float(shares[first]) / max(ours, 1e-9)
    if chance < _SURE or has_likes(tag):
        tag, chance = weighed([(tags[place], float(shares[place])) for place in np.flatnonzero(told)], text)
    return _Guess(tag, chance, further)


def _is_english(words: list[str]) -> bool:
    own, shared = ([word for word in words if word in known] for known in (_ENGLISH, _SHARED))
    enough = len(set(own)) >= _ENOUGH_ENGLISH and len({*own, *shared}) >= _ENOUGH_KNOWN
    return enough and len(own) + len(shared) >= _KNOWN_SHARE * len(words)


@loads_shipped()
@cache
def _identifier() -> tuple[LanguageIdentifier, list[str], NDArray[np.bool_]]:
    """Return the identifier, the tags of its languages, and which of them `LANGUAGES` has."""
    identifier = _loaded()
    identifier.set_languages([tag for tag in identifier.labels if _TAGS.get(tag, tag) in {*LANGUAGES, *_FURTHER}])
    # It cuts columns out of its table; in rows, what one feature says of all languages is fetched at once.
    identifier.nb_ptc = np.ascontiguousarray(identifier.nb_ptc)
    tags = [_TAGS.get(str(tag), str(tag)) for tag in identifier.nb_classes]
    return identifier, tags, np.array([tag in LANGUAGES for tag in tags])


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
